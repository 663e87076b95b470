"""Warn where features are kept by their coefficients, and these have different units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.sparsefuncs import mean_variance_axis

from sklearn_prune._checks.user_warnings import warn_user
from sklearn_prune._least_squares.design import EPS, is_dense

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import Array, Mask

    from .recipe import Recipe

# Scales that differ by more than this have different units.
MOST = 1e3

# So many rows tell them, or two a feature where there are more rows than features: all, that is,
# of those that stand for many. To look at more would take its share of the time of a fit.
ROWS = 100

# A column that differs on fewer of the rows from its usual value is rare.
RARE = 0.05


def warn_of_units(recipe: Recipe, data: TrainingData) -> None:
    """Warn if a recipe goes by coefficients alone, and the scales of features differ much.

    The scale of a feature is its root mean square about its mean, over rows that are evenly
    spaced. Features that are constant on these do not count, nor do those that are on
    most, such as rare words and units that are seldom active: they are small for that reason.
    """
    if recipe.strategy.reads != "coefficients":
        return
    X = _some_rows(data.X)
    scales = _scales(X)
    if _differ(scales) and _differ(np.where(_is_rare(X), 0.0, scales)):
        msg = (
            f"The scales of features differ by a factor of more than {MOST:,.0f}, and "
            'strategy="magnitude" depends on their units: take strategy="hessian", which does '
            "not where there are more rows than features, or standardise them."
        )
        warn_user(msg)


def _differ(scales: Array) -> bool:
    return bool(scales.max() / MOST > scales.min(where=scales > 0, initial=np.inf))


def _is_rare(X: Any) -> Mask:
    """Return which columns have one value on all but a few rows."""
    if is_dense(X):
        differs = np.count_nonzero(np.median(X, axis=0) != X, axis=0)
    else:
        differs = X.count_nonzero(axis=0)
    rare: Mask = differs < RARE * X.shape[0]
    return rare


def _some_rows(X: Any) -> Any:
    n_samples, n_features = X.shape
    enough = max(ROWS, 2 * n_features) if n_samples > n_features else ROWS
    return X[:: max(1, n_samples // enough)]


def _scales(X: Any) -> Array:
    """Return the root mean square of each column about its mean, 0 up to rounding."""
    with np.errstate(over="ignore"):
        mean, square = _moments(X) if is_dense(X) else mean_variance_axis(X, axis=0)
    scale = np.sqrt(square)
    return np.where(scale > 10 * EPS * np.abs(mean), scale, 0.0)


def _moments(X: Array) -> tuple[Array, Array]:
    """Return the means and variances of columns, by matrix products: these take less time."""
    share = np.full(len(X), 1 / len(X))
    mean = share @ X
    centred = X - mean
    centred *= centred
    return mean, share @ centred
