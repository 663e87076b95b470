"""Backward elimination of whole groups of features for least squares."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import blas

from sklearn_prune._least_squares.design import triangular_factor

from .elimination import BLOCK, COLLINEAR, eliminate, eliminate_by_halves
from .hessian_factor import HessianFactor
from .least_rise import last_of_least

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

    from .group_bases import GroupBases


def eliminate_groups(bases: GroupBases, prices: Array | None) -> tuple[Indices, Array]:
    r"""Remove groups one at a time, always the one without which a refit is best.

    With the coefficients b of the columns left and their inverse Hessian V, the removal of
    group g raises the residual sum of squares by :math:`b_g' V_{gg}^{-1} b_g`. It takes
    :math:`V_{:g} V_{gg}^{-1} V_{g:}` off V, and :math:`V_{:g} V_{gg}^{-1} b_g` off b.
    Groups that the columns that stay explain go first, the last of them before the others.

    Parameters
    ----------
    bases : GroupBases
    prices : ndarray of shape (n_groups,) or None
        What the rises are divided by before they are compared.

    Returns
    -------
    order : ndarray of shape (n_groups,)
        The groups, the first to go first.
    errors : ndarray of shape (n_groups + 1,)
        Residual sum of squares with the last s groups of `order`, at index s.
    """
    left, explained = np.flatnonzero(bases.sizes), np.flatnonzero(bases.sizes == 0)[::-1]
    rows = np.hstack([bases.columns, bases.targets])
    order, errors = _eliminate_spaces(
        rows, bases.sizes[left], None if prices is None else prices[left]
    )
    same = np.full(len(explained), errors[-1])
    return np.concatenate([explained, left[order]]), np.append(errors, same)


def _eliminate_spaces(rows: Array, sizes: Indices, prices: Array | None) -> tuple[Indices, Array]:
    """Remove groups of one column at least, which are beside each other, before the targets."""
    n_columns = int(sizes.sum())
    if n_columns == len(sizes):
        return eliminate(triangular_factor([rows]), n_columns, prices)
    members = np.split(np.arange(n_columns), sizes.cumsum()[:-1])
    targets = np.arange(n_columns, rows.shape[1])

    def factorise(left: Indices) -> HessianFactor:
        by_size = left[np.argsort(sizes[left], kind="stable")]
        columns = np.concatenate([*(members[group] for group in by_size), targets])
        return HessianFactor.of(triangular_factor([rows[:, columns]]), len(columns) - len(targets))

    def remove(factor: HessianFactor, left: Indices) -> tuple[list[int], list[float]]:
        return _remove_half(factor, sizes[left], None if prices is None else prices[left])

    return eliminate_by_halves(factorise, remove, len(sizes))


def _remove_half(
    factor: HessianFactor, sizes: Indices, prices: Array | None
) -> tuple[list[int], list[float]]:
    """Remove groups with half of the columns, or the last few (see `elimination`)."""
    size = sqrt((factor.target**2).sum() + factor.rest.sum())
    inverse = _GroupedInverse(factor, sizes)
    n_columns = int(sizes.sum())
    enough = n_columns if n_columns <= BLOCK else (n_columns + 1) // 2
    removed: list[int] = []
    rises: list[float] = []
    while sizes[removed].sum() < enough:
        left = inverse.rises()
        left[removed] = np.inf
        worst, rise = last_of_least(left, size, prices)
        removed.append(worst)
        rises.append(rise)
        if inverse.spread(worst) > 1 / COLLINEAR:
            break
        inverse.remove(worst)
    return removed, rises


class _Alike(NamedTuple):
    """Groups of one size, which stand beside each other.

    Attributes
    ----------
    groups : ndarray of shape (n_alike,)
        Their numbers.
    start, stop : int
        Where their columns are.
    size : int
        How many columns each has.
    """

    groups: Indices
    start: int
    stop: int
    size: int

    @classmethod
    def all_of(cls, sizes: Indices) -> list[_Alike]:
        """Return the groups of each size that there is, by size."""
        found, stop = [], 0
        for size in np.unique(sizes).tolist():
            groups = np.flatnonzero(sizes == size)
            start, stop = stop, stop + size * len(groups)
            found.append(cls(groups, start, stop, size))
        return found

    def of(self, rows: Array) -> Array:
        """Return what the groups have of rows, of shape (n_alike, size, n_rows)."""
        mine = rows[:, self.start : self.stop].reshape(len(rows), len(self.groups), self.size)
        return mine.transpose(1, 2, 0)


class _GroupedInverse:
    """The inverse Hessian and the coefficients of groups, of which one after the other goes.

    What is taken off the inverse are rows ``L^-1 V_g:``, with the Cholesky factor L of V_gg.
    Kept beside it, they cost a removal one product; a block of them goes off at once. The
    diagonal blocks of all groups and the coefficients are kept up to date.

    Parameters
    ----------
    factor : HessianFactor
        Of columns in the order of the sizes of their groups.
    sizes : ndarray of shape (n_groups,)
    """

    def __init__(self, factor: HessianFactor, sizes: Indices) -> None:
        self.inverse, self.coef = factor.damped().invert()
        self.alike = _Alike.all_of(sizes)
        self.places = {
            int(group): (alike, place)
            for alike in self.alike
            for place, group in enumerate(alike.groups)
        }
        self.blocks = {alike.size: self._diagonal_blocks(alike) for alike in self.alike}
        self.pending = np.empty((max(BLOCK, int(sizes.max())), len(self.inverse)))
        self.n_pending = 0

    def _diagonal_blocks(self, alike: _Alike) -> Array:
        """Return the blocks of the inverse that belong to groups of one size."""
        shape = len(alike.groups), alike.size
        mine = self.inverse[alike.start : alike.stop, alike.start : alike.stop]
        place = np.arange(len(alike.groups))
        blocks: Array = mine.reshape(*shape, *shape)[place, :, place]
        return blocks

    def rises(self) -> Array:
        """Return what the error rises by without each group."""
        found = np.empty(len(self.places))
        for alike in self.alike:
            coef, blocks = alike.of(self.coef), self.blocks[alike.size]
            solved = coef / blocks if alike.size == 1 else np.linalg.solve(blocks, coef)
            found[alike.groups] = (coef * solved).sum(axis=(1, 2))
        return np.maximum(found, 0)

    def spread(self, group: int) -> float:
        """Return how much the group is magnified in the inverse: by 1 if it is orthogonal."""
        alike, place = self.places[group]
        return float(self.blocks[alike.size][place].trace())

    def remove(self, group: int) -> None:
        """Take a group off the inverse, and put the others in its place."""
        alike, place = self.places[group]
        start = alike.start + place * alike.size
        columns = slice(start, start + alike.size)
        rows = self._covariances(columns)
        lower = np.linalg.cholesky(rows[:, columns])
        rows[:] = blas.dtrsm(1, lower, rows.T, side=1, lower=1, trans_a=1, overwrite_b=1).T
        self.coef -= np.linalg.solve(lower, self.coef[:, columns].T).T @ rows
        for others in self.alike:
            mine = others.of(rows)
            self.blocks[others.size] -= mine @ mine.transpose(0, 2, 1)
        self.coef[:, columns], self.blocks[alike.size][place] = 0, np.eye(alike.size)

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
