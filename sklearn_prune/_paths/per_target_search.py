"""Folds of several targets that keep features of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune._checks.progress import SILENT

from .selections import Selections

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.linear_fit import LinearFit
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import AnyArray, Array, Indices

    from .fold_search import FoldSearch
    from .scores import ResultsTable

    Part = tuple[FoldSearch, list[Recipe]]


class PerTargetSearch:
    """A search target by target, whose dense fits are to all of them.

    Parameters
    ----------
    whole : FoldSearch
        A search of all targets, which has a part for each.
    """

    def __init__(self, whole: FoldSearch) -> None:
        self.whole, self.progress = whole, SILENT
        self._selections: Selections | None = None

    @property
    def data(self) -> TrainingData:
        """Return the samples of all folds."""
        return self.whole.data

    @property
    def splits(self) -> Sequence[tuple[Indices, Indices]]:
        """Return the rows to train on, and those that are held out, of all folds."""
        return self.whole.splits

    def full_fit(self, recipe: Recipe, alpha: float) -> LinearFit | None:
        """Return the dense fit to all rows, if it is known by the way."""
        return self.whole.full_fit(recipe, alpha)

    def full_scores(self, recipe: Recipe, dense: LinearFit) -> Array | None:
        """Return the scores (n_targets, n_features) of this fit, if they are known by the way."""
        parts = enumerate(self._parts([recipe]))
        scores = [part.full_scores(own, dense.target(t)) for t, (part, (own,)) in parts]
        known = [score for score in scores if score is not None]
        return np.array(known) if len(known) == len(scores) else None

    def scores(
        self, recipes: Sequence[Recipe], alpha: float, sizes: Indices, table: ResultsTable
    ) -> Iterable[Array]:
        """Return scores for a table, means over the targets, an array a recipe."""
        parts = list(self._parts(recipes))
        scores = self._moment_scores(parts, alpha, sizes) if table.is_of_moments else None
        if scores is None:
            scores = map(table.score, self._predictions(parts, alpha, sizes))
        known = [part.selections(first, alpha) for part, (first, *_) in parts]
        kept = [selections for selections in known if selections is not None]
        self._selections = Selections.of_targets(kept) if kept else None
        return scores

    def selections(self, recipe: Recipe, alpha: float) -> Selections | None:
        """Return what each fold keeps for each target of the recipes that were scored last."""
        return self._selections

    def _moment_scores(
        self, parts: Sequence[Part], alpha: float, sizes: Indices
    ) -> Iterable[Array] | None:
        """Return the scores, if moments of the rows tell them for all targets."""
        scores = [part.moment_scores(recipes, alpha, sizes) for part, recipes in parts]
        known = [score for score in scores if score is not None]
        return np.mean(known, axis=0) if len(known) == len(scores) else None

    def _predictions(
        self, parts: Sequence[Part], alpha: float, sizes: Indices
    ) -> list[list[AnyArray]]:
        """Return the predictions of all targets (see `FoldSearch.predictions`)."""
        targets = [part.predictions(recipes, alpha, sizes) for part, recipes in parts]
        return [
            [np.concatenate(fold, axis=2) for fold in zip(*folds, strict=True)]
            for folds in zip(*targets, strict=True)
        ]

    def _parts(self, recipes: Sequence[Recipe]) -> Iterator[Part]:
        """Yield the search of each target, and its recipes."""
        n_targets = self.data.y.shape[1]
        of_targets = [recipe.of_targets(n_targets) for recipe in recipes]
        for t, of_target in enumerate(zip(*of_targets, strict=True)):
            part = self.whole.target(t)
            part.progress = self.progress
            yield part, list(of_target)
