"""Triangular factors of least-squares Hessians."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import linalg
from scipy.linalg import lapack

from sklearn_prune._least_squares.design import EPS, triangular_factor

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

# Added to the unit diagonal of a Hessian that is singular to working precision.
DAMPING = 1e-8


class HessianFactor(NamedTuple):
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
    def of(cls, joint: Array, n_features: int) -> HessianFactor:
        """Take it from a triangular factor of features and targets."""
        R, target = np.hsplit(joint[:n_features], [n_features])
        return cls(R, target, (joint[n_features:, n_features:] ** 2).sum(axis=0))

    @classmethod
    def of_moments(cls, gram: Array, moments: Array, squares: Array) -> HessianFactor:
        """Compute it from second moments."""
        lower = linalg.cholesky(gram.T, lower=True)  # in the order of LAPACK
        target = linalg.solve_triangular(lower, moments, lower=True)
        return cls(lower.T, target, np.maximum(squares - (target**2).sum(axis=0), 0))

    def damped(self, rounding: float = 0.0) -> HessianFactor:
        """Return the factor of a Hessian with a larger diagonal, if it is singular.

        It may be by more than its own rounding, relative to its size.
        """
        n_features, n_targets = self.target.shape
        rcond, _ = lapack.dtrcon(self.R.T, uplo="L")
        if rcond > max(n_features * EPS, rounding):
            return self
        damping = np.sqrt(DAMPING) * np.eye(n_features, n_features + n_targets)
        joint = triangular_factor([np.hstack([self.R, self.target]), damping])
        return HessianFactor.of(joint, n_features)._replace(rest=self.rest)

    def joint(self) -> Array:
        """Return the triangular factor of features and targets that it was taken from.

        What is left of several targets has the right norms there, and no other products.
        """
        below = np.hstack([np.zeros_like(self.target.T), np.diag(np.sqrt(self.rest))])
        return np.vstack([np.hstack([self.R, self.target]), below])

    def invert(self) -> tuple[Array, Array]:
        """Return the inverse Hessian, and coefficients of shape (n_targets, n_features)."""
        coef, _ = lapack.dtrtrs(self.R.T, self.target, lower=True, trans=True)
        half, _ = lapack.dpotri(self.R.T, lower=True)  # zero above its diagonal, as R' is
        inverse = half + half.T
        inverse.flat[:: len(inverse) + 1] /= 2
        return inverse, coef.T.copy()
