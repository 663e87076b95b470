"""What is known of some of the rows, and of more of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .batch_checks import check_batch
from .folded_rows import labelled_folds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .batch_checks import Batch, Layout, RawBatch
    from .folded_rows import ContiguousFolds

    Summary = Callable[[Batch], Any]
    Merge = Callable[[Sequence[Any]], Any]


class PartialResult(NamedTuple):
    """What is known of some of the rows.

    Attributes
    ----------
    n_rows : int
        Their number, of any weight.
    layout : Layout
    dtype : dtype
        That of the features.
    weighted : bool
        Whether they came with weights.
    values : dict
        For each fold, or for None, a summary of its rows of positive weight.
    """

    n_rows: int
    layout: Layout
    dtype: Any
    weighted: bool
    values: dict[Any, Any]


class Reading(NamedTuple):
    """What is to be made of rows.

    Attributes
    ----------
    summary : callable
        Makes something of a `Batch`.
    merge : callable
        Makes one of a list of those.
    folds : ContiguousFolds or None or bool
        Which rows are kept apart; if True, those of different labels.
    """

    summary: Summary
    merge: Merge
    folds: ContiguousFolds | bool = False

    def of_batch(self, raw: RawBatch, start: int, layout: Layout | None) -> PartialResult:
        """Check and summarise a batch, whose first row is the one of number `start`."""
        batch, found = check_batch(raw)
        if layout is not None:
            layout.check(found, raw.place)
        parts = {label: batch.take(rows).weighted() for label, rows in self._split(raw, start)}
        values = {label: self.summary(part) for label, part in parts.items() if len(part.X)}
        weighted = raw.weights is not None
        return PartialResult(len(batch.X), found, batch.X.dtype, weighted, values)

    def _split(self, raw: RawBatch, start: int) -> Iterator[tuple[Any, Any]]:
        if self.folds is True:
            yield from labelled_folds(raw.folds, raw.place)
        elif self.folds is False:
            yield None, slice(None)
        else:
            yield from self.folds.of(start, len(raw.y))

    def merged(self, results: Sequence[PartialResult]) -> PartialResult:
        """Return what is known of the rows of all parts."""
        values: dict[Any, list[Any]] = {}
        for result in results:
            for label, value in result.values.items():
                values.setdefault(label, []).append(value)
        return PartialResult(
            sum(result.n_rows for result in results),
            results[0].layout,
            np.result_type(*(result.dtype for result in results)),
            any(result.weighted for result in results),
            {label: self.merge(parts) for label, parts in values.items()},
        )


def check_result(result: PartialResult | None) -> PartialResult:
    """Return a result of some rows.

    Raises
    ------
    ValueError
        If there are no rows, or none of positive weight.
    """
    if result is None or not result.n_rows:
        msg = "X has no rows: give batches, or partitions, with at least one row."
        raise ValueError(msg)
    if not result.values:
        msg = "sample_weight is zero for every sample: give at least one a positive weight."
        raise ValueError(msg)
    return result
