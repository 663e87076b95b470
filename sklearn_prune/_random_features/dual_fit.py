r"""Minimum-norm least squares on a stream of features.

The coefficients of least norm are :math:`b = F^\top a` with the dual vector
:math:`a = (F F^\top)^+ y`. That is one number a sample, and all that has to be kept of the
coefficients of a million features.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import linalg

from sklearn_prune._least_squares.cholesky import GRAM_RCOND, cholesky
from sklearn_prune._least_squares.design import EPS
from sklearn_prune._least_squares.equal_rows import group_equal_rows, merge_rows

from .shortlist import Shortlist

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import AnyArray

    from .stream import FeatureStream, Score

    Solve = Callable[[AnyArray], AnyArray]

# From so many rows on, a Gram matrix of single-precision products pays. Its rounding is
# made up for by refinement if its reciprocal condition is at least this, and is no more
# than rounding if the mean square of the features is.
SINGLE_ROWS = 512
SINGLE_GRAM_RCOND = 3e-6
SINGLE_MEAN_SQUARE = 1e-30

# Scores are good enough if the error of the coefficients is, relative to their norm.
TOLERANCE = 1e-9


def merge_equal_rows(X: Any, y: AnyArray, weights: AnyArray) -> tuple[Any, AnyArray, AnyArray]:
    """Return the distinct rows of X, the means of their targets, and their total weights.

    They have the same least-squares solutions as X and y.
    """
    first, group = group_equal_rows(X)
    if len(first) == len(group):
        return X, y, weights
    return X[first], *merge_rows(group, y, weights)


def fit_dual(
    stream: FeatureStream, y: AnyArray, score: Score, n_keep: int
) -> tuple[AnyArray, AnyArray]:
    """Fit with minimum norm, and find the features of the best scores.

    The pass over the features that scores them gives the residual of the dual vector
    too. So its error is known and corrected; if it is large enough to matter for the
    scores, the pass is repeated.

    Parameters
    ----------
    stream : FeatureStream
    y : ndarray of shape (n_samples, n_targets)
        Targets, centred if the features are.
    score : callable
        See `FeatureStream.multiply`.
    n_keep : int
        How many features are the best.

    Returns
    -------
    kept : ndarray of shape (n_keep,)
        Their indices, ascending.
    dual : ndarray of shape (n_samples, n_targets)
        What features, not centred, are multiplied with to get their coefficients.
    """
    solve, y = _factorise(stream, y)
    dual = solve(y)
    tolerance = max(TOLERANCE, float(np.finfo(stream.layer.dtype).eps))
    previous = np.inf
    while True:
        shortlist = Shortlist(n_keep)
        residual = y - stream.multiply(dual, score, shortlist)
        correction = solve(residual)
        # Squared norms, of the error of the coefficients and of themselves.
        error, size = np.sum(correction * residual), np.sum(dual * y)
        converges = error <= previous / 4
        if converges:
            dual = dual + correction
        if not converges or error <= tolerance**2 * size:
            return shortlist.best(), stream.centre_dual(dual)
        previous = error


def _factorise(stream: FeatureStream, y: AnyArray) -> tuple[Solve, AnyArray]:
    """Return a solver of ``PF (PF)' dual = y``, and a y for which there is a solution.

    Cholesky with a Gram matrix of single-precision products, which takes half the time, or
    else of double-precision ones, where its condition says that it is safe.
    """
    n_samples, n_components = len(y), stream.layer.n_components
    cutoff = max(n_components * EPS, n_samples * float(np.finfo(stream.layer.dtype).eps))
    precisions = [(np.float32, SINGLE_GRAM_RCOND), (np.float64, GRAM_RCOND)]
    for dtype, least in precisions[n_samples < SINGLE_ROWS :]:
        gram, before = stream.gram(dtype)
        mean_square = before / (n_samples * n_components)
        if dtype == np.float32 and not SINGLE_MEAN_SQUARE < mean_square < np.inf:
            continue
        after = np.trace(gram)
        if stream.centred:
            # The weights span the left null space: lift it to the mean eigenvalue.
            null = stream.weights / linalg.norm(stream.weights)
            gram += np.outer(after / n_samples * null, null)
        solve, rcond = cholesky(gram)
        # Centring magnifies the rounding of the matrix by the ratio of the traces.
        if rcond * after > max(least * before, 10 * cutoff**2 * after):
            return solve, y
    return _by_singular_values(stream, y, cutoff, float(np.sqrt(before)))


def _by_singular_values(
    stream: FeatureStream, y: AnyArray, cutoff: float, size: float
) -> tuple[Solve, AnyArray]:
    """Solve in the row space above the cut-off, on which y is projected.

    What centring leaves of constant features, by the size of all of them, is no row space.
    """
    _, values, Ut = linalg.svd(stream.triangular_factor())
    least = max(cutoff * values[0], 10 * EPS * size if stream.centred else 0.0)
    rank = int(np.sum(values > least))
    U, squares = Ut[:rank].T, values[:rank, np.newaxis] ** 2
    root = np.sqrt(stream.weights)[:, np.newaxis]
    Q, R = linalg.qr(root * U, mode="economic")
    projection = U @ linalg.solve_triangular(R, Q.T @ (root * y))
    return lambda target: U @ (U.T @ target / squares), projection
