"""Backward elimination for least squares."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import blas

from sklearn_prune._least_squares.cholesky import cholesky
from sklearn_prune._least_squares.design import triangular_factor

from .hessian_factor import HessianFactor
from .least_rise import last_of_least

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import Array, Indices

# Removing a feature that the others explain but for this share costs the inverse
# its digits: it is then computed afresh.
COLLINEAR = 1e-6

# So many removals are taken off the inverse at once, as a matrix product. The last ones
# need no fresh inverse.
BLOCK = 32

# Down to this reciprocal condition number of a Gram matrix, rounding in its inverse is
# less than what makes a tie.
GRAM_RCOND = 1e-6

# Of targets that leave a smaller share unexplained, second moments do not tell how much.
UNEXPLAINED = 1e-8


def eliminate(
    joint: Array, n_features: int, prices: Array | None = None, rounding: float = 0.0
) -> tuple[Indices, Array]:
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
    prices : ndarray of shape (n_features,) or None
        What the rises are divided by before they are compared.
    rounding : float, default=0.0
        Relative size of the errors of `joint`, if it has more than it may have by itself.

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

    def factorise(left: Indices) -> HessianFactor:
        columns = np.append(left, np.arange(n_features, joint.shape[1]))
        rows = joint if len(left) == n_features else triangular_factor([joint[:, columns]])
        return HessianFactor.of(rows, len(left))

    return eliminate_by_halves(factorise, _half(prices, rounding), n_features)


def eliminate_moments(
    gram: Array,
    moments: Array,
    squares: Array,
    *,
    loss: float = 1.0,
    prices: Array | None = None,
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
    prices : ndarray of shape (n_features,) or None
        What the rises are divided by before they are compared.

    Returns
    -------
    order, errors
        As those of `eliminate`; or None where moments, which are squares, have lost
        digits that the triangular factor of the rows has.
    """
    whole = factor_of_moments(gram, moments, squares, loss)
    if whole is None:
        return None

    def factorise(left: Indices) -> HessianFactor:
        if len(left) == len(gram):
            return whole
        return HessianFactor.of_moments(gram[left][:, left], moments[left], squares)

    return eliminate_by_halves(factorise, _half(prices), len(gram))


def factor_of_moments(
    gram: Array, moments: Array, squares: Array, loss: float
) -> HessianFactor | None:
    """Return the triangular factor that moments have, or None where they have lost digits."""
    _, rcond = cholesky(gram)
    if not rcond > loss * GRAM_RCOND:
        return None
    whole = HessianFactor.of_moments(gram, moments, squares)
    return whole if (whole.rest > UNEXPLAINED * squares).all() else None


def eliminate_by_halves(
    factorise: Callable[[Indices], HessianFactor],
    remove: Callable[[HessianFactor, Indices], tuple[list[int], list[float]]],
    n_rivals: int,
) -> tuple[Indices, Array]:
    """Remove all features or groups, with factors that a function returns for those left.

    Another removes some of these, and returns their places and how each raises the error.
    """
    left = np.arange(n_rivals)
    order: list[int] = []
    errors: list[float] = []
    while len(left):
        factor = factorise(left)
        removed, rises = remove(factor, left)
        order.extend(left[removed])
        errors.extend(factor.rest.sum() + np.cumsum(rises) - rises)
        left = np.delete(left, removed)
    factor = factorise(left)
    return np.array(order, dtype=np.intp), np.array([factor.rest.sum(), *errors[::-1]])


def _half(
    prices: Array | None, rounding: float = 0.0
) -> Callable[[HessianFactor, Indices], tuple[list[int], list[float]]]:
    """Return the function that removes half of the features, for their prices."""

    def remove(factor: HessianFactor, left: Indices) -> tuple[list[int], list[float]]:
        return _remove_half(factor, None if prices is None else prices[left], rounding)

    return remove


def _remove_half(
    factor: HessianFactor, prices: Array | None, rounding: float
) -> tuple[list[int], list[float]]:
    """Remove half of the features, or the last few; return them and how each raises the error.

    What is taken off the inverse are the columns of its Cholesky factor with the
    pivots in the order of removal. Kept beside it, they cost a step one product; a
    block of them goes off at once. The inverse is wanted afresh when half of the
    features are gone, or a nearly collinear one: rounding piles up.
    """
    damped = factor.damped(rounding)
    inverse, coef = damped.invert()
    size = sqrt((factor.target**2).sum() + factor.rest.sum())
    n_features, diagonal = len(inverse), inverse.diagonal().copy()
    columns = np.empty((BLOCK, n_features))
    removed, rises = [], []
    for step in range((n_features + 1) // 2 if n_features > BLOCK else n_features):
        if step > 0 and step % BLOCK == 0:
            inverse = blas.dgemm(-1, columns.T, columns.T, 1, inverse.T, trans_b=1, overwrite_c=1).T
        costs = _squares(coef) / diagonal
        if prices is not None and damped is not factor:  # what damping adds may be dear
            costs[diagonal > 1 / COLLINEAR] = 0
        worst, rise = last_of_least(costs, size, prices)
        removed.append(worst)
        rises.append(rise)
        if diagonal[worst] > 1 / COLLINEAR:
            break
        before, column = columns[: step % BLOCK], columns[step % BLOCK]
        np.subtract(inverse[worst], before[:, worst].dot(before), out=column)
        column /= sqrt(diagonal[worst])
        diagonal -= column * column
        coef -= coef[:, worst, np.newaxis] / column[worst] * column
        coef[:, worst], diagonal[worst] = np.inf, 1.0
    return removed, rises


def _squares(coef: Array) -> Array:
    """Return the squared norm of the coefficients of each feature."""
    squares: Array = coef * coef
    return squares[0] if len(squares) == 1 else squares.sum(axis=0)
