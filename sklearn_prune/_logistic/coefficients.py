"""Logistic fits in terms of their coefficients, for at most as many features as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse
from scipy.linalg import lapack

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .point import Point

EPS = float(np.finfo(np.float64).eps)
TINY = float(np.finfo(np.float64).tiny)


class Hessian(NamedTuple):
    """The factor of a Hessian, the intercept profiled out.

    Attributes
    ----------
    factor : ndarray of shape (n_features, n_features)
        Lower Cholesky factor.
    centre : ndarray of shape (n_features,)
        Means of the columns, weighted by the curvatures; zero without an intercept.
    total : float
        Sum of the curvatures.
    sizes : ndarray of shape (n_features,)
        What the gradient is small against: sums of the absolute values of its terms.
    """

    factor: Array
    centre: Array
    total: float
    sizes: Array

    def leading(self, size: int) -> Hessian:
        """Return the factor of the Hessian of the first columns."""
        factor = np.asfortranarray(self.factor[:size, :size])
        return Hessian(factor, self.centre[:size], self.total, self.sizes[:size])

    def solve(self, residual: Array, rest: float) -> tuple[Array, float]:
        """Return the Newton step of the coefficients and of the intercept."""
        if len(residual) == 0:
            return residual, -rest / self.total
        step, _ = lapack.dpotrs(self.factor, self.centre * rest - residual, lower=True)
        return step, -rest / self.total - float(self.centre @ step)


class Coefficients(NamedTuple):
    """Margins ``A b + b0``, with the penalty ``alpha / 2 ||b||^2``.

    Attributes
    ----------
    A : {ndarray, sparse array} of shape (n_samples, n_features)
    alpha : float
    centred : bool
        Whether there is an intercept b0.
    """

    A: Any
    alpha: float
    centred: bool

    @property
    def n_unknowns(self) -> int:
        """Return the number of coefficients."""
        return int(self.A.shape[1])

    @property
    def patience(self) -> float:
        """Return how many steps are as expensive as a factorisation, about."""
        return 3 + self.A.shape[1] / 40

    def leading(self, size: int) -> Coefficients:
        """Return the problem of the first columns."""
        return self._replace(A=self.A[:, :size])

    def linear(self, coef: Array) -> Array:
        """Return the margins without the intercept."""
        return self.A @ coef

    def residual(self, coef: Array, slopes: Array) -> Array:
        """Return the gradient."""
        return self.A.T @ slopes + self.alpha * coef

    def inner(self, coef: Array, step: Point) -> float:
        """Return the inner product of coefficients, or a gradient, with a step."""
        return float(coef @ step.unknowns)

    def factorise(self, slopes: Array, curvatures: Array) -> Hessian:
        """Return the factor of the Hessian."""
        total = max(float(curvatures.sum()), TINY)
        centre = np.zeros(self.A.shape[1])
        if self.centred:
            centre = (self.A.T @ curvatures) / total
        gram = weighted_gram(self.A, curvatures, centre)
        gram.flat[:: len(gram) + 1] += self.alpha
        sizes = abs(self.A).T @ np.abs(slopes)
        return Hessian(regular_factor(gram), centre, total, sizes)


def weighted_gram(A: Any, curvatures: Array, centre: Array) -> Array:
    """Return ``(A - 1 centre')' diag(curvatures) (A - 1 centre')``."""
    if sparse.issparse(A):
        gram: Array = (A.T.multiply(curvatures) @ A).toarray()
        gram -= curvatures.sum() * np.outer(centre, centre)
        return gram
    weighted = A - centre
    weighted *= np.sqrt(curvatures)[:, np.newaxis]
    return weighted.T @ weighted


def regular_factor(gram: Array) -> Array:
    """Return the lower Cholesky factor, of a matrix with a larger diagonal if it is singular."""
    if len(gram) == 0:
        return gram
    diagonal = gram.diagonal().copy()
    diagonal[diagonal <= 0] = 1.0
    damping = len(gram) * EPS
    while True:
        gram.flat[:: len(gram) + 1] = diagonal * (1 + damping)
        factor, info = lapack.dpotrf(gram.T, lower=True, clean=False)
        if info == 0 or not damping < 1:
            return factor
        damping *= 100
