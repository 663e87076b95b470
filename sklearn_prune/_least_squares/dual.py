"""Solve with a Gram matrix alone: factorise in float32, refine in float64.

The Cholesky factor in float32 costs a fraction of that in float64, and no estimate of the
condition is needed: how fast the refinement converges tells what it loses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import blas, lapack

from .mixed_precision import MIN_ROWS_PER_TARGET

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sklearn_prune._typing import Array

# A step is so much shorter than the last, or the matrix is too ill-conditioned. It is by as
# much as float32 loses. Float64 loses 2**29 times less: nine digits are left at least.
CONTRACTION = 0.1

# What a step may change in the end.
ENOUGH = 1e-13

# With the square of a singular value below this share of the largest, which might count as
# zero, no refinement converges so fast.
LEAST_SHARE = 1e-4


def solve_gram(gram: Array, y: Array) -> Array | None:
    """Return the solution of ``gram dual = y``, or None where it might have lost digits.

    Parameters
    ----------
    gram : ndarray of shape (n_rows, n_rows)
        Positive semi-definite. Only its upper triangle is read.
    y : ndarray of shape (n_rows, n_targets)
        Targets.

    Returns
    -------
    ndarray of shape (n_rows, n_targets) or None
    """
    size = gram.diagonal().max()
    if not size > 0 or len(gram) < MIN_ROWS_PER_TARGET * y.shape[1]:
        return None
    factor, info = lapack.spotrf((gram / size).astype(np.float32).T, lower=True, clean=False)
    dual = np.zeros_like(y)
    for k in np.flatnonzero(y.any(axis=0)):
        largest = np.abs(y[:, k]).max()
        refined = None if info else _refine(gram, y[:, k] / largest, factor, size)
        if refined is None:
            return None
        dual[:, k] = refined * largest
    return dual


def _refine(gram: Array, y: Array, factor: NDArray[np.float32], size: float) -> Array | None:
    """Refine the solution for one target, as long as that converges fast."""
    dual, last = _solve_single(factor, y, size), 1.0
    while True:
        residual = y - blas.dsymv(1.0, gram.T, dual, lower=True)
        step = _solve_single(factor, residual, size)
        dual += step
        share = float(np.abs(step).max() / np.abs(dual).max())
        # The next step would be to this one as this one to the last.
        if share * (share / last) <= ENOUGH:
            return dual
        if not share <= CONTRACTION * last:
            return None
        last = share


def _solve_single(factor: NDArray[np.float32], y: Array, size: float) -> Array:
    """Solve to float32, whatever the size of the target."""
    largest = max(np.abs(y).max(), np.finfo(np.float64).tiny)
    half = blas.strsv(factor, (y / largest).astype(np.float32), lower=True)
    solution: Array = blas.strsv(factor, half, lower=True, trans=True) * (largest / size)
    return solution
