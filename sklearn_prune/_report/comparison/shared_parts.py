"""The parts of an outer fold of a tall table, from two passes over its rows.

The inner folds of an outer one have the same features. They cut its training rows into pieces
that each of them fits as a whole, or not at all. What pieces come to in sums, makes the sums of
all training rows, and of those of each inner fold. A second pass judges what was trained on these.
"""

from __future__ import annotations

from functools import partial
from time import thread_time
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from sklearn_prune._report.table.held_table import HeldTable
from sklearn_prune._report.table.streamed_table import StreamedTable

from .drawn_features import column_features, drawn_features
from .fitted_rows import Union
from .judging import Judge
from .methods import Features, timed, train, train_columns
from .outside_references import Split, outside_records
from .row_cuts import INNER_FOLDS
from .row_summaries import RowSummary, few_rows, moments_of
from .trained_model import predict_together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sklearn_prune._least_squares.row_moments import Moments
    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import AnyArray, Array, Indices, Mask

    from .drawn_features import DrawnFeatures
    from .plan import Plan
    from .records import Part, Record
    from .trained_model import Model

# How much of the time goes into sums, training and judging, about.
SUMMING, TRAINING, JUDGING = 0.25, 0.5, 0.25
# What stands for no piece, and for no fold.
UNSEEN = -1
# And into random features, where the columns themselves are compared, too.
DRAWING = 0.8


def evaluate_parts(
    parts: list[Part],
    plan: Plan,
    X: Any,
    target: Target,
    X_unlabeled: Any,
    advance: Callable[[float], None] = lambda _share: None,
) -> Iterator[tuple[Part, list[Record]]]:
    """Yield parts of one outer fold, and their records (see `evaluate_part`).

    Parameters
    ----------
    parts : list of Part
    plan : Plan
    X : DataFrame of shape (n_samples, n_columns), or StreamedTable
    target : Target
    X_unlabeled : DataFrame of shape (n_unlabeled, n_columns) or None
    advance : callable, optional
        Called with shares of a part, as soon as they are done.
    """
    with threadpool_limits(1):  # the folds are what runs in parallel
        fold = _OuterFold(parts, plan, X, target)
        share = DRAWING if plan.n_columns else 1.0
        random = _of_random_features(fold, X_unlabeled, lambda done: advance(share * done))
        columns = _of_columns(fold, lambda done: advance((1 - share) * done))
        yield from zip(parts, map(list.__add__, random, columns), strict=True)


class _OuterFold:
    """The rows of an outer fold.

    Parameters
    ----------
    parts : list of Part
    plan : Plan
    X : DataFrame of shape (n_samples, n_columns), or StreamedTable
    target : Target
    """

    def __init__(self, parts: list[Part], plan: Plan, X: Any, target: Target) -> None:
        self.parts, self.plan, self.target = parts, plan, target
        self.table = X if isinstance(X, StreamedTable) else HeldTable(X)
        self.pieces, self.aside = _cut(plan, parts[0], target)
        self.training = self.pieces != UNSEEN
        self.sample = self.table.sampled(self.training)


def _of_random_features(
    fold: _OuterFold, X_unlabeled: Any, advance: Callable[[float], None]
) -> list[list[Record]]:
    """Return the records of random features, by part."""
    plan = fold.plan

    def fit(features: Features, part: Part) -> Iterator[Model]:
        is_outer = part.inner is None
        return train(features, plan, seed=plan.feature_seed(part), everything=is_outer)

    drawn, seconds = timed(drawn_features, plan, fold.parts[0], fold.sample)
    return _FoldFeatures(fold, drawn, seconds, X_unlabeled, fit, advance).evaluate()


def _of_columns(fold: _OuterFold, advance: Callable[[float], None]) -> list[list[Record]]:
    """Return the records of the columns themselves, and of references, by part."""
    if not fold.plan.n_columns:
        return [[] for _ in fold.parts]

    def fit(features: Features, part: Part) -> Iterator[Model]:
        return train_columns(features, fold.plan, everything=part.inner is None)

    drawn, seconds = timed(column_features, fold.plan, fold.sample)
    features = _FoldFeatures(fold, drawn, seconds, None, fit, advance)
    return [
        records + (_outside(fold, part, drawn.transformer) if part.inner is None else [])
        for part, records in zip(fold.parts, features.evaluate(), strict=True)
    ]


def _outside(fold: _OuterFold, part: Part, columns: Any) -> list[Record]:
    """Return the records of the references, which need all rows at once, if there are any."""
    plan, table = fold.plan, fold.table
    if not plan.outside:
        return []
    judged = fold.aside == INNER_FOLDS
    A, B = (columns.transform(table.sampled(rows)) for rows in (fold.training, judged))
    split = Split(A, B, np.flatnonzero(fold.training), np.flatnonzero(judged))
    return outside_records(split, plan, fold.target, seed=plan.feature_seed(part))


class _FoldFeatures:
    """Features of the rows of an outer fold, and what they come to in sums.

    Parameters
    ----------
    fold : _OuterFold
    drawn : DrawnFeatures
    seconds : float
        How long it took to prepare them.
    X_unlabeled : DataFrame of shape (n_unlabeled, n_columns) or None
    fit : callable
        Returns the models of features and a part.
    advance : callable
        Called with shares of a part, as soon as they are done.
    """

    def __init__(
        self,
        fold: _OuterFold,
        drawn: DrawnFeatures,
        seconds: float,
        X_unlabeled: Any,
        fit: Callable[[Features, Part], Iterator[Model]],
        advance: Callable[[float], None],
    ) -> None:
        self.parts, self.plan, self.target = fold.parts, fold.plan, fold.target
        self.advance = advance
        self.table, self.pieces, self.aside, self.fit = fold.table, fold.pieces, fold.aside, fit
        self.drawn, self.preparing = drawn, seconds
        self.summaries, self.summing = timed(self._summarise, fold.training)
        self.unlabeled = None if X_unlabeled is None else self._unlabeled(HeldTable(X_unlabeled))

    def _summarise(self, training: Mask) -> dict[int, RowSummary]:
        """Return a summary of each piece of the training rows."""
        pieces: dict[int, Moments] = {}
        for rows, F in self._blocks(training, SUMMING):
            for k in np.unique(self.pieces[rows]).tolist():
                own = self.pieces[rows] == k
                found = moments_of(F[own], self.target.values[rows[own]])
                pieces[k] = pieces[k].merged(found) if k in pieces else found
        return {k: RowSummary(partial(self._labeled, k), pieces[k]) for k in sorted(pieces)}

    def _labeled(self, piece: int) -> Iterator[tuple[Array, Array]]:
        """Yield features and targets of the rows of a piece."""
        for rows, F in self.drawn.blocks(self.table, self.pieces == piece):
            yield F, self.target.values[rows]

    def _unlabeled(self, table: HeldTable) -> RowSummary:
        """Return a summary of rows that have no targets."""
        every = np.ones(len(table.frame), dtype=bool)
        n_targets = self.target.values.shape[1]

        def blocks() -> Iterator[tuple[Array, Array]]:
            for rows, F in self.drawn.blocks(table, every):
                yield F, np.zeros((len(rows), n_targets))

        return RowSummary(blocks)

    def _blocks(self, wanted: Mask, weight: float) -> Iterator[tuple[Indices, Array]]:
        """Yield rows and their features, and tell how far that is."""
        n_wanted = np.count_nonzero(wanted)
        for rows, F in self.drawn.blocks(self.table, wanted):
            yield rows, F
            self.advance(weight * len(self.parts) * len(rows) / n_wanted)

    def evaluate(self) -> list[list[Record]]:
        """Return the records of all parts."""
        judges = {_label(part): self._train(part) for part in self.parts}
        for rows, G in self._blocks(np.isin(self.aside, list(judges)), JUDGING):
            for label, (judge, x_mean) in judges.items():
                own = self.aside[rows] == label
                if own.any():
                    judge.add(rows[own], G[own] - x_mean)
        return [judge.records() for judge, _ in judges.values()]

    def _train(self, part: Part) -> tuple[Judge, Array]:
        """Return a judge of the models of a part, and the means of their features."""
        features, mean = self._gather([k for k in self.summaries if _fits(part, k)])
        models = list(self.fit(features, part))
        self.advance(TRAINING)
        x_mean, y_mean = np.split(mean, [self.drawn.n_features])
        n_rows = int(np.count_nonzero(self.aside == _label(part)))
        how, together = predict_together, self.plan.cut.together()
        judge = Judge(models, self.target, y_mean, n_rows, predict=how, together=together)
        return judge, x_mean

    def _gather(self, pieces: list[int]) -> tuple[Features, Array]:
        """Return what stands for the rows of some pieces, and their means."""
        start = thread_time()
        summaries = [self.summaries[k] for k in pieces]
        rows, mean = few_rows(summaries, self.drawn.n_features)
        share = rows.n_rows / np.count_nonzero(self.pieces != UNSEEN)
        seconds = self.preparing + share * self.summing + thread_time() - start
        union = None if self.unlabeled is None else self._union([*summaries, self.unlabeled], mean)
        return Features(rows, union, seconds), mean

    def _union(self, summaries: list[RowSummary], mean: Array) -> Union:
        """Return what stands for rows with and without labels, whose targets are of no use."""
        width = self.drawn.n_features
        rows, common = few_rows(summaries, width)
        return Union(rows._replace(y=np.empty((len(rows.F), 0))), (common - mean)[:width])


def _cut(plan: Plan, part: Part, target: Target) -> tuple[AnyArray, AnyArray]:
    """Return the piece of each row, and which inner fold puts it aside, if any does.

    The bits of a piece tell which inner folds fit it, the first one by the highest. The outer
    fold counts as the last one that puts rows aside.
    """
    training, test = plan.outer_split(part, target.codes)
    pieces, aside = np.full((2, len(target.values)), UNSEEN, dtype=np.int8)
    pieces[training], aside[test] = 0, INNER_FOLDS
    for inner in range(INNER_FOLDS):
        fit, choose = plan.inner_split(part._replace(inner=inner), training)
        pieces[training[fit]] += _bit(inner)
        aside[training[choose]] = inner
    return pieces, aside


def _bit(inner: int) -> int:
    """Return what tells that an inner fold fits a piece."""
    return 1 << (INNER_FOLDS - 1 - inner)


def _fits(part: Part, piece: int) -> bool:
    """Return whether a part fits a piece: an outer fold fits all."""
    return part.inner is None or bool(piece & _bit(part.inner))


def _label(part: Part) -> int:
    """Return the number that stands for a part in `_cut`."""
    return INNER_FOLDS if part.inner is None else part.inner
