"""Checks of the arguments of the theory."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_random_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._typing import Array, Indices, Mask


def shown(value: Any) -> str:
    """Return a value as a message shows it: on one line, by its type where it is long."""
    text = repr(value)
    if len(text) <= 80 and "\n" not in text:
        return text
    return f"of type {type(value).__name__}"


def as_floats(value: Any, name: str, *shapes: tuple[int, ...], finite: bool = True) -> Array:
    """Return a finite float64 array of one of the shapes (any, if none is given).

    If not `finite`, infinite values are let pass.

    Raises
    ------
    ValueError
        If it is not numeric, has another shape, or a value is missing or not finite.
    """
    array = _real_numbers(value)
    if array is None:
        msg = f"{name} is {shown(value)}: give real numbers."
        raise ValueError(msg)
    if np.ma.is_masked(value):
        msg = f"{name} has masked entries: give numbers in their place."
        raise ValueError(msg)
    if shapes and array.shape not in shapes:
        wanted = " or ".join(map(str, shapes))
        msg = f"{name} has shape {array.shape}: give an array of shape {wanted}."
        raise ValueError(msg)
    good = np.isfinite(array) if finite else ~np.isnan(array)
    if not good.all():
        bad = array[~good].flat[0]
        msg = f"{name} contains {bad}: every value must be finite."
        raise ValueError(msg)
    return array


def _real_numbers(value: Any) -> Array | None:
    """Return a float64 array; None if the values are texts, dates, complex or no numbers."""
    if value is None:
        return None
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O" and any(isinstance(item, str | bytes) for item in array.flat):
            return None
        return array.astype(np.float64) if array.dtype.kind in "biufO" else None
    except (TypeError, ValueError):
        return None


def as_number(value: Any, name: str) -> float:
    """Return a finite number that is no bool.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    array = as_floats(value, name, ())
    if np.asarray(value).dtype == bool:
        msg = f"{name} is {value!r}: give a number."
        raise ValueError(msg)
    return float(array)


def check_flag(value: Any, name: str) -> bool:
    """Return a bool.

    Raises
    ------
    ValueError
        If it is anything else, such as 1 or "no".
    """
    if not isinstance(value, bool | np.bool_):
        msg = f"{name} is {shown(value)}: give True or False."
        raise ValueError(msg)
    return bool(value)


def check_count(value: Any, name: str, least: int) -> int:
    """Return a whole number that is not below `least`.

    Raises
    ------
    ValueError
        If it is no int, or too small.
    """
    is_int = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_int or value < least:
        msg = f"{name} is {shown(value)}: give an int, at least {least}."
        raise ValueError(msg)
    return int(value)


def check_seed(random_state: Any) -> np.random.RandomState:
    """Return the source of random numbers, from which nothing is drawn yet.

    Raises
    ------
    ValueError
        If it is no seed of scikit-learn's kind.
    """
    try:
        return check_random_state(random_state)
    except ValueError:
        msg = (
            f"random_state is {shown(random_state)}: give None, an int from 0 to 2**32 - 1 or a "
            "numpy.random.RandomState."
        )
        raise ValueError(msg) from None


def broadcast(**arrays: Array) -> tuple[Array, ...]:
    """Return named arrays in their common shape.

    Raises
    ------
    ValueError
        If they have none.
    """
    try:
        return tuple(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        shapes = " and ".join(f"{name} has shape {a.shape}" for name, a in arrays.items())
        msg = f"{shapes}: give shapes that broadcast."
        raise ValueError(msg) from None


def check_law(mean: Any, scale: Any, origin: Any, unit: Any) -> tuple[Array, ...]:
    """Return mean, deviation, origin and unit of normal laws, in their common shape.

    Raises
    ------
    ValueError
        If a deviation is negative, a unit not positive, or the shapes do not go together.
    """
    given = {"mean": mean, "scale": scale, "origin": origin, "unit": unit}
    arrays = {name: as_floats(value, name) for name, value in given.items()}
    check_at_least(arrays["scale"], "scale", 0, "give standard deviations, not negative")
    if (arrays["unit"] <= 0).any():
        msg = f"unit is {arrays['unit'].min():.6g}: give positive numbers."
        raise ValueError(msg)
    return broadcast(**arrays)


def check_at_least(array: Array, name: str, least: float, advice: str) -> Array:
    """Return the array if no value is below `least`.

    Raises
    ------
    ValueError
        With the value, and the advice.
    """
    if (array < least).any():
        msg = f"{name} is {array[array < least].flat[0]:.6g}: {advice}."
        raise ValueError(msg)
    return array


def check_noise_variance(value: Any) -> float:
    """Return a variance as a float, if it is finite and not negative."""
    noise = as_number(value, "noise_variance")
    if noise < 0:
        msg = f"noise_variance is {noise:.6g}: give a variance, a number that is not negative."
        raise ValueError(msg)
    return noise


def check_covariance(value: Any) -> Array:
    """Return the diagonal or the full matrix, symmetric to the last bit.

    Whether a full matrix is positive semidefinite is up to its eigenvalues, see
    `above_rounding`.

    Raises
    ------
    ValueError
        If it has another shape, is not symmetric, or its diagonal is negative.
    """
    covariance = as_floats(value, "covariance")
    square = covariance.ndim == 2 and covariance.shape[0] == covariance.shape[1]
    if covariance.size == 0 or not (covariance.ndim == 1 or square):
        msg = (
            f"covariance has shape {covariance.shape}: give the variances, of shape "
            "(n_features,), or a matrix of shape (n_features, n_features)."
        )
        raise ValueError(msg)
    advice = "variances must not be negative"
    check_at_least(covariance if not square else np.diag(covariance), "A variance", 0, advice)
    if square and not np.array_equal(covariance, covariance.T):
        asymmetry = np.abs(covariance - covariance.T)
        if asymmetry.max() > 1e-8 * np.abs(covariance).max():
            i, j = np.unravel_index(asymmetry.argmax(), asymmetry.shape)
            msg = (
                f"covariance is not symmetric: entry ({i}, {j}) is {covariance[i, j]:.6g}, entry "
                f"({j}, {i}) is {covariance[j, i]:.6g}. Give (covariance + covariance.T) / 2 if "
                "that is what is meant."
            )
            raise ValueError(msg)
        covariance = (covariance + covariance.T) / 2
    return covariance


def eigh_psd(matrix: Array) -> tuple[Array, Array]:
    """Return the eigenvalues above rounding, and their eigenvectors as columns.

    Raises
    ------
    ValueError
        If an eigenvalue is negative by more than rounding.
    """
    values, vectors = np.linalg.eigh(matrix)
    kept = above_rounding(values)
    return values[kept], vectors[:, kept]


def above_rounding(values: Array) -> Mask:
    """Return which eigenvalues of a covariance, in ascending order, are above rounding.

    Raises
    ------
    ValueError
        If one is negative by more than rounding.
    """
    largest = np.abs(values).max(initial=0)
    if values[0] < -1e-8 * largest:
        msg = (
            f"The least eigenvalue of the covariance is {values[0]:.6g}, the largest "
            f"{values[-1]:.6g}: give a positive semidefinite matrix."
        )
        raise ValueError(msg)
    return values > len(values) * np.finfo(np.float64).eps * largest


def check_n_samples(value: Any, *, fit_intercept: bool) -> Array:
    """Return whole numbers of samples that leave a degree of freedom for the slopes."""
    n_samples = as_floats(value, "n_samples")
    if np.asarray(value).dtype == bool:
        msg = f"n_samples is {shown(value)}: give numbers of samples."
        raise ValueError(msg)
    if (n_samples != np.round(n_samples)).any():
        msg = f"n_samples is {n_samples[n_samples != np.round(n_samples)].flat[0]}: give an int."
        raise ValueError(msg)
    least = 2 if fit_intercept else 1
    advice = f"give at least {least}" + " with an intercept" * fit_intercept
    return check_at_least(n_samples, "n_samples", least, advice)


def check_alpha(value: Any, name: str = "alpha") -> Array:
    """Return ridge penalties, finite and not negative."""
    advice = "a ridge penalty must not be negative"
    return check_at_least(as_floats(value, name), name, 0, advice)


def check_penalties(value: Any, name: str) -> float | Array:
    """Return one ridge penalty, or an array of several to choose from.

    Raises
    ------
    ValueError
        If it is an array of less than two, or a penalty is negative or not finite.
    """
    array = as_floats(value, name)
    several = array.ndim == 1 and array.size > 1 and np.asarray(value).dtype != bool
    if array.ndim and not several:
        msg = f"{name} is {shown(value)}: give a number, or a list of several to choose from."
        raise ValueError(msg)
    penalties = array if several else np.array(as_number(value, name))
    check_at_least(penalties, name, 0, "a ridge penalty must not be negative")
    return penalties if several else float(penalties)


def check_choice(value: Any, name: str, choices: Sequence[str]) -> None:
    """Raise a ValueError if the value is neither None nor one of the choices."""
    if value is not None and not (isinstance(value, str) and value in choices):
        msg = f"{name} is {shown(value)}: give None or one of {', '.join(map(repr, choices))}."
        raise ValueError(msg)


def n_kept(sparsity: Any, n_features: float, what: str = "features", least: float = 0.0) -> Array:
    """Return how many features, or `what` else, a sparsity keeps: ints are counts.

    Floats are fractions, and keep no less than the least.

    Raises
    ------
    ValueError
        If an int is not in [1, n_features] or below the least, a float not in (0, 1], or
        either a bool.
    """
    try:
        array = np.asarray(sparsity)
    except ValueError:
        msg = f"sparsity is {shown(sparsity)}: give one number, or an array of them."
        raise ValueError(msg) from None
    if array.dtype == object and array.ndim:  # ints and floats together stay what they are
        return np.vectorize(lambda value: n_kept(value, n_features, what, least), otypes=[float])(
            array
        )
    if np.issubdtype(array.dtype, np.integer):
        good = (array >= 1) & (array <= n_features)
        kept = array.astype(np.float64)
    elif np.issubdtype(array.dtype, np.floating):
        good = (array > 0) & (array <= 1)
        kept = np.maximum(max(1.0, least), np.round(array * n_features))
    else:
        good, kept = np.zeros(array.shape, dtype=bool), np.zeros(array.shape)
    if not good.all():
        msg = (
            f"sparsity is {array[~good].tolist()[0]!r}: give the number of {what} to KEEP, an "
            f"int from 1 to {n_features:g}, or the fraction to keep, a float in (0, 1]."
        )
        raise ValueError(msg)
    if (kept < least).any():
        msg = (
            f"sparsity is {int(kept.min())}, and {least:g} {what} are always kept: give at least "
            "that."
        )
        raise ValueError(msg)
    return np.minimum(kept, n_features)


def check_positive(value: Any, name: str) -> float:
    """Return a positive finite number."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not (number and 0 < float(value) < np.inf):
        msg = f"{name} is {shown(value)}: give a positive number."
        raise ValueError(msg)
    return float(value)


def check_model(coef: Any, intercept: Any, n_features: int) -> tuple[Array, Array]:
    """Return coefficients, along a last axis, and intercepts, which broadcast with them.

    Raises
    ------
    ValueError
        If the shapes do not go together.
    """
    coef, intercept = as_floats(coef, "coef"), as_floats(intercept, "intercept")
    if coef.shape[-1:] != (n_features,):
        msg = f"coef has shape {coef.shape}: give {n_features} coefficients."
        raise ValueError(msg)
    broadcast(coef=coef[..., 0], intercept=intercept)
    return coef, intercept


def check_support(support: Any, size: int) -> Indices:
    """Return distinct indices below `size`, from indices or a mask."""
    given = shown(support)
    try:
        support = np.asarray(support)
    except ValueError:
        support = np.array(None)
    if support.dtype == bool and support.shape == (size,):
        support = np.flatnonzero(support)
    whole = np.issubdtype(support.dtype, np.integer) and support.ndim == 1 and support.size
    if not whole or support.min() < -size or support.max() >= size:
        msg = f"support is {given}: give indices below {size}, or a mask of that length."
        raise ValueError(msg)
    if len(np.unique(support % size)) < support.size:
        msg = f"support is {given}: give every index once."
        raise ValueError(msg)
    return support % size
