"""Logistic paths of all rows, judged by an information criterion."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp

from sklearn_prune._pruning.logistic_loss import logistic_penalty_of

from .criterion_search import CriterionSearch
from .logistic_folds import LogisticFolds
from .logistic_freedom import logistic_freedom, logistic_rank, n_parameters
from .path_models import path_models

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.linear_fit import LinearFit
    from sklearn_prune._pruning.ranking import Order
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import Array, Indices

    from .path_models import PathModels


class LogisticCriterionSearch(CriterionSearch):
    """Paths of classifiers that minimise the log-loss."""

    def rank(self, alpha: float) -> int:
        return min(self.n_samples - self.fit_intercept, self.data.X.shape[1])

    @cached_property
    def _dense(self) -> LogisticFolds:
        return LogisticFolds(self.data, centred=self.fit_intercept)

    def _fit(self, alpha: float) -> LinearFit:
        return self._dense.fit(self.estimator_of(alpha), np.arange(self.n_samples))

    def _criteria(
        self, recipe: Recipe, alpha: float, order: Order, sizes: Indices, choices: Array
    ) -> Array:
        dense = self.dense(alpha)
        pieces = path_models(recipe, dense, order, sizes, self.data)
        deviance = np.concatenate([deviances(piece, self.data) for piece in pieces])
        if recipe.refit is None:
            freedom = self._masked_freedom(dense, recipe, order)[order.counts(sizes) - 1]
        else:
            freedom = np.concatenate([self._refit_freedom(recipe, piece) for piece in pieces])
        freedom = freedom + self.fit_intercept * n_parameters(self.n_targets)
        return self.criterion.of_deviance(deviance, freedom, choices)

    def _masked_freedom(self, dense: LinearFit, recipe: Recipe, order: Order) -> Array:
        """Return the degrees of freedom of the first columns of a dense fit, added up."""
        scores = np.asarray(dense.predict(self.data.X)).reshape(self.n_samples, -1)
        alpha = _alpha(recipe.estimator)
        each = logistic_freedom(self.data, scores, alpha=alpha, centred=self.fit_intercept)
        total: Array = np.cumsum(each[order.columns])
        return total

    def _refit_freedom(self, recipe: Recipe, piece: PathModels) -> Array:
        """Return the degrees of freedom of refits, each at its own curvature."""
        alpha, freedom = _alpha(recipe.refit), []
        for k, count in enumerate(piece.counts):
            part = self.data.columns(piece.columns[:count])
            if alpha == 0:
                freedom.append(logistic_rank(part, self.n_targets, centred=self.fit_intercept))
                continue
            scores = part.X @ piece.coef[k, :, :count].T + piece.intercept[k]
            each = logistic_freedom(part, scores, alpha=alpha, centred=self.fit_intercept)
            freedom.append(float(each.sum()))
        return np.array(freedom)


def deviances(models: PathModels, data: TrainingData) -> Array:
    """Return minus twice the log-likelihood of models, with weights of mean one."""
    weights = data.weights * (len(data.y) / data.weights.sum())
    scores = models.predict(data.X)
    if scores.shape[2] == 1:
        signed = np.where(data.y > 0, 1.0, -1.0)[:, np.newaxis] * scores[:, :, 0]
        losses = np.logaddexp(0.0, -signed)
    else:
        own = np.einsum("ijk,ik->ij", scores, data.y)
        losses = logsumexp(scores, axis=2) - own
    total: Array = 2 * (weights @ losses)
    return total


def _alpha(estimator: object) -> float:
    penalty = logistic_penalty_of(estimator)
    return 0.0 if penalty is None else penalty.alpha
