"""Orthonormal bases of groups of columns, without what columns that stay explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import linalg

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
        both = np.hstack([rows[:, groups != STAYS], targets])
        columns, targets = np.hsplit(
            _without(rows[:, groups == STAYS], both), [np.count_nonzero(groups != STAYS)]
        )
        bases = [_basis(columns[:, group]) for group in members_of(groups[groups != STAYS])]
        sizes = np.array([basis.shape[1] for basis in bases], dtype=np.intp)
        return cls(np.hstack([columns[:, :0], *bases]), sizes, targets)


def members_of(groups: Indices) -> list[Indices]:
    """Return the columns of each group, but not those that always stay."""
    by_group = np.argsort(groups, kind="stable")[np.count_nonzero(groups == STAYS) :]
    return np.split(by_group, np.cumsum(np.bincount(groups[by_group]))[:-1])


def _without(stays: Array, rows: Array) -> Array:
    """Return what some columns do not explain of others, in a basis of what is left."""
    if stays.shape[1] == 0:
        return rows
    basis, factor, _ = linalg.qr(stays, pivoting=True)
    rank = np.count_nonzero(np.abs(factor.diagonal()) > RANK_CUTOFF)
    rest: Array = basis.T[rank:] @ rows
    return rest


def _basis(columns: Array) -> Array:
    """Return an orthonormal basis of what some columns span."""
    if columns.shape[1] == 1:
        norm = linalg.norm(columns)
        return columns[:, : int(norm > RANK_CUTOFF)] / (norm or 1.0)
    basis, sizes, _ = linalg.svd(columns, full_matrices=False)
    return np.asarray(basis[:, sizes > RANK_CUTOFF])
