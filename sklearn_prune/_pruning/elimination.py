"""Backward elimination for least squares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg

from sklearn_prune._least_squares.design import EPS, triangular_factor

from .ranking import TIE

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

# Added to the unit diagonal of a Hessian that is singular to working precision.
DAMPING = 1e-8

# Removing a feature that the others explain but for this share costs the inverse
# its digits: it is then computed afresh.
COLLINEAR = 1e-6


def eliminate(joint: Array, n_features: int) -> tuple[Indices, Array]:
    r"""Remove features one at a time, always the one without which a refit is best.

    With the coefficients b of the features left and their inverse Hessian V, the
    removal of feature i raises the residual sum of squares by
    :math:`b_i^2 / V_{ii}`. It takes :math:`v v' / V_{ii}` off V, where v is its
    column i, and :math:`v b_i / V_{ii}` off b [1]_.

    Parameters
    ----------
    joint : ndarray of shape (n_rows, n_features + n_targets)
        Triangular factor of the features, in columns of unit norm, with the
        targets.
    n_features : int

    Returns
    -------
    order : ndarray of shape (n_features,)
        The features, the first to go first.
    errors : ndarray of shape (n_features + 1,)
        Residual sum of squares with the last s features of `order`, at index s.

    References
    ----------
    .. [1] B. Hassibi, D. Stork, "Second order derivatives for network pruning:
       Optimal Brain Surgeon", NIPS 1992.
    """
    left = np.arange(n_features)
    order: list[int] = []
    errors: list[float] = []
    while len(left):
        error = (joint[len(left) :, len(left) :] ** 2).sum()
        removed, rises = _eliminate_half(joint, len(left))
        order.extend(left[removed])
        errors.extend(error + np.cumsum(rises) - rises)
        left = np.delete(left, removed)
        joint = triangular_factor([np.delete(joint, removed, axis=1)])
    errors.append((joint**2).sum())
    return np.array(order, dtype=np.intp), np.array(errors[::-1])


def _eliminate_half(joint: Array, n_features: int) -> tuple[list[int], Array]:
    """Remove half of the features; return them, and by how much each raises the error.

    The vectors taken off the inverse are the columns of its Cholesky factor with
    the pivots in the order of removal. Kept beside it, they cost a step one
    product instead of an update of the whole. The inverse is wanted afresh when
    half of the features are gone, or a nearly collinear one: rounding piles up.
    """
    inverse, coef = _invert(joint, n_features)
    diagonal = np.diag(inverse).copy()
    factor = np.empty(((n_features + 1) // 2, n_features))
    removed, costs = [], []
    for i, column in enumerate(factor):
        cost = np.sqrt(np.einsum("ij,ij->i", coef, coef) / diagonal)
        worst = _last_of_least(cost)
        root = np.sqrt(diagonal[worst])
        removed.append(worst)
        costs.append(cost[worst])
        if root**2 > 1 / COLLINEAR:
            break
        column[:] = (inverse[worst] - factor[:i, worst] @ factor[:i]) / root
        coef -= np.outer(column, coef[worst] / root)
        diagonal -= column**2
        coef[worst], diagonal[worst] = np.inf, 1.0
    return removed, np.square(costs)


def _last_of_least(cost: Array) -> int:
    """Return the index of the least cost, among ties the last."""
    tie = TIE * cost[cost < np.inf].max()
    return int(np.flatnonzero(cost <= cost.min() + tie)[-1])


def _invert(joint: Array, n_features: int) -> tuple[Array, Array]:
    """Return the inverse Hessian and the coefficients, damped if it is singular."""
    rcond, _ = linalg.lapack.dtrcon(joint[:n_features, :n_features])
    if not rcond > n_features * EPS:
        damping = np.sqrt(DAMPING) * np.eye(n_features, joint.shape[1])
        joint = triangular_factor([joint, damping])
    R, target = joint[:n_features, :n_features], joint[:n_features, n_features:]
    inverse_root = linalg.solve_triangular(R, np.eye(n_features))
    return inverse_root @ inverse_root.T, inverse_root @ target
