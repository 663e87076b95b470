"""Orders of the columns that differ from row to row, and where each is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._pruning.ranking import Order
    from sklearn_prune._typing import AnyArray, Indices


class RowOrders(NamedTuple):
    """What each of some rows keeps at every size.

    Attributes
    ----------
    columns : ndarray of shape (n_rows, n_columns)
        The best columns, the best first. Beyond what its largest size keeps, a row has its
        best column again.
    counts : ndarray of shape (n_rows, n_sizes)
        Numbers of columns that each size keeps.
    """

    columns: Indices
    counts: Indices

    @classmethod
    def of_columns(cls, ranked: Indices, sizes: Indices) -> RowOrders:
        """Return orders of columns, of shape (n_rows, n_features), that are cut anywhere."""
        return cls(ranked[:, : sizes[-1]], np.broadcast_to(sizes, (len(ranked), len(sizes))))

    @classmethod
    def of(cls, orders: Sequence[Order], sizes: AnyArray) -> RowOrders:
        """Return the orders of some rows."""
        counts = np.array([order.counts(sizes) for order in orders])
        columns = np.array([order.columns for order in orders])
        return cls(columns, counts)._narrowed()

    @classmethod
    def concatenate(cls, parts: Sequence[RowOrders]) -> RowOrders:
        """Return the orders of the rows of all parts."""
        width = max(part.columns.shape[1] for part in parts)
        columns = np.concatenate([part._widened(width) for part in parts])
        return cls(columns, np.concatenate([part.counts for part in parts]))

    @property
    def cut_everywhere(self) -> bool:
        """Whether sizes keep 1, 2, 3, ... columns, up to all."""
        every = np.arange(1, self.columns.shape[1] + 1)
        return self.counts.shape == self.columns.shape and bool(np.all(self.counts == every))

    def of_row(self, row: int) -> tuple[Indices, Indices]:
        """Return the columns that a row keeps, and the counts of its sizes."""
        counts = self.counts[row]
        return self.columns[row, : counts[-1]], counts

    def _narrowed(self) -> RowOrders:
        """Return the same without what no size keeps."""
        kept = self.counts[:, -1:]
        columns = self.columns[:, : kept.max()]
        is_kept = np.arange(columns.shape[1]) < kept
        return self._replace(columns=np.where(is_kept, columns, columns[:, :1]))

    def _widened(self, width: int) -> Indices:
        """Return the columns in an array of so many."""
        more = width - self.columns.shape[1]
        return np.hstack([self.columns, np.repeat(self.columns[:, :1], more, axis=1)])
