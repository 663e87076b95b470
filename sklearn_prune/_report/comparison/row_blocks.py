"""The rows of features in blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn_prune._least_squares.blocks import slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Array

# A block has at most so many entries (64 MB), and at least twice as many rows as columns.
BLOCK_ENTRIES = 2**23


def row_slices(F: Array) -> Iterator[slice]:
    """Return slices of the rows of F."""
    n_rows, n_columns = F.shape
    return slices(range(n_rows), n_columns, entries=BLOCK_ENTRIES, least=2 * n_columns)


def column_gram(F: Array, columns: Any) -> Array:
    """Return ``F'F`` of some columns, from blocks of rows."""
    gram: Any = 0
    for rows in row_slices(F):
        block = F[rows, columns]
        gram = gram + block.T @ block
    return gram
