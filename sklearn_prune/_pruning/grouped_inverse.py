"""The inverse Hessian of groups of features, from which they are removed one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import blas, lapack

from sklearn_prune._least_squares.design import triangular_factor

from .elimination import BLOCK, COLLINEAR
from .group_bases import RANK_CUTOFF
from .hessian_factor import HessianFactor

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices


class Alike(NamedTuple):
    """Groups of one size, which stand beside each other.

    Attributes
    ----------
    groups : ndarray of shape (n_alike,)
        Their numbers.
    columns : slice
        Where their columns are.
    size : int
        How many columns each has.
    """

    groups: Indices
    columns: slice
    size: int

    @classmethod
    def all_of(cls, sizes: Indices) -> list[Alike]:
        """Return the groups of each size that there is, by size."""
        found, stop = [], 0
        for size in np.unique(sizes).tolist():
            groups = np.flatnonzero(sizes == size)
            start, stop = stop, stop + size * len(groups)
            found.append(cls(groups, slice(start, stop), size))
        return found

    def of(self, rows: Array) -> Array:
        """Return what the groups have of rows, of shape (n_alike, size, n_rows)."""
        mine = rows[:, self.columns].reshape(len(rows), len(self.groups), self.size)
        return mine.transpose(1, 2, 0)


class GroupedInverse:
    """The inverse Hessian and the coefficients of groups, of which one after the other goes.

    What is taken off the inverse are rows ``L^-1 V_g:``, with the Cholesky factor L of V_gg.
    Kept beside it, they cost a removal one product; a block of them goes off at once. The
    diagonal blocks of all groups and the coefficients are kept up to date.

    Parameters
    ----------
    factor : HessianFactor
        Of columns in the order of the sizes of their groups.
    alike : list of Alike
        The groups of each size.
    skips : bool
        Whether rises leave out what a group has in common with others, which is damped.
    """

    def __init__(self, factor: HessianFactor, alike: list[Alike], *, skips: bool) -> None:
        self.alike, self.skips = alike, skips
        self.inverse, self.coef = factor.invert()
        self.blocks = [self._diagonal_blocks(groups) for groups in alike]
        self.diagonal = self.inverse.diagonal().copy()
        self.fresh = self.diagonal.copy()
        self.pending = np.empty((max(BLOCK, alike[-1].size), len(self.inverse)))
        self.n_pending = 0

    @classmethod
    def of(cls, factor: HessianFactor, sizes: Indices, *, exact: bool) -> GroupedInverse:
        """Invert, in bases of groups in which the inverse keeps its digits.

        Exact rises leave out what damping adds to them.
        """
        alike, damped = Alike.all_of(sizes), factor.damped(RANK_CUTOFF)
        skips = exact and damped is not factor
        found = cls(damped, alike, skips=skips)
        if not found.is_graded:
            return found
        return cls(_rotated(damped, alike), alike, skips=skips)

    def _diagonal_blocks(self, alike: Alike) -> Array:
        """Return the blocks of the inverse that belong to groups of one size."""
        shape = len(alike.groups), alike.size
        mine = self.inverse[alike.columns, alike.columns]
        place = np.arange(len(alike.groups))
        blocks: Array = mine.reshape(*shape, *shape)[place, :, place]
        return blocks

    @property
    def is_graded(self) -> bool:
        """Whether others explain a part of a group of several columns nearly."""
        stop = self.alike[0].columns.stop if self.alike[0].size == 1 else 0
        return bool(self.diagonal[stop:].max(initial=0) > 1 / COLLINEAR)

    @property
    def is_stale(self) -> bool:
        """Whether what went has taken digits away: the inverse is then wanted afresh."""
        return bool((self.diagonal < COLLINEAR * self.fresh).any())

    def rises(self) -> Array:
        """Return what the error rises by without each group."""
        found = np.empty(sum(len(alike.groups) for alike in self.alike))
        for alike, blocks in zip(self.alike, self.blocks, strict=True):
            coef = alike.of(self.coef)
            if self.skips:
                rises = _rises_of_the_rest(blocks, coef)
            elif alike.size == 1:
                rises = coef * coef / blocks
            else:
                rises = coef * np.linalg.solve(blocks, coef)
            found[alike.groups] = rises.sum(axis=(1, 2))
        return np.maximum(found, 0)

    def remove(self, group: int) -> None:
        """Take a group off the inverse, and put the others in its place."""
        columns = self._columns(group)
        rows = self._covariances(columns)
        lower = np.linalg.cholesky(rows[:, columns])
        rows[:] = blas.dtrsm(1, lower, rows.T, side=1, lower=1, trans_a=1, overwrite_b=1).T
        self.coef -= np.linalg.solve(lower, self.coef[:, columns].T).T @ rows
        self.diagonal -= (rows * rows).sum(axis=0)
        for k, alike in enumerate(self.alike):
            mine = alike.of(rows)
            self.blocks[k] -= mine @ mine.transpose(0, 2, 1)
            self.blocks[k][alike.groups == group] = np.eye(alike.size)
        self.coef[:, columns], self.diagonal[columns], self.fresh[columns] = 0, 1, 0

    def _columns(self, group: int) -> slice:
        alike = next(alike for alike in self.alike if group in alike.groups)
        start = alike.columns.start + alike.size * int(np.searchsorted(alike.groups, group))
        return slice(start, start + alike.size)

    def _covariances(self, columns: slice) -> Array:
        """Return some rows of the inverse, in the place where they will be kept."""
        n_rows = columns.stop - columns.start
        if self.n_pending + n_rows > len(self.pending):
            self._flush()
        before = self.pending[: self.n_pending]
        rows = self.pending[self.n_pending : self.n_pending + n_rows]
        self.n_pending += n_rows
        return np.subtract(self.inverse[columns], before[:, columns].T @ before, out=rows)

    def _flush(self) -> None:
        """Take all that is pending off the inverse."""
        rows = self.pending[: self.n_pending]
        self.inverse = blas.dgemm(-1, rows.T, rows.T, 1, self.inverse.T, trans_b=1, overwrite_c=1).T
        self.n_pending = 0


def _rises_of_the_rest(blocks: Array, coef: Array) -> Array:
    """Return the rises by what the others do not explain of groups."""
    spreads, bases = np.linalg.eigh(blocks)
    shares: Array = np.where(spreads < 1 / COLLINEAR, 1 / spreads, 0)[:, :, np.newaxis]
    return shares * (bases.transpose(0, 2, 1) @ coef) ** 2


def _rotated(factor: HessianFactor, alike: list[Alike]) -> HessianFactor:
    """Return the factor of bases of groups in which the blocks of the inverse are diagonal.

    What the others nearly explain is then a column of its own, whose large variance takes
    no digits of the other columns.
    """
    inverse, _ = lapack.dtrtri(factor.R.T, lower=True)
    columns = factor.R.copy()
    for groups in alike:
        halves = inverse.T[groups.columns].reshape(len(groups.groups), groups.size, -1)
        bases = np.linalg.svd(halves, full_matrices=False)[0]
        mine = columns[:, groups.columns].reshape(len(columns), len(bases), 1, -1)
        columns[:, groups.columns] = (mine @ bases).reshape(len(columns), -1)
    joint = triangular_factor([np.hstack([columns, factor.target])])
    return HessianFactor.of(joint, len(columns))._replace(rest=factor.rest)
