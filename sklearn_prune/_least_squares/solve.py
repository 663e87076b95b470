"""Minimum-norm least squares: factorise, judge the rank, solve.

A centred design matrix with more columns than independent rows goes through the
Gram matrix of its rows, a taller one through an orthogonal factorisation of its
columns scaled to unit norm. Either way a fast branch is taken where a condition
estimate shows that it is safe, and a rank-revealing one everywhere else. A
sparse matrix never leaves its sparse form: only Gram matrices of its smaller
side and blocks are dense.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import linalg
from scipy.linalg import lapack

from .cholesky import GRAM_RCOND, cholesky, refinements
from .design import (
    EPS,
    binary_exponents,
    column_gram,
    column_norms,
    column_sizes,
    constant_norm,
    joint_factor,
    magnitude,
    rescale,
    safe_exponents,
    stored_rows,
    take_columns,
    triangular_factor,
)
from .equal_rows import group_equal_rows
from .interpolation import solve_wide
from .shortest import shortest_solution

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .design import Problem

# Designs of so many entries or fewer are refined in extended precision.
EXTENDED_SIZE = 2**18

# A matrix of this norm, or of its inverse, has a Gram matrix in the range of float32.
SAFE_SIZE = 1e12

# A matrix of this norm, or of its inverse, has a QR factorisation, however small a column is.
SAFE_NORM = 1e100

# Weights that differ by more than this factor call for sorted rows.
WEIGHT_SPAN = 1e6


def min_norm_lstsq(
    problem: Problem, *, cutoff: float, gram: Array | None = None
) -> tuple[Array, int]:
    r"""Find the shortest of the least-squares solutions.

    Among the minimisers of :math:`\sum_i w_i (y_i - a_i' b)^2` the one of least
    Euclidean norm.

    Parameters
    ----------
    problem : Problem
        Its `mean` takes one off the rank of the rows, and tells a constant column from
        rounding.
    cutoff : float
        Singular values below `cutoff` times the largest count as zero: those of
        A itself where it is wide, those of its columns scaled to unit norm
        where it is tall.
    gram : ndarray of shape (n_samples, n_samples), optional
        ``A A'``, where it is known already: it is not formed again, and is left as
        it is. Its rounding does not harm the solution, which is refined with A. A
        tall A has no use for it.

    Returns
    -------
    coef : ndarray of shape (n_features, n_targets)
    rank : int
        Effective rank of A.
    """
    y_exponents = _target_exponents(problem.y)
    if y_exponents.any():
        problem = problem._replace(y=problem.y * np.ldexp(1.0, -y_exponents))
    n_rows = problem.A.shape[0] - (problem.mean is not None)
    if n_rows < problem.A.shape[1]:
        exponents: Any = _common_exponent(problem, gram)
        gram = None if exponents else gram  # it has overflowed, or lost its digits
        coef, rank = solve_wide(_divided(problem, exponents), cutoff, n_rows, gram)
    else:
        exponents = _column_exponents(problem)
        coef, rank = _solve_tall(_divided(problem, exponents), cutoff, exponents)
        exponents = exponents[:, np.newaxis]
    return np.ldexp(coef, y_exponents - exponents), rank


def _target_exponents(y: Array) -> Any:
    """Return k such that targets ``y / 2**k`` are safe: 0 for those of usual size."""
    with np.errstate(over="ignore"):
        sizes = np.sqrt(np.einsum("ij,ij->j", y, y))
    if np.all((sizes > 1 / SAFE_NORM) & (sizes < SAFE_NORM)):
        return np.zeros(len(sizes), dtype=int)
    return binary_exponents(column_sizes(y))


def _common_exponent(problem: Problem, gram: Array | None) -> int:
    """Return k such that the squares of ``A / 2**k`` are safe in any precision."""
    if gram is not None:
        size = float(np.sqrt(np.trace(gram)))
    else:
        size = _norm(problem.A) if problem.dense else 0.0
    if not 0 < size < np.inf:
        size = magnitude(problem.A)
    safe = 1 / SAFE_SIZE < size < SAFE_SIZE
    return 0 if safe else int(binary_exponents(size))


def _column_exponents(problem: Problem) -> Any:
    """Return k such that columns ``A / 2**k`` are safe: for QR those of usual size are."""
    if problem.dense and 1 / SAFE_NORM < _norm(problem.A) < SAFE_NORM:
        return np.zeros(problem.A.shape[1], dtype=int)
    return safe_exponents(problem.A)


def _norm(A: Array) -> float:
    """Return the Frobenius norm of A, several times faster than its maximum."""
    flat = A.ravel(order="K")
    with np.errstate(over="ignore"):
        return float(np.sqrt(flat @ flat))


def _divided(problem: Problem, exponents: Any) -> Problem:
    """Return the problem with columns divided by powers of two."""
    if not np.any(exponents):
        return problem
    factor = np.ldexp(1.0, -exponents)
    mean = None if problem.mean is None else problem.mean * factor
    return problem._replace(A=rescale(problem.A, factor), mean=mean)


def _solve_tall(problem: Problem, cutoff: float, exponents: Any) -> tuple[Array, int]:
    """Solve with at least as many independent rows as columns.

    The columns were divided by powers of two: only which solution is the shortest depends
    on these exponents.
    """
    weights = problem.weights
    if not problem.dense:
        return _solve_tall_sparse(problem, cutoff, exponents)
    if weights.max() > WEIGHT_SPAN * weights.min():
        # Rows of very unequal size: Householder's method is then accurate row by row if the
        # rows are sorted and the columns pivoted.
        order = np.argsort(-weights, kind="stable")
        A, y, weights = problem.A[order], problem.y[order], weights[order]
        weighted = np.sqrt(weights)[:, np.newaxis] * A
        norms = column_norms(weighted)
        pivots = linalg.qr(weighted / np.where(norms > 0, norms, 1), mode="r", pivoting=True)[1]
        mean = None if problem.mean is None else problem.mean[pivots]
        coef = np.empty((A.shape[1], y.shape[1]))
        problem = problem._replace(A=A[:, pivots], y=y, weights=weights, mean=mean)
        coef[pivots], rank = _solve_tall_qr(problem, cutoff, exponents[pivots])
        return coef, rank
    return _solve_tall_qr(problem, cutoff, exponents)


def _solve_tall_sparse(problem: Problem, cutoff: float, exponents: Any) -> tuple[Array, int]:
    """Solve the normal equations, or where that is unsafe by QR, equal columns as one."""
    solution = _solve_tall_gram(problem, cutoff)
    if solution is not None:
        return solution
    # Most often equal columns made it fail. They share what one of them gets.
    columns = rescale(problem.A, np.ldexp(1.0, exponents))  # as they were
    first, group = group_equal_rows(stored_rows(columns).T)
    if len(first) == problem.A.shape[1]:
        return _solve_tall_qr(problem, cutoff, exponents)
    root = np.sqrt(np.bincount(group))
    merged = rescale(take_columns(problem.A, first), root)
    mean = None if problem.mean is None else problem.mean[first] * root
    problem = problem._replace(A=merged, mean=mean)
    coef, rank = _solve_tall_sparse(problem, cutoff, exponents[first])
    return (coef / root[:, np.newaxis])[group], rank


def _solve_tall_qr(problem: Problem, cutoff: float, exponents: Any) -> tuple[Array, int]:
    """Solve by QR, with the rank judged on columns of unit norm.

    Scaling the columns of the triangular factor is as good as scaling those of A.
    """
    A, y, weights = problem[:3]
    root = np.sqrt(weights)[:, np.newaxis]
    joint = joint_factor(A, y, root)
    n_columns = A.shape[1]
    norms = column_norms(joint[:, :n_columns])
    active = norms > constant_norm(problem.mean, weights.sum())
    if not active.all():
        joint = triangular_factor([joint[:, np.append(active, np.full(y.shape[1], True))]])
    norms = norms[active, np.newaxis]
    n_active = len(norms)
    R, target = joint[:n_active, :n_active] / norms.T, joint[:n_active, n_active:]
    coef = np.zeros((n_columns, y.shape[1]))
    rcond, _ = lapack.dtrcon(R)
    if not rcond > 10 * n_active * cutoff:
        sizes = _relative_sizes(norms[:, 0], exponents[active])
        scaled, rank = shortest_solution(R, target, sizes, cutoff=cutoff)
        coef[active] = scaled / norms
        return coef, rank
    coef[active] = linalg.solve_triangular(R, target) / norms
    if rcond > np.sqrt(EPS):
        # One step on the semi-normal equations. In double precision it gains a digit at
        # most, and in the extended one, which small problems can afford, one to four.
        if problem.dense and A.size <= EXTENDED_SIZE:
            A, coef = A.astype(np.longdouble), coef.astype(np.longdouble)
        gradient = (A.T @ (root**2 * (y - A @ coef)))[active].astype(np.float64) / norms
        target = linalg.solve_triangular(R, gradient, trans="T")
        coef[active] += linalg.solve_triangular(R, target) / norms
    return coef.astype(np.float64), n_active


def _relative_sizes(norms: Array, exponents: Any) -> Array:
    """Return ``norms * 2**exponents`` up to a factor that brings them into range."""
    mantissas, powers = np.frexp(norms)
    powers = powers + exponents
    powers -= (powers.max() + powers.min()) // 2
    sizes: Array = np.ldexp(mantissas, np.clip(powers, -1000, 1000))
    return sizes


def _solve_tall_gram(problem: Problem, cutoff: float) -> tuple[Array, int] | None:
    """Solve the normal equations with refinement, or return None if that is unsafe."""
    A, y, weights = problem[:3]
    gram, loss = column_gram(A, weights)
    active = np.sqrt(np.maximum(np.diag(gram), 0)) > constant_norm(problem.mean, weights.sum())
    if not active.any():
        return np.zeros((A.shape[1], y.shape[1])), 0
    gram = gram[np.ix_(active, active)]
    norms = np.sqrt(np.diag(gram))[:, np.newaxis]
    solve, rcond = cholesky(gram / (norms * norms.T))
    if not rcond > max(loss * GRAM_RCOND, 10 * cutoff**2):
        return None
    coef = np.zeros((A.shape[1], y.shape[1]))
    for _ in range(1 + refinements(rcond / loss)):
        gradient = A.T @ (weights[:, np.newaxis] * (y - A @ coef))
        coef[active] += solve(gradient[active] / norms) / norms
    return coef, len(norms)
