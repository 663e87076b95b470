"""What complementary halves of the rows select, in the order of their dense fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.parallel import Parallel, delayed

from sklearn_prune._checks.class_codes import decide
from sklearn_prune._least_squares.blocks import slices
from sklearn_prune._pruning.linear_fit import has_intercept, penalty_of

from .classifier_search import ClassifierSearch
from .selections import NEVER, Selections
from .tall_search import least_squares_search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._pruning.selection import Selection
    from sklearn_prune._typing import AnyArray, Indices, Mask

    Pair = tuple[Indices, Indices]

# Coefficients of halves that are fitted together have so many entries at most.
MOST_ENTRIES = 2**26

# Other estimators than those of least squares have their own penalty.
ANY_ALPHA = 0.0


def draw_halves(data: TrainingData, n_pairs: int, random_state: Any) -> list[Pair]:
    """Draw pairs of disjoint halves of the rows, of one size, with all classes in each.

    A row is left out if their number is odd.

    Raises
    ------
    ValueError
        If there are fewer than four rows, or one only of a class.
    """
    if len(data.y) < 4:
        msg = f"There are {len(data.y)} samples of positive weight: give four or more, to halve."
        raise ValueError(msg)
    codes = np.zeros(len(data.y), dtype=np.intp) if data.classes is None else decide(data.y)
    counts = np.bincount(codes)
    if data.classes is not None and counts.min() < 2:
        label = data.classes[counts.argmin()]
        msg = f"There is one sample of class {label!r}: give two of each class, one a half."
        raise ValueError(msg)
    return [_draw_pair(codes, random_state) for _ in range(n_pairs)]


def _draw_pair(codes: Indices, random_state: Any) -> Pair:
    """Deal the rows out in turn, class by class, in random order."""
    rows = random_state.permutation(len(codes))
    class_order = random_state.permutation(codes.max() + 1)
    rows = rows[np.argsort(class_order[codes[rows]], kind="stable")][: len(rows) // 2 * 2]
    return np.sort(rows[::2]), np.sort(rows[1::2])


def select_in_halves(
    recipe: Recipe, data: TrainingData, pairs: Sequence[Pair], n_jobs: int | None
) -> Selections:
    """Return what the halves select, those of a pair one after the other.

    Halves of more features than rows share a Gram matrix. Others share one pass over the rows
    with the other half of their pair alone, since moments of many would not fit in memory.
    """
    n_features, n_targets = data.X.shape[1], data.y[0].size
    if n_features > len(pairs[0][0]):
        step, outer, inner = 2 * n_features * n_targets, None, n_jobs
    else:
        step, outer, inner = MOST_ENTRIES, n_jobs, None
    if recipe.strategy.draws:  # in turn, from one source
        outer = inner = None
    parts = Parallel(n_jobs=outer, prefer="threads")(
        delayed(_select_in_pairs)(recipe, data, pairs[part], inner)
        for part in slices(range(len(pairs)), step, entries=MOST_ENTRIES)
    )
    return Selections(np.concatenate([part.entries for part in parts]))


def _select_in_pairs(
    recipe: Recipe, data: TrainingData, pairs: Sequence[Pair], n_jobs: int | None
) -> Selections:
    """Return what the halves of some pairs select: folds that train on one, or on the other."""
    if len(pairs) == 1:  # all rows are then in one half, which saves a pass over an odd number
        data, pairs = _one_after_the_other(data, *pairs[0])
    splits = [split for a, b in pairs for split in ((a, b), (b, a))]
    penalty = penalty_of(recipe.estimator)
    if penalty is None:
        centred = has_intercept(recipe.estimator)
        other = ClassifierSearch(data, splits, fit_intercept=centred, n_jobs=n_jobs)
        return _select_used(recipe, other)
    centred = penalty.fit_intercept
    search = least_squares_search(data, splits, fit_intercept=centred, n_jobs=n_jobs)
    return Selections.of(search.orders(recipe, penalty.alpha))


def _one_after_the_other(data: TrainingData, a: Indices, b: Indices) -> tuple[Any, list[Pair]]:
    """Return the samples of a pair of halves, and where these are."""
    rows = np.arange(len(a) + len(b))
    return data.take(np.concatenate([a, b])), [(rows[: len(a)], rows[len(a) :])]


def _select_used(recipe: Recipe, search: ClassifierSearch) -> Selections:
    """Return what halves select, but for features that they have a coefficient of zero for."""
    selections = Selections.of(search.orders(recipe, ANY_ALPHA))
    if recipe.strategy.reads not in ("coefficients", "moments"):
        return selections
    fits = search.estimator_fits(recipe.estimator, ANY_ALPHA)
    used = np.array([_used(fit.coef, recipe.selection) for fit in fits])
    return Selections(np.where(used, selections.entries, NEVER))


def _used(coef: AnyArray, selection: Selection | None) -> Mask:
    """Return which columns have a coefficient, or are in a group that has one, or stay."""
    used: Mask = (coef.reshape(-1, coef.shape[-1]) != 0).any(axis=0)
    if selection is None:
        return used
    in_group = np.bincount(selection.groups, weights=used) > 0
    return (in_group | selection.stays)[selection.groups]
