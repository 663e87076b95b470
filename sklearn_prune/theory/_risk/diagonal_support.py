"""Pruning with a diagonal covariance, in closed form: Equations 14 and 15."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from sklearn_prune.theory._problems.spectrum import EPS, Spectrum, shrink, spectral_sums

from .compression import HardThreshold, Moments
from .contest import Contest, exactly
from .group_moments import GroupScores
from .outcome import Outcome
from .support import Grams

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .compression import Compression
    from .first_fit import FirstFit


# Scores of coefficients that underflow.
SMALLEST = float(np.finfo(np.float64).tiny)


class DiagonalSelection:
    r"""The s best-scored features, where they are independent: :math:`\Sigma` diagonal.

    A feature is kept if its score is above the threshold t at which s of them
    are expected to be, so that every quantity is a sum of truncated normal moments.

    Parameters
    ----------
    first : FirstFit
        The dense fit.
    strategy : str
        How features are scored.
    n_keep : float
        s.
    contest : Contest, default=None
        What competes; None: all features, one by one.
    """

    def __init__(
        self, first: FirstFit, strategy: str, n_keep: float, contest: Contest | None = None
    ) -> None:
        self._first = first
        self._counts = first.problem.spectrum.counts
        contest = contest or Contest.free(first.problem.counts)
        self._moments = self._kept_moments(strategy, n_keep, contest)

    def _kept_moments(self, strategy: str, n_keep: float, contest: Contest) -> Moments:
        r"""Return moments of :math:`\theta-u` on the event that the feature is kept."""
        first, (mean, scale) = self._first, self._first.law
        coordinates = first.problem.eigenbasis.to_coordinates
        if strategy == "random" or contest.is_decided(n_keep):
            share = coordinates(contest.random_shares(n_keep))
        elif strategy == "oracle":
            share = coordinates(contest.best_shares(contest.sums(first.oracle_scores()), n_keep))
        else:
            return self._scored_moments(strategy, n_keep, contest)
        return Moments(share, np.zeros_like(mean), share * scale**2)

    def _scored_moments(self, strategy: str, n_keep: float, contest: Contest) -> Moments:
        """Return them by scores of the fit; what stays has none."""
        first, (mean, scale) = self._first, self._first.law
        entries = first.problem.eigenbasis.vectors
        groups, weights = contest.groups[entries], first.score_weights(strategy)[entries]
        factor = np.maximum(weights * first.unwhiten, SMALLEST)
        log_factor = np.log(factor) - np.log(contest.prices[groups])
        free, n_free = ~contest.stays[groups], n_keep - contest.n_stay
        law = log_factor[free], mean[free], first.order_scale[free]
        moments = np.array([np.ones_like(mean), np.zeros_like(mean), np.full_like(mean, scale**2)])
        if contest.has_groups:
            numbers, members = np.unique(groups[free], return_inverse=True)
            moments[:, free] = GroupScores(*law, members).moments(
                scale, contest.counts[numbers], n_free
            )
        else:
            moments[:, free] = _single_moments(*law, scale, self._counts[free], n_free)
        return Moments(*moments)

    @property
    def n_kept(self) -> float:
        """The expected number of features that are kept."""
        return float(self._counts @ self._moments.kept)

    def pruned(self) -> Outcome:
        """Return what becomes of the pruned model."""
        fit = self._first
        if np.isinf(fit.variance):
            return Outcome.of(np.inf, 0.0)
        u, z, (kept, first, second) = fit.signal, fit.shrinkage, self._moments
        # Kept is z (theta - u) - zeta u, lost is -u: no difference of large numbers.
        bias = fit.zeta * u
        error = (1 - kept) * u**2 + kept * bias**2 - 2 * bias * z * first + z**2 * second
        overlap = u * z * (kept * u + first)
        risk = fit.problem.noise_variance + self._counts @ error
        return Outcome.of(risk, self._counts @ overlap)

    def _kept_spectrum(self) -> Spectrum:
        fit, counts = self._first, self._counts * self._moments.kept
        return Spectrum(fit.eigenvalues, counts, counts * fit.signal**2)

    def restricted(self, n: float, alpha: float) -> list[tuple[Spectrum, float]]:
        """Return spectrum and noise of the restricted problem."""
        lost = self._counts * (1 - self._moments.kept) * self._first.signal**2
        return [(self._kept_spectrum(), float(self._first.problem.noise_variance + lost.sum()))]

    def grams(self, n: float, alpha: float, *, pulled: bool = False) -> Grams:
        r"""Return the inner products, where P is diagonal: :math:`1-\zeta_i` or 0."""
        spectrum, P, Q = self._shrinkage(n, alpha)
        inside, outside = self._products()
        kept, lost = self._vectors(), self._vectors_lost()
        return Grams(
            kept=self._gram(kept, inside, P**2),
            mixed=self._gram(kept, inside, P * Q),
            lost=self._gram(kept, inside, Q**2) + self._gram(lost, outside, np.ones_like(P)),
            trace=np.array([spectrum.counts @ P]),
            trace_squared=np.array([spectrum.counts @ P**2]),
        )

    def _shrinkage(self, n: float, alpha: float) -> tuple[Spectrum, Array, Array]:
        """Return the kept spectrum, and of a refit to n rows the factors P and 1 - P."""
        spectrum = self._kept_spectrum()
        xi = spectral_sums(spectrum, np.array(n), np.array(alpha)).xi
        return spectrum, *shrink(xi, spectrum.eigenvalues)

    def _products(self) -> tuple[Array, Array]:
        """Return the mean products of u and G on the events kept and lost, (2, 2, rank) each."""
        u, K = self._first.signal, self._first.law[1] ** 2
        kept, first, second = self._moments
        inside = np.array([[kept * u**2, u * first], [u * first, second]])
        outside = np.array([[(1 - kept) * u**2, -u * first], [-u * first, K - second]])
        return inside, outside

    def _gram(self, vectors: Array, products: Array, weights: Array) -> Array:
        """Sum the products of vectors of which it is known what each has of u and G."""
        return sum_products(vectors, products, vectors, self._counts * weights)[np.newaxis]

    def _vectors(self) -> Array:
        r"""Return u, G, :math:`e=(1-\zeta)G-\zeta u` and -e, by what each has of u and G."""
        z, zeta = self._first.shrinkage, self._first.zeta
        one, zero = np.ones_like(z), np.zeros_like(z)
        return np.array([[one, zero], [zero, one], [-zeta, z], [zeta, -z]])

    def _vectors_lost(self) -> Array:
        """Return those where the feature is lost, and the whole truth is missed."""
        vectors = self._vectors()
        vectors[3] = vectors[0]
        return vectors


def sum_products(x: Array, products: Array, y: Array, weights: Array) -> Array:
    """Sum the products of combinations of two vectors, of whose entries the products are given.

    Parameters
    ----------
    x, y : ndarray of shape (n_vectors, 2, rank)
    products : ndarray of shape (2, 2, rank)
    weights : ndarray of shape (rank,)

    Returns
    -------
    ndarray of shape (n_vectors_x, n_vectors_y)
    """
    return np.einsum("iar,abr,jbr,r->ij", x, products, y, weights, optimize=True)


def compressed_risk(first: FirstFit, compression: Compression) -> float:
    r"""Return the risk of coefficients compressed entry by entry, :math:`\Sigma` diagonal.

    It is :math:`\sigma^2+\sum\lambda_i\mathbb{E}(C(b_i)-\beta_i)^2`, summed in whitened units.
    """
    if np.isinf(first.variance):
        return np.inf
    u, z = first.signal, first.shrinkage
    law = z * u, np.sqrt(first.variance) * z
    unit = np.sqrt(first.eigenvalues) / first.problem.unit
    errors = compression.moments(*law, origin=u, unit=unit).second
    return float(first.problem.noise_variance + first.problem.spectrum.counts @ errors)


def _single_moments(
    log_factor: Array, mean: Array, order: Array, scale: float, counts: Array, n_keep: float
) -> Moments:
    r"""Return moments of :math:`\theta-u` of features one by one."""
    kept_beyond = HardThreshold(_thresholds(log_factor, mean, order, counts, n_keep))
    kept = exactly(kept_beyond.moments(mean, order).kept, counts, n_keep)
    law = kept_beyond.moments(mean, np.full_like(mean, scale), origin=mean)
    return law._replace(kept=kept)


def _thresholds(
    log_factor: Array, mean: Array, scale: Array, counts: Array, n_keep: float
) -> Array:
    r"""Return where :math:`|\theta_i|` is kept, if n_keep features are expected to be.

    It is where the score, a factor times :math:`|\theta_i|`, is as large as that of the last.

    Raises
    ------
    RuntimeError
        If the bracketing method does not converge.
    """
    n_features = counts.sum()
    if n_keep >= n_features * (1 - 1e-12):
        return np.zeros_like(mean)

    def surplus(log_t: float) -> float:
        thresholds = np.exp(log_t - log_factor)
        kept = ndtr((mean - thresholds) / scale) + ndtr((-mean - thresholds) / scale)
        return float(kept @ counts - n_keep)

    # Of a normal law, at most a share of t is between -t and t deviations.
    least = np.log1p(-n_keep / n_features) + np.min(log_factor + np.log(scale))
    largest = np.max(log_factor + np.log(np.abs(mean) + 40 * scale))
    log_t = brentq(surplus, least, largest, xtol=1e-15, rtol=4 * EPS)
    return np.exp(log_t - log_factor)
