"""Rows in blocks, so that what is made of them never needs memory for all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def slices(rows: range, n_columns: int, *, entries: int, least: int = 1) -> Iterator[slice]:
    """Cut rows into blocks of about so many entries.

    Parameters
    ----------
    rows : range
        A range of step one.
    n_columns : int
        Entries of a row.
    entries : int
        Entries of a block.
    least : int, default=1
        Rows of a block, at least.
    """
    step = max(1, least, entries // max(1, n_columns))
    return (slice(i, min(i + step, rows.stop)) for i in range(rows.start, rows.stop, step))
