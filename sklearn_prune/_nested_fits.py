"""Fits to the first s of ordered columns, for every s, from one triangular factor.

The leading block of R is the factor of the leading columns. With ``z = Q'y``, or
``R^-T A'y`` where R comes from a Cholesky factorisation, the fit to the first s
columns is the sum of ``z_j R^-1[:, j]`` over j < s: a cumulative sum along the
inverse, whose leading blocks are again the inverses of the leading blocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg

from ._design import triangular_factor

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Sizes = NDArray[np.intp]

# Beyond these condition numbers of the factor two ways to the same fit may differ by
# more than 1e-9: a QR factorisation loses the condition, a Cholesky one its square.
QR_CONDITION = 1e6
CHOLESKY_CONDITION = 1e4


def nested_lstsq(
    A: Array, y: Array, sizes: Sizes, *, cutoff: float, noise: Array | float = 0.0
) -> Array:
    """Fit y to the first s columns of A by least squares, for increasing s.

    Parameters
    ----------
    A : ndarray of shape (n_rows, n_columns)
        Columns in their order, at most as many as rows.
    y : ndarray of shape (n_rows, n_targets)
        Targets.
    sizes : ndarray of shape (n_sizes,)
        Numbers of columns s, increasing.
    cutoff : float
        Singular values below `cutoff` times the largest, of columns of unit norm,
        count as zero.
    noise : ndarray of shape (n_columns,) or float, default=0.0
        Columns whose norm is at most this get the coefficient zero.

    Returns
    -------
    ndarray of shape (n_fits, n_targets, n_columns)
        Coefficients for as many of the sizes as have independent columns; the other
        sizes need a fit that judges the rank.
    """
    active = np.flatnonzero(linalg.norm(A, axis=0) > noise)
    m = len(active)
    joint = triangular_factor([np.hstack([A[:, active], y])])
    fits = _leading_fits(
        joint[:m, :m],
        joint[:m, m:],
        np.searchsorted(active, sizes),
        max_condition=min(QR_CONDITION, 0.5 / cutoff) if cutoff > 0 else QR_CONDITION,
    )
    if m == A.shape[1]:
        return fits
    coef = np.zeros((*fits.shape[:2], A.shape[1]))
    coef[:, :, active] = fits
    return coef


def nested_ridge(A: Array, y: Array, sizes: Sizes, *, alpha: float) -> Array:
    """Fit y to the first s columns of A with the penalty ``alpha ||b||^2``.

    Parameters
    ----------
    A : ndarray of shape (n_rows, n_columns)
        Columns in their order, any number of them.
    y : ndarray of shape (n_rows, n_targets)
        Targets.
    sizes : ndarray of shape (n_sizes,)
        Numbers of columns s, increasing.
    alpha : float
        Positive penalty.

    Returns
    -------
    ndarray of shape (n_fits, n_targets, n_columns)
        Coefficients for as many of the sizes as are well conditioned.
    """
    gram = A.T @ A
    gram[np.diag_indices_from(gram)] += alpha
    if np.abs(gram).sum(axis=0).max() > CHOLESKY_CONDITION**2 * alpha:
        # Fits to more columns than rows go through the Gram matrix of the rows, whose
        # condition does not fall if columns are scaled.
        sizes = sizes[sizes <= len(A)]
    R, info = linalg.lapack.dpotrf(gram)
    m = info - 1 if info > 0 else len(R)
    z = linalg.solve_triangular(R[:m, :m], A[:, :m].T @ y, trans="T")
    fits = _leading_fits(R[:m, :m], z, sizes, max_condition=CHOLESKY_CONDITION)
    return np.pad(fits, ((0, 0), (0, 0), (0, A.shape[1] - m)))


def _leading_fits(R: Array, z: Array, sizes: Sizes, *, max_condition: float) -> Array:
    """Solve ``R[:s, :s] b = z[:s]`` for every size s up to a condition number.

    The condition number is that of R with columns of unit norm, in the Frobenius
    norm: it bounds the spectral one, and all of them come from one cumulative sum.
    """
    norms = linalg.norm(R, axis=0)
    singular = np.abs(np.diag(R)) <= norms / max_condition
    m = int(np.argmax(singular)) if singular.any() else len(R)
    if m == 0:
        return np.zeros((np.count_nonzero(sizes == 0), z.shape[1], len(R)))
    inverse, _ = linalg.lapack.dtrtri(R[:m, :m] / norms[:m])
    squares = np.cumsum(np.einsum("ij,ij->j", inverse, inverse))
    condition = np.sqrt(squares * np.arange(1, m + 1))
    m = int(np.searchsorted(condition, max_condition, side="right"))
    sizes = sizes[: np.searchsorted(sizes, m, side="right")]
    rows = inverse[:m, :m].T / norms[:m]
    coef = np.zeros((len(sizes), z.shape[1], len(R)))
    sums = np.zeros((m + 1, m))
    for t in range(z.shape[1]):
        np.cumsum(rows * z[:m, t : t + 1], axis=0, out=sums[1:])
        coef[:, t, :m] = sums[sizes]
    return coef
