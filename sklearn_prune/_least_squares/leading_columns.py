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

from .design import triangular_factor

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

# Beyond these condition numbers of the factor two ways to the same fit may differ by
# more than 1e-9: a QR factorisation loses the condition, a Cholesky one its square.
QR_CONDITION = 1e6
CHOLESKY_CONDITION = 1e4

# Least squares may take the Cholesky factor, at half the price, up to this one.
NORMAL_CONDITION = 3e3


def leading_lstsq(
    A: Array, y: Array, sizes: Indices, *, cutoff: float, noise: Array | float = 0.0
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
    within = A if len(active) == A.shape[1] else A[:, active]
    sizes = np.searchsorted(active, sizes)
    largest = 0.5 / cutoff if cutoff > 0 else np.inf
    fits = np.zeros((0, y.shape[1], len(active)))
    if 2 * len(active) <= len(A):
        most = min(NORMAL_CONDITION, largest)
        fits = leading_normal(within.T @ within, within.T @ y, sizes, max_condition=most)
    if len(fits) < len(sizes):
        joint = triangular_factor([np.hstack([within, y])])
        R, z = np.split(joint[: len(active)], [len(active)], axis=1)
        fits = _leading_fits(R, z, sizes, max_condition=min(QR_CONDITION, largest))
    if within is A:
        return fits
    coef = np.zeros((*fits.shape[:2], A.shape[1]))
    coef[:, :, active] = fits
    return coef


def leading_ridge(A: Array, y: Array, sizes: Indices, *, alpha: float) -> Array:
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
    if np.abs(gram).sum(axis=0).max() > CHOLESKY_CONDITION**2 * alpha:
        # Fits to more columns than rows go through the Gram matrix of the rows, whose
        # condition does not fall if columns are scaled.
        sizes = sizes[sizes <= len(A)]
    return leading_normal(gram, A.T @ y, sizes, alpha=alpha, max_condition=CHOLESKY_CONDITION)


def leading_normal(
    gram: Array,
    moments: Array,
    sizes: Indices,
    *,
    alpha: float = 0.0,
    max_condition: float = np.inf,
) -> Array:
    """Solve the normal equations of the first s columns for every size s.

    Parameters
    ----------
    gram : ndarray of shape (n_columns, n_columns)
        ``A' A``; its diagonal is overwritten.
    moments : ndarray of shape (n_columns, n_targets)
        ``A' y``.
    sizes : ndarray of shape (n_sizes,)
        Numbers of columns s, increasing.
    alpha : float, default=0.0
        A penalty ``alpha ||b||^2``.
    max_condition : float
        Of the triangular factor.

    Returns
    -------
    ndarray of shape (n_fits, n_targets, n_columns)
        Coefficients for as many of the sizes as are well conditioned.
    """
    gram[np.diag_indices_from(gram)] += alpha
    R, info = linalg.lapack.dpotrf(gram)
    m = info - 1 if info > 0 else len(R)
    z = linalg.solve_triangular(R[:m, :m], moments[:m], trans="T", check_finite=False)
    fits = _leading_fits(R[:m, :m], z, sizes, max_condition=max_condition)
    return fits if info == 0 else np.pad(fits, ((0, 0), (0, 0), (0, len(gram) - m)))


def _leading_fits(R: Array, z: Array, sizes: Indices, *, max_condition: float) -> Array:
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
