"""Fit all features of a random layer, and keep the best."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._checks.progress import SILENT
from sklearn_prune._least_squares.design import as_design
from sklearn_prune._pruning.linear_fit import LinearFit, fit_columns
from sklearn_prune._pruning.strategies import STRATEGIES, Scoring, score_features

from .dual_fit import fit_dual, merge_equal_rows
from .layer import random_features
from .stream import FeatureStream

if TYPE_CHECKING:
    from sklearn_prune._checks.progress import Progress
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._pruning.strategies import Strategy
    from sklearn_prune._typing import AnyArray, Array

    from .layer import RandomLayer


class KeptFeatures(NamedTuple):
    """The features of a layer that are kept.

    Parameters
    ----------
    indices : ndarray of shape (n_keep,)
        Which they are, ascending.
    weights : ndarray of shape (n_features, n_keep)
    offset : ndarray of shape (n_keep,) or None
    coef : ndarray of shape (n_keep,) or (n_targets, n_keep)
        Their coefficients in the dense model.
    """

    indices: AnyArray
    weights: AnyArray
    offset: AnyArray | None
    coef: AnyArray


@dataclass(frozen=True)
class LayerPruning:
    """How a layer is pruned.

    Parameters
    ----------
    recipe : Recipe
        Of one round, with a `MinNormRegressor` as the dense model.
    n_keep : int
    n_jobs : int or None
    progress : Progress
    """

    recipe: Recipe
    n_keep: int
    n_jobs: int | None
    progress: Progress = SILENT

    def keep(self, layer: RandomLayer, data: TrainingData) -> KeptFeatures:
        """Fit the dense model, by a stream if it is wide, and keep its best features.

        Parameters
        ----------
        layer : RandomLayer
        data : TrainingData
            The layer maps its X to features.
        """
        if layer.n_components <= len(data.weights) - self.recipe.estimator.fit_intercept:
            return self._keep_in_memory(layer, data)
        return self._keep_of_stream(layer, data)

    def _keep_in_memory(self, layer: RandomLayer, data: TrainingData) -> KeptFeatures:
        features = random_features(data.X, *layer.draw_all(), layer.activation)
        data = replace(data, X=features, names=None)
        dense = fit_columns(self.recipe.estimator, data)
        kept = np.sort(self.recipe.order(dense, data).kept(self.n_keep))
        return KeptFeatures(kept, *layer.draw_some(kept), dense.coef[..., kept])

    def _keep_of_stream(self, layer: RandomLayer, data: TrainingData) -> KeptFeatures:
        centred = self.recipe.estimator.fit_intercept
        X, y, weights = merge_equal_rows(data.X, data.y.reshape(len(data.y), -1), data.weights)
        y, _ = as_design(y, weights, centred=centred)
        options: Any = {"centred": centred, "n_jobs": self.n_jobs, "progress": self.progress}
        stream = FeatureStream(X, layer, weights, **options)
        fixed = self.recipe.strategy.reads == "nothing"
        strategy = STRATEGIES["magnitude"] if fixed else self.recipe.strategy
        score = partial(_score_block, strategy, y, weights, centred)
        kept, dual = fit_dual(stream, y, score, self.n_keep)
        if fixed:
            unfitted = LinearFit(None, np.zeros(layer.n_components), np.zeros(()), centred)
            kept = np.sort(self.recipe.order(unfitted, data).kept(self.n_keep))
        drawn = layer.draw_some(kept)
        coef = dual.T @ random_features(X, *drawn, layer.activation)
        shape = (*data.y.shape[1:], self.n_keep)
        return KeptFeatures(kept, *drawn, coef.astype(layer.dtype).reshape(shape))


def _score_block(
    strategy: Strategy, y: Array, weights: Array, centred: bool, coef: AnyArray, features: AnyArray
) -> Array:
    """Return the scores of coefficients (n_targets, size), given these and their features."""
    return score_features(strategy, Scoring(coef, features, y, weights, centred))
