"""Degrees of freedom of linear smoothers for given supports: traces, and diagonals of them.

A fit of the first s columns has the trace of ``(G_s + alpha I)^-1 G_s``, where G is a Gram
matrix; without a penalty that is their rank. One triangular inverse holds them all. Where a
Gram matrix would lose digits, singular values of the columns tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import lapack, svdvals

from sklearn_prune._least_squares.cholesky import cholesky
from sklearn_prune._least_squares.design import column_norms

from .fold_fits import RCOND

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import Array, Indices, Mask


def leading_freedom(A: Array, counts: Indices, *, alpha: float, cutoff: float) -> Array:
    """Return the degrees of freedom of fits to the first columns, without an intercept.

    Parameters
    ----------
    A : ndarray of shape (n_rows, n_columns)
        Centred if there is an intercept, and zero where a column is constant.
    counts : ndarray of shape (n_counts,)
        Numbers of columns, increasing.
    alpha : float
        Penalty; 0 stands for the solution of least norm.
    cutoff : float
        Share of the largest singular value below which others are zero.

    Returns
    -------
    ndarray of shape (n_counts,)
    """
    known = None
    if alpha == 0:
        A = _unit_columns(A)
    if alpha > 0 or A.shape[1] <= len(A):
        with np.errstate(over="ignore", invalid="ignore"):
            known = leading_freedom_of_gram(A.T @ A, counts, alpha=alpha)
    if known is not None:
        return known
    if alpha > 0:
        return np.array([_shrunk(svdvals(A[:, :count]), alpha).sum() for count in counts])
    return nested_ranks(lambda count: _rank(A[:, :count], cutoff), counts)


def leading_freedom_of_gram(gram: Array, counts: Indices, *, alpha: float) -> Array | None:
    """Return the same from ``A' A``, or None where digits would be lost."""
    unit = _UnitGram.of(gram, alpha)
    if unit is None:
        return None
    active_counts = np.cumsum(unit.active)[counts - 1].astype(np.float64)
    if alpha == 0:
        return active_counts
    traces = np.cumsum(np.sum((unit.scale[:, np.newaxis] * unit.half_inverse) ** 2, axis=0))
    return active_counts - alpha * traces[counts - 1]


def column_freedom(A: Array, *, alpha: float, cutoff: float, null: Array | None = None) -> Array:
    """Return the diagonal of ``(A'A + alpha I)^-1 A'A``, or of the projector on the rows.

    Parameters
    ----------
    A : ndarray of shape (n_rows, n_columns)
        As of `leading_freedom`.
    alpha, cutoff : float
    null : ndarray of shape (n_rows,), optional
        A direction of norm one in which ``null' A = 0``.

    Returns
    -------
    ndarray of shape (n_columns,)
        What the coefficient of each column counts in a fit of all of them.
    """
    known = None
    if alpha == 0:
        A = A / (column_norms(A).max() or 1.0)  # its squares do not underflow
    with np.errstate(over="ignore", invalid="ignore"):
        if A.shape[1] <= len(A):
            known = column_freedom_of_gram(A.T @ A, alpha=alpha)
        else:
            known = _column_freedom_wide(A, null, alpha)
    if known is not None:
        return known
    shrunk, rows = row_directions(A, alpha=alpha, cutoff=cutoff)
    return shrunk @ rows**2


def row_directions(A: Array, *, alpha: float, cutoff: float) -> tuple[Array, Array]:
    """Return the eigenvalues of ``(A'A + alpha I)^-1 A'A`` and its eigenvectors, as rows."""
    _, values, rows = np.linalg.svd(A, full_matrices=False)
    if alpha == 0:
        return (values > cutoff * values.max(initial=0.0)).astype(np.float64), rows
    return _shrunk(values, alpha), rows


def leading_traces(A: Array, B: Array, counts: Indices, *, alpha: float, cutoff: float) -> Array:
    """Return the traces of ``(A_s'A_s + alpha I)^-1 A_s'B_s`` of the first columns.

    Parameters
    ----------
    A, B : ndarray of shape (n_rows, n_columns)
        What is fitted with, and what is fitted.
    counts, alpha, cutoff : object
        As of `leading_freedom`.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        unit = _UnitGram.of(A.T @ A, alpha)
    if unit is None:
        ridge = np.sqrt(alpha) * np.eye(A.shape[1])
        A, B = np.vstack([A, ridge]), np.vstack([B, np.zeros_like(ridge)])
        inverses = (np.linalg.pinv(A[:, :count], rcond=cutoff) for count in counts)
        return np.array([np.sum(inverse.T * B[:, : len(inverse)]) for inverse in inverses])
    half = unit.scale[:, np.newaxis] * unit.half_inverse
    traces: Array = np.cumsum(np.einsum("ij,ij->j", A @ half, B @ half))
    return traces[counts - 1]


def column_freedom_of_gram(gram: Array, *, alpha: float) -> Array | None:
    """Return the same from ``A' A``, or None where digits would be lost."""
    unit = _UnitGram.of(gram, alpha)
    if unit is None:
        return None
    if alpha == 0:
        return unit.active.astype(np.float64)
    inverse = unit.solve(np.eye(len(gram)))
    freedom: Array = unit.active - alpha * unit.scale**2 * inverse.diagonal()
    return freedom


def _column_freedom_wide(A: Array, null: Array | None, alpha: float) -> Array | None:
    """Return it by the Gram matrix of the rows, regular in the direction that has no column."""
    gram = A @ A.T
    if not np.isfinite(gram).all():
        return None
    if null is not None:
        gram += np.trace(gram) / len(gram) * np.outer(null, null)
    gram[np.diag_indices_from(gram)] += alpha
    solve, rcond = cholesky(gram)
    if not rcond > RCOND:
        return None
    freedom: Array = np.einsum("ij,ij->j", A, solve(A))
    return freedom


class _UnitGram(NamedTuple):
    """A Gram matrix with a penalty, its columns divided by their norms.

    Attributes
    ----------
    gram : ndarray of shape (n_columns, n_columns)
    scale : ndarray of shape (n_columns,)
        One over the norms with the penalty, and 0 where a column is zero.
    active : ndarray of shape (n_columns,), dtype bool
        Which columns are not zero.
    solve : callable
        Multiplies with the inverse.
    """

    gram: Array
    scale: Array
    active: Mask
    solve: Callable[[Array], Array]

    @classmethod
    def of(cls, gram: Array, alpha: float) -> _UnitGram | None:
        """Return the matrix, None where digits would be lost."""
        diagonal = gram.diagonal()
        if not np.all(np.isfinite(diagonal)):
            return None
        active = diagonal > 0
        scale = np.where(active, 1 / np.sqrt(np.where(active, diagonal + alpha, 1.0)), 0.0)
        unit = scale[:, np.newaxis] * gram * scale
        unit[np.diag_indices_from(unit)] = 1.0
        solve, rcond = cholesky(unit)
        return cls(unit, scale, active, solve) if rcond > RCOND else None

    @property
    def half_inverse(self) -> Array:
        """Return the upper triangular R for which the inverse is ``R R'``."""
        inverse, _ = lapack.dtrtri(lapack.dpotrf(self.gram)[0])
        half: Array = np.triu(inverse)
        return half


def nested_ranks(rank: Callable[[int], int], counts: Indices) -> Array:
    """Return the ranks of the first columns, from as few of them as tell all.

    Between two counts whose ranks differ by as much as they do, or not at all, no other has
    to be looked at.

    Parameters
    ----------
    rank : callable
        Of the first so many columns.
    counts : ndarray of shape (n_counts,)
        Increasing.
    """
    ranks = np.zeros(len(counts))
    ranks[0], ranks[-1] = rank(int(counts[0])), rank(int(counts[-1]))
    open_ends = [(0, len(counts) - 1)]
    while open_ends:
        low, high = open_ends.pop()
        step = ranks[high] - ranks[low]
        if step == 0:
            ranks[low:high] = ranks[low]
        elif step == counts[high] - counts[low]:
            ranks[low:high] = ranks[low] + counts[low:high] - counts[low]
        elif high - low > 1:
            middle = (low + high) // 2
            ranks[middle] = rank(int(counts[middle]))
            open_ends += [(low, middle), (middle, high)]
    return ranks


def _unit_columns(A: Array) -> Array:
    """Return columns divided by their norms, where they have some."""
    norms = column_norms(A)
    unit: Array = A / np.where(norms > 0, norms, 1.0)
    return unit


def _shrunk(values: Array, alpha: float) -> Array:
    """Return what a ridge leaves of each direction."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        shrunk: Array = np.where(values > 0, 1 / (1 + alpha / values**2), 0.0)
    return shrunk


def _rank(A: Array, cutoff: float) -> int:
    values = svdvals(A)
    return int(np.count_nonzero(values > cutoff * values.max(initial=0.0)))
