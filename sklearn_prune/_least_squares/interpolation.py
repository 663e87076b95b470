"""Interpolation: fewer independent rows than columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import linalg

from .cholesky import GRAM_RCOND, cholesky, refinements
from .design import (
    as_design,
    column_blocks,
    row_gram,
    stored_rows,
    take_rows,
    triangular_factor,
)
from .equal_rows import group_equal_rows, merge_rows
from .mixed_precision import breaks_down, interpolate
from .row_factor import factorise_rows, is_regular

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import Array

    from .design import Problem
    from .row_factor import RowFactor


def solve_wide(
    problem: Problem, cutoff: float, max_rank: int, gram: Array | None = None
) -> tuple[Array, int]:
    """Solve with fewer independent rows than columns.

    Independent rows are interpolated whatever their weights, so that the
    weights count in the rank-revealing branch only.
    """
    A, y, weights = problem[:3]
    n_rows = A.shape[0]
    if max_rank == 0:
        return np.zeros((A.shape[1], y.shape[1])), 0
    # The weights span the left null space of a centred matrix, and of no other.
    null = weights / np.sqrt(weights @ weights) if max_rank < n_rows else None
    coef = _solve_wide_fast(problem, null, cutoff, gram)
    if coef is not None:
        return coef, max_rank
    first, group = group_equal_rows(stored_rows(A))
    if len(first) < n_rows:
        y, weights = merge_rows(group, y, weights)
        merged = problem._replace(A=take_rows(A, first), y=y, weights=weights)
        return solve_wide(merged, cutoff, max_rank - n_rows + len(first))
    if not problem.dense:
        return _project(problem, *_sparse_row_space(problem, cutoff, max_rank))
    factor = factorise_rows(A, null)
    if is_regular(factor.R, cutoff):
        return factor.interpolate(y), max_rank
    return _project(problem, *_row_space(factor, cutoff))


def _solve_wide_fast(
    problem: Problem, null: Array | None, cutoff: float, gram: Array | None
) -> Array | None:
    """Interpolate by a Gram matrix, in mixed precision first, or return None if both are unsafe."""
    A, y = problem.A, problem.y
    if gram is None and problem.dense:
        coef = interpolate(A, y, null, cutoff)
        if coef is not None or breaks_down(A):
            return coef
    return _solve_wide_gram(A, y, null, cutoff, gram)


def _solve_wide_gram(
    A: Any, y: Array, null: Array | None, cutoff: float, gram: Array | None
) -> Array | None:
    """Interpolate by the Gram matrix with refinement, or return None if that is unsafe."""
    gram, loss = row_gram(A) if gram is None else (gram, 1.0)
    if null is not None:
        # Lift the null space to the mean eigenvalue.
        lift = np.outer(np.trace(gram) / len(gram) * null, null)
        gram = np.add(gram, lift, out=lift)
    solve, rcond = cholesky(gram)
    if not rcond > max(loss * GRAM_RCOND, 10 * cutoff**2):
        return None
    coef: Array = A.T @ solve(y)
    for _ in range(refinements(rcond / loss)):
        coef += A.T @ solve(y - A @ coef)
    return coef


def _project(problem: Problem, U: Array, to_coef: Callable[[Array], Array]) -> tuple[Array, int]:
    """Fit the targets by the left singular vectors that count, where not all of them do."""
    root = np.sqrt(problem.weights)[:, np.newaxis]
    Q, R = linalg.qr(root * U, mode="economic")
    return to_coef(linalg.solve_triangular(R, Q.T @ (root * problem.y))), U.shape[1]


def _row_space(factor: RowFactor, cutoff: float) -> tuple[Array, Callable[[Array], Array]]:
    """Return the left singular vectors U of A, and the map from t to A^+ U t."""
    V, values, Ut = linalg.svd(factor.R)
    rank = np.count_nonzero(values > cutoff * values[0])
    V, values = V[:, :rank], values[:rank, np.newaxis]
    return factor.lift(Ut[:rank].T), lambda t: factor.combine(V @ (t / values))


def _sparse_row_space(
    problem: Problem, cutoff: float, max_rank: int
) -> tuple[Array, Callable[[Array], Array]]:
    """Return the same of a sparse A, from blocks of its columns."""
    A, centred = problem.A, max_rank < problem.A.shape[0]
    blocks = (as_design(block, problem.weights, centred=centred)[0].T for block in column_blocks(A))
    _, values, Ut = linalg.svd(triangular_factor(blocks))
    rank = min(np.count_nonzero(values > cutoff * values[0]), max_rank)
    U, values = Ut[:rank].T, values[:rank, np.newaxis]

    def from_rows(t: Array) -> Array:
        coef: Array = A.T @ (U @ (t / values**2))
        return coef

    return U, lambda t: from_rows(t) + from_rows(t - U.T @ (A @ from_rows(t)))
