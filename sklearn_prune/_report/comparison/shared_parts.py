"""The parts of an outer fold of a tall table, from one pass over its training rows.

The inner folds of an outer one have the same features. What the rows that each puts aside
come to in sums, makes the sums of all training rows, and of all but those of one.
"""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from .drawn_features import DrawnFeatures
from .fitted_rows import Union
from .judging import judge
from .methods import Features, timed, train
from .plan import INNER_FOLDS
from .row_summaries import RowSummary, few_rows
from .trained_model import predict_together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import Array, Indices

    from .plan import Plan
    from .records import Part, Record


def evaluate_parts(
    parts: list[Part], plan: Plan, X: Any, target: Target, X_unlabeled: Any
) -> Iterator[tuple[Part, list[Record]]]:
    """Yield parts of one outer fold, and their records (see `evaluate_part`).

    Parameters
    ----------
    parts : list of Part
    plan : Plan
    X : DataFrame of shape (n_samples, n_columns)
    target : Target
    X_unlabeled : DataFrame of shape (n_unlabeled, n_columns) or None
    """
    with threadpool_limits(1):  # the folds are what runs in parallel
        fold = _OuterFold(parts[0], plan, X, target, X_unlabeled)
        for part in parts:
            yield part, fold.evaluate(part)


class _OuterFold:
    """The rows of an outer fold, and what they come to in sums."""

    def __init__(self, part: Part, plan: Plan, X: Any, target: Target, X_unlabeled: Any) -> None:
        self.plan, self.X, self.target = plan, X, target
        training, self.test = plan.outer_split(part, target.codes)
        inner_parts = [part._replace(inner=inner) for inner in range(INNER_FOLDS)]
        self.aside = [training[plan.inner_split(p, len(training))[1]] for p in inner_parts]
        self.drawn, self.preparing = timed(DrawnFeatures, plan, part, X.iloc[training])
        summaries = [timed(self._summary, X, rows, target.values) for rows in self.aside]
        self.summaries, self.seconds = zip(*summaries, strict=True)
        self.unlabeled = None
        if X_unlabeled is not None:
            rows = np.arange(len(X_unlabeled))
            no_targets = np.zeros((len(rows), target.values.shape[1]))
            self.unlabeled = self._summary(X_unlabeled, rows, no_targets)

    def _summary(self, X: Any, rows: Indices, y: Array) -> RowSummary:
        return RowSummary(lambda: ((F, y[block]) for block, F in self.drawn.blocks(X, rows)))

    def evaluate(self, part: Part) -> list[Record]:
        """Return the records of one part."""
        features, mean = self._gather([k for k in range(INNER_FOLDS) if k != part.inner])
        seed, is_outer = self.plan.feature_seed(part), part.inner is None
        models = list(train(features, self.plan, seed=seed, everything=is_outer))
        judged = self.test if part.inner is None else self.aside[part.inner]
        x_mean, y_mean = np.split(mean, [self.plan.widths[-1]])
        blocks = ((rows, G - x_mean) for rows, G in self.drawn.blocks(self.X, judged))
        return judge(models, blocks, self.target, y_mean, predict=predict_together)

    def _gather(self, inner_folds: list[int]) -> tuple[Features, Array]:
        """Return what stands for the rows of some inner folds, and their means."""
        start = process_time()
        summaries = [self.summaries[k] for k in inner_folds]
        rows, mean = few_rows(summaries, self.plan.widths[-1])
        seconds = self.preparing + sum(self.seconds[k] for k in inner_folds)
        seconds += process_time() - start
        union = None if self.unlabeled is None else self._union([*summaries, self.unlabeled], mean)
        return Features(rows, union, seconds), mean

    def _union(self, summaries: list[RowSummary], mean: Array) -> Union:
        """Return what stands for rows with and without labels, whose targets are of no use."""
        width = self.plan.widths[-1]
        rows, common = few_rows(summaries, width)
        return Union(rows._replace(y=np.empty((len(rows.F), 0))), (common - mean)[:width])
