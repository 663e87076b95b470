"""The shortest of the solutions of a rank-deficient problem, whatever the units of its columns.

Coefficients of columns of unit norm are those of the columns themselves, multiplied by
their sizes. So the shortest solution, ``min |coef / sizes|`` over ``coef + null @ t``, weighs
the entries of null vectors by numbers that may differ by hundreds of orders of magnitude.
Each step of an elimination takes the heaviest entry for its pivot. What is below the
rounding of the null vectors must not be one, however heavy: it would call for
coefficients that the fit does not survive. Null vectors are added as they are, so that
rounding costs length and never fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg

from .design import EPS

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

# Null vectors are off by the largest singular value that does not count over the least that
# does.
NOISE = 10
MOST_NOISE = 0.01

# Columns whose sizes differ by less than this factor are of like size.
LIKE = 16


def shortest_solution(R: Array, target: Array, sizes: Array, *, cutoff: float) -> tuple[Array, int]:
    """Solve ``R coef = target`` by least squares for the least ``norm(coef / sizes)``.

    Parameters
    ----------
    R : ndarray of shape (n_columns, n_columns)
        Columns of unit norm, whose rank is judged.
    target : ndarray of shape (n_columns, n_targets)
    sizes : ndarray of shape (n_columns,)
        What the columns were divided by.
    cutoff : float
        Singular values below `cutoff` times the largest count as zero.

    Returns
    -------
    coef : ndarray of shape (n_columns, n_targets)
    rank : int
    """
    U, values, Vt = linalg.svd(R)
    rank = int(np.sum(values > cutoff * np.max(values, initial=0.0)))
    coef = Vt[:rank].T @ (U[:, :rank].T @ target / values[:rank, np.newaxis])
    if 0 < rank < len(R):
        noise = NOISE * max(values[rank], len(R) * EPS * values[0]) / values[rank - 1]
        coef = _shorten(coef, Vt[rank:].T, sizes, min(noise, MOST_NOISE))
    return coef, rank


def _shorten(coef: Array, null: Array, sizes: Array, noise: float) -> Array:
    """Add null vectors to coefficients for the least ``norm(coef / sizes)``.

    The pivots begin at zero, so that small coefficients are no differences of large ones.
    """
    basis, pivots = _eliminate(null, sizes, noise)
    coef = coef - basis @ coef[pivots]
    sizes = sizes[:, np.newaxis]
    # Rounding does harm where it is magnified.
    ratio = sizes[pivots].T / sizes
    visible = np.where((np.abs(basis) > noise) | (ratio < LIKE), basis * ratio, 0)
    gram = linalg.cho_factor(visible.T @ visible)
    step = linalg.cho_solve(gram, visible.T @ (coef / sizes))
    return coef - basis @ (sizes[pivots] * step)


def _eliminate(null: Array, sizes: Array, noise: float) -> tuple[Array, Indices]:
    """Return a basis of the null space, and the pivots, at which it is the identity.

    A pivot is the heaviest entry that is left.
    """
    basis, pivots = null.copy(), np.empty(null.shape[1], dtype=np.intp)
    for k in range(len(pivots)):
        size = np.abs(basis[:, k:])
        weight = np.where(size > noise, size / sizes[:, np.newaxis], 0)
        weight[pivots[:k]] = 0
        row, column = divmod(int(np.argmax(weight)), weight.shape[1])
        if weight[row, column] == 0:
            basis, pivots = basis[:, :k], pivots[:k]
            break
        pivots[k] = row
        basis[:, [k, k + column]] = basis[:, [k + column, k]]
        basis[:, k] /= basis[row, k]
        basis[:, k + 1 :] -= np.outer(basis[:, k], basis[row, k + 1 :])
    basis = linalg.solve_triangular(basis[pivots], basis.T, trans="T", lower=True).T
    basis[pivots] = np.eye(len(pivots))
    return basis, pivots
