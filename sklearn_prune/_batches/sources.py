"""Where rows come from, if they are not held in memory together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn_prune._checks.progress import SILENT

from .batched_rows import BatchedRows
from .dask_rows import DaskRows, is_dask
from .mapped_rows import is_mapped, mapped_rows
from .row_batches import RowBatches

if TYPE_CHECKING:
    from sklearn_prune._checks.progress import Progress

    RowSource = BatchedRows | DaskRows


def is_source(X: Any) -> bool:
    """Return whether X holds no rows itself, but tells where they are."""
    return isinstance(X, RowBatches) or is_dask(X)


def as_source(
    X: Any,
    y: Any = None,
    sample_weight: Any = None,
    folds: Any = None,
    progress: Progress = SILENT,
) -> RowSource:
    """Return the rows that a user gave as X, y and weights.

    Raises
    ------
    ValueError
        If `RowBatches` come with y or weights, which they hold themselves, or arrays of
        dask with others.
    """
    if is_dask(X):
        return DaskRows(X, y, sample_weight, folds)
    if is_mapped(X):
        return mapped_rows(X, y, sample_weight, progress)
    others = {"y": y, "sample_weight": sample_weight, "groups": folds}
    for name, value in others.items():
        if value is not None:
            msg = f"RowBatches come without {name}: give it in the batches, and fit(batches) alone."
            raise ValueError(msg)
    return BatchedRows(X.batches, progress)
