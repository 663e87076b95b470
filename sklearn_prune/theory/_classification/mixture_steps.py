"""Pruning and retraining least squares on two classes of uncorrelated features."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._risk.dense import DenseFit
from sklearn_prune.theory._risk.diagonal_support import DiagonalSelection
from sklearn_prune.theory._risk.first_fit import FirstFit
from sklearn_prune.theory._risk.outcome import Outcome
from sklearn_prune.theory._risk.steps import Steps
from sklearn_prune.theory._risk.support import Grams

from .mixture_moments import MixtureFit, MixtureMoments, fit_mixture

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


@dataclass(frozen=True)
class MixtureFirstFit(FirstFit):
    r"""The dense fit, in the coordinates :math:`\Sigma^{1/2}b` within a class.

    There it is ``shrinkage * theta`` as ever, but the mean of theta is a multiple of
    :math:`\Sigma^{-1/2}\mu` that depends on the fit.
    """

    problem: MixtureMoments

    @cached_property
    def _mixture_fit(self) -> MixtureFit:
        problem = self.problem
        return fit_mixture(problem.spectrum, problem.target_variance, self.n, self.alpha)

    @cached_property
    def _fit(self) -> DenseFit:
        gamma = np.array(self._mixture_fit.risk)
        return DenseFit(self._mixture_fit.sums, gamma, gamma, gamma)

    @property
    def overlap(self) -> float:
        r""":math:`\hat\beta'(\Sigma+w\mu\mu')\beta=wt`."""
        return self.problem.target_variance * self._mixture_fit.share

    @property
    def pull(self) -> float:
        r"""The factor :math:`a=w(1-t)` of :math:`\mu`."""
        return self.problem.target_variance * (1 - self._mixture_fit.share)

    @cached_property
    def signal(self) -> Array:
        r"""The mean of theta, :math:`a\mu_i/\sqrt{\lambda_i}`, of shape (rank,)."""
        return self.pull * self.problem.signal

    def _surgeon_weights(self) -> Array:
        """Return the weights within a class, less what the class means take of the inverse."""
        plain = super()._surgeon_weights()
        slopes = self.problem.eigenbasis.to_features(self.unwhiten * self.signal)
        lost = plain**2 * slopes**2 / self.pull
        return plain / np.sqrt(np.maximum(1 - lost, np.finfo(float).tiny))


class MixtureSelection(DiagonalSelection):
    """The best-scored features, with the mean difference of the classes on them."""

    _first: MixtureFirstFit

    def pruned(self) -> Outcome:
        """Return what becomes of the pruned model."""
        fit, w = self._first, self._first.problem.target_variance
        if np.isinf(fit.variance):
            return Outcome.of(np.inf, 0.0)
        m, z, (kept, first, second) = fit.signal, fit.shrinkage, self._moments
        share = self._counts @ (m * z * (kept * m + first)) / fit.pull
        within = self._counts @ (z**2 * (kept * m**2 + 2 * m * first + second))
        return Outcome.of(w * (1 - share) ** 2 + within, w * share)

    def refit_afresh(self, n: float, alpha: float) -> Outcome:
        """Return what becomes of a refit to n rows that the support does not know."""
        kept, w = self._kept_spectrum(), self._first.problem.target_variance
        spectrum = kept._replace(energy=kept.energy / self._first.pull**2)
        fit = fit_mixture(spectrum, w, n, alpha)
        return Outcome.of(fit.risk, w * fit.share)

    def grams(self, n: float, alpha: float) -> Grams:
        r"""Return the inner products, where P is diagonal but for the direction of the means.

        The whitened columns of the support have the inner products
        :math:`\Lambda_S+w\mu_S\mu_S'`, and :math:`A'x=\Lambda_S^{1/2}\tilde x` for
        each of the vectors: those of `DiagonalSelection`, except for a longer truth.
        """
        spectrum, P, _ = self._shrinkage(n, alpha)
        inside = self._products()[0]
        z, zeta = self._first.shrinkage, self._first.zeta
        vectors = np.zeros((3, 2, len(z)))
        vectors[0, 0] = self._first.problem.target_variance / self._first.pull
        vectors[1, 1], vectors[2] = 1.0, (-zeta, z)

        def products(x: Array, y: Array, weights: Array) -> Array:
            args = x, inside, y, self._counts * weights
            return np.einsum("iar,abr,jbr,r->ij", *args, optimize=True)

        mean = np.zeros((1, 2, len(z)))
        mean[0, 0] = 1.0
        weight = self._first.problem.target_variance / self._first.pull**2
        along = products(vectors, mean, P)
        along /= 1 + weight * products(mean, mean, P)
        reduced = vectors - weight * along[:, :, np.newaxis] * mean
        kept = products(reduced, reduced, P**2) + weight * along @ along.T
        once = products(reduced, vectors, P)
        return Grams(
            kept=kept[np.newaxis],
            mixed=(once - kept)[np.newaxis],
            lost=(self._all_products() - once - once.T + kept)[np.newaxis],
            trace=np.array([spectrum.counts @ P]),
            trace_squared=np.array([spectrum.counts @ P**2]),
        )

    def _all_products(self) -> Array:
        """Return the mean inner products of u, G and e themselves."""
        fit, counts, K = self._first, self._counts, self._first.law[1] ** 2
        w, z = fit.problem.target_variance, fit.shrinkage
        length, noise = w - fit.problem.noise_variance, K * (counts @ z)
        fitted = counts @ (z**2 * (fit.signal**2 + K)) + fit.overlap**2 / w
        fitted -= 2 * fit.overlap - length
        truth_error = fit.overlap - length
        return np.array(
            [
                [length, 0.0, truth_error],
                [0.0, K * counts.sum(), noise],
                [truth_error, noise, fitted],
            ]
        )


class MixtureSteps(Steps):
    """What is done to a dense fit to two classes, in closed form."""

    problem: MixtureMoments

    def _first_fit(self, n: float) -> MixtureFirstFit:
        return MixtureFirstFit(self.problem, n - self.fit_intercept, self.alpha, finite_n=False)

    def _select(self, first: Any, n_keep: float) -> MixtureSelection:
        return MixtureSelection(first, self.strategy, n_keep)

    def _refit_afresh(self, selection: Any, n: float) -> Outcome:
        return selection.refit_afresh(n, self.retrain_alpha)
