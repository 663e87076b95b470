"""Predictions for the rows that folds hold out, by the models of all sparsities."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from sklearn_prune._checks.progress import SILENT
from sklearn_prune._least_squares.min_norm import fit_min_norm
from sklearn_prune._pruning.linear_fit import LinearFit

from .fold_fits import FoldFits
from .path_models import predict_paths
from .selections import Selections

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Self

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._least_squares.min_norm import MinNormRegressor, Solution
    from sklearn_prune._pruning.ranking import Order
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import AnyArray, Array, Indices

    from .scores import ResultsTable


class FoldSearch:
    """Paths that are fitted to the training rows of folds, and predict the others.

    Parameters
    ----------
    data : TrainingData
    splits : sequence of tuple of ndarray of int
        Rows to train on, and rows that are held out.
    fit_intercept : bool
    n_jobs : int or None
        Number of threads over the folds.
    """

    def __init__(
        self,
        data: TrainingData,
        splits: Sequence[tuple[Indices, Indices]],
        *,
        fit_intercept: bool,
        n_jobs: int | None,
    ) -> None:
        self.data, self.splits = data, splits
        self.fit_intercept, self.n_jobs = fit_intercept, n_jobs
        self.progress = SILENT
        self._selections: dict[Recipe, Selections] = {}
        self._part_of: tuple[Self, int] | None = None

    @property
    def held_out(self) -> list[Indices]:
        """Return the rows of each array of predictions."""
        return [rows for _, rows in self.splits]

    @cached_property
    def fewest_rows(self) -> int:
        """Return the number of distinct rows of the smallest training set."""
        return min(int(np.count_nonzero(np.bincount(train))) for train, _ in self.splits)

    def target(self, t: int) -> Self:
        """Return the search of one of several targets, whose dense fits are a part of these."""
        part = copy(self)
        part.data, part._part_of, part._selections = self.data.target(t), (self, t), {}
        return part

    @cached_property
    def _folds(self) -> FoldFits:
        rows = [train for train, _ in self.splits]
        return FoldFits(self.data, rows, fit_intercept=self.fit_intercept)

    @cached_property
    def _fits(self) -> dict[float, list[LinearFit]]:
        return {}

    def dense_fits(self, alpha: float) -> list[LinearFit]:
        """Return the dense fits of all folds with one penalty."""
        if self._part_of is not None:
            whole, t = self._part_of
            return [fit.target(t) for fit in whole.dense_fits(alpha)]
        if alpha not in self._fits:
            self._fits[alpha] = self._folds.fit(alpha)
        return self._fits[alpha]

    def full_fit(self, recipe: Recipe, alpha: float) -> LinearFit | None:
        """Return the dense fit to all rows, if it is known by the way."""
        return None

    def full_scores(self, recipe: Recipe, dense: LinearFit) -> Array | None:
        """Return the scores of the features of this fit, if they are known by the way."""
        return None

    def rank(self, alpha: float) -> int:
        """Return the least rank of the training rows."""
        n_features = self.data.X.shape[1]
        ranks = [
            getattr(fit.model, "rank_", min(len(np.unique(train)) - self.fit_intercept, n_features))
            for fit, (train, _) in zip(self.dense_fits(alpha), self.splits, strict=True)
        ]
        return min(ranks)

    def selections(self, recipe: Recipe, alpha: float) -> Selections | None:
        """Return what each fold keeps at every size, without a refit, or None if it is not kept.

        Parameters
        ----------
        recipe : Recipe
            The first one of those that share their order.
        alpha : float
            Penalty of the dense model.
        """
        if recipe not in self._selections:
            self._selections[recipe] = Selections.of(self.orders(recipe, alpha))
        return self._selections[recipe]

    def orders(self, recipe: Recipe, alpha: float) -> Iterable[Order]:
        """Return the order of the features in every fold."""
        fits = self._fits_to_prune([recipe], alpha)
        orders: list[Order] = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(self._order)(recipe, fit, train)
            for fit, (train, _) in zip(fits, self.splits, strict=True)
        )
        return orders

    def _order(self, recipe: Recipe, dense: LinearFit, train: Indices) -> Order:
        """Return the order of the features in a fold."""
        reads_rows = recipe.strategy.reads in ("rows", "moments")
        return recipe.order(dense, self.data.take(train) if reads_rows else self.data)

    def scores(
        self, recipes: Sequence[Recipe], alpha: float, sizes: Indices, table: ResultsTable
    ) -> Iterable[Array]:
        """Return scores for a table, an array a recipe (see `predictions`)."""
        known = self.moment_scores(recipes, alpha, sizes) if table.is_of_moments else None
        if known is None:
            return map(table.score, self.predictions(recipes, alpha, sizes))
        return known

    def moment_scores(
        self, recipes: Sequence[Recipe], alpha: float, sizes: Indices
    ) -> list[Array] | None:
        """Return the default scores, if moments of the rows tell them (see `MomentSearch`)."""
        return None

    def predictions(
        self, recipes: Sequence[Recipe], alpha: float, sizes: Indices
    ) -> list[list[AnyArray]]:
        """Return the predictions for the held-out rows of every fold, a list a recipe.

        Parameters
        ----------
        recipes : sequence of Recipe
            They differ in the refit alone.
        alpha : float
            Penalty of the dense model.
        sizes : ndarray of shape (n_sizes,)
            Numbers of features kept, increasing.

        Returns
        -------
        list of list of ndarray of shape (n_held_out, n_sizes, n_targets)
        """
        fits = teachers = self._fits_to_prune(recipes, alpha)
        if self._part_of is not None:
            teachers = self._part_of[0]._fits_to_prune(recipes, alpha)
        folds = Parallel(n_jobs=self.n_jobs, prefer="threads", return_as="generator")(
            delayed(self._predict_fold)(recipes, *fold_fits, sizes, *split)
            for *fold_fits, split in zip(fits, teachers, self.splits, strict=True)
        )
        done = self.progress.each("fold", folds)
        orders, *predictions = zip(*done, strict=True)
        self._selections.setdefault(recipes[0], Selections.of(orders))
        return [list(folds) for folds in predictions]

    def _fits_to_prune(self, recipes: Sequence[Recipe], alpha: float) -> list[LinearFit]:
        """Return the dense fits, or what does as well for a strategy that fits anew."""
        starts = any(recipe.starts_from_dense for recipe in recipes)
        if starts or not recipes[0].strategy.fits_anew:
            return self.dense_fits(alpha)
        shape = self.data.y.shape[1:]
        coef, intercept = np.ones((*shape, self.data.X.shape[1])), np.zeros(shape)
        return [LinearFit(None, coef, intercept, self.fit_intercept)] * len(self.splits)

    def _predict_fold(
        self,
        recipes: Sequence[Recipe],
        dense: LinearFit,
        teacher: LinearFit,
        sizes: Indices,
        train: Indices,
        held_out: Indices,
    ) -> list[Any]:
        """Prune and retrain the dense model of a fold, and predict the rows that are held out.

        What is distilled is the dense model of all targets.

        Returns
        -------
        list
            The order of the features, and the predictions of each recipe.
        """
        data, first = self.data, recipes[0]
        known = self._order(first, dense, train)
        columns, order = known.within(sizes[-1])
        if first.distill:
            fitted = self._distilled(first, teacher, train).columns(columns)
        else:
            fitted = data.columns(columns).take(train)
        if data.classes is not None and any(recipe.refit is None for recipe in recipes):
            # What the other columns add to the mean score goes with them.
            support = np.isin(np.arange(data.X.shape[1]), columns)
            dense = dense.masked(support, data.take(train))._replace(model=dense.model)
        part = dense._replace(coef=dense.coef[..., columns])
        X = data.X[held_out][:, columns]
        return [known, *predict_paths(recipes, part, order, sizes, fitted, X)]

    def _distilled(self, recipe: Recipe, teacher: LinearFit, train: Indices) -> TrainingData:
        """Return what the dense model of all targets says of the rows of a fold."""
        if self._part_of is None:
            return recipe.refit_data(teacher, self.data.take(train))
        whole, t = self._part_of
        return whole._distilled(recipe, teacher, train).target(t)


def min_norm_fit(estimator: MinNormRegressor, data: TrainingData, solution: Solution) -> LinearFit:
    """Return the fit of a clone of a regressor whose solution is known (see `fit_min_norm`)."""
    model = fit_min_norm(clone(estimator), data, solution)
    return LinearFit(
        model, model.coef_, np.asarray(model.intercept_), bool(estimator.fit_intercept)
    )
