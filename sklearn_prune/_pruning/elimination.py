"""Backward elimination for least squares."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import linalg
from scipy.linalg import blas, lapack

from sklearn_prune._least_squares.cholesky import cholesky
from sklearn_prune._least_squares.design import EPS, triangular_factor

from .ranking import TIE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import Array, Indices

# Added to the unit diagonal of a Hessian that is singular to working precision.
DAMPING = 1e-8

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

    def factorise(left: Indices) -> _Factor:
        columns = np.append(left, np.arange(n_features, joint.shape[1]))
        rows = joint if len(left) == n_features else triangular_factor([joint[:, columns]])
        return _Factor.of(rows, len(left))

    return _eliminate(factorise, n_features)


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
    _, rcond = cholesky(gram)
    if not rcond > loss * GRAM_RCOND:
        return None
    whole = _Factor.of_moments(gram, moments, squares)
    if not (whole.rest > UNEXPLAINED * squares).all():
        return None

    def factorise(left: Indices) -> _Factor:
        if len(left) == len(gram):
            return whole
        return _Factor.of_moments(gram[left][:, left], moments[left], squares)

    return _eliminate(factorise, len(gram))


class _Factor(NamedTuple):
    """A triangular factor of features, and what it says of the targets.

    Attributes
    ----------
    R : ndarray of shape (n_features, n_features)
        Upper triangular, zero below.
    target : ndarray of shape (n_features, n_targets)
        Inner products of its orthonormal basis with the targets.
    rest : ndarray of shape (n_targets,)
        Squared norms of what is left of the targets.
    """

    R: Array
    target: Array
    rest: Array

    @classmethod
    def of(cls, joint: Array, n_features: int) -> _Factor:
        """Take it from a triangular factor of features and targets."""
        R, target = np.hsplit(joint[:n_features], [n_features])
        return cls(R, target, (joint[n_features:, n_features:] ** 2).sum(axis=0))

    @classmethod
    def of_moments(cls, gram: Array, moments: Array, squares: Array) -> _Factor:
        """Compute it from second moments."""
        lower = linalg.cholesky(gram.T, lower=True)  # in the order of LAPACK
        target = linalg.solve_triangular(lower, moments, lower=True)
        return cls(lower.T, target, np.maximum(squares - (target**2).sum(axis=0), 0))

    def damped(self) -> _Factor:
        """Return the factor of a Hessian with a larger diagonal, if it is singular."""
        n_features, n_targets = self.target.shape
        rcond, _ = lapack.dtrcon(self.R.T, uplo="L")
        if rcond > n_features * EPS:
            return self
        damping = np.sqrt(DAMPING) * np.eye(n_features, n_features + n_targets)
        joint = triangular_factor([np.hstack([self.R, self.target]), damping])
        return _Factor.of(joint, n_features)._replace(rest=self.rest)

    def invert(self) -> tuple[Array, Array]:
        """Return the inverse Hessian, and coefficients of shape (n_targets, n_features)."""
        coef, _ = lapack.dtrtrs(self.R.T, self.target, lower=True, trans=True)
        half, _ = lapack.dpotri(self.R.T, lower=True)  # zero above its diagonal, as R' is
        inverse = half + half.T
        inverse.flat[:: len(inverse) + 1] /= 2
        return inverse, coef.T.copy()


def _eliminate(factorise: Callable[[Indices], _Factor], n_features: int) -> tuple[Indices, Array]:
    """Remove all features, with the factors that a function returns for those left."""
    left = np.arange(n_features)
    order: list[int] = []
    errors: list[float] = []
    while len(left):
        factor = factorise(left)
        removed, rises = _eliminate_half(factor)
        order.extend(left[removed])
        errors.extend(factor.rest.sum() + np.cumsum(rises) - rises)
        left = np.delete(left, removed)
    factor = factorise(left)
    return np.array(order, dtype=np.intp), np.array([factor.rest.sum(), *errors[::-1]])


def _eliminate_half(factor: _Factor) -> tuple[list[int], list[float]]:
    """Remove half of the features, or the last few; return them and how each raises the error.

    What is taken off the inverse are the columns of its Cholesky factor with the
    pivots in the order of removal. Kept beside it, they cost a step one product; a
    block of them goes off at once. The inverse is wanted afresh when half of the
    features are gone, or a nearly collinear one: rounding piles up.
    """
    inverse, coef = factor.damped().invert()
    size = sqrt((factor.target**2).sum() + factor.rest.sum())
    n_features, diagonal = len(inverse), inverse.diagonal().copy()
    columns = np.empty((BLOCK, n_features))
    removed, rises = [], []
    for step in range((n_features + 1) // 2 if n_features > BLOCK else n_features):
        if step > 0 and step % BLOCK == 0:
            inverse = blas.dgemm(-1, columns.T, columns.T, 1, inverse.T, trans_b=1, overwrite_c=1).T
        worst, rise = _last_of_least(_squares(coef) / diagonal, size)
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
