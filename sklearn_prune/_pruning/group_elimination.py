"""Backward elimination of whole groups of features for least squares."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune._least_squares.design import triangular_factor

from .elimination import BLOCK, eliminate, eliminate_by_halves
from .group_bases import RANK_CUTOFF
from .grouped_inverse import GroupedInverse
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
        return eliminate(triangular_factor([rows]), n_columns, prices, RANK_CUTOFF)
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
    inverse = GroupedInverse.of(factor, sizes, exact=prices is not None)
    n_columns = int(sizes.sum())
    enough = n_columns if n_columns <= BLOCK else (n_columns + 1) // 2
    removed: list[int] = []
    rises: list[float] = []
    while sizes[removed].sum() < enough and not inverse.is_stale:
        left = inverse.rises()
        left[removed] = np.inf
        worst, rise = last_of_least(left, size, prices)
        removed.append(worst)
        rises.append(rise)
        inverse.remove(worst)
    return removed, rises
