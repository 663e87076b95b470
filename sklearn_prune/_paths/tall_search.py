"""Folds of many rows: their models come from moments, unless digits would be lost."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .fold_fits import least_rcond
from .fold_moments import FoldMoments
from .fold_search import FoldSearch
from .moment_search import MomentSearch
from .summed_rows import SummedRows, may_be_summed, underflows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Self

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.linear_fit import LinearFit
    from sklearn_prune._pruning.ranking import Order
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import AnyArray, Array, Indices


class TallSearch(FoldSearch):
    """Paths that are fitted to the moments of the training rows, and scored by those of others.

    What the moments do not tell to eight digits is fitted to the rows.
    """

    @cached_property
    def _fold_moments(self) -> FoldMoments | None:
        """Return the moments of all folds, or None if some are not tall, or it takes too much."""
        if may_be_summed(self.data, self.fewest_rows - self.fit_intercept, len(self.splits)):
            with np.errstate(over="ignore", invalid="ignore"):
                return FoldMoments.of(self.data, self.splits)
        return None

    @cached_property
    def _moments(self) -> MomentSearch | None:
        """Return what scores without rows, or None if it cannot be trusted."""
        if self._fold_moments is None:
            return None
        X, y = self.data.X, self.data.y
        search = MomentSearch(
            self._fold_moments.training,
            self._fold_moments.held_out,
            X.shape[1],
            fit_intercept=self.fit_intercept,
            n_targets=None if y.ndim == 1 else y.shape[1],
            dtype=X.dtype,
            least_rcond=least_rcond(X),
        )
        idle = np.any([fold.scale == 0 for fold in search.folds], axis=0)
        return None if underflows(X[:, idle]) else search

    def rank(self, alpha: float) -> int:
        rank = None if self._moments is None else self._moments.rank(alpha)
        return super().rank(alpha) if rank is None else rank

    def orders(self, recipe: Recipe, alpha: float) -> Iterable[Order]:
        orders = None if self._moments is None else self._moments.orders(recipe, alpha)
        return super().orders(recipe, alpha) if orders is None else orders

    def target(self, t: int) -> Self:
        part = super().target(t)
        part._moments = None if self._moments is None else self._moments.target(t)
        part._summed = None if self._summed is None else self._summed.target(t)
        return part

    def moment_scores(
        self, recipes: Sequence[Recipe], alpha: float, sizes: Indices
    ) -> list[Array] | None:
        return None if self._moments is None else self._moments.scores(recipes, alpha, sizes)

    def predictions(
        self, recipes: Sequence[Recipe], alpha: float, sizes: Indices
    ) -> list[list[AnyArray]]:
        search = self._moments
        paths = None if search is None else search.paths(recipes, alpha, sizes)
        # Where the squared errors lose digits, so does any other score.
        if search is None or paths is None or search.path_scores(paths) is None:
            return super().predictions(recipes, alpha, sizes)
        rows = [self.data.X[held_out] for held_out in self.held_out]
        return [[models.predict(X) for models, X in zip(path, rows, strict=True)] for path in paths]

    @cached_property
    def _summed(self) -> SummedRows | None:
        """Return all rows with their moments, if these are known."""
        total = None if self._fold_moments is None else self._fold_moments.total
        return None if total is None else SummedRows(self.data, total, self.fit_intercept)

    def full_fit(self, recipe: Recipe, alpha: float) -> LinearFit | None:
        return None if self._summed is None or alpha != 0 else self._summed.dense(recipe.estimator)

    def full_scores(self, recipe: Recipe, dense: LinearFit) -> Array | None:
        return None if self._summed is None else self._summed.scores(recipe, dense)


def least_squares_search(
    data: TrainingData, splits: Sequence[tuple[Indices, Indices]], **options: Any
) -> FoldSearch:
    """Return the search that is the fastest for folds of a shape."""
    search = TallSearch if data.is_tall(data.X.shape[1]) else FoldSearch
    return search(data, splits, **options)
