"""Orthonormal bases of groups of columns, without what columns that stay explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import linalg
from scipy.linalg import lapack

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

# What is left of columns of unit norm below this is rounding.
RANK_CUTOFF = 1e-12

# The group of a column that always stays.
STAYS = -1


class GroupBases(NamedTuple):
    """Columns that are orthonormal within their groups.

    What the loss rises by without a group depends on the space that its columns span, not
    on the columns: only dependence between groups is left.

    Attributes
    ----------
    columns : ndarray of shape (n_rows, n_columns)
        Those of a group beside each other, the groups in their order.
    sizes : ndarray of shape (n_groups,)
        Number of columns of each group: 0 if those that stay explain it.
    targets : ndarray of shape (n_rows, n_targets)
    """

    columns: Array
    sizes: Indices
    targets: Array

    @classmethod
    def of(cls, rows: Array, groups: Indices, targets: Array) -> GroupBases:
        """Find the bases, in fewer rows by the rank of the columns that stay.

        Parameters
        ----------
        rows : ndarray of shape (n_rows, n_columns)
            Columns of unit norm, in any orthonormal basis of the rows.
        groups : ndarray of shape (n_columns,)
            Number of the group of each column, `STAYS` if it always stays.
        targets : ndarray of shape (n_rows, n_targets)
        """
        free = np.flatnonzero(groups != STAYS)
        by_group = free[np.argsort(groups[free], kind="stable")]
        rest = _without(rows[:, groups == STAYS], np.hstack([rows[:, by_group], targets]))
        columns, targets = np.hsplit(rest, [len(free)])
        sizes = np.bincount(groups[free])
        for stop, size in zip(sizes.cumsum(), sizes, strict=True):
            if size > 1:
                _orthonormalise(columns[:, stop - size : stop])
        norms = linalg.norm(columns, axis=0)
        left = norms > RANK_CUTOFF
        sizes = np.bincount(groups[by_group[left]], minlength=len(sizes))
        return cls(columns[:, left] / norms[left], sizes, targets)


def members_of(groups: Indices) -> list[Indices]:
    """Return the columns of each group, but not those that always stay."""
    by_group = np.argsort(groups, kind="stable")[np.count_nonzero(groups == STAYS) :]
    return np.split(by_group, np.cumsum(np.bincount(groups[by_group]))[:-1])


def _without(stays: Array, rows: Array) -> Array:
    """Return what some columns do not explain of others, in a basis of what is left."""
    if stays.shape[1] == 0:
        return rows
    (reflectors, scales), factor, _ = linalg.qr(stays, mode="raw", pivoting=True)
    rank = np.count_nonzero(np.abs(factor.diagonal()) > RANK_CUTOFF)
    reflectors, n_work = reflectors[:, : len(scales)], 64 * rows.shape[1]
    rotated, _, _ = lapack.dormqr("L", "T", reflectors, scales, rows, n_work)
    rest: Array = rotated[rank:]
    return rest


def _orthonormalise(columns: Array) -> None:
    """Put an orthonormal basis of what some columns span in their place, and zeros."""
    basis, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    rank = np.count_nonzero(sizes > RANK_CUTOFF)
    columns[:, :rank], columns[:, rank:] = basis[:, :rank], 0
