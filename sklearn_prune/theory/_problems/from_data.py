"""Second moments of data, for the problem that is equivalent to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._checks import as_floats

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    Moments = tuple[Array, Array, float]

# Rows that it takes to estimate a risk, for each independent feature.
ROWS_PER_FEATURE = 5

# Rows that it takes to guess at a law.
FEWEST_ROWS = 10


def moments_from_data(
    X: Any, y: Any, X_unlabeled: Any = None
) -> tuple[Moments, Moments, tuple[Array, float]]:
    """Estimate second moments without and with centring, and the means.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
    y : array-like of shape (n_samples,)
    X_unlabeled : array-like of shape (n_unlabeled, n_features), default=None

    Returns
    -------
    plain, centred : tuple of second moment, cross moment and target second moment
    means : tuple of the mean of the features and that of the target

    Raises
    ------
    ValueError
        If the arrays do not fit together, or there are too few rows.
    """
    X, y = _check_table(X, y)
    pool = X
    if X_unlabeled is not None:
        extra = as_floats(X_unlabeled, "X_unlabeled")
        if extra.ndim != 2 or extra.shape[1] != X.shape[1]:
            msg = f"X_unlabeled has shape {extra.shape}: give {X.shape[1]} features, as X has."
            raise ValueError(msg)
        pool = np.vstack([X, extra])
    plain, _ = _moments(X, y, pool, used=0)
    mean, label_mean = pool.mean(axis=0), y.mean()
    X_mean = X.mean(axis=0)
    centred, slopes = _moments(X - X_mean, y - label_mean, pool - mean, used=1)
    return plain, centred, (mean, float(label_mean + (mean - X_mean) @ slopes))


def check_sample(X: Any, y: Any) -> tuple[Array, Array]:
    """Return features and target of one sample, or raise a ValueError if it tells nothing."""
    X, y = _check_table(X, y)
    if len(X) < FEWEST_ROWS:
        msg = f"X has {len(X)} rows, which tell nothing of a law: give at least {FEWEST_ROWS}."
        raise ValueError(msg)
    for name, values in {"X": X, "y": y}.items():
        if np.all(values == values[0]):
            msg = f"All rows of {name} are equal: give a sample that varies."
            raise ValueError(msg)
    return X, y


def _check_table(X: Any, y: Any) -> tuple[Array, Array]:
    X = as_floats(X, "X")
    if X.ndim != 2 or 0 in X.shape:
        msg = f"X has shape {X.shape}: give an array of shape (n_samples, n_features)."
        raise ValueError(msg)
    return X, as_floats(y, "y", X.shape[:1])


def _moments(X: Array, y: Array, pool: Array, used: int) -> tuple[Moments, Array]:
    """Fit y on X; return the moments of that model over the rows of `pool`, and its slopes."""
    n_samples = len(X)
    solution = np.linalg.lstsq(X, y, rcond=None)
    coef, rank = np.asarray(solution[0], dtype=np.float64), int(solution[2])
    if n_samples < ROWS_PER_FEATURE * rank:
        msg = (
            f"{n_samples} rows for features of rank {rank} do not tell signal from noise: give at "
            f"least {ROWS_PER_FEATURE * rank} labelled rows, or use the leave-one-out error of the "
            "fitted model, which needs no population; from_sample guesses one."
        )
        raise ValueError(msg)
    noise = float(np.sum((y - X @ coef) ** 2)) / max(n_samples - rank - used, 1)
    second: Array = pool.T @ pool / len(pool)
    cross = second @ coef
    return (second, cross, float(noise + coef @ cross)), coef
