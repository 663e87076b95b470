"""Cholesky factors of Gram matrices, and how far they can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import lapack

from .design import EPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import Array

# A Gram matrix squares the condition. Its Cholesky factor, with refinement, keeps
# ten digits of the coefficients down to this reciprocal condition number: that of
# a design matrix of condition 3e5 or so.
GRAM_RCOND = 1e-12


def cholesky(gram: Array, size: float | None = None) -> tuple[Callable[[Array], Array], float]:
    """Return a solver for a Gram matrix and its reciprocal condition, 0 if not positive.

    For a symmetric matrix the 1-norm condition that LAPACK estimates is at least
    the spectral one, the square of that of the design matrix. The estimate may miss
    the difference of two equal rows, but their pivot does not. With its 1-norm as `size`
    the upper triangle of the matrix is enough.
    """
    size = float(np.abs(gram).sum(axis=0).max()) if size is None else size
    factor, info = lapack.dpotrf(gram.T, lower=True, clean=False)
    rcond = 0.0
    if info == 0:
        estimate, _ = lapack.dpocon(factor, size, uplo="L")
        rcond = min(estimate, factor.diagonal().min() ** 2 / size)
    return lambda target: lapack.dpotrs(factor, target, lower=True)[0], rcond


def refinements(rcond: float) -> int:
    """Return how many steps of refinement reach full precision: each gains EPS / rcond."""
    return max(1, int(np.ceil(np.log(EPS) / np.log(EPS / rcond))) - 1)
