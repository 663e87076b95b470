"""Rows in blocks, so that what is made of them never needs memory for all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Array

# A block has at most so many entries (64 MB), and at least twice as many rows as columns.
BLOCK_ENTRIES = 2**23


def row_slices(F: Array) -> Iterator[slice]:
    """Return slices of the rows of F."""
    n_rows, n_columns = F.shape
    step = max(BLOCK_ENTRIES // max(1, n_columns), 2 * n_columns, 1)
    return (slice(start, start + step) for start in range(0, n_rows, step))


def column_gram(F: Array, columns: Any) -> Array:
    """Return ``F'F`` of some columns, from blocks of rows."""
    gram: Any = 0
    for rows in row_slices(F):
        block = F[rows, columns]
        gram = gram + block.T @ block
    return gram
