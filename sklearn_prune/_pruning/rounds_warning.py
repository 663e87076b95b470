"""Warn where rounds lead through fits of as many features as samples, which are mostly noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LinearRegression, Ridge

from sklearn_prune._checks.user_warnings import warn_user
from sklearn_prune._least_squares.min_norm import MinNormRegressor

from .linear_fit import has_intercept

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData

    from .recipe import Recipe


def warn_of_rounds(recipe: Recipe, data: TrainingData, n_kept: int) -> None:
    """Warn if rounds without penalty begin with more features than samples, and end with fewer.

    Strategies that do not look at the fits are the same in any number of rounds.
    """
    strategy, n_features = recipe.strategy, data.X.shape[1]
    if recipe.n_rounds == 1 or strategy.fits_anew or strategy.reads == "nothing":
        return
    if not _is_unpenalised(recipe.estimator):
        return
    if n_kept < len(data.weights) - has_intercept(recipe.estimator) < n_features:
        msg = (
            f"Rounds from {n_features} features to {n_kept} pass the number of samples, "
            f"{len(data.weights)}, where fits without penalty are mostly noise, and predict worse "
            "than one: give a ridge, such as estimator=RidgeCV(), or n_rounds=1."
        )
        warn_user(msg)


def _is_unpenalised(estimator: Any) -> bool:
    """Return whether a model is plain least squares."""
    if isinstance(estimator, Ridge):
        return not np.any(estimator.alpha)
    return isinstance(estimator, MinNormRegressor | LinearRegression)
