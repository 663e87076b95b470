"""What a search compares."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.recipe import Recipe


class Candidate(NamedTuple):
    """Models that share their order: a strategy and penalties, with a recipe a refit."""

    strategy: Any
    alpha: float
    retrain_alphas: list[float | None]
    recipes: list[Recipe]

    def for_data(self, data: TrainingData) -> Candidate:
        """Return the candidate with what may be selected of the columns of data."""
        return self._replace(recipes=[recipe.for_data(data) for recipe in self.recipes])

    def seeded(self, seed: int) -> Candidate:
        """Return the candidate with a seed that all recipes share."""
        recipes = [replace(recipe, random_state=seed) for recipe in self.recipes]
        return self._replace(recipes=recipes)
