"""What a refit takes from the fits before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

# Singular values of the equations, of rows and columns of size one, that are taken for zero.
CUT_OFF = 1e-10


class RefitLaw(NamedTuple):
    r"""How a refit follows from fits before it: :math:`\hat u_k=P_k(v_k+e_k)` with

    .. math:: v_k = u + \sum_{j<k} r_j G_j - \sum_{j<k} c_j (\theta_j-\hat u_j) .

    Attributes
    ----------
    r, c : ndarray of shape (n_before,)
        What it takes of each field, and what is taken off for the memory of each fit.
    noise : float
        The variance of :math:`e_k`, a coordinate.
    """

    r: Array
    c: Array
    noise: float

    @classmethod
    def of_one(cls, r: float, c: float, noise: float) -> RefitLaw:
        """Return the law of a refit after a single fit."""
        return cls(np.array([r]), np.array([c]), noise)

    def among(self, known: Indices, n_before: int) -> RefitLaw:
        """Return the law by all fits before, from that by the known ones of them."""
        r, c = np.zeros((2, n_before))
        r[known], c[known] = self.r, self.c
        return RefitLaw(r, c, self.noise)

    def of_variance(self, variance: float, covariance: Array) -> RefitLaw:
        r"""Return the law by which the field has a variance, :math:`K_{kk}`, that is known.

        Parameters
        ----------
        variance : float
        covariance : ndarray of shape (n_before, n_before)
            That of the fields before.
        """
        noise = variance - float(self.r @ covariance @ self.r)
        return self._replace(noise=max(noise, 0.0))

    def by(self, known: Indices) -> RefitLaw:
        """Return the law by some of the fits before, the others having no part in it."""
        return RefitLaw(self.r[known], self.c[known], self.noise)


def solve_balanced(matrix: Array, target: Array) -> Array:
    """Solve linear equations that may be dependent, with rows and columns of one size."""
    columns = _sizes(matrix, axis=0)
    rows = _sizes(matrix / columns, axis=1)
    balanced = matrix / columns / rows[:, np.newaxis]
    return np.linalg.lstsq(balanced, target / rows, rcond=CUT_OFF)[0] / columns


def _sizes(matrix: Array, axis: int) -> Array:
    largest = np.abs(matrix).max(axis=axis, initial=0.0)
    return np.where(largest > 0, largest, 1.0)
