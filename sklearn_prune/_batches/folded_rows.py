"""Which rows of a batch a fold holds out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Indices


class ContiguousFolds(NamedTuple):
    """Folds of rows that follow one another, as `KFold` makes them without shuffling.

    Attributes
    ----------
    n_rows : int
        Number of all rows.
    n_folds : int
    """

    n_rows: int
    n_folds: int

    @property
    def ends(self) -> Indices:
        """Where each fold ends."""
        sizes = np.full(self.n_folds, self.n_rows // self.n_folds)
        sizes[: self.n_rows % self.n_folds] += 1
        return np.cumsum(sizes)

    def of(self, start: int, n_rows: int) -> Iterator[tuple[int, slice]]:
        """Yield the folds of the rows from one on, and which rows they hold out."""
        ends = self.ends - start
        for fold, (first, last) in enumerate(zip([-start, *ends[:-1]], ends, strict=True)):
            rows = slice(max(0, int(first)), min(n_rows, int(last)))
            if rows.start < rows.stop:
                yield fold, rows


def labelled_folds(labels: Any, place: str) -> Iterator[tuple[Any, Any]]:
    """Yield the labels of the folds of a batch, and which rows they hold out.

    Raises
    ------
    ValueError
        If a label is missing.
    """
    labels = np.asarray(labels).ravel()
    if any(label is None or label != label for label in set(labels.tolist())):  # noqa: PLR0124
        msg = f"{place} has a row without a fold: give every row the label of one."
        raise ValueError(msg)
    for label in np.unique(labels):
        rows: Any = labels == label
        yield label.item(), slice(None) if rows.all() else np.flatnonzero(rows)
