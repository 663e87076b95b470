"""Rows of several kinds: shares, and second moments of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices


class RowKinds(NamedTuple):
    r"""Second moments of features and target among the rows of each kind.

    Parameters
    ----------
    shares : ndarray of shape (n_kinds,)
        :math:`\pi_k`, of sum one.
    second : ndarray of shape (n_kinds, p, p)
        :math:`\Sigma_k=\mathbb{E}[xx'\mid k]`.
    cross : ndarray of shape (n_kinds, p)
        :math:`q_k=\mathbb{E}[yx\mid k]`.
    target : ndarray of shape (n_kinds,)
        :math:`\mathbb{E}[y^2\mid k]`.
    """

    shares: Array
    second: Array
    cross: Array
    target: Array

    def risks(self, coef: Array) -> Array:
        r"""Return :math:`\mathbb{E}[(y-x'b)^2\mid k]`, of shape (n_kinds,)."""
        return self.target - 2 * self.cross @ coef + self.second @ coef @ coef

    def weighted_second(self, weights: Array) -> Array:
        r"""Return :math:`\sum\pi_kw_k\Sigma_k`."""
        return np.tensordot(self.shares * weights, self.second, 1)

    def weighted_cross(self, weights: Array) -> Array:
        r"""Return :math:`\sum\pi_kw_kq_k`."""
        return (self.shares * weights) @ self.cross

    def traces(self, matrix: Array) -> Array:
        r"""Return :math:`\mathrm{tr}\,\Sigma_kM`, of shape (n_kinds,)."""
        return self.second.reshape(len(self.second), -1) @ matrix.ravel()

    def restrict(self, kept: Indices) -> RowKinds:
        """Return the moments of some of the features."""
        second = self.second[:, kept[:, np.newaxis], kept]
        return self._replace(second=second, cross=self.cross[:, kept])

    def mapped(self, columns: Array) -> RowKinds:
        """Return the moments of linear combinations of the features, one a column."""
        return self._replace(second=columns.T @ self.second @ columns, cross=self.cross @ columns)

    def with_constant(self, mean: Array, target_mean: Array) -> RowKinds:
        """Return the moments of the features and, behind them, a one."""
        edge = np.ones((len(mean), 1, 1))
        column = mean[..., np.newaxis]
        second = np.block([[self.second, column], [column.swapaxes(1, 2), edge]])
        cross = np.hstack([self.cross, target_mean[:, np.newaxis]])
        return self._replace(second=second, cross=cross)
