"""Sort scores so that rounding does not decide between equals; keep the best."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sklearn_prune._checks.arguments import ROUNDING

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices

    from .selection import Selection

# Scores that differ by less than this, relative to the largest, are ties.
TIE = 1e-10


class Order(NamedTuple):
    """Columns in the order in which they are kept, and where it may be cut.

    Attributes
    ----------
    columns : ndarray of shape (n_columns,)
        The best first, those of a group together.
    ends : ndarray of shape (n_groups,)
        Number of columns of the first 1, 2, ... groups: 1, 2, ... if each is alone.
    totals : ndarray of shape (n_groups,)
        What these count of a size: 1, 2, ..., or columns, or prices.
    """

    columns: Indices
    ends: Indices
    totals: AnyArray

    @classmethod
    def by_score(cls, scores: Array, selection: Selection | None = None) -> Order:
        """Return the order of columns by their scores, the larger the better.

        Those that always stay come first. The columns of a group have the same score.
        """
        if selection is None:
            ends = np.arange(1, len(scores) + 1)
            return cls(rank_features(scores), ends, ends)
        _, first = np.unique(selection.groups, return_index=True)
        groups, free = np.flatnonzero(selection.stays), np.flatnonzero(~selection.stays)
        if len(free):
            groups = np.append(groups, free[rank_features(scores[first[free]])])
        place = np.empty(len(groups), dtype=np.intp)
        place[groups] = np.arange(len(groups))
        columns = np.argsort(place[selection.groups], kind="stable")
        return cls(columns, selection.sizes[groups].cumsum(), selection.counts[groups].cumsum())

    def counts(self, sizes: AnyArray | float) -> Indices:
        """Return the numbers of columns that some sizes keep.

        Raises
        ------
        ValueError
            If a size is less than what the first group counts.
        """
        n_groups = np.searchsorted(self.totals, np.multiply(sizes, 1 + ROUNDING), side="right")
        if n_groups.min() == 0:
            msg = (
                f"A sparsity of {np.min(sizes):.6g} is less than the {self.totals[0]:.6g} that the "
                "best group counts: give at least that."
            )
            raise ValueError(msg)
        return self.ends[n_groups - 1]

    def kept(self, size: float) -> Indices:
        """Return the columns that a size keeps, the best first."""
        return self.columns[: int(self.counts(size))]

    def entries(self) -> AnyArray:
        """Return the size from which on each column is kept, of dtype int32 if it is a count."""
        places = np.searchsorted(self.ends, np.arange(1, len(self.columns) + 1))
        dtype = np.int32 if self.totals.dtype.kind == "i" else np.float64
        entries = np.empty(len(self.columns), dtype=dtype)
        entries[self.columns] = self.totals[places]
        return entries

    def within(self, size: float) -> tuple[Indices, Order]:
        """Return the columns that a size keeps, increasing, and the order of these alone."""
        kept = self.kept(size)
        columns, n_groups = np.sort(kept), int(np.searchsorted(self.ends, len(kept))) + 1
        part = self.ends[:n_groups], self.totals[:n_groups]
        return columns, Order(np.searchsorted(columns, kept), *part)


def rank_features(scores: AnyArray) -> Indices:
    """Return the features from best to worst; among ties the lower index comes first.

    Parameters
    ----------
    scores : ndarray of shape (n_features,)
        The larger the better; -inf for features out of the competition.

    Returns
    -------
    ndarray of shape (n_features,)
        A permutation, so that the best s features are its first s.
    """
    if scores.min() >= 0:
        return rank_rows(np.abs(scores)[np.newaxis])[0]  # of the absolute value, for -0.0
    return _rank_among_ties(scores)


def _rank_among_ties(scores: AnyArray) -> Indices:
    """Return the same, by a sort that takes longer."""
    order = np.argsort(-scores, kind="stable")
    descending = scores[order]
    largest = np.max(np.abs(scores[np.isfinite(scores)]), initial=0.0)
    below = np.zeros(len(scores), dtype=bool)
    below[1:] = descending[1:] < descending[:-1] - TIE * largest
    return order[np.lexsort((order, np.cumsum(below)))]


def rank_rows(scores: Array) -> Indices:
    """Return the features from best to worst for each row of scores (see `rank_features`).

    Scores of at least 0 have the order of their bits. The last bits of each give way to
    the number of the feature, so that to sort the keys is to sort the features, at half
    the time; rows where what was cut off might decide are ranked one by one.

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_features)
        At least 0.

    Returns
    -------
    ndarray of shape (n_rows, n_features)
    """
    n_features = scores.shape[1]
    number = np.uint64(2 ** (n_features - 1).bit_length() - 1)
    keys = scores.view(np.uint64) & ~number
    keys |= number - np.arange(n_features, dtype=np.uint64)
    keys.sort(axis=1)
    order = (~keys[:, ::-1] & number).view(np.intp)
    ascending = keys.view(np.float64)
    gaps = ascending[:, 1:] - ascending[:, :-1]
    precision = TIE + 2.0 ** ((n_features - 1).bit_length() - 51)
    for i in np.flatnonzero(gaps.min(axis=1, initial=np.inf) <= precision * ascending[:, -1]):
        order[i] = _rank_among_ties(scores[i])
    return order
