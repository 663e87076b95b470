"""Interpolation in mixed precision: factorise in float32, refine in float64.

The Gram matrix of the rows and its Cholesky factor are most of the work of a wide
least-squares problem, and float32 does it in half the time. The solution has seven
digits at best, but its residual, in float64, has the others: each step of refinement
gains about as many as the first solution had. It costs two passes over the matrix,
next to nothing beside the Gram matrix.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import lapack

from .refinement import ratio, refine

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sklearn_prune._typing import Array

# From so many rows on, and so many for each target, it pays.
MIN_ROWS = 256
MIN_ROWS_PER_TARGET = 16

# Rounding to float32 moves the eigenvalues of the Gram matrix of unit rows, zeros
# included, by 1e-6 or so. A least eigenvalue above this one is not zero.
LEAST_EIGENVALUE = 5e-6


def interpolate(A: Array, y: Array, null: Array | None, cutoff: float) -> Array | None:
    """Return the shortest solution of ``A coef = y``, or None where float32 is no help.

    Parameters
    ----------
    A : ndarray of shape (n_rows, n_columns)
        Wide matrix. Squares of its entries, and sums of them, are in the range of float32.
    y : ndarray of shape (n_rows, n_targets)
        Targets.
    null : ndarray of shape (n_rows,) or None
        The only direction, if there is one, in which ``null' A = 0`` and ``null' y = 0``.
    cutoff : float
        There is no solution where another singular value of A might be below `cutoff`
        times the largest.

    Returns
    -------
    ndarray of shape (n_columns, n_targets) or None
    """
    if len(A) < max(MIN_ROWS, MIN_ROWS_PER_TARGET * y.shape[1]):
        return None
    factor = _factorise(A, null)
    if factor is None:
        return None
    # Rows of unequal norms multiply the condition by their ratio at most.
    spread = factor.norms.min() / factor.norms.max()
    if not factor.rcond * spread**2 > 10 * cutoff**2:
        return None
    return _solve(A, y, factor)


def breaks_down(A: Array) -> bool:
    """Return whether the Gram matrix of many rows looks too ill-conditioned in float64 as well.

    Float32 has half the digits. If half of the rows are too ill-conditioned for it, all of
    them most often are for float64.
    """
    return len(A) >= MIN_ROWS and _factorise(A[: len(A) // 2], None) is None


class _Factor(NamedTuple):
    """Cholesky factor, in float32, of ``A A'`` after division of the rows of A by their norms."""

    cholesky: NDArray[np.float32]
    norms: Array
    rcond: float

    def solve(self, residual: Array) -> Array:
        """Solve ``A A' dual = residual`` to float32, whatever the size of the residual."""
        scaled = residual / self.norms
        largest = np.abs(scaled).max(axis=0)
        scaled = ratio(scaled, largest).astype(np.float32)
        dual, _ = lapack.spotrs(self.cholesky, scaled, lower=True)
        return dual * largest / self.norms


def _factorise(A: Array, null: Array | None) -> _Factor | None:
    """Return the factor, or None where the matrix may be singular."""
    single = A.astype(np.float32)
    gram = single @ single.T
    norms = np.sqrt(gram.diagonal())
    if not norms.min() > 0:
        return None
    gram /= norms
    gram /= norms[:, np.newaxis]
    if null is not None:
        # Lift the null space of the divided rows to the mean eigenvalue.
        null = null * norms
        null = (null / np.sqrt(null @ null)).astype(np.float32)
        gram += np.outer(null, null)
    size = np.abs(gram).sum(axis=0).max()
    # The matrix is symmetric: its transpose has the order of LAPACK.
    cholesky, info = lapack.spotrf(gram.T, lower=True, clean=False, overwrite_a=True)
    if info != 0:
        return None
    # The estimate may miss the difference of two equal rows. Their pivot does not.
    least = min(lapack.spocon(cholesky, 1.0, uplo="L")[0], cholesky.diagonal().min() ** 2)
    if not least > LEAST_EIGENVALUE:
        return None
    return _Factor(cholesky, norms[:, np.newaxis].astype(np.float64), float(least / size))


def _solve(A: Array, y: Array, factor: _Factor) -> Array | None:
    """Solve to the last digit of float64, or return None if that takes too long."""
    start: Array = A.T @ factor.solve(y)
    return refine(start, lambda coef: A.T @ factor.solve(y - A @ coef), factor.rcond)
