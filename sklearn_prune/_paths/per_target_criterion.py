"""Criteria of several targets that keep features of their own."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune._checks.progress import SILENT

from .criterion_search import CriterionSearch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sklearn_prune._pruning.linear_fit import LinearFit
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import Array, Indices

    from .scores import ResultsTable
    from .summed_rows import SummedRows


class PerTargetCriterion:
    """A search by a criterion target by target, whose dense fits are to all of them.

    Parameters
    ----------
    whole : CriterionSearch
        That of all targets.
    """

    def __init__(self, whole: CriterionSearch) -> None:
        self.whole, self.splits, self.progress = whole, whole.splits, SILENT
        self.noise_variance = whole.noise_variance
        self.parts = [_TargetCriterion(whole, t) for t in range(whole.n_targets)]

    def full_fit(self, recipe: Recipe, alpha: float) -> LinearFit | None:
        """Return the dense fit that is pruned, if it is a fitted model."""
        return self.whole.full_fit(recipe, alpha)

    def full_scores(self, recipe: Recipe, dense: LinearFit) -> Array | None:
        """Return the scores (n_targets, n_features) of this fit, if they are known by the way."""
        alpha = self.whole.penalty_of(dense)
        if alpha is None:
            return None
        parts = self._parts([recipe])
        return np.array([part.feature_scores(own, alpha) for part, (own,) in parts])

    def selections(self, recipe: Recipe, alpha: float) -> None:
        """Return nothing: there are no folds that could select different features."""

    def scores(
        self, recipes: Sequence[Recipe], alpha: float, sizes: Indices, table: ResultsTable
    ) -> Iterable[Array]:
        """Return the negative criterion of all targets (see `CriterionSearch.scores`)."""
        each = [part.scores(own, alpha, sizes, table) for part, own in self._parts(recipes)]
        return map(self.whole.criterion.joint, zip(*each, strict=True))

    def _parts(self, recipes: Sequence[Recipe]) -> Iterator[tuple[CriterionSearch, list[Recipe]]]:
        """Yield the search of each target, and its recipes."""
        of_targets = zip(*(recipe.of_targets(len(self.parts)) for recipe in recipes), strict=True)
        for part, own in zip(self.parts, of_targets, strict=True):
            yield part, list(own)


class _TargetCriterion(CriterionSearch):
    """The search of one of several targets, whose dense fits are a part of those of all."""

    def __init__(self, whole: CriterionSearch, t: int) -> None:
        noise = whole.noise_variance
        super().__init__(
            whole.data.target(t),
            whole.estimator_of,
            whole.name,
            None if noise is None else noise[t],
            fit_intercept=whole.fit_intercept,
            n_samples=whole.n_samples,
        )
        self.whole, self.t = whole, t

    @cached_property
    def summed(self) -> SummedRows | None:
        return None if self.whole.summed is None else self.whole.summed.target(self.t)

    def _fit(self, alpha: float) -> LinearFit:
        return self.whole.dense(alpha).target(self.t)
