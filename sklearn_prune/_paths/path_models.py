"""Models of many sizes that keep the first columns of one order, computed together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

from sklearn_prune._checks.class_codes import decide, decide_each
from sklearn_prune._least_squares.blocks import slices
from sklearn_prune._least_squares.design import (
    Problem,
    constant_norm,
    filled,
    has_safe_squares,
    is_dense,
    rank_cutoff,
)
from sklearn_prune._least_squares.leading_columns import leading_lstsq, leading_ridge
from sklearn_prune._least_squares.solve import WEIGHT_SPAN
from sklearn_prune._logistic.path import leading_logistic
from sklearn_prune._pruning.linear_fit import fit_columns, penalty_of
from sklearn_prune._pruning.logistic_loss import (
    calibrated_intercept,
    is_logistic,
    logistic_penalty_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.linear_fit import LinearFit, Penalty
    from sklearn_prune._pruning.ranking import Order
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import AnyArray, Array, Indices

# Predictions of so many entries are made at a time where there is one pass over all rows.
BLOCK_ENTRIES = 2**22


class PathModels(NamedTuple):
    """Models that keep the first columns of the same ones.

    Attributes
    ----------
    columns : ndarray of shape (n_columns,)
        Features, the best first.
    counts : ndarray of shape (n_models,)
        How many of them each model keeps.
    coef : ndarray of shape (n_models, n_targets, n_columns)
        Zero beyond what is kept; or of shape (1, n_targets, n_columns) if all models have
        the coefficients of one model, cut off.
    intercept : ndarray of shape (n_models, n_targets)
    """

    columns: Indices
    counts: Indices
    coef: AnyArray
    intercept: AnyArray

    def predict(self, X: Any) -> AnyArray:
        """Return predictions of shape (n_samples, n_models, n_targets)."""
        part = X[:, self.columns]
        if sparse.issparse(part):
            part = part.toarray()
        if len(self.coef) == len(self.counts):
            linear = part @ self.coef.reshape(-1, part.shape[1]).T
            return linear.reshape(len(part), *self.intercept.shape) + self.intercept
        sums = [np.cumsum(part * b, axis=1)[:, self.counts - 1] for b in self.coef[0]]
        return np.stack(sums, axis=-1) + self.intercept

    def squared_errors(self, data: TrainingData) -> Array:
        """Return the weighted mean squared residuals, of shape (n_models, n_targets)."""
        y = data.y.reshape(len(data.y), 1, -1)
        squares = (y - self.predict(data.X)) ** 2
        mean: Array = np.average(squares, axis=0, weights=data.weights)
        return mean

    def error_rates(self, data: TrainingData) -> Array:
        """Return the weighted share of samples in the wrong class, of shape (n_models,)."""
        share = data.weights / data.weights.sum()
        rates = np.zeros(len(self.counts))
        n_entries = len(self.columns) + self.intercept.size
        for block in slices(range(len(data.y)), n_entries, entries=BLOCK_ENTRIES):
            wrong = decide_each(self.predict(data.X[block])) != decide(data.y[block])[:, np.newaxis]
            rates += share[block] @ wrong
        return rates

    def to_csr(self, n_features: int) -> Any:
        """Return the coefficients as rows, one a model and target, that store the support."""
        shape = (len(self.counts), *self.coef.shape[1:])
        kept = np.arange(len(self.columns)) < self.counts[:, np.newaxis, np.newaxis]
        kept = np.broadcast_to(kept, shape)
        data = np.broadcast_to(self.coef, shape)[kept]
        indices = np.broadcast_to(self.columns, shape)[kept]
        indptr = np.append(0, np.cumsum(np.repeat(self.counts, shape[1])))
        return sparse.csr_array((data, indices, indptr), shape=(len(indptr) - 1, n_features))


def path_models(
    recipe: Recipe, dense: LinearFit, order: Order, sizes: Indices, data: TrainingData
) -> list[PathModels]:
    """Return the pruned models of a dense fit at every size, in pieces that share work.

    Parameters
    ----------
    recipe : Recipe
        Of one round.
    dense : LinearFit
    order : Order
    sizes : ndarray of shape (n_sizes,)
        Increasing.
    data : TrainingData
        What the kept features are refitted to: with the predictions of the dense model as
        targets if the recipe is a distillation.
    """
    counts = order.counts(sizes)
    columns = order.columns[: counts[-1]]
    if recipe.refit is None:
        return [_masked(dense, columns, counts, data)]
    return refitted_models(recipe, columns, counts, data, dense)


def predict_paths(
    recipes: Sequence[Recipe],
    dense: LinearFit,
    order: Order,
    sizes: Indices,
    data: TrainingData,
    X: Any,
) -> list[AnyArray]:
    """Return the predictions of path models, of shape (n_samples, n_sizes, n_targets) a recipe."""
    paths = [path_models(recipe, dense, order, sizes, data) for recipe in recipes]
    return [np.concatenate([part.predict(X) for part in models], axis=1) for models in paths]


def single_model(fit: LinearFit, support: AnyArray) -> PathModels:
    """Return a fit to the features in a support as a path of its own."""
    columns = np.flatnonzero(support)
    coef = np.atleast_2d(fit.coef)[np.newaxis, :, columns]
    return PathModels(columns, np.array([len(columns)]), coef, np.atleast_2d(fit.intercept))


def _masked(fit: LinearFit, columns: Indices, counts: Indices, data: TrainingData) -> PathModels:
    """Cut the coefficients of a fit off, and put the means right (see `LinearFit.masked`)."""
    coef = np.atleast_2d(fit.coef)[:, columns]
    intercept = np.tile(np.atleast_1d(fit.intercept), (len(counts), 1))
    models = PathModels(columns, counts, coef[np.newaxis], intercept)
    if not fit.centred:
        return models
    if is_logistic(fit.model):
        return models._replace(intercept=_calibrated_intercepts(fit, models, data))
    share = data.weights / data.weights.sum()
    sums = np.cumsum((share @ data.X[:, columns]) * coef, axis=1)[:, counts - 1]
    return models._replace(intercept=np.atleast_1d(_mean_score(fit, share, data)) - sums.T)


def _mean_score(fit: LinearFit, share: Array, data: TrainingData) -> AnyArray:
    """Return the mean score of a fit, that of the targets if it is least squares."""
    if data.classes is None or penalty_of(fit.model) is not None:
        return np.asarray(share @ data.y)
    return fit.predict(share @ data.X[:, : fit.coef.shape[-1]])


def _calibrated_intercepts(fit: LinearFit, models: PathModels, data: TrainingData) -> AnyArray:
    """Return the intercepts of a logistic fit whose coefficients are cut off."""
    scores = models._replace(intercept=np.zeros(models.intercept.shape)).predict(data.X)
    scores = scores.reshape(*scores.shape[:2], *fit.intercept.shape)
    intercepts = [calibrated_intercept(fit.model, part, data) for part in scores.swapaxes(0, 1)]
    return np.array(intercepts).reshape(models.intercept.shape)


def refitted_models(
    recipe: Recipe,
    columns: Indices,
    counts: Indices,
    data: TrainingData,
    dense: LinearFit | None = None,
) -> list[PathModels]:
    """Refit the first of ordered columns: models that share a factor, and the others."""
    coef, intercept = _shared_fits(recipe, data, counts, columns)
    n_shared, _, n_columns = coef.shape
    shared = PathModels(columns[:n_columns], counts[:n_shared], coef, intercept)
    models = [shared] if n_shared else []
    for count in counts[n_shared:]:
        support = np.zeros(data.X.shape[1], dtype=bool)
        support[columns[:count]] = True
        models.append(single_model(fit_columns(recipe.refit, data, support, dense), support))
    return models


def _shared_fits(
    recipe: Recipe, data: TrainingData, counts: Indices, columns: Indices
) -> tuple[Array, Array]:
    """Fit as many of the first ones as can share work, as `leading_fits` returns them."""
    logistic = logistic_penalty_of(recipe.refit)
    if logistic is None or data.classes is None or len(data.classes) > 2:
        return leading_fits(recipe.penalty, data, counts, columns)
    alpha, centred = logistic
    X, rows = data.X[:, columns[: counts[-1]]], (data.y, data.weights)
    coef, intercept = leading_logistic(X, *rows, counts, alpha=alpha, centred=centred)
    return coef[:, np.newaxis], intercept[:, np.newaxis]


def leading_fits(
    penalty: Penalty | None, data: TrainingData, counts: Indices, columns: Indices | None = None
) -> tuple[Array, Array]:
    """Fit the first columns, for as many counts as can share a factor.

    Parameters
    ----------
    penalty : Penalty or None
        Of the regressor: its own fits are the same up to rounding. With None there are no
        such fits.
    data : TrainingData
    counts : ndarray of shape (n_counts,)
        Numbers of columns, increasing.
    columns : ndarray of shape (n_columns,), optional
        The columns in their order, that of X if None.

    Returns
    -------
    coef : ndarray of shape (n_fits, n_targets, n_columns)
        Zero beyond the count of each fit. The other counts need a fit of their own.
    intercept : ndarray of shape (n_fits, n_targets)
    """
    n_samples, n_targets, weights = data.X.shape[0], data.y[0].size, data.weights
    if penalty is not None and penalty.alpha == 0:
        weights = weights / weights.max()
        counts = counts[counts <= n_samples - penalty.fit_intercept]
        shares = weights.min() * WEIGHT_SPAN >= 1
    else:
        shares = penalty is not None and _pays(counts, n_samples)
    width = int(counts.max(initial=0))
    none = np.empty((0, n_targets, width)), np.empty((0, n_targets))
    if penalty is None or not shares or width == 0:
        return none

    X = data.X[:, :width] if columns is None else data.X[:, columns[:width]]
    if penalty.alpha > 0 and not is_dense(X):
        return none
    X = filled(X)
    problem = Problem.of(X, data.y, weights, centred=penalty.fit_intercept)
    if not has_safe_squares(problem.A):
        return none
    root = np.sqrt(weights)[:, np.newaxis]
    A, y = root * problem.A, root * problem.y
    if penalty.alpha > 0:
        coef = leading_ridge(A, y, counts, alpha=penalty.alpha)
    else:
        noise = constant_norm(problem.mean, weights.sum())
        coef = leading_lstsq(A, y, counts, cutoff=rank_cutoff(X, penalty.tol), noise=noise)
    if problem.mean is None or problem.y_mean is None:
        return coef, np.zeros(coef.shape[:2])
    return coef, problem.y_mean - coef @ problem.mean


def _pays(counts: Indices, n_samples: int) -> bool:
    """Return whether one factorisation of the last count costs less than all fits."""
    shorter = np.minimum(counts, n_samples).astype(float)
    separate = np.sum(shorter**2 * np.maximum(counts, n_samples))
    return bool(separate >= float(counts.max(initial=0)) ** 3 / 3)
