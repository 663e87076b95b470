"""Refinement: a solver that has some digits finds the others from the residuals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .design import EPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import Array

# It takes one to three steps most often, and ten near the condition from which on it fails.
MAX_STEPS = 12


def refine(coef: Array, correction: Callable[[Array], Array], rcond: float) -> Array | None:
    """Correct a solution to the last digit of float64, or return None if that takes too long.

    Parameters
    ----------
    coef : ndarray of shape (n_columns, n_targets)
        A solution that has some digits; overwritten.
    correction : callable
        Solves for the residuals of a solution.
    rcond : float
        Reciprocal condition of the matrix of the normal equations.
    """
    size = 1.0
    for _ in range(MAX_STEPS):
        step = correction(coef)
        coef += step
        squares = ratio(np.sum(step**2, axis=0), np.sum(coef**2, axis=0))
        last, size = size, float(np.sqrt(squares.max()))
        # The next step would be to this one as this one to the last.
        if size * (size / last) <= EPS:
            return coef
        if not size <= last / 2:
            # Either this is the rounding of the residual, or there is no convergence.
            return coef if size <= EPS / np.sqrt(rcond) else None
    return None


def ratio(a: Array, b: Array) -> Any:
    """Return ``a / b``, and 0 where b is not positive: a target may be zero."""
    return np.divide(a, b, out=np.zeros_like(a), where=b > 0)
