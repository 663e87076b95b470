"""Rows that are read batch by batch, in this process."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sklearn.utils.validation import _num_samples

from sklearn_prune._checks.progress import SILENT

from .batch_checks import RawBatch
from .parquet_rows import ParquetRows
from .partial_result import Reading, check_result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._checks.progress import Progress

    from .folded_rows import ContiguousFolds
    from .partial_result import Merge, PartialResult, Summary


class BatchedRows:
    """Rows in batches.

    Parameters
    ----------
    batches : callable or iterable
        As those of `RowBatches`, or of `RawBatch`.
    progress : Progress
        What is told of every pass.
    """

    def __init__(self, batches: Any, progress: Progress = SILENT) -> None:
        self._batches, self._progress = batches, progress

    @property
    def has_folds(self) -> bool:
        """Whether the batches say which fold holds out a row; the first one is read."""
        first = next(self._raw(), None)
        return first is not None and first.folds is not None

    def n_rows(self) -> int:
        """Count the rows."""
        if isinstance(self._batches, ParquetRows):
            return self._batches.n_rows()
        return sum(_num_samples(raw.y) for raw in self._raw())

    def reduced(
        self, summary: Summary, merge: Merge, folds: ContiguousFolds | bool = False
    ) -> PartialResult:
        """Return a summary of all rows, in one pass over the batches."""
        with self._progress.task("pass over the rows", None) as progress:
            batches = progress.each("batch", self._raw())
            return self._reduced(Reading(summary, merge, folds), batches)

    @staticmethod
    def _reduced(reading: Reading, batches: Iterable[RawBatch]) -> PartialResult:
        total = None
        for raw in batches:
            if not _num_samples(raw.y):
                continue
            if total is None:
                total = reading.of_batch(raw, 0, None)
            else:
                part = reading.of_batch(raw, total.n_rows, total.layout)
                total = reading.merged([total, part])
        return check_result(total)

    def _raw(self) -> Iterator[RawBatch]:
        """Yield the batches from the first on."""
        batches = self._batches() if callable(self._batches) else self._batches
        if not isinstance(batches, Iterable):
            msg = f"batches() returned {type(batches).__name__}: return an iterator over batches."
            raise TypeError(msg)
        for k, batch in enumerate(batches):
            if isinstance(batch, RawBatch):
                yield batch
            elif isinstance(batch, tuple | list) and 2 <= len(batch) <= 4:
                yield RawBatch(f"Batch {k}", *batch)
            else:
                msg = (
                    f"Batch {k} is {type(batch).__name__}: give a tuple (X, y), "
                    "(X, y, sample_weight) or (X, y, sample_weight, fold)."
                )
                raise TypeError(msg)
