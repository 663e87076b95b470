"""Checks of arguments that several estimators share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._typing import Indices


# Sums of prices that are above a size by no more than this share of it are equal to it.
ROUNDING = 1e-12


def check_n_keep(sparsity: Any, n_features: int, what: str = "features") -> int:
    """Return the number of features, or of `what` else there is, that a `sparsity` keeps.

    Raises
    ------
    ValueError
        If it is neither an int in [1, n_features] nor a float in (0, 1].
    """
    if isinstance(sparsity, int | np.integer) and not isinstance(sparsity, bool):
        if 1 <= sparsity <= n_features:
            return int(sparsity)
    elif isinstance(sparsity, float | np.floating) and 0 < sparsity <= 1:
        return max(1, round(float(sparsity) * n_features))
    msg = (
        f"sparsity is {sparsity!r}: give the number of {what} to KEEP, an int from 1 to "
        f"{n_features} (the number of {what}), or the fraction to keep, a float in (0, 1]."
    )
    raise ValueError(msg)


def check_price(sparsity: Any, total: float) -> float:
    """Return the total price that a `sparsity` keeps, of all there is.

    Raises
    ------
    ValueError
        If it is neither a price up to the total nor, as a float up to 1, a fraction of it.
    """
    is_float = isinstance(sparsity, float | np.floating)
    is_int = isinstance(sparsity, int | np.integer) and not isinstance(sparsity, bool)
    if is_float and 0 < sparsity <= 1:
        return float(sparsity * total)
    if (is_float or is_int) and 0 < sparsity <= total * (1 + ROUNDING):
        return float(sparsity)
    msg = (
        f"sparsity is {sparsity!r}: give the total price to keep, up to {total:.6g}, or the "
        "fraction of it, a float in (0, 1]."
    )
    raise ValueError(msg)


# Most of more rounds for a feature would remove none, at a fit each.
MOST_ROUNDS = 10


def check_bool(value: Any, name: str) -> bool:
    """Return a parameter that is either True or False.

    Raises
    ------
    ValueError
        If it is something else.
    """
    if not isinstance(value, bool | np.bool_):
        msg = f"{name} is {value!r}: give True or False."
        raise ValueError(msg)
    return bool(value)


def as_list(values: Any, name: str) -> list[Any]:
    """Return the values of a sequence.

    Raises
    ------
    ValueError
        If it is a number, a text or None.
    """
    if isinstance(values, str) or not np.iterable(values):
        raise ValueError(f"{name} is {values!r}: give a list.")
    return list(values)


def check_sparsities(sparsities: Any, n_features: int) -> Indices:
    """Return the numbers of features that several sparsities keep, increasing.

    Raises
    ------
    ValueError
        If there are none, or one is out of range (see `check_n_keep`).
    """
    values = as_list(sparsities, "sparsities")
    sizes = sorted({check_n_keep(sparsity, n_features) for sparsity in values})
    if not sizes:
        msg = "sparsities is empty: give at least one number of features to keep, or None."
        raise ValueError(msg)
    return np.array(sizes)


def count_kept(sparsities: Sequence[float], widths: Indices) -> Indices:
    """Return how many features of each width each sparsity keeps, 0 if it has not so many.

    Returns
    -------
    ndarray of shape (n_widths, n_sparsities)
    """
    return np.array(
        [[check_n_keep(s, width) if s <= width else 0 for s in sparsities] for width in widths]
    )


def check_alphas(alphas: Any, name: str, default: list[float] | None = None) -> list[float]:
    """Return ridge penalties as a list, the default for None.

    Raises
    ------
    ValueError
        If there are none, or one is negative or not finite.
    """
    if alphas is None and default is not None:
        return default
    values = check_array(
        alphas, ensure_2d=False, dtype=np.float64, ensure_min_samples=0, input_name=name
    )
    if values.ndim != 1 or not len(values):
        msg = f"{name} is {alphas!r}: give a list of penalties."
        raise ValueError(msg)
    if values.min() < 0:
        msg = f"{name} has the penalty {values.min()}: give penalties of at least 0."
        raise ValueError(msg)
    return values.tolist()


def check_n_rounds(n_rounds: Any) -> int:
    """Return the number of pruning rounds.

    Raises
    ------
    ValueError
        If it is no int of at least 1.
    """
    is_int = isinstance(n_rounds, int | np.integer) and not isinstance(n_rounds, bool)
    if not is_int or n_rounds < 1:
        msg = f"n_rounds is {n_rounds!r}: give the number of pruning rounds, an int >= 1."
        raise ValueError(msg)
    return int(n_rounds)


def round_sizes(n_features: int, sparsity: Any, n_rounds: Any, what: str = "features") -> list[int]:
    """Return how many features, or `what` else, each round leaves, falling geometrically.

    Raises
    ------
    ValueError
        If `sparsity` is out of range (see `check_n_keep`), or `n_rounds` no int >= 1.
    """
    n_keep = check_n_keep(sparsity, n_features, what)
    check_enough_to_prune(n_rounds, n_features, what)
    return [max(n_keep, round(size)) for size in falling_sizes(n_features, n_keep, n_rounds)]


def check_enough_to_prune(n_rounds: Any, n_features: int, what: str = "features") -> None:
    """Raise ValueError if `n_rounds` is no int >= 1, or far more than there is to prune."""
    if check_n_rounds(n_rounds) > MOST_ROUNDS * n_features:
        msg = f"n_rounds is {n_rounds}, but there are only {n_features} {what} to prune in rounds."
        raise ValueError(msg)


def falling_sizes(total: float, n_keep: float, n_rounds: int) -> list[float]:
    """Return how much each round leaves, falling geometrically to what is kept."""
    decay = (n_keep / total) ** (np.arange(1, n_rounds + 1) / n_rounds)
    return [max(n_keep, size) for size in (total * decay).tolist()]
