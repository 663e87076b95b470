"""Minimum-norm least squares: factorise, judge the rank, solve.

A centred design matrix with more columns than independent rows goes through the
Gram matrix of its rows, a taller one through an orthogonal factorisation of its
columns scaled to unit norm. Either way a fast branch is taken where a condition
estimate shows that it is safe, and a rank-revealing one everywhere else. A
sparse matrix never leaves its sparse form: only Gram matrices of its smaller
side are formed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import linalg, sparse

from ._centred_sparse import CentredSparse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

EPS = float(np.finfo(np.float64).eps)

# A Gram matrix squares the condition. Its Cholesky factor, with refinement, keeps
# ten digits of the coefficients down to this reciprocal condition number: that of
# a design matrix of condition 3e5 or so.
GRAM_RCOND = 1e-12


def centre(X: Any, weights: Array, *, copy: bool = True) -> tuple[Any, Array]:
    """Subtract the weighted column means.

    Parameters
    ----------
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_columns)
    weights : ndarray of shape (n_samples,)
        Positive weights of the rows.
    copy : bool, default=True
        If False, a dense X is overwritten.

    Returns
    -------
    centred : ndarray or CentredSparse of shape (n_samples, n_columns)
    mean : ndarray of shape (n_columns,)
    """
    share = weights / weights.sum()
    mean = share @ X
    if not isinstance(X, np.ndarray):
        return CentredSparse(X, mean), mean
    centred = np.subtract(X, mean, out=None if copy else X)
    # The mean is off by rounding in proportion to its size, and what is left of
    # it would count as a direction of the data: take the mean of the remainder.
    rest = share @ centred
    centred -= rest
    return centred, mean + rest


def as_design(
    X: Any, weights: Array, *, centred: bool, copy: bool = True
) -> tuple[Any, Array | None]:
    """Return X in double precision, centred if asked, and the means subtracted.

    Parameters
    ----------
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_columns)
    weights : ndarray of shape (n_samples,)
        Positive weights of the rows.
    centred : bool
        Whether to subtract the weighted column means.
    copy : bool, default=True
        If False, a dense float64 X is overwritten.

    Returns
    -------
    design : ndarray or CentredSparse of shape (n_samples, n_columns)
    mean : ndarray of shape (n_columns,) or None
        None unless `centred`.
    """
    design = X.astype(np.float64, copy=False)
    if centred:
        return centre(design, weights, copy=copy and np.may_share_memory(design, X))
    if sparse.issparse(design):
        design = CentredSparse(design, np.zeros(design.shape[1]))
    return design, None


def column_scale(X: Any, weights: Array, *, centred: bool) -> Array:
    """Return the root mean square of each column, 0 if constant up to rounding.

    Parameters
    ----------
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_columns)
    weights : ndarray of shape (n_samples,)
        Positive weights of the rows.
    centred : bool
        Whether to subtract the weighted column means first.

    Returns
    -------
    ndarray of shape (n_columns,)
    """
    share = weights / weights.sum()
    design, mean = as_design(X, weights, centred=centred)
    if isinstance(design, CentredSparse):
        squares = share @ X.multiply(X) - design.mean**2
        noise = np.sqrt(10 * EPS) * np.abs(design.mean)
    else:
        squares = share @ design**2
        noise = 0.0 if mean is None else 10 * EPS * np.abs(mean)
    scale = np.sqrt(np.maximum(squares, 0))
    return np.where(scale > noise, scale, 0.0)


def row_gram(A: Any) -> tuple[Array, float]:
    """Return ``A A'`` and the factor by which centring magnifies its rounding."""
    return A.row_gram() if isinstance(A, CentredSparse) else (A @ A.T, 1.0)


def row_blocks(A: Any) -> Iterable[tuple[slice, Array]]:
    """Return the rows of A in dense blocks, with the slice that each is."""
    return A.row_blocks() if isinstance(A, CentredSparse) else [(slice(None), A)]


def column_gram(A: Any, weights: Array) -> tuple[Array, float]:
    """Return ``A' diag(weights) A`` and the same factor."""
    if isinstance(A, CentredSparse):
        return A.column_gram(weights)
    weighted = np.sqrt(weights)[:, np.newaxis] * A
    return weighted.T @ weighted, 1.0


def min_norm_lstsq(
    A: Any, y: Array, weights: Array, *, cutoff: float, mean: Array | None = None
) -> tuple[Array, int]:
    r"""Find the shortest of the least-squares solutions.

    Among the minimisers of :math:`\sum_i w_i (y_i - a_i' b)^2` the one of least
    Euclidean norm.

    Parameters
    ----------
    A : ndarray or CentredSparse of shape (n_samples, n_features)
        Design matrix.
    y : ndarray of shape (n_samples, n_targets)
        Targets.
    weights : ndarray of shape (n_samples,)
        Positive weights of the rows.
    cutoff : float
        Singular values below `cutoff` times the largest count as zero: those of
        A itself where it is wide, those of its columns scaled to unit norm
        where it is tall.
    mean : ndarray of shape (n_features,), optional
        What `centre` subtracted from the columns, if it did. It takes one off
        the rank of the rows, and tells a constant column from rounding.

    Returns
    -------
    coef : ndarray of shape (n_features, n_targets)
    rank : int
        Effective rank of A.
    """
    n_rows = A.shape[0] - (mean is not None)
    if n_rows < A.shape[1]:
        return _solve_wide(A, y, weights, cutoff, n_rows)
    noise = 0.0 if mean is None else 10 * EPS * np.sqrt(weights.sum()) * np.abs(mean)
    return _solve_tall(A, y, weights, cutoff, noise)


def _solve_wide(
    A: Any, y: Array, weights: Array, cutoff: float, max_rank: int
) -> tuple[Array, int]:
    """Solve with fewer independent rows than columns.

    Independent rows are interpolated whatever their weights, so that the
    weights count in the rank-revealing branch only.
    """
    n_rows = A.shape[0]
    gram, loss = row_gram(A)
    if max_rank < n_rows:
        # The weights span the left null space: lift it to the mean eigenvalue.
        null = weights / linalg.norm(weights)
        gram += np.outer(np.trace(gram) / n_rows * null, null)
    solve, rcond = cholesky(gram)
    if rcond > max(loss * GRAM_RCOND, 10 * cutoff**2):
        coef = A.T @ solve(y)
        for _ in range(_refinements(rcond / loss)):
            coef += A.T @ solve(y - A @ coef)
        return coef, max_rank
    U, to_coef = _row_space(A, weights, cutoff, max_rank)
    root = np.sqrt(weights)[:, np.newaxis]
    Q, R = linalg.qr(root * U, mode="economic")
    return to_coef(linalg.solve_triangular(R, Q.T @ (root * y))), U.shape[1]


def _row_space(
    A: Any, weights: Array, cutoff: float, max_rank: int
) -> tuple[Array, Callable[[Array], Array]]:
    """Return the left singular vectors U of A, and the map from t to A^+ U t."""
    if isinstance(A, CentredSparse):
        centred = max_rank < A.shape[0]
        blocks = (as_design(block, weights, centred=centred)[0].T for block in A.column_blocks())
        _, values, Ut = linalg.svd(_triangular_factor(blocks))
        U = Ut.T
    else:
        U, values, Vt = linalg.svd(A, full_matrices=False)
    rank = min(int(np.sum(values > cutoff * values[0])), max_rank)
    U, values = U[:, :rank], values[:rank, np.newaxis]

    def from_rows(t: Array) -> Array:
        return A.T @ (U @ (t / values**2))

    if isinstance(A, CentredSparse):
        return U, lambda t: from_rows(t) + from_rows(t - U.T @ (A @ from_rows(t)))
    return U, lambda t: Vt[:rank].T @ (t / values)


def _solve_tall(
    A: Any, y: Array, weights: Array, cutoff: float, noise: Array | float
) -> tuple[Array, int]:
    """Solve with at least as many independent rows as columns.

    The triangular factor of ``[A y]`` holds that of A and Q'y, so that Q is not
    needed; scaling its columns is as good as scaling those of A.
    """
    if isinstance(A, CentredSparse):
        solution = _solve_tall_gram(A, y, weights, cutoff)
        if solution is not None:
            return solution
    root = np.sqrt(weights)[:, np.newaxis]
    joint = _triangular_factor(np.hstack([block, y[i]]) * root[i] for i, block in row_blocks(A))
    n_columns = A.shape[1]
    norms = linalg.norm(joint[:, :n_columns], axis=0)
    active = norms > noise
    if not active.all():
        joint = _triangular_factor([joint[:, np.append(active, np.full(y.shape[1], True))]])
    norms = norms[active, np.newaxis]
    n_active = len(norms)
    R, target = joint[:n_active, :n_active] / norms.T, joint[:n_active, n_active:]
    coef = np.zeros((n_columns, y.shape[1]))
    rcond, _ = linalg.lapack.dtrcon(R)
    if not rcond > 10 * n_active * cutoff:
        coef[active], rank = _solve_deficient(R, target, norms, cutoff)
        return coef, rank
    coef[active] = linalg.solve_triangular(R, target) / norms
    if rcond > np.sqrt(EPS):
        # One step on the semi-normal equations gains up to a digit.
        gradient = (A.T @ (root**2 * (y - A @ coef)))[active] / norms
        target = linalg.solve_triangular(R, gradient, trans="T")
        coef[active] += linalg.solve_triangular(R, target) / norms
    return coef, n_active


def _solve_deficient(R: Array, target: Array, norms: Array, cutoff: float) -> tuple[Array, int]:
    """Solve ``R (norms * coef) = target`` for the shortest coef, with R judged for its rank.

    A combination of null vectors is subtracted as they are: an orthonormal basis
    of their span would lose small entries, and with them the fit.
    """
    U, values, Vt = linalg.svd(R)
    rank = int(np.sum(values > cutoff * np.max(values, initial=0.0)))
    coef = Vt[:rank].T @ (U[:, :rank].T @ target / values[:rank, np.newaxis]) / norms
    if rank < len(R):
        null = Vt[rank:].T / norms
        null /= linalg.norm(null, axis=0)
        coef -= null @ linalg.lstsq(null, coef)[0]
    return coef, rank


def _solve_tall_gram(
    A: CentredSparse, y: Array, weights: Array, cutoff: float
) -> tuple[Array, int] | None:
    """Solve the normal equations with refinement, or return None if that is unsafe."""
    gram, loss = column_gram(A, weights)
    active = np.diag(gram) > 0
    gram = gram[np.ix_(active, active)]
    norms = np.sqrt(np.diag(gram))[:, np.newaxis]
    solve, rcond = cholesky(gram / (norms * norms.T))
    if not rcond > max(loss * GRAM_RCOND, 10 * cutoff**2):
        return None
    coef = np.zeros((A.shape[1], y.shape[1]))
    for _ in range(1 + _refinements(rcond / loss)):
        gradient = A.T @ (weights[:, np.newaxis] * (y - A @ coef))
        coef[active] += solve(gradient[active] / norms) / norms
    return coef, len(norms)


def _triangular_factor(blocks: Iterable[Array]) -> Array:
    """Return R of a QR factorisation of the stacked blocks, one block at a time."""
    R: Any = None
    for block in blocks:
        R = np.linalg.qr(block if R is None else np.vstack([R, block]), mode="r")
    return np.asarray(R)


def cholesky(gram: Array) -> tuple[Callable[[Array], Array], float]:
    """Return a solver for a Gram matrix and its reciprocal condition, 0 if not positive.

    For a symmetric matrix the 1-norm condition that LAPACK estimates is at least
    the spectral one, the square of that of the design matrix.
    """
    size = np.abs(gram).sum(axis=0).max()
    factor, info = linalg.lapack.dpotrf(gram, lower=True)
    rcond = linalg.lapack.dpocon(factor, size, uplo="L")[0] if info == 0 else 0.0
    return lambda target: linalg.cho_solve((factor, True), target), rcond


def _refinements(rcond: float) -> int:
    """Return how many steps of refinement reach full precision: each gains EPS / rcond."""
    return max(1, int(np.ceil(np.log(EPS) / np.log(EPS / rcond))) - 1)
