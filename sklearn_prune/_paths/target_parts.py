"""Recipes and dense fits, target by target where each keeps features of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sklearn_prune._pruning.linear_fit import LinearFit
    from sklearn_prune._pruning.recipe import Recipe


def target_parts(
    recipes: Sequence[Recipe], dense: LinearFit, given: Any
) -> Iterator[tuple[Sequence[Recipe], LinearFit, Any]]:
    """Yield what concerns each target, or all of them if they keep the same features.

    Parameters
    ----------
    recipes : sequence of Recipe
        They differ in the refit alone.
    dense : LinearFit
    given : object
        The rows that it was fitted to, which have a part for each target.
    """
    if not recipes[0].per_target or dense.coef.ndim == 1:
        yield recipes, dense, given
        return
    of_targets = [recipe.restarted().of_targets(len(dense.coef)) for recipe in recipes]
    for t, own in enumerate(zip(*of_targets, strict=True)):
        yield own, dense.target(t), given.target(t)
