"""Backward elimination for least squares."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg
from scipy.linalg import lapack

from sklearn_prune._least_squares.design import EPS, triangular_factor

from .ranking import TIE

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

# Added to the unit diagonal of a Hessian that is singular to working precision.
DAMPING = 1e-8

# Removing a feature that the others explain but for this share costs the inverse
# its digits: it is then computed afresh.
COLLINEAR = 1e-6

# So many removals, or fewer, are taken off the inverse at once, as a matrix product.
BLOCK = 32

# Down to this reciprocal condition number of a Gram matrix, rounding in its inverse is
# less than what makes a tie.
GRAM_RCOND = 1e-6

# Of targets that leave a smaller share unexplained, second moments do not tell how much.
UNEXPLAINED = 1e-8


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
    size = linalg.norm(joint[:, n_features:])
    left = np.arange(n_features)
    order: list[int] = []
    errors: list[float] = []
    while len(left):
        error = (joint[len(left) :, len(left) :] ** 2).sum()
        removed, rises = _eliminate_half(joint, len(left), size)
        order.extend(left[removed])
        errors.extend(error + np.cumsum(rises) - rises)
        left = np.delete(left, removed)
        joint = triangular_factor([np.delete(joint, removed, axis=1)])
    return np.array(order, dtype=np.intp), np.array([size**2, *errors[::-1]])


def eliminate_moments(
    gram: Array, moments: Array, squares: Array, *, loss: float = 1.0
) -> tuple[Indices, Array] | None:
    """Remove features in the same way, with second moments in place of rows.

    Parameters
    ----------
    gram : ndarray of shape (n_features, n_features)
        Inner products of the features, in columns of unit norm.
    moments : ndarray of shape (n_features, n_targets)
        Those of the features with the targets.
    squares : ndarray of shape (n_targets,)
        Those of the targets with themselves.
    loss : float, default=1.0
        The factor by which the rounding of `gram` was magnified.

    Returns
    -------
    order, errors
        As those of `eliminate`; or None where moments, which are squares, have lost
        digits that the triangular factor of the rows has.
    """
    n_features, n_targets = moments.shape
    lower, info = lapack.dpotrf(gram.T, lower=True)
    if info != 0 or not lapack.dtrcon(lower, uplo="L")[0] ** 2 > loss * GRAM_RCOND:
        return None
    target = linalg.solve_triangular(lower, moments, lower=True)
    rest = squares - (target**2).sum(axis=0)
    if not (rest > UNEXPLAINED * squares).all():
        return None
    below = np.zeros((n_targets, n_features))
    joint = np.block([[lower.T, target], [below, np.diag(np.sqrt(rest))]])
    return eliminate(joint, n_features)


def _eliminate_half(joint: Array, n_features: int, size: float) -> tuple[list[int], list[float]]:
    """Remove half of the features, or the last few; return them and how each raises the error.

    The inverse is wanted afresh when half of the features are gone, or a nearly
    collinear one: rounding piles up.
    """
    inverse, coef = _invert(joint, n_features)
    left, n_left = np.arange(n_features), n_features // 2 if n_features > BLOCK else 0
    order: list[int] = []
    rises: list[float] = []
    while True:
        n_steps = min(BLOCK, len(left) - n_left)
        removed, more, factor = _eliminate_block(inverse, coef, n_steps, size)
        order.extend(left[removed])
        rises.extend(more)
        if len(factor) < len(removed) or len(left) - n_steps == n_left:
            return order, rises
        kept = np.delete(np.arange(len(left)), removed)
        left, coef, factor = left[kept], coef[:, kept], factor[:, kept]
        inverse = inverse[kept][:, kept] - factor.T @ factor


def _eliminate_block(
    inverse: Array, coef: Array, n_steps: int, size: float
) -> tuple[list[int], list[float], Array]:
    """Remove some features, and leave the inverse behind.

    The vectors to be taken off it are the columns of its Cholesky factor with the
    pivots in the order of removal. Kept beside it, they cost a step one product
    instead of an update of the whole.

    Parameters
    ----------
    inverse : ndarray of shape (n_features, n_features)
    coef : ndarray of shape (n_targets, n_features)
        Overwritten.
    n_steps : int
    size : float
        The norm of the targets.

    Returns
    -------
    removed : list of int
    rises : list of float
    factor : ndarray of shape (n_steps, n_features)
        Without a row for the last feature if that was nearly collinear.
    """
    diagonal = inverse.diagonal().copy()
    factor = np.empty((n_steps, len(diagonal)))
    removed, rises = [], []
    for i, column in enumerate(factor):
        worst, rise = _last_of_least(sum(b * b for b in coef) / diagonal, size)
        removed.append(worst)
        rises.append(rise)
        if diagonal[worst] > 1 / COLLINEAR:
            return removed, rises, factor[:i]
        np.dot(factor[:i, worst], factor[:i], out=column)
        np.subtract(inverse[worst], column, out=column)
        column /= sqrt(diagonal[worst])
        diagonal -= column * column
        for b in coef:
            b -= b[worst] / column[worst] * column
            b[worst] = np.inf
        diagonal[worst] = 1.0
    return removed, rises, factor


def _last_of_least(rises: Array, size: float) -> tuple[int, float]:
    """Return the index of the least rise, and the rise: among ties, of the roots, the last."""
    worst = int(rises.argmin())
    least = float(rises[worst])
    rises[worst] = np.inf
    if rises[rises.argmin()] > (sqrt(least) + TIE * size) ** 2:
        return worst, least
    rises[worst] = least
    roots = np.sqrt(rises)
    tie = TIE * roots[roots < np.inf].max()
    worst = int(np.flatnonzero(roots <= roots[worst] + tie)[-1])
    return worst, float(rises[worst])


def _invert(joint: Array, n_features: int) -> tuple[Array, Array]:
    """Return the inverse Hessian and the coefficients, damped if it is singular."""
    rcond, _ = lapack.dtrcon(joint[:n_features, :n_features].T, uplo="L")
    if not rcond > n_features * EPS:
        damping = np.sqrt(DAMPING) * np.eye(n_features, joint.shape[1])
        joint = triangular_factor([joint, damping])
    lower, target = joint[:n_features, :n_features].T, joint[:n_features, n_features:]
    coef, _ = lapack.dtrtrs(lower, target, lower=True, trans=True)
    half, _ = lapack.dpotri(lower, lower=True)  # above its diagonal it is zero, as the factor is
    inverse = half + half.T
    inverse.flat[:: n_features + 1] /= 2
    return inverse, coef.T.copy()
