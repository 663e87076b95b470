"""Checks of arguments that several estimators share."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.validation import check_non_negative

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices


def check_sample_weight(sample_weight: Any, n_samples: int) -> Array:
    """Return one float64 weight a sample; ``None`` and numbers stand for equal weights.

    Raises
    ------
    ValueError
        If the weights have another length than the samples, are negative or not
        finite, or are all zero.
    """
    if sample_weight is None:
        return np.ones(n_samples)
    if isinstance(sample_weight, Real):
        sample_weight = np.full(n_samples, sample_weight)
    weights = check_array(
        sample_weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight"
    )
    if weights.shape != (n_samples,):
        msg = (
            f"sample_weight has shape {weights.shape}, but X has {n_samples} samples: "
            f"give one weight a sample, an array of shape ({n_samples},)."
        )
        raise ValueError(msg)
    check_non_negative(weights, "sample_weight")
    if not weights.any():
        msg = "sample_weight is zero for every sample: give at least one a positive weight."
        raise ValueError(msg)
    return weights


def drop_zero_weights(X: Any, y: Any, sample_weight: Any) -> tuple[Any, Any, Array]:
    """Return the samples of positive weight, and their weights (see `check_sample_weight`)."""
    weights = check_sample_weight(sample_weight, X.shape[0])
    counted = weights > 0
    if counted.all():
        return X, y, weights
    return X[counted], y[counted], weights[counted]


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


def round_sizes(n_features: int, sparsity: Any, n_rounds: Any, what: str = "features") -> list[int]:
    """Return how many features, or `what` else, each round leaves, falling geometrically.

    Raises
    ------
    ValueError
        If `sparsity` is out of range (see `check_n_keep`), or `n_rounds` no int >= 1.
    """
    n_keep = check_n_keep(sparsity, n_features, what)
    is_int = isinstance(n_rounds, int | np.integer) and not isinstance(n_rounds, bool)
    if not is_int or n_rounds < 1:
        msg = f"n_rounds is {n_rounds!r}: give the number of pruning rounds, an int >= 1."
        raise ValueError(msg)
    decay = (n_keep / n_features) ** (np.arange(1, n_rounds + 1) / n_rounds)
    return [max(n_keep, round(size)) for size in n_features * decay]
