"""Orthogonal factorisation of the rows of a wide matrix.

It does not square the condition, as the Gram matrix of the rows does. Of a centred
matrix one Householder reflection of the rows first takes out the null direction: with
it the first row of ``H A`` is zero, and the others, transposed, are ``Q R``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import linalg
from scipy.linalg import lapack

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

# Reflectors that are applied together.
PANEL = 64

# Singular values are compared with the cut-off from their estimates, so much above it.
MARGIN = 1.1

# Krylov spaces of so many vectors and powers hold the largest singular value to a percent.
BLOCK, POWERS = 8, 5


class RowFactor(NamedTuple):
    """What `factorise_rows` returns.

    Attributes
    ----------
    R : ndarray of shape (n_independent, n_independent)
        Triangular factor: its singular values are those of A.
    reflectors : ndarray of shape (n_columns, n_independent)
        Q as LAPACK stores it,
    triangles : ndarray of shape (n_panel, n_independent)
        and the factors by which panels of reflectors are applied at once.
    axis : ndarray of shape (n_rows,) or None
        The reflection of the rows is ``H = I - axis axis'``.
    """

    R: Array
    reflectors: Array
    triangles: Array
    axis: Array | None

    def reflect(self, M: Array) -> Array:
        """Return ``H M`` without its first row."""
        return _reflected(M, self.axis)

    def lift(self, M: Array) -> Array:
        """Return H times M with a row of zeros before the first: the transpose of `reflect`."""
        if self.axis is None:
            return M
        lifted = np.outer(-self.axis, self.axis[1:] @ M)
        lifted[1:] += M
        return lifted

    def combine(self, t: Array) -> Array:
        """Return ``Q t``, of the same norm, in the row space of A."""
        padded = np.zeros((len(self.reflectors), t.shape[1]), order="F")
        padded[: len(t)] = t
        product: Array = lapack.dgemqrt(self.reflectors, self.triangles, padded, overwrite_c=True)[
            0
        ]
        return product

    def interpolate(self, y: Array) -> Array:
        """Return the shortest solution of ``A coef = y``, where R is regular."""
        return self.combine(linalg.solve_triangular(self.R, self.reflect(y), trans="T"))


def factorise_rows(A: Array, null: Array | None) -> RowFactor:
    """Factorise the rows of a matrix that has at least as many columns.

    Parameters
    ----------
    A : ndarray of shape (n_rows, n_columns)
    null : ndarray of shape (n_rows,) or None
        A direction of norm one, and nowhere negative, in which ``null' A = 0``.
    """
    axis = None
    if null is not None:
        axis = null.copy()
        axis[0] += 1
        axis /= np.sqrt(axis[0])
    columns = _reflected(A, axis).T
    panel = min(PANEL, columns.shape[1])
    reflectors, triangles, _ = lapack.dgeqrt(panel, columns, overwrite_a=axis is not None)
    return RowFactor(np.triu(reflectors[: columns.shape[1]]), reflectors, triangles, axis)


def _reflected(M: Array, axis: Array | None) -> Array:
    if axis is None:
        return M
    change = np.outer(axis[1:], axis @ M)
    return np.subtract(M[1:], change, out=change)


def is_regular(R: Array, cutoff: float) -> bool:
    """Return whether no singular value is anywhere near `cutoff` times the largest, or below.

    A triangular matrix is given. LAPACK's estimate in the 1-norm, which is off by the number
    of rows at most, most often knows.
    """
    rcond, _ = lapack.dtrcon(R)
    if rcond > 10 * len(R) * cutoff:
        return True
    if not rcond * len(R) > cutoff:
        return False
    inverse, _ = lapack.dtrtri(R)
    return bool(MARGIN * cutoff * _spectral_norm(R) * _spectral_norm(inverse) < 1)


def _spectral_norm(M: Array) -> Any:
    """Estimate the largest singular value, from below."""
    blocks = [np.random.default_rng(0).standard_normal((len(M), min(BLOCK, len(M))))]
    for _ in range(POWERS):
        blocks.append(np.linalg.qr(M.T @ (M @ blocks[-1]))[0])
    basis, _ = np.linalg.qr(np.hstack(blocks))
    return np.linalg.norm(M @ basis, 2)
