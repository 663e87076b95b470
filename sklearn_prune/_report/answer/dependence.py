"""What changes in an answer if rows depend on each other, or not all of them are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune._report.comparison.records import Part

from .statistics import Folds

if TYPE_CHECKING:
    from sklearn_prune._report.comparison.plan import Plan
    from sklearn_prune._report.comparison.row_cuts import Split
    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import Indices

PENALTIES = (
    "Penalties inside a fit are chosen by leaving out single training rows, which takes these to "
    "be independent: where rows are much alike, penalties may be too small. Widths, strategies and "
    "methods are chosen by folds that are cut like the others."
)


def folds_of(plan: Plan, target: Target) -> Folds:
    """Return what the outer folds are like."""
    if plan.cut.independent:
        return Folds(plan.ratio)
    splits = [_split(plan, target, r, k) for r in range(plan.repeats) for k in range(plan.cv)]
    return Folds(plan.ratio, np.array([_mean_error(target, split) for split in splits]))


def judged_counts(plan: Plan, target: Target) -> Indices:
    """Return how many rows of each class a repeat judges."""
    if plan.cut.independent:
        return target.counts
    judged = np.concatenate([_split(plan, target, 0, fold)[1] for fold in range(plan.cv)])
    return np.bincount(target.codes[judged], minlength=len(target.classes))


def dependence_remarks(folds: Folds) -> list[str]:
    """Say how well a constant does, and what still takes rows to be independent."""
    mean = float(np.mean(folds.mean_error))
    constant = (
        f"Predicting the mean of the rows that a fold trains on leaves {mean:.1%} of the variance "
        "unexplained: that is what a model has to beat."
    )
    return [constant, PENALTIES]


def _split(plan: Plan, target: Target, repeat: int, fold: int) -> Split:
    return plan.outer_split(Part(repeat, fold, None), target.codes)


def _mean_error(target: Target, split: Split) -> float:
    """Return the error of predicting the mean of the training rows."""
    training, judged = split
    mean = target.values[training].mean(axis=0)
    return target.squared_error(judged, mean) / target.variance
