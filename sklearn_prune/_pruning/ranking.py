"""Sort scores so that rounding does not decide between equals; keep the best."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices

# Scores that differ by less than this, relative to the largest, are ties.
TIE = 1e-10


class Order(NamedTuple):
    """Features in the order in which they are kept, and where it may be cut.

    Attributes
    ----------
    columns : ndarray of shape (n_columns,)
        Features, the best first.
    cuts : ndarray of shape (n_sizes,)
        How many columns the sizes 1, 2, ... keep: 1, 2, ... unless columns are kept in
        groups.
    """

    columns: Indices
    cuts: Indices

    @classmethod
    def by_score(cls, scores: Array) -> Order:
        """Return the order of features by their scores, the larger the better."""
        return cls(rank_features(scores), np.arange(1, len(scores) + 1))

    def kept(self, size: int) -> Indices:
        """Return the columns that a size keeps, the best first."""
        return self.columns[: self.cuts[size - 1]]

    def entries(self) -> AnyArray:
        """Return the size from which on each column is kept, of dtype int32."""
        places = np.arange(1, len(self.columns) + 1)
        entries = np.empty(len(self.columns), dtype=np.int32)
        entries[self.columns] = np.searchsorted(self.cuts, places) + 1
        return entries

    def within(self, size: int) -> tuple[Indices, Order]:
        """Return the columns that a size keeps, increasing, and the order of these alone."""
        columns = np.sort(self.kept(size))
        return columns, Order(np.searchsorted(columns, self.kept(size)), self.cuts[:size])


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
