"""The dense fit at one n, in whitened coordinates, as pruning and retraining see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._problems.spectrum import shrink

from .dense import DenseFit, dense_fit

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.second_moments import SecondMoments

STRATEGIES = ("magnitude", "hessian", "obs-one-shot", "obs", "oracle", "random")


@dataclass(frozen=True)
class FirstFit:
    r"""The dense fit in the coordinates :math:`\Sigma^{1/2}b`.

    The truth is `signal`, u. The fit is ``shrinkage * theta``, where
    :math:`\theta\sim\mathcal{N}(u,K)`: Theorem 1.

    Parameters
    ----------
    problem : SecondMoments
        The problem, centred if the model has an intercept.
    n : float
        Degrees of freedom of the rows.
    alpha : float
        Ridge penalty.
    finite_n : bool
        Whether to correct fits without penalty for the size of n.
    """

    problem: SecondMoments
    n: float
    alpha: float
    finite_n: bool

    @cached_property
    def _fit(self) -> DenseFit:
        problem, n, alpha = self.problem, np.array(self.n), np.array(self.alpha)
        return dense_fit(problem.spectrum, problem.noise_variance, n, alpha, self.finite_n)

    @property
    def risk(self) -> float:
        r""":math:`\gamma`, or its finite-n value."""
        return float(self._fit.risk)

    @property
    def overlap(self) -> float:
        r""":math:`\hat\beta'\Sigma\beta`."""
        return float(self._fit.sums.overlap)

    @property
    def variance(self) -> float:
        r"""The variance K of :math:`\theta`, :math:`\gamma/n`; inf at the peak."""
        return float(self._fit.spread) / self.n

    @property
    def residual(self) -> float:
        r"""Degrees of freedom that the fit leaves, :math:`n-\sum(1-\zeta_i)`."""
        return float(self._fit.sums.residual)

    @property
    def slack(self) -> float:
        r""":math:`n-\sum(1-\zeta_i)^2`."""
        return float(self._fit.sums.slack)

    @property
    def shift(self) -> float:
        r""":math:`1/\xi`."""
        with np.errstate(divide="ignore"):
            return float(1 / self._fit.sums.xi)

    @property
    def penalty(self) -> float:
        r""":math:`\mu\xi`, the degrees of freedom that the penalty takes."""
        return self.residual if self.alpha else 0.0

    @property
    def eigenvalues(self) -> Array:
        r"""The eigenvalues :math:`\lambda_i`, of shape (rank,)."""
        return self.problem.eigenbasis.eigenvalues

    @property
    def signal(self) -> Array:
        r"""The truth :math:`u_i=\sqrt{\lambda_i}\bar\beta_i`, of shape (rank,)."""
        return self.problem.signal

    @cached_property
    def _factors(self) -> tuple[Array, Array]:
        return shrink(self._fit.sums.xi, self.eigenvalues)

    @property
    def shrinkage(self) -> Array:
        r"""Factors :math:`1-\zeta_i`, of shape (rank,)."""
        return self._factors[0]

    @property
    def zeta(self) -> Array:
        r"""Factors :math:`\zeta_i`, what the fit leaves out, of shape (rank,)."""
        return self._factors[1]

    @cached_property
    def unwhiten(self) -> Array:
        r"""Factors from :math:`\theta_i` to coefficients in the eigenbasis."""
        return self.shrinkage / np.sqrt(self.eigenvalues)

    @cached_property
    def law(self) -> tuple[Array, float]:
        r"""Mean and standard deviation of :math:`\theta`; at the peak, noise is all there is."""
        if np.isinf(self.variance):
            return np.zeros_like(self.signal), 1.0
        return self.signal, float(np.sqrt(self.variance))

    @property
    def order_scale(self) -> Array:
        """Standard deviations as far as order matters, of shape (rank,).

        Scores that differ by less than 1e-10 are ties, which share the last places.
        """
        mean, scale = self.law
        least = 1e-150 * np.abs(mean).max(initial=1e-150)
        return np.maximum(np.maximum(scale, 1e-10 * np.abs(mean)), least)

    def score_weights(self, strategy: str) -> Array:
        """Return w of the score ``w |b|``, one a feature."""
        variances = self.problem.variances
        if strategy == "obs-one-shot":
            return self._surgeon_weights()
        return np.sqrt(variances) if strategy == "hessian" else np.ones_like(variances)

    def _surgeon_weights(self) -> Array:
        r"""Return :math:`[(\Sigma+1/\xi)^{-1}]_{ii}^{-1/2}`, what a feature's removal costs.

        That is the limit of the inverse Hessian of the training error. A feature that others
        replace exactly costs nothing, if no penalty acts.
        """
        basis = self.problem.eigenbasis
        inverse = basis.variances_of_features(self.shrinkage / self.eigenvalues)
        outside = 1 - basis.variances_of_features(np.ones_like(self.eigenvalues))
        degenerate = outside > 1e-10
        inverse[degenerate] += outside[degenerate] * self._fit.sums.xi
        return 1 / np.sqrt(inverse)

    def oracle_scores(self) -> Array:
        r"""Return :math:`\Sigma_{ii}\beta_i^2` over a power of two, which no square overflows."""
        largest = np.abs(self.problem.coef).max()
        return self.problem.variances * np.ldexp(self.problem.coef, -np.frexp(largest)[1]) ** 2
