"""Logistic fits in terms of one number a row, for more features than rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import lapack

from .coefficients import EPS, regular_factor

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .point import Point


class DualHessian(NamedTuple):
    """The factor of ``alpha I + S K S``, where S holds roots of the curvatures.

    Attributes
    ----------
    gram : ndarray of shape (n_samples, n_samples)
    alpha : float
        Penalty, a larger one if that is lost in rounding.
    root : ndarray of shape (n_samples,)
        S.
    factor : ndarray of shape (n_samples, n_samples)
        Lower Cholesky factor.
    shift : ndarray of shape (n_samples,)
        What a larger intercept makes of the scaled margins; zero without an intercept.
    sizes : ndarray of shape (n_samples,)
        What the residual is small against.
    """

    gram: Array
    alpha: float
    root: Array
    factor: Array
    shift: Array
    sizes: Array

    def solve(self, residual: Array, rest: float) -> tuple[Array, float]:
        """Return the Newton step of the dual vector and of the intercept."""
        scaled = -self._solve(self.root * (self.gram @ residual))
        intercept = 0.0
        if self.shift.any():
            intercept = -float((rest + self.root @ scaled) / (self.root @ self.shift))
            scaled += intercept * self.shift
        return (-residual - self.root * scaled) / self.alpha, intercept

    def _solve(self, target: Array) -> Array:
        solution: Array = lapack.dpotrs(self.factor, target, lower=True)[0]
        return solution


class DualVector(NamedTuple):
    """Margins ``K a + b0`` of the coefficients ``A' a``, where ``K = A A'``.

    Attributes
    ----------
    gram : ndarray of shape (n_samples, n_samples)
        K. With an intercept, A may be centred about any point.
    alpha : float
        Positive penalty.
    centred : bool
        Whether there is an intercept b0.
    patience : float
        How many steps are as expensive as a factorisation, about.
    """

    gram: Array
    alpha: float
    centred: bool
    patience: float = 6.0

    @property
    def n_unknowns(self) -> int:
        """Return the number of rows."""
        return len(self.gram)

    def linear(self, dual: Array) -> Array:
        """Return the margins without the intercept."""
        return self.gram @ dual

    def residual(self, dual: Array, slopes: Array) -> Array:
        """Return what the gradient is A' times of."""
        return slopes + self.alpha * dual

    def inner(self, dual: Array, step: Point) -> float:
        """Return the inner product of the coefficients of a dual vector with those of a step."""
        return float(dual @ step.linear)

    def factorise(self, slopes: Array, curvatures: Array) -> DualHessian:
        """Return the factor of the Hessian."""
        root = np.sqrt(curvatures)
        matrix = root[:, np.newaxis] * self.gram
        matrix *= root
        alpha = max(self.alpha, len(root) * EPS * float(matrix.diagonal().max()))
        matrix.flat[:: len(root) + 1] += alpha
        factor = regular_factor(matrix)
        shift = np.zeros_like(root)
        if self.centred:
            shift = alpha * lapack.dpotrs(factor, root, lower=True)[0]
        return DualHessian(self.gram, alpha, root, factor, shift, np.abs(slopes))
