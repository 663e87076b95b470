"""Pruning with a full covariance: draws of the dense fit, their supports and refits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg

from sklearn_prune.theory._checks import eigh_psd
from sklearn_prune.theory._problems.second_moments import squared_error
from sklearn_prune.theory._problems.spectrum import Spectrum, shrink, spectral_sums

from .outcome import Outcome, pair_means
from .support import Grams

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

    from .first_fit import FirstFit

# A Cholesky factor of a covariance with a smaller ratio of pivots is not trusted.
PIVOT_RATIO = 1e-5
# From here on the length of a normal vector may be replaced with its mean square root.
HIGH_DIMENSION = 50


class SampledSelection:
    r"""The s best-scored features in draws of the dense fit, for any covariance.

    Parameters
    ----------
    first : FirstFit
        The dense fit.
    strategy : str
        How features are scored.
    n_keep : float
        s.
    n_draws : int
        Number of draws.
    random_state : RandomState
        Draws the fits, and the supports of the strategy "random".
    """

    def __init__(
        self,
        first: FirstFit,
        strategy: str,
        n_keep: float,
        n_draws: int,
        random_state: np.random.RandomState,
    ) -> None:
        self._first = first
        self.theta, self.coefs = draw_fits(first, n_draws, random_state)
        size = self.coefs.shape
        if strategy == "random":
            scores = random_state.uniform(size=size)
        elif strategy == "oracle":
            scores = np.broadcast_to(first.oracle_scores(), size)
        else:
            scores = first.score_weights(strategy) * np.abs(self.coefs)
        self.supports = np.sort(np.argsort(-scores, axis=1, kind="stable")[:, : int(n_keep)])

    def pruned(self) -> Outcome:
        """Return what becomes of each pruned draw."""
        problem, pruned = self._first.problem, self._pruned_coefs()
        if np.isinf(self._first.variance):
            return Outcome(np.full(len(self.coefs), np.inf), np.zeros(len(self.coefs)))
        return Outcome(squared_error(problem, pruned), pruned @ problem.cross_moment)

    def _pruned_coefs(self) -> Array:
        """Return the draws with zeros outside of their supports."""
        pruned = np.zeros_like(self.coefs)
        kept = np.take_along_axis(self.coefs, self.supports, axis=1)
        np.put_along_axis(pruned, self.supports, kept, axis=1)
        return pruned

    def restricted(self, n: float, alpha: float) -> list[tuple[Spectrum, float]]:
        """Return spectrum and noise of the restricted problem, one a draw."""
        u = self._first.signal[np.newaxis]
        problems = []
        for support in self.supports:
            values, inside, outside = self._coordinates(support, u, n, alpha)
            noise = self._first.problem.noise_variance + float(np.sum(outside**2))
            problems.append((Spectrum(values, np.ones_like(values), inside[0] ** 2), noise))
        return problems

    def grams(self, n: float, alpha: float) -> Grams:
        r"""Return the inner products of every draw.

        P is :math:`A(A'A+1/\xi_2)^{-1}A'` with the whitened columns A of the
        support, :math:`A'A=\Sigma_{SS}`; without penalty on fewer columns than
        rows, the projector on them.
        """
        first = self._first
        u = np.broadcast_to(first.signal, self.theta.shape)
        noise, basis = self.theta - u, first.problem.eigenbasis
        error = first.shrinkage * noise - first.zeta * u
        pruned = np.sqrt(basis.eigenvalues) * basis.to_coordinates(self._pruned_coefs())
        vectors = np.stack([u, noise, error, u - pruned], axis=1)
        draws = zip(self.supports, vectors, strict=True)
        parts = zip(*(self._gram(*draw, n, alpha) for draw in draws), strict=True)
        return Grams(*(pair_means(np.array(part)) for part in parts))

    def _gram(self, support: Indices, vectors: Array, n: float, alpha: float) -> Grams:
        """Return the inner products of one draw."""
        values, inside, outside = self._coordinates(support, vectors, n, alpha)
        spectrum = Spectrum(values, np.ones_like(values), np.zeros_like(values))
        P, Q = shrink(spectral_sums(spectrum, np.array(n), np.array(alpha)).xi, values)
        return Grams(
            kept=inside * P**2 @ inside.T,
            mixed=inside * (P * Q) @ inside.T,
            lost=inside * Q**2 @ inside.T + outside @ outside.T,
            trace=P.sum(),
            trace_squared=(P**2).sum(),
        )

    def _coordinates(
        self, support: Indices, vectors: Array, n: float, alpha: float
    ) -> tuple[Array, Array, Array]:
        """Return eigenvalues of the support's covariance, and vectors inside and outside of it.

        A projection is the same in any orthonormal basis: where no penalty acts,
        eigenvalues of one and the basis of a Cholesky factor do.

        Parameters
        ----------
        support : ndarray of shape (n_keep,)
        vectors : ndarray of shape (n_vectors, rank)
            Whitened vectors.
        n, alpha : float
            Rows and penalty of the refit.

        Returns
        -------
        eigenvalues : ndarray of shape (support_rank,)
        inside : ndarray of shape (n_vectors, support_rank)
            Coordinates of the projections on the support.
        outside : ndarray of shape (n_vectors, rank)
            What the projections leave.
        """
        basis = self._first.problem.eigenbasis
        columns = basis.vectors[support] * np.sqrt(basis.eigenvalues)
        cross = vectors @ columns.T
        block = self._first.problem.covariance[np.ix_(support, support)]
        if alpha == 0 and len(support) < n:
            factor, info = linalg.lapack.dpotrf(block, lower=True)
            pivots = np.diag(factor)
            if info == 0 and pivots.min() > PIVOT_RATIO * pivots.max():
                inside = linalg.solve_triangular(factor, cross.T, lower=True)
                coefs = linalg.solve_triangular(factor, inside, lower=True, trans=1)
                return np.ones(len(support)), inside.T, vectors - coefs.T @ columns
        values, axes = eigh_psd(block)
        axes = axes / np.sqrt(values)
        inside = cross @ axes
        return values, inside, vectors - inside @ axes.T @ columns


def draw_fits(
    first: FirstFit, n_draws: int, random_state: np.random.RandomState
) -> tuple[Array, Array]:
    r"""Draw the dense fit from Theorem 1, in antithetic pairs.

    In many dimensions every normal vector has about the same length. It is set to
    its mean square root: most of the noise of averages near n = p comes from there.

    Returns
    -------
    theta : ndarray of shape (n_draws, rank)
        :math:`\theta`; one draw more if their number is odd.
    coefs : ndarray of shape (n_draws, n_features)
        The coefficients.
    """
    mean, scale = first.law
    scale = max(scale, 1e-10 * np.abs(mean).max(initial=1e-290))  # between ties, chance decides
    rank = len(mean)
    normal = random_state.standard_normal((-(-n_draws // 2), rank))
    if rank >= HIGH_DIMENSION:
        normal *= np.sqrt(rank) / np.linalg.norm(normal, axis=1, keepdims=True)
    pairs = np.stack([normal, -normal], axis=1).reshape(2 * len(normal), rank)
    theta = mean + scale * pairs
    return theta, first.problem.eigenbasis.to_features(first.unwhiten * theta)
