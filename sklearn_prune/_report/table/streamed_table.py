"""A table that stays in its files: its rows come in blocks, and some are held as a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .columns import as_frame
from .parquet import with_index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Indices, Mask

    from .parquet_files import ParquetFiles

    Frame = Any


class StreamedTable(NamedTuple):
    """The columns to learn from, in files.

    Attributes
    ----------
    files : ParquetFiles
    sample : DataFrame of shape (n_sampled, n_columns)
        Some rows, in their order: they say which columns there are, and of what kind.
    positions : ndarray of shape (n_sampled,)
        Where they are.
    """

    files: ParquetFiles
    sample: Frame
    positions: Indices

    def __len__(self) -> int:
        return self.files.n_rows

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and of columns."""
        return self.files.n_rows, self.sample.shape[1]

    def sampled(self, wanted: Mask) -> Frame:
        """Return those of the wanted rows that are in the sample."""
        return self.sample[wanted[self.positions]]

    def blocks(self, wanted: Mask, n_rows: int) -> Iterator[tuple[Indices, Frame]]:
        """Yield the wanted rows, at most so many at a time: where they are, and their columns."""
        names, texts = list(self.sample), list(self.sample.select_dtypes(object))
        start = 0
        for block in self.files.blocks(n_rows, names):
            rows = np.flatnonzero(wanted[start : start + len(block)])
            if len(rows):
                frame = plain_block(block)[names].iloc[rows]
                # A block of text may have missing values only, which would be numbers.
                yield start + rows, frame.astype(dict.fromkeys(texts, object))
            start += len(block)


def plain_block(block: Any) -> Frame:
    """Return an arrow table as columns of numbers and texts."""
    return as_frame(with_index(block.to_pandas(), "")[0])
