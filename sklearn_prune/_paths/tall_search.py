"""Folds of many rows: their models come from moments, unless digits would be lost."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._least_squares.design import as_design, column_sizes, is_dense, rank_cutoff
from sklearn_prune._least_squares.solve import EXTENDED_SIZE, WEIGHT_SPAN
from sklearn_prune._least_squares.tall import solve_moments
from sklearn_prune._pruning.linear_fit import min_norm_fit

from .fold_fits import least_rcond
from .fold_moments import FoldMoments
from .fold_search import FoldSearch
from .moment_scores import MomentRows
from .moment_search import MomentSearch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sklearn_prune._pruning.linear_fit import LinearFit
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import AnyArray, Array, Indices

    from .scores import ResultsTable

# Below so many entries of X nothing is gained.
LEAST_ENTRIES = 2**13

# The moments of all folds have so many entries at most: 1 GB, for two sides of each.
MOST_ENTRIES = 2**26


def is_tall(X: Any) -> bool:
    """Return whether the rows are worth to be summed up."""
    n_rows, n_columns = X.shape
    return n_rows > n_columns and n_rows * n_columns > LEAST_ENTRIES


class TallSearch(FoldSearch):
    """Paths that are fitted to the moments of the training rows, and scored by those of others.

    What the moments do not tell to eight digits is fitted to the rows.
    """

    @cached_property
    def _fold_moments(self) -> FoldMoments | None:
        """Return the moments of all folds, or None if some are not tall, or it takes too much."""
        weights, n_features = self.data.weights, self.data.X.shape[1]
        is_tall = n_features <= self.fewest_rows - self.fit_intercept
        is_small = len(self.splits) * n_features**2 <= MOST_ENTRIES
        if is_tall and is_small and weights.min() * WEIGHT_SPAN >= weights.max():
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
        return None if _underflows(X[:, idle]) else search

    def rank(self, alpha: float) -> int:
        rank = None if self._moments is None else self._moments.rank(alpha)
        return super().rank(alpha) if rank is None else rank

    def scores(
        self, recipes: Sequence[Recipe], alpha: float, sizes: Indices, table: ResultsTable
    ) -> Iterable[Array]:
        known = None
        if table.scorer is None and self._moments is not None:
            known = self._moments.scores(recipes, alpha, sizes)
        return super().scores(recipes, alpha, sizes, table) if known is None else known

    def predictions(
        self, recipes: Sequence[Recipe], alpha: float, sizes: Indices
    ) -> list[list[AnyArray]]:
        # Where the squared errors lose digits, so does any other score.
        if self._moments is None or self._moments.scores(recipes, alpha, sizes) is None:
            return super().predictions(recipes, alpha, sizes)
        paths = self._moments.paths(recipes, alpha, sizes) or []
        return [
            [
                models.predict(self.data.X[held_out])
                for models, held_out in zip(path, self.held_out, strict=True)
            ]
            for path in paths
        ]

    def full_fit(self, recipe: Recipe, alpha: float) -> tuple[LinearFit | None, Array | None]:
        data, centred = self.data, self.fit_intercept
        total = None if self._fold_moments is None else self._fold_moments.total
        if total is None or alpha != 0 or not is_dense(data.X) or data.X.size <= EXTENDED_SIZE:
            return None, None
        solution = solve_moments(
            total.seen_from_mean(),
            data.X,
            data.y,
            data.weights,
            centred=centred,
            cutoff=rank_cutoff(data.X),
        )
        if solution is None:
            return None, None
        dense = min_norm_fit(data, solution, fit_intercept=centred)
        if recipe.strategy.from_moments is None or not self._is_well_conditioned:
            return dense, None
        rows = MomentRows(total, total, data.X.shape[1], centred)
        return dense, rows.feature_scores(recipe, dense)

    @property
    def _is_well_conditioned(self) -> bool:
        return self._moments is not None and self._moments.dense_fits(0.0) is not None


def _underflows(X: Any) -> bool:
    """Return whether some numbers are so small that their squares are zero."""
    sizes = column_sizes(as_design(X, np.ones(X.shape[0]), centred=False)[0])
    return bool(np.any((sizes > 0) & (sizes < 1e-70)))
