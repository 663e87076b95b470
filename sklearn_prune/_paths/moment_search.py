"""Scores of the models of all sparsities in every fold, without a row of the data."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from .fold_fits import RCOND
from .moment_scores import MomentRows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Self

    from sklearn_prune._least_squares.row_moments import Moments
    from sklearn_prune._pruning.linear_fit import LinearFit
    from sklearn_prune._pruning.ranking import Order
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import Array, Indices

    from .path_models import PathModels


class MomentSearch:
    """Paths that are fitted to the training rows of folds, and scored on the others.

    Parameters
    ----------
    training : sequence of Moments
        Those of the columns of ``[X y]``, for the training rows of each fold.
    held_out : sequence of Moments
        The same of the rows that are held out.
    n_features : int
    fit_intercept : bool
    n_targets : int or None, default=None
        None if y is a vector.
    dtype : dtype, default=float64
        That of X: coefficients are rounded to it before features are ranked.
    least_rcond : float
        Reciprocal condition of a Gram matrix, of columns of unit norm, that is too small
        for the scores to agree with those of refits to eight digits.
    """

    def __init__(
        self,
        training: Sequence[Moments],
        held_out: Sequence[Moments],
        n_features: int,
        *,
        fit_intercept: bool,
        n_targets: int | None = None,
        dtype: Any = np.float64,
        least_rcond: float = RCOND,
    ) -> None:
        shape = () if n_targets is None else (n_targets,)
        self.folds = [
            MomentRows(*fold, n_features, fit_intercept, shape, dtype, least_rcond)
            for fold in zip(training, held_out, strict=True)
        ]
        self.n_features, self.fit_intercept = n_features, fit_intercept
        self._fits: dict[float, list[LinearFit] | None] = {}
        self._orders: dict[Recipe, list[Order] | None] = {}
        self._part_of: tuple[Self, int] | None = None

    def target(self, t: int) -> Self:
        """Return the search of one of several targets, whose dense fits are a part of these."""
        part = copy(self)
        part.folds, part._part_of = [fold.target(t) for fold in self.folds], (self, t)
        part._orders = {}
        return part

    @property
    def fewest_rows(self) -> int:
        """Return the number of rows of the smallest training set."""
        return min(fold.training.n_rows for fold in self.folds)

    def dense_fits(self, alpha: float) -> list[LinearFit] | None:
        """Return the dense fits of one penalty, or None if one of them would lose digits."""
        if self._part_of is not None:
            whole, t = self._part_of
            shared = whole.dense_fits(alpha)
            return None if shared is None else [fit.target(t) for fit in shared]
        if alpha not in self._fits:
            fits = [fold.dense(alpha) for fold in self.folds]
            known = [fit for fit in fits if fit is not None]
            self._fits[alpha] = known if len(known) == len(fits) else None
        return self._fits[alpha]

    def rank(self, alpha: float) -> int | None:
        """Return the least rank of the training rows, if the dense fits are known."""
        if self.dense_fits(alpha) is None:
            return None
        if alpha > 0:
            return min(self.fewest_rows - self.fit_intercept, self.n_features)
        return min(int(np.count_nonzero(fold.scale)) for fold in self.folds)

    def scores(self, recipes: Sequence[Recipe], alpha: float, sizes: Indices) -> list[Array] | None:
        """Return the negative mean squared errors of the models of every size.

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
        list of ndarray of shape (n_folds, n_sizes) or None
            One array a recipe. None where the moments do not tell: if the strategy reads
            rows, or a fold is ill-conditioned or fits (nearly) exactly.
        """
        paths = self.paths(recipes, alpha, sizes)
        return None if paths is None else self.path_scores(paths)

    def path_scores(self, paths: Sequence[Sequence[PathModels]]) -> list[Array] | None:
        """Return the scores of models of every size and fold, or None (see `scores`)."""
        scores = [self._scores(path) for path in paths]
        known = [score for score in scores if score is not None]
        return known if len(known) == len(scores) else None

    def _scores(self, path: Sequence[PathModels]) -> Array | None:
        errors = [fold.errors(models) for fold, models in zip(self.folds, path, strict=True)]
        known = [-error.mean(axis=1) for error in errors if error is not None]
        return np.array(known) if len(known) == len(errors) else None

    def paths(
        self, recipes: Sequence[Recipe], alpha: float, sizes: Indices
    ) -> list[list[PathModels]] | None:
        """Return the models of every size and fold, a list a recipe, or None (see `scores`)."""
        penalties = {recipe.penalty.alpha for recipe in recipes if recipe.penalty is not None}
        if any(recipe.needs_rows for recipe in recipes) or not self._know(penalties):
            return None
        orders = self.orders(recipes[0], alpha)
        if orders is None:
            return None
        folds = list(zip(self.folds, self.dense_fits(alpha) or [], orders, strict=True))
        return [
            [rows.path(recipe, dense, order, sizes) for rows, dense, order in folds]
            for recipe in recipes
        ]

    def orders(self, recipe: Recipe, alpha: float) -> list[Order] | None:
        """Return the order of the features in every fold, or None (see `scores`)."""
        if recipe not in self._orders:
            self._orders[recipe] = self._find_orders(recipe, alpha)
        return self._orders[recipe]

    def _find_orders(self, recipe: Recipe, alpha: float) -> list[Order] | None:
        strategy = recipe.strategy
        penalties = {alpha, 0.0} if strategy.reads == "moments" else {alpha}
        if strategy.needs_rows or not self._know(penalties):
            return None
        fits = self.dense_fits(alpha) or []
        scores = [
            rows.feature_scores(recipe, dense) for rows, dense in zip(self.folds, fits, strict=True)
        ]
        known = [recipe.order_of(score) for score in scores if score is not None]
        return known if len(known) == len(scores) else None

    def _know(self, penalties: Iterable[float]) -> bool:
        """Return whether the dense fits of all penalties keep their digits."""
        return all(self.dense_fits(penalty) is not None for penalty in penalties)
