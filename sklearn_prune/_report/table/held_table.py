"""A table in memory, for those who take its rows in blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._least_squares.blocks import slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Indices, Mask

    Frame = Any


class HeldTable(NamedTuple):
    """A data frame (see `StreamedTable`)."""

    frame: Frame

    def sampled(self, wanted: Mask) -> Frame:
        """Return some rows: all that are wanted."""
        return self.frame.iloc[np.flatnonzero(wanted)]

    def blocks(self, wanted: Mask, n_rows: int) -> Iterator[tuple[Indices, Frame]]:
        """Yield the wanted rows, at most so many at a time: where they are, and their columns."""
        rows = np.flatnonzero(wanted)
        for block in slices(range(len(rows)), 1, entries=n_rows):
            yield rows[block], self.frame.iloc[rows[block]]
