"""Sums of products within groups of columns, of all groups at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from sklearn_prune._least_squares.design import triangular_factor

if TYPE_CHECKING:
    from sklearn_prune._pruning.selection import Selection
    from sklearn_prune._typing import AnyArray, Array, Indices


class GroupFactors(NamedTuple):
    """Triangular factors of the groups of several columns.

    Attributes
    ----------
    columns : ndarray of shape (n_columns,)
        Those of a group beside each other.
    starts, sizes : ndarray of shape (n_groups,)
        Where each group begins among them, and how many it has.
    factor : csr_array of shape (n_factor_rows, n_columns)
        R with ``R'R`` the sums of products of the columns of each group, block by block.
    factor_starts : ndarray of shape (n_groups,)
        Where the rows of each group begin.
    """

    columns: Indices
    starts: Indices
    sizes: Indices
    factor: sparse.csr_array
    factor_starts: Indices

    @classmethod
    def of(cls, A: Array, selection: Selection) -> GroupFactors:
        """Factorise the columns of each group of several, of which there has to be one."""
        members = [columns for columns in selection.members() if len(columns) > 1]
        factors = [triangular_factor([A[:, columns]]) for columns in members]
        sizes, heights = (np.array([len(part) for part in parts]) for parts in (members, factors))
        factor = sparse.csr_array(sparse.block_diag(factors, format="csr"))
        starts, factor_starts = (np.cumsum(lengths) - lengths for lengths in (sizes, heights))
        return cls(np.concatenate(members), starts, sizes, factor, factor_starts)

    def part(self, group: int) -> slice:
        """Return where the columns of a group are."""
        return slice(self.starts[group], self.starts[group] + self.sizes[group])

    def sums(self, terms: AnyArray) -> Array:
        """Return the sums (..., n_groups) of terms of columns."""
        sums: Array = np.add.reduceat(terms, self.starts, axis=-1)
        return sums

    def squares(self, coef: AnyArray) -> Array:
        """Return the sums of squares of what each group adds.

        Parameters
        ----------
        coef : ndarray of shape (n_rows, n_targets, n_columns)

        Returns
        -------
        ndarray of shape (n_rows, n_targets, n_groups)
        """
        parts = (self.factor @ coef.reshape(-1, coef.shape[2]).T).T
        squares: Array = np.add.reduceat(parts**2, self.factor_starts, axis=1)
        return squares.reshape(*coef.shape[:2], -1)
