"""Errors of models of nested widths below the number of rows, from the moments of these."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._pruning.linear_fit import penalty_of

from .fold_moments import FoldMoments
from .path_models import single_model
from .summed_rows import may_be_summed, moment_rows, underflows
from .target_parts import target_parts
from .width_sizes import width_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.linear_fit import LinearFit
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import Array, Indices

    from .moment_scores import MomentRows
    from .path_models import PathModels


def sum_widths(
    recipes: Sequence[Sequence[Recipe]],
    data: TrainingData,
    splits: Sequence[tuple[Indices, Indices]],
    widths: Indices,
) -> Sequence[MomentRows | None]:
    """Sum up the rows of all folds, with the columns of the largest width that is tall.

    Returns
    -------
    list of MomentRows or None
        One a fold: None if there is no such width, or the models need more than moments.
    """
    penalty = penalty_of(recipes[0][0].estimator)
    flat = [recipe for same_order in recipes for recipe in same_order]
    unknown = [None] * len(splits)
    needs_rows = any(recipe.needs_rows for recipe in flat)
    if penalty is None or needs_rows or (flat[0].per_target and data.classes is not None):
        return unknown
    n_rows = min(int(np.count_nonzero(np.bincount(train))) for train, _ in splits)
    tall = widths[widths <= n_rows - penalty.fit_intercept]
    part = data.columns(slice(tall.max(initial=0)))
    if not len(tall) or not may_be_summed(part, n_rows, len(splits)):
        return unknown
    with np.errstate(over="ignore", invalid="ignore"):
        moments = FoldMoments.of(part, splits)
    folds = [
        moment_rows(*sides, part, centred=penalty.fit_intercept)
        for sides in zip(moments.training, moments.held_out, strict=True)
    ]
    idle = np.any([rows.scale == 0 for rows in folds], axis=0)
    return unknown if underflows(part.X[:, idle]) else folds


def moment_errors(
    recipes: Sequence[Sequence[Recipe]],
    rows: MomentRows,
    widths: Indices,
    sparsities: Sequence[float],
    held_out: TrainingData | None,
) -> list[tuple[Any, Array]]:
    """Return the errors of one fold at the first widths, before digits would be lost.

    Moments tell squared errors, but not error rates: if there are classes, the rows that are
    held out are read.

    Returns
    -------
    list of tuple of a float and an ndarray of shape (n_recipes, n_sparsities)
        The error of the dense model, and those of the pruned ones, NaN where more features are
        to be kept than there are.
    """
    widths = widths[widths <= rows.n_features]
    errors = []
    for width, sizes in zip(widths, width_sizes(recipes, sparsities, widths), strict=True):
        leading = [[_leading(recipe, width) for recipe in group] for group in recipes]
        error = _width_errors(leading, rows.leading(width), sizes, held_out)
        if error is None:
            break
        errors.append(error)
    return errors


def _leading(recipe: Recipe, width: int) -> Recipe:
    """Return a recipe for the first features, which draws what it would draw again."""
    saliency = recipe.saliency
    if saliency is not None:
        saliency = np.asarray(saliency)[..., :width]
    return replace(recipe.restarted(), saliency=saliency)


def _width_errors(
    recipes: Sequence[Sequence[Recipe]],
    rows: MomentRows,
    sizes: Indices,
    held_out: TrainingData | None,
) -> tuple[float, Array] | None:
    """Return the errors of the models of all columns, and of so many of them."""
    alpha = getattr(recipes[0][0].estimator, "alpha", 0.0)
    dense = rows.dense(alpha)
    if dense is None or rows.dense(0.0) is None:
        return None
    possible = sizes > 0
    kept, place = np.unique(sizes[possible], return_inverse=True)
    pruned = np.full((sum(map(len, recipes)), len(sizes)), np.nan)
    errors = [_dense_errors(rows, dense, held_out)]
    if len(kept):
        for group in recipes:
            errors += _path_errors(group, rows, dense, kept, held_out)
    means = [error.mean(axis=1) for error in errors if error is not None]
    if len(means) < len(errors):
        return None
    for k, mean in enumerate(means[1:]):
        pruned[k, possible] = mean[place]
    return float(means[0][0]), pruned


def _path_errors(
    recipes: Sequence[Recipe],
    rows: MomentRows,
    dense: LinearFit,
    sizes: Indices,
    held_out: TrainingData | None,
) -> list[Array | None]:
    """Return the errors of the models of every size, of recipes that share their order."""
    parts = target_parts(recipes, dense, rows)
    each = [_errors_of_part(*part, sizes, held_out) for part in parts]
    return [_side_by_side(targets) for targets in zip(*each, strict=True)]


def _errors_of_part(
    recipes: Sequence[Recipe],
    dense: LinearFit,
    rows: MomentRows,
    sizes: Indices,
    held_out: TrainingData | None,
) -> list[Array | None]:
    """Return the same of targets that keep the same features."""
    scores = rows.feature_scores(recipes[0], dense)
    if scores is None:
        return [None] * len(recipes)
    order = recipes[0].order_of(scores)
    paths = (rows.path(recipe, dense, order, sizes) for recipe in recipes)
    if held_out is None:
        return [rows.errors(models) for models in paths]
    return [_error_rates(models, held_out) for models in paths]


def _side_by_side(targets: Sequence[Array | None]) -> Array | None:
    """Return the errors of all targets, None if some are not known."""
    known = [errors for errors in targets if errors is not None]
    return np.concatenate(known, axis=1) if len(known) == len(targets) else None


def _dense_errors(
    rows: MomentRows, dense: LinearFit, held_out: TrainingData | None
) -> Array | None:
    """Return the error of the model of all columns, of shape (1, n_targets)."""
    if held_out is None:
        return rows.dense_errors(dense)
    return _error_rates(single_model(dense, np.ones(rows.n_features, dtype=bool)), held_out)


def _error_rates(models: PathModels, held_out: TrainingData) -> Array:
    """Return error rates of shape (n_models, 1)."""
    return models.error_rates(held_out)[:, np.newaxis]
