"""Fit all features of a random layer, and keep the best."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.utils import check_random_state

from sklearn_prune._least_squares.design import as_design
from sklearn_prune._least_squares.min_norm import MinNormRegressor
from sklearn_prune._pruning.pruned import PrunedRegressor
from sklearn_prune._pruning.strategies import hessian, magnitude, score_features

from .dual_fit import fit_dual, merge_equal_rows
from .layer import random_features
from .stream import FeatureStream

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray

    from .layer import RandomLayer

STRATEGIES = ("magnitude", "hessian", "random")


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
    """How a layer is pruned: parameters of `PrunedRandomFeatures`, checked.

    Parameters
    ----------
    strategy : str
        One of `STRATEGIES`.
    n_keep : int
    fit_intercept : bool
    n_jobs : int or None
    random_state : int, RandomState or None
    """

    strategy: str
    n_keep: int
    fit_intercept: bool
    n_jobs: int | None
    random_state: Any

    def keep(self, layer: RandomLayer, X: Any, y: AnyArray, weights: AnyArray) -> KeptFeatures:
        """Fit the dense model, by a stream if it is wide, and keep its best features."""
        if layer.n_components <= len(weights) - self.fit_intercept:
            return self._keep_in_memory(layer, X, y, weights)
        return self._keep_of_stream(layer, X, y, weights)

    def _keep_in_memory(
        self, layer: RandomLayer, X: Any, y: AnyArray, weights: AnyArray
    ) -> KeptFeatures:
        every = layer.draw_some(np.arange(layer.n_components))
        pruned = PrunedRegressor(
            self.strategy,
            self.n_keep,
            retrain=False,
            estimator=MinNormRegressor(fit_intercept=self.fit_intercept),
            random_state=self.random_state,
        ).fit(random_features(X, *every, layer.activation), y, weights)
        kept = pruned.get_support(indices=True)
        return KeptFeatures(kept, *layer.draw_some(kept), pruned.coef_[..., kept])

    def _keep_of_stream(
        self, layer: RandomLayer, X: Any, y: AnyArray, weights: AnyArray
    ) -> KeptFeatures:
        shape = (*y.shape[1:], self.n_keep)
        X, y, weights = merge_equal_rows(X, y.reshape(len(weights), -1), weights)
        y, _ = as_design(y, weights, centred=self.fit_intercept)
        stream = FeatureStream(X, layer, weights, centred=self.fit_intercept, n_jobs=self.n_jobs)
        strategy = magnitude
        if self.strategy == "hessian":
            strategy = partial(hessian, weights=weights, centred=self.fit_intercept)
        kept, dual = fit_dual(stream, y, partial(score_features, strategy, y=y), self.n_keep)
        if self.strategy == "random":
            order = check_random_state(self.random_state).permutation(layer.n_components)
            kept = np.flatnonzero(order >= layer.n_components - self.n_keep)
        drawn = layer.draw_some(kept)
        coef = dual.T @ random_features(X, *drawn, layer.activation)
        return KeptFeatures(kept, *drawn, coef.astype(layer.dtype).reshape(shape))
