"""Pruning of least squares on two classes of uncorrelated features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._risk.diagonal_support import DiagonalSelection, sum_products
from sklearn_prune.theory._risk.outcome import Outcome
from sklearn_prune.theory._risk.support import Grams

from .mixture_fit import MixtureFirstFit, fit_mixture

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


class MixtureSelection(DiagonalSelection):
    """The best-scored features, with the mean difference of the classes on them."""

    _first: MixtureFirstFit

    def pruned(self) -> Outcome:
        """Return what becomes of the pruned model."""
        w, (share, within) = self._first.problem.target_variance, self._pruned_moments()
        if np.isinf(self._first.variance):
            return Outcome.of(np.inf, 0.0)
        return Outcome.of(w * (1 - share) ** 2 + within, w * share)

    def _pruned_moments(self) -> tuple[float, float]:
        r"""Return :math:`\mu'b` and :math:`b'\Sigma b` of the pruned coefficients b."""
        fit = self._first
        m, z, (kept, first, second) = fit.signal, fit.shrinkage, self._moments
        share = self._counts @ (m * z * (kept * m + first)) / fit.pull
        within = self._counts @ (z**2 * (kept * m**2 + 2 * m * first + second))
        return float(share), float(within)

    def refit_afresh(self, n: float, alpha: float) -> Outcome:
        """Return what becomes of a refit to n rows that the support does not know."""
        kept, w = self._kept_spectrum(), self._first.problem.target_variance
        spectrum = kept._replace(energy=kept.energy / self._first.pull**2)
        fit = fit_mixture(spectrum, w, n, alpha)
        return Outcome.of(fit.risk, w * fit.share)

    def grams(self, n: float, alpha: float, *, pulled: bool = False) -> Grams:
        r"""Return the inner products, where P is diagonal but for the direction of the means.

        The whitened columns of the support have the inner products
        :math:`\Lambda_S+w\mu_S\mu_S'`, and :math:`A'x=\Lambda_S^{1/2}\tilde x` for
        each of the vectors: those of `DiagonalSelection`, except for a longer truth.
        """
        spectrum, P, _ = self._shrinkage(n, alpha)
        once, kept = self._projected(P)
        lost = self._all_products() - once - once.T + kept
        return Grams(
            kept=kept[np.newaxis],
            mixed=(once - kept)[np.newaxis],
            lost=lost[np.newaxis],
            trace=np.array([spectrum.counts @ P]),
            trace_squared=np.array([spectrum.counts @ P**2]),
        )

    def _projected(self, P: Array) -> tuple[Array, Array]:
        r"""Return the inner products <Px, y> and <Px, Py>.

        By the formula of Sherman and Morrison P acts on each vector, less a multiple of the
        means, as if these were not there.
        """
        vectors, mean = self._vectors(), np.zeros((1, 2, len(P)))
        mean[0, 0] = 1.0
        weight = self._first.problem.target_variance / self._first.pull**2
        along = self._sum(vectors, mean, P) / (1 + weight * self._sum(mean, mean, P))
        reduced = vectors - weight * along[:, :, np.newaxis] * mean
        kept = self._sum(reduced, reduced, P**2) + weight * along @ along.T
        return self._sum(reduced, vectors, P), kept

    def _sum(self, x: Array, y: Array, weights: Array) -> Array:
        return sum_products(x, self._products()[0], y, self._counts * weights)

    def _vectors(self) -> Array:
        vectors, (share, _) = super()._vectors(), self._pruned_moments()
        pruned = vectors[0] - vectors[3]
        vectors[0] *= self._first.problem.target_variance / self._first.pull
        vectors[3] = (1 - share) * vectors[0] - pruned
        return vectors

    def _all_products(self) -> Array:
        """Return the mean inner products of u, G, e and u - q themselves."""
        plain, (share, within) = self._plain_products(), self._pruned_moments()
        first, w = self._first, self._first.problem.target_variance
        m, z, (_, mixed, second) = first.signal, first.shrinkage, self._moments
        pruned = np.array([w * share, self._counts @ (z * (m * mixed + second)), 0.0])
        pruned[2] = within + w * share * (first.overlap / w) - pruned[0]
        missed = plain[0] - pruned
        length = missed[0] - pruned[0] + within + w * share**2
        return np.block([[plain, missed[:, np.newaxis]], [missed, length]])

    def _plain_products(self) -> Array:
        """Return those of u, G and e."""
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
