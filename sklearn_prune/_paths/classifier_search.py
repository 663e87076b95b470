"""Paths of classifiers that are fitted fold by fold, each from its own dense fit."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .fold_search import FoldSearch
from .logistic_folds import LogisticFolds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._pruning.linear_fit import LinearFit
    from sklearn_prune._pruning.recipe import Recipe


class ClassifierSearch(FoldSearch):
    """Paths of linear classifiers that are no least squares."""

    @cached_property
    def _dense(self) -> LogisticFolds:
        return LogisticFolds(self.data, centred=self.fit_intercept)

    def rank(self, alpha: float) -> int:
        """Return the rank that the training rows can have at most."""
        return min(self.fewest_rows - self.fit_intercept, self.data.X.shape[1])

    def full_fit(self, recipe: Recipe, alpha: float) -> LinearFit | None:
        return self._dense.fit(recipe.estimator, np.arange(len(self.data.y)))

    def estimator_fits(self, estimator: Any, alpha: float) -> list[LinearFit]:
        """Return the dense fits of all folds by an estimator, which its penalty tells."""
        if alpha not in self._fits:
            self._fits[alpha] = [self._dense.fit(estimator, train) for train, _ in self.splits]
        return self._fits[alpha]

    def _fits_to_prune(self, recipes: Sequence[Recipe], alpha: float) -> list[LinearFit]:
        return self.estimator_fits(recipes[0].estimator, alpha)
