"""Ridge fits to one sample at every penalty, and what they say of new rows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

# Singular values beside the largest that are taken for rounding.
RANK_CUT = 1e-10
# Penalties, as logarithms: from below the least eigenvalue to beyond the largest.
PENALTY_STEP = 1 / 3
BELOW, BEYOND = np.log(100), np.log(30)


class SampleFits:
    r"""Ridge fits with an intercept to the rows of one sample.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Not all of its rows are equal.
    y : ndarray of shape (n_samples,)

    Attributes
    ----------
    dof : int
        Degrees of freedom of the rows, :math:`n-1`.
    left, right : ndarray of shape (n_samples, rank) and (rank, n_features)
        Singular vectors of the centred rows.
    eigenvalues : ndarray of shape (rank,)
        Squares of the singular values, falling.
    scores : ndarray of shape (rank,)
        The target along the left singular vectors.
    """

    def __init__(self, X: Array, y: Array) -> None:
        self.n_samples, self.n_features = X.shape
        self.dof, self._y = len(y) - 1, y - y.mean()
        left, sizes, right = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
        rank = np.sum(sizes[: self.dof] > RANK_CUT * sizes[0])
        self.left, self.right, self.eigenvalues = left[:, :rank], right[:rank], sizes[:rank] ** 2
        self.scores = self._y @ self.left

    @property
    def rank(self) -> int:
        """The number of eigenvalues."""
        return len(self.eigenvalues)

    @property
    def population_rank(self) -> int:
        """Directions that the population has: all, if the rows end before them."""
        return self.n_features if self.rank == self.dof else self.rank

    @cached_property
    def penalties(self) -> Array:
        """Penalties over the whole range where they make a difference, increasing."""
        low = np.log(self.eigenvalues[-1]) - BELOW
        return np.exp(np.arange(low, np.log(self.eigenvalues[0]) + BEYOND, PENALTY_STEP))

    def shrinkage(self, alpha: Array) -> Array:
        """Return the factors of the fits to the rows, of shape (n_penalties, rank)."""
        return self.eigenvalues / (self.eigenvalues + alpha[:, np.newaxis])

    def xi(self, alpha: Array) -> Array:
        r"""Return :math:`\hat\xi=\mathrm{tr}(K+\mu)^{-1}` of the centred kernel."""
        return np.asarray((self.dof - self.shrinkage(alpha).sum(axis=1)) / alpha)

    def coef(self, alpha: float) -> Array:
        """Return the coefficients of a fit."""
        steps = np.sqrt(self.eigenvalues) / (self.eigenvalues + alpha)
        return (steps * self.scores) @ self.right

    def left_out(self, alpha: Array) -> Array:
        """Return residuals of rows that the fit has not seen, (n_penalties, n_samples)."""
        factors = self.shrinkage(alpha)
        freedom = 1 - 1 / self.n_samples - factors @ self.left.T**2
        residuals = self._y - (factors * self.scores) @ self.left.T
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(residuals / freedom)

    def risks(self, alpha: Array) -> Array:
        r"""Return leave-one-out estimates of :math:`\gamma`, of shape (n_penalties,).

        The error of the intercept, :math:`1+1/n` times, is taken off.
        """
        return np.mean(self.left_out(alpha) ** 2, axis=1) / (1 + 1 / self.n_samples)

    def generalised_risks(self, alpha: Array) -> Array:
        """Return the same by generalised cross-validation, as if all rows had one leverage."""
        factors = self.shrinkage(alpha)
        residuals = self._y - (factors * self.scores) @ self.left.T
        share = 1 - factors.sum(axis=1) / self.dof
        return np.asarray(np.sum(residuals**2, axis=1) / self.dof / share**2)
