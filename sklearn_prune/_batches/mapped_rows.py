"""Rows of a memory map, a few at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import _safe_indexing, check_consistent_length

from .batch_checks import RawBatch
from .batched_rows import BatchedRows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._checks.progress import Progress

# So many numbers are read at a time: 8 MB, which stay in a cache.
BATCH_ENTRIES = 2**20


def is_mapped(X: Any) -> bool:
    """Return whether X is a memory map of more rows than columns."""
    return isinstance(X, np.memmap) and X.ndim == 2 and len(X) > X.shape[1] > 0


def mapped_rows(X: Any, y: Any, sample_weight: Any, progress: Progress) -> BatchedRows:
    """Return the rows of a memory map as batches.

    Raises
    ------
    ValueError
        If y or the weights have another number of rows.
    """
    each = sample_weight is not None and np.ndim(sample_weight) > 0
    check_consistent_length(X, y, *([sample_weight] if each else []))
    return BatchedRows(partial(_batches, X, y, sample_weight, each), progress)


def _batches(X: Any, y: Any, sample_weight: Any, each: bool) -> Iterator[RawBatch]:
    step = max(1, BATCH_ENTRIES // X.shape[1])
    for start in range(0, len(X), step):
        rows = slice(start, start + step)
        weights = _safe_indexing(sample_weight, rows) if each else sample_weight
        yield RawBatch(f"Rows from {start}", X[rows], _safe_indexing(y, rows), weights)
