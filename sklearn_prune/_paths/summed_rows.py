"""All rows of a tall data set, summed up once for the dense fit and for its path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._least_squares.design import as_design, column_sizes, is_dense, rank_cutoff
from sklearn_prune._least_squares.row_moments import row_moments
from sklearn_prune._least_squares.solve import EXTENDED_SIZE, WEIGHT_SPAN
from sklearn_prune._least_squares.tall import solve_moments
from sklearn_prune._pruning.linear_fit import penalty_of

from .fold_fits import least_rcond
from .fold_search import min_norm_fit
from .moment_scores import MomentRows

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._least_squares.min_norm import MinNormRegressor
    from sklearn_prune._least_squares.row_moments import Moments
    from sklearn_prune._pruning.linear_fit import LinearFit
    from sklearn_prune._pruning.ranking import Order
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import Array, Indices

    from .path_models import PathModels

# Moments have so many entries at most, half a GB.
MOST_ENTRIES = 2**26


def may_be_summed(data: TrainingData, n_rows: int, n_sums: int = 1) -> bool:
    """Return whether moments keep the digits of so many distinct rows, and take no more memory."""
    n_features, weights = data.X.shape[1], data.weights
    is_small = n_sums * n_features**2 <= MOST_ENTRIES
    return n_features <= n_rows and is_small and weights.min() * WEIGHT_SPAN >= weights.max()


def underflows(X: Any) -> bool:
    """Return whether some numbers are so small that their squares are zero."""
    sizes = column_sizes(as_design(X, np.ones(X.shape[0]), centred=False)[0])
    return bool(np.any((sizes > 0) & (sizes < 1e-70)))


def moment_rows(
    training: Moments, held_out: Moments, data: TrainingData, *, centred: bool
) -> MomentRows:
    """Return a fold of a data set by its moments."""
    X, y = data.X, data.y
    sides = training, held_out
    return MomentRows(*sides, X.shape[1], centred, y.shape[1:], X.dtype, least_rcond(X))


class SummedRows(NamedTuple):
    """All rows, and their moments.

    Attributes
    ----------
    data : TrainingData
    moments : Moments
        Of the columns of ``[X y]``.
    centred : bool
        Whether the models have an intercept.
    """

    data: TrainingData
    moments: Moments
    centred: bool

    @classmethod
    def of(cls, data: TrainingData, recipe: Recipe) -> SummedRows | None:
        """Sum the rows up, or return None if the path of a recipe needs more than that."""
        penalty = penalty_of(recipe.estimator)
        if penalty is None or recipe.needs_rows:
            return None
        return cls.of_rows(data, centred=penalty.fit_intercept)

    @classmethod
    def of_rows(cls, data: TrainingData, *, centred: bool) -> SummedRows | None:
        """Sum the rows up, or return None if that loses digits or takes too much memory."""
        if not may_be_summed(data, len(data.y) - 1):
            return None
        with np.errstate(over="ignore", invalid="ignore"):
            moments = row_moments(data.X, data.y, data.weights)
        return cls(data, moments, centred)

    def target(self, t: int) -> SummedRows:
        """Return the rows with one of several targets, as a vector."""
        n_features = self.data.X.shape[1]
        columns = np.append(np.arange(n_features), n_features + t)
        return self._replace(data=self.data.target(t), moments=self.moments.columns(columns))

    def dense(self, estimator: MinNormRegressor) -> LinearFit | None:
        """Return the fit of a regressor, or None where it does not sum the rows itself."""
        X = self.data.X
        if not is_dense(X) or X.size <= EXTENDED_SIZE:
            return None
        cutoff, moments = rank_cutoff(X, estimator.tol), self.moments.seen_from_mean()
        rows = X, self.data.y, self.data.weights
        solution = solve_moments(moments, *rows, centred=self.centred, cutoff=cutoff)
        return None if solution is None else min_norm_fit(estimator, self.data, solution)

    def penalised(self, estimator: Any, alpha: float) -> LinearFit | None:
        """Return the fit of one penalty, of no fitted model if it is a ridge, or None."""
        if alpha == 0:
            return self.dense(estimator)
        return self.rows.dense(alpha) if self._keeps_digits else None

    def scores(self, recipe: Recipe, dense: LinearFit) -> Array | None:
        """Return the scores of its features, or None where digits would be lost."""
        if recipe.strategy.needs_rows or not self._keeps_digits:
            return None
        return self.rows.feature_scores(recipe, dense)

    def path(
        self, recipe: Recipe, dense: LinearFit, order: Order, sizes: Indices
    ) -> tuple[PathModels, Array] | None:
        """Return the models of every size and their errors on the rows.

        None where digits would be lost.
        """
        if not self._keeps_digits:
            return None
        models = self.rows.path(recipe, dense, order, sizes)
        errors = self.rows.errors(models)
        return None if errors is None else (models, errors)

    @property
    def rows(self) -> MomentRows:
        """Return the rows as those of a fold that holds out what it is trained on."""
        return moment_rows(self.moments, self.moments, self.data, centred=self.centred)

    @property
    def _keeps_digits(self) -> bool:
        """Whether all fits to some of the features keep eight digits, penalised or not."""
        rows = self.rows
        known = rows.dense(0.0) is not None
        return known and not underflows(self.data.X[:, rows.scale == 0])
