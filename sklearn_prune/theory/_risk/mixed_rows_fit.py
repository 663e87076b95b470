r"""The dense fit to rows of several kinds, by their leverages.

With A = E(X'X) weighted by what each row leaves of its own residual,

.. math:: A = n\sum_k\pi_k\frac{\Sigma_k}{1+\delta_k}+\mu, \qquad
          \delta_k = \mathrm{tr}\,\Sigma_kA^{-1},

the coefficients are normal, about :math:`A^{-1}n\sum\pi_kq_k/(1+\delta_k)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg, optimize

from sklearn_prune.theory._checks import eigh_psd
from sklearn_prune.theory._problems.spectrum import spectral_sums

from .finite_size import excess

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.linear_gaussian import LinearGaussianProblem
    from sklearn_prune.theory._problems.mixed_rows import MixedRowsProblem
    from sklearn_prune.theory._problems.row_kinds import RowKinds
    from sklearn_prune.theory._problems.spectrum import Sums


@dataclass(frozen=True)
class MixedRowsFit:
    r"""A dense fit at one n, in coordinates where least squares is well conditioned.

    All is written for A over its penalty, :math:`B=A/\mu`, and the finite
    :math:`\mu(1+\delta_k)`, which have limits as the penalty vanishes. Least squares
    on fewer features than rows has A, and :math:`1+\delta_k`.

    Parameters
    ----------
    problem : MixedRowsProblem
    n : float
        Number of rows.
    alpha : float
        Ridge penalty.
    fit_intercept : bool
        Whether there is a constant feature without penalty.
    finite_n : bool
        Whether to correct for the size of n.
    """

    problem: MixedRowsProblem
    n: float
    alpha: float
    fit_intercept: bool
    finite_n: bool

    @property
    def _target(self) -> LinearGaussianProblem:
        """The problem of all rows that the slopes see."""
        average = self.problem.average
        return average.centred() if self.fit_intercept else average

    @cached_property
    def _left(self) -> float:
        """Rows that are left when the rank of the features is taken off."""
        dof = np.array(self.n - self.fit_intercept)
        return float(self._target.spectrum.left(dof))

    @property
    def is_peak(self) -> bool:
        """Whether there are as many features as rows and nothing that bounds the fit."""
        return self.alpha == 0 and self._left == 0

    @property
    def _is_tall(self) -> bool:
        return self.alpha == 0 and self._left > 0

    @cached_property
    def _raw(self) -> RowKinds:
        kinds, problem = self.problem.kinds, self.problem
        if self.fit_intercept:
            return kinds.with_constant(problem.means, problem.target_means)
        return kinds

    @cached_property
    def _columns(self) -> Array:
        """Coordinates of least squares as columns, of mean square one."""
        values, vectors = eigh_psd(self._raw.weighted_second(np.ones(len(self._raw.shares))))
        return vectors / np.sqrt(values)

    @cached_property
    def _kinds(self) -> RowKinds:
        return self._raw.mapped(self._columns) if self._is_tall else self._raw

    @cached_property
    def _sums(self) -> Sums:
        """Those of rows of one kind."""
        return spectral_sums(self._target.spectrum, *self._size)

    @property
    def _size(self) -> tuple[Array, Array]:
        return np.array(self.n - self.fit_intercept), np.array(self.alpha)

    @cached_property
    def _fixed_point(self) -> FixedPoint:
        penalty = np.zeros(self._kinds.cross.shape[1])
        if self._is_tall:
            return FixedPoint.of(self._kinds, self.n, penalty, 1.0, self.n / self._left)
        penalty[: int(self.problem.n_features)] = 1.0
        start = self.n / float(self._sums.xi)
        return FixedPoint.of(self._kinds, self.n, penalty, self.alpha, start)

    @property
    def xi(self) -> float:
        r"""What stands for :math:`\xi`: n times the mean weight of a row; inf without penalty."""
        if self.alpha == 0 and self._left >= 0:
            return np.inf
        return self.n * float(self._kinds.shares @ (1 / self._fixed_point.size))

    @cached_property
    def _mean(self) -> Array:
        return self._fixed_point.mean(self._kinds)

    @cached_property
    def _risks(self) -> Array:
        """Errors on new rows of each kind, of shape (n_kinds,)."""
        return self._fixed_point.inflated(self._kinds.risks(self._mean))

    @property
    def gamma(self) -> float:
        """The error on new rows in the limit; inf at the peak."""
        return np.inf if self.is_peak else float(self._kinds.shares @ self._risks)

    @property
    def risk(self) -> float:
        """The error on new rows, or its finite-n value, by the factors of rows of one kind."""
        if not self.finite_n or self.is_peak:
            return self.gamma
        shares, noise = self._kinds.shares, self._kinds.risks(self._best)
        variance = float(shares @ (self._fixed_point.inflated(noise) - noise))
        bias = self.gamma - float(shares @ noise) - variance
        factors = excess(self._target.spectrum, self._sums, *self._size)
        more = (factors.variance - 1) * variance + (factors.bias - 1) * bias
        return self.gamma + float(more)

    @property
    def _best(self) -> Array:
        """The best coefficients, in the coordinates."""
        if self._is_tall:
            return self._kinds.weighted_cross(np.ones(len(self._kinds.shares)))
        coef, shares = self._target.coef, self._kinds.shares
        if not self.fit_intercept:
            return coef
        constant = shares @ (self.problem.target_means - self.problem.means @ coef)
        return np.append(coef, constant)

    @property
    def training_error(self) -> float:
        """The mean square of the training residuals, 0 of an interpolating fit."""
        if self.alpha == 0 and self._left <= 0:
            return 0.0
        rest = (1.0 if self._is_tall else self.alpha) / self._fixed_point.size
        return float(self._kinds.shares @ (rest**2 * self._risks))

    def _to_features(self, coordinates: Array) -> Array:
        """Return slopes, from coordinates along the last axis."""
        raw = coordinates @ self._columns.T if self._is_tall else coordinates
        return raw[..., : int(self.problem.n_features)]

    @cached_property
    def mean(self) -> Array:
        """Means of the slopes, of shape (n_features,)."""
        if self.is_peak:
            return self._target.coef
        return self._to_features(self._mean)

    @cached_property
    def _root(self) -> Array:
        """Rows that make the slopes of independent normal coordinates."""
        fixed = self._fixed_point
        middle = self.n * self._kinds.weighted_second(self._risks / fixed.size**2)
        values, vectors = eigh_psd(middle)
        return self._to_features(np.sqrt(values)[:, np.newaxis] * (vectors.T @ fixed.inverse))

    @property
    def rank(self) -> int:
        """How many normal coordinates a draw takes."""
        return len(self._root)

    def draw(self, normal: Array) -> Array:
        """Return slopes, one a row of standard normal numbers, of shape (n_draws, rank)."""
        return self.mean + normal @ self._root

    @property
    def variances(self) -> Array:
        """Variances of the slopes, of shape (n_features,); inf at the peak."""
        if self.is_peak:
            return np.full(int(self.problem.n_features), np.inf)
        return np.sum(self._root**2, axis=0)

    @cached_property
    def inverse_hessian(self) -> Array:
        """The diagonal of the inverse of A, up to a factor, of shape (n_features,)."""
        half = self._to_features(linalg.cholesky(self._fixed_point.inverse))
        return np.sum(half**2, axis=0)


@dataclass(frozen=True)
class FixedPoint:
    r"""The weights of the rows at one n.

    Parameters
    ----------
    n : float
        Number of rows.
    size : ndarray of shape (n_kinds,)
        :math:`\mu(1+\delta_k)`, or :math:`1+\delta_k`.
    inverse : ndarray of shape (p, p)
        The inverse of :math:`n\sum\pi_k\Sigma_k` over them, plus the penalty.
    spread : ndarray of shape (n_kinds, n_kinds)
        How the errors of rows of one kind, in the columns, add to those of another.
    """

    n: float
    size: Array
    inverse: Array
    spread: Array

    @classmethod
    def of(
        cls, kinds: RowKinds, n: float, penalty: Array, offset: float, start: float
    ) -> FixedPoint:
        """Solve the fixed point, from one that fits rows of a single kind."""

        def inverse(log_size: Array) -> Array:
            matrix = n * kinds.weighted_second(np.exp(-log_size))
            np.fill_diagonal(matrix, np.diag(matrix) + penalty)
            factor = linalg.cholesky(matrix, lower=True, overwrite_a=True, check_finite=False)
            half = linalg.lapack.dpotri(factor, lower=True, overwrite_c=True)[0]
            return np.tril(half) + np.tril(half, -1).T

        def excess(log_size: Array) -> Array:
            return np.log(offset + kinds.traces(inverse(log_size))) - log_size

        guess = np.full(len(kinds.shares), np.log(start))
        root = optimize.root(excess, guess + excess(guess), tol=1e-10).x
        size, matrix = np.exp(root), inverse(root)
        return cls(n, size, matrix, _spread(kinds, n, size, matrix))

    def mean(self, kinds: RowKinds) -> Array:
        """Return the mean of the coefficients."""
        return self.n * self.inverse @ kinds.weighted_cross(1 / self.size)

    def inflated(self, risks: Array) -> Array:
        """Return the errors of the kinds from those of the mean coefficients."""
        return np.asarray(np.linalg.solve(np.eye(len(risks)) - self.spread, risks), np.float64)


def _spread(kinds: RowKinds, n: float, size: Array, inverse: Array) -> Array:
    r"""Return :math:`n\pi_j\,\mathrm{tr}(\Sigma_kB^{-1}\Sigma_jB^{-1})/s_j^2` at (k, j)."""
    products = inverse @ kinds.second
    K = len(size)
    traces = products.reshape(K, -1) @ products.swapaxes(1, 2).reshape(K, -1).T
    return traces * (n * kinds.shares / size**2)
