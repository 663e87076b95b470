"""Pruning with a diagonal covariance, in closed form: Equations 14 and 15."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from sklearn_prune.theory._problems.spectrum import EPS, Spectrum, spectral_sums

from .compression import HardThreshold, Moments
from .support import Grams

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .compression import Compression
    from .first_fit import FirstFit


class DiagonalSelection:
    r"""The s best-scored features, where they are independent: :math:`\Sigma` diagonal.

    A feature is kept if its score is above the threshold t at which s of them
    are expected to be, so that every quantity is a sum of truncated normal moments.

    Parameters
    ----------
    first : FirstFit
        The dense fit.
    strategy : {"magnitude", "hessian", "oracle", "random"}
        How features are scored.
    n_keep : float
        s.
    """

    def __init__(self, first: FirstFit, strategy: str, n_keep: float) -> None:
        self._first = first
        self._counts = first.problem.spectrum.counts
        self._moments = self._kept_moments(strategy, n_keep)

    def _kept_moments(self, strategy: str, n_keep: float) -> Moments:
        r"""Return moments of :math:`\theta` on the event that the feature is kept."""
        mean, scale = self._first.support_law
        basis = self._first.problem.eigenbasis
        if strategy in {"magnitude", "hessian"}:
            weights = basis.to_coordinates(self._first.score_weights(strategy))
            factor = weights * self._first.unwhiten
            t = _score_threshold(factor, mean, scale, self._counts, n_keep)
            return HardThreshold(t / factor).moments(mean, np.full_like(mean, scale))
        if strategy == "random":
            share = np.full_like(mean, n_keep / self._first.problem.n_features)
        else:
            scores = basis.to_coordinates(self._first.oracle_scores())
            share = _best_shares(scores, self._counts, n_keep)
        return Moments(share, share * mean, share * (mean**2 + scale**2))

    def pruned_risks(self) -> Array:
        """Return the risk of the pruned model, of shape (1,)."""
        fit = self._first
        if np.isinf(fit.variance):
            return np.array([np.inf])
        u, z, (_, first, second) = fit.signal, fit.shrinkage, self._moments
        error = u**2 - 2 * u * z * first + z**2 * second
        return np.array([fit.problem.noise_variance + self._counts @ error])

    def _kept_spectrum(self) -> Spectrum:
        fit, counts = self._first, self._counts * self._moments.kept
        return Spectrum(fit.eigenvalues, counts, counts * fit.signal**2)

    def restricted(self, n: float, alpha: float) -> list[tuple[Spectrum, float]]:
        """Return spectrum and noise of the restricted problem."""
        lost = self._counts * (1 - self._moments.kept) * self._first.signal**2
        return [(self._kept_spectrum(), float(self._first.problem.noise_variance + lost.sum()))]

    def grams(self, n: float, alpha: float) -> Grams:
        r"""Return the inner products, where P is diagonal: :math:`1-\zeta_i` or 0."""
        u, K = self._first.signal, self._first.support_law[1] ** 2
        kept, first, second = self._moments
        spectrum = self._kept_spectrum()
        xi = spectral_sums(spectrum, np.array(n), np.array(alpha)).xi
        P = 1 - 1 / (1 + xi * spectrum.eigenvalues)
        inside = np.stack([kept * u**2, u * first, second])
        return Grams(
            plain=self._gram(np.stack([u**2, u**2, u**2 + K]), np.ones_like(u)),
            once=self._gram(inside, P),
            twice=self._gram(inside, P**2),
            trace=np.array([spectrum.counts @ P]),
            trace_squared=np.array([spectrum.counts @ P**2]),
        )

    def _gram(self, products: Array, weights: Array) -> Array:
        r"""Sum u u, u theta and theta theta, and fill in what h = z theta adds."""
        weights, z = self._counts * weights, self._first.shrinkage
        uu, ut, tt = products @ weights
        _, uh, th = products @ (weights * z)
        hh = products[2] @ (weights * z**2)
        return np.array([[[uu, ut, uh], [ut, tt, th], [uh, th, hh]]])


def compressed_risk(first: FirstFit, compression: Compression) -> float:
    r"""Return the risk of coefficients compressed entry by entry, :math:`\Sigma` diagonal.

    With :math:`C_i=C(b_i)`:
    :math:`\sigma^2+\sum\lambda_i(\beta_i^2-2\beta_i\mathbb{E}C_i+\mathbb{E}C_i^2)`.
    """
    if np.isinf(first.variance):
        return np.inf
    problem = first.problem
    beta = problem.eigenbasis.to_coordinates(problem.coef)
    scale = np.sqrt(first.variance) * first.unwhiten
    _, mean, square = compression.moments(first.shrinkage * beta, scale)
    weights = problem.spectrum.counts * first.eigenvalues
    return float(problem.noise_variance + weights @ (beta**2 - 2 * beta * mean + square))


def _score_threshold(
    factor: Array, mean: Array, scale: float, counts: Array, n_keep: float
) -> float:
    """Return t such that n_keep scores ``factor * |theta|`` are expected above it.

    Raises
    ------
    RuntimeError
        If the bracketing method does not converge.
    """
    if n_keep >= counts.sum() * (1 - 1e-12):
        return 0.0

    def surplus(t: float) -> float:
        thresholds = t / factor
        kept = ndtr((mean - thresholds) / scale) + ndtr((-mean - thresholds) / scale)
        return float(kept @ counts - n_keep)

    largest = np.max(factor * (np.abs(mean) + 40 * scale))
    return float(brentq(surplus, 0.0, largest, xtol=1e-300, rtol=4 * EPS))


def _best_shares(scores: Array, counts: Array, n_keep: float) -> Array:
    """Return the share of each atom that is kept; among ties the lower index comes first."""
    order = np.argsort(-scores, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    share = np.empty_like(scores)
    share[order] = np.clip((n_keep - before) / counts[order], 0, 1)
    return share
