"""Pruning with a full covariance: draws of the dense fit, their supports and refits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._problems.second_moments import squared_error
from sklearn_prune.theory._problems.spectrum import Spectrum, shrink, spectral_sums

from .contest import Contest
from .draw_scores import scores_of_draws
from .outcome import Outcome, pair_means
from .support import MISSED, Grams
from .support_part import Part, part_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sklearn_prune._typing import Array

    from .first_fit import FirstFit

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
    contest : Contest, default=None
        What competes; None: all features, one by one.
    """

    def __init__(
        self,
        first: FirstFit,
        strategy: str,
        n_keep: float,
        n_draws: int,
        random_state: np.random.RandomState,
        contest: Contest | None = None,
    ) -> None:
        self._first = first
        self.theta, self.coefs = draw_fits(first, n_draws, random_state)
        contest = contest or Contest.free(first.problem.counts)
        scores = scores_of_draws(first, strategy, contest, self.coefs, random_state)
        best = np.argsort(-scores, axis=1, kind="stable")[:, : int(n_keep)]
        is_best = np.zeros(scores.shape, dtype=bool)
        np.put_along_axis(is_best, best, values=True, axis=1)
        self._kept = is_best[:, contest.groups]
        self.supports = [np.flatnonzero(kept) for kept in self._kept]

    @property
    def n_kept(self) -> float:
        """The mean number of features that are kept."""
        return float(self._kept.sum()) / len(self._kept)

    @property
    def pruned_coefs(self) -> Array:
        """The draws, with zeros outside of the supports."""
        return np.where(self._kept, self.coefs, 0.0)

    def pruned(self) -> Outcome:
        """Return what becomes of each pruned draw."""
        problem, pruned = self._first.problem, self.pruned_coefs
        if np.isinf(self._first.variance):
            return Outcome(np.full(len(pruned), np.inf), np.zeros(len(pruned)))
        return Outcome(squared_error(problem, pruned), pruned @ problem.cross_moment)

    def restricted(self, n: float, alpha: float) -> list[tuple[Spectrum, float]]:
        """Return spectrum and noise of the restricted problem, one a draw."""
        n_draws, noise = len(self.theta), self._first.problem.noise_variance
        u = self._first.signal[np.newaxis]
        parts = self._parts([self._columns(u)] * n_draws, n, alpha)
        outside = self._outside(np.array([u] * n_draws), parts)
        return [
            (Spectrum(w, np.ones_like(w), inside[0] ** 2), noise + float(lost @ lost))
            for (w, inside, _), [lost] in zip(parts, outside, strict=True)
        ]

    def grams(self, n: float, alpha: float, *, pulled: bool = False) -> Grams:
        r"""Return the inner products of every draw.

        P is :math:`A(A'A+1/\xi_2)^{-1}A'` with the whitened columns A of the
        support, :math:`A'A=\Sigma_{SS}`; without penalty on fewer columns than
        rows, the projector on them.
        """
        fit = self._first
        u, centre, chance = fit.signal, fit.law[0] - fit.signal, self.chance
        fixed = np.stack([u, centre, fit.shrinkage * centre - fit.zeta * u])
        moved = np.stack([chance, fit.shrinkage * chance], axis=1)
        vectors, products = in_pairs(fixed, moved), self._products(fixed, moved)
        if pulled:
            missed = self._missed()
            vectors, products = np.hstack([vectors, missed[0]]), np.hstack([products, missed[1]])
        parts = self._parts(products, n, alpha)
        outside = self._outside(vectors, parts)
        draws = zip(parts, outside, strict=True)
        grams = zip(*(_gram(*draw, n, alpha) for draw in draws), strict=True)
        return Grams(*(pair_means(np.array(gram)) for gram in grams))

    def _missed(self) -> tuple[Array, Array]:
        """Return what the pruned draws miss of the truth, and its products with all columns."""
        problem, pruned = self._first.problem, self.pruned_coefs
        basis = problem.eigenbasis
        missed = problem.signal - np.sqrt(basis.eigenvalues) * basis.to_coordinates(pruned)
        products = problem.cross_moment - pruned @ problem.covariance
        return missed[:, np.newaxis], products[:, np.newaxis]

    @property
    def chance(self) -> Array:
        r"""How far the first of every pair of :math:`\theta` is from the mean of its law."""
        return (self.theta[::2] - self.theta[1::2]) / 2

    def _products(self, fixed: Array, moved: Array) -> Array:
        """Return the products of vectors `in_pairs` with the columns of all features.

        Returns
        -------
        ndarray of shape (n_draws, n_vectors, n_features)
        """
        columns = self._columns(np.concatenate([fixed, *moved]))
        rest = columns[len(fixed) :].reshape(*moved.shape[:2], columns.shape[1])
        return in_pairs(columns[: len(fixed)], rest)

    def _columns(self, vectors: Array) -> Array:
        r"""Return the products of whitened vectors with the columns of all features.

        The columns are the rows of :math:`V\sqrt\lambda`.
        """
        basis = self._first.problem.eigenbasis
        return basis.to_features(vectors * np.sqrt(basis.eigenvalues))

    def _parts(self, products: Iterable[Array], n: float, alpha: float) -> list[Part]:
        """Return the parts of vectors on the support of every draw.

        Parameters
        ----------
        products : iterable of n_draws ndarrays of shape (n_vectors, n_features)
            Products of the vectors with all columns.
        n, alpha : float
            Rows and penalty of the refit.
        """
        covariance = self._first.problem.covariance
        return [
            part_on(
                covariance[np.ix_(support, support)],
                one[:, support],
                is_free=alpha == 0 and len(support) < n,
            )
            for support, one in zip(self.supports, products, strict=True)
        ]

    def _outside(self, vectors: Array, parts: list[Part]) -> Array:
        """Return what the projections leave of vectors of shape (n_draws, n_vectors, rank)."""
        basis = self._first.problem.eigenbasis
        coefs = np.zeros((*vectors.shape[:-1], basis.n_features))
        for row, support, part in zip(coefs, self.supports, parts, strict=True):
            row[:, support] = part.coefs
        return vectors - basis.to_coordinates(coefs) * np.sqrt(basis.eigenvalues)


def _gram(part: Part, outside: Array, n: float, alpha: float) -> Grams:
    """Return the inner products of one draw."""
    values, inside = part.eigenvalues, part.inside
    spectrum = Spectrum(values, np.ones_like(values), np.zeros_like(values))
    P, Q = shrink(spectral_sums(spectrum, np.array(n), np.array(alpha)).xi, values)
    products = (
        inside * P**2 @ inside.T,
        inside * (P * Q) @ inside.T,
        inside * Q**2 @ inside.T + outside @ outside.T,
    )
    kept, mixed, lost = (np.pad(part, (0, len(MISSED) - len(part))) for part in products)
    return Grams(kept, mixed, lost, trace=P.sum(), trace_squared=(P**2).sum())


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
    chance = scale * normal
    centre, *moved = first.problem.eigenbasis.to_features(
        first.unwhiten * np.concatenate([mean[np.newaxis], chance])
    )
    return mean + antithetic(chance), centre + antithetic(np.array(moved))


def antithetic(values: Array) -> Array:
    """Return each of some values, followed by its negative."""
    return np.stack([values, -values], axis=1).reshape(2 * len(values), *values.shape[1:])


def in_pairs(fixed: Array, moved: Array) -> Array:
    """Return the vectors of antithetic draws, of shape (n_draws, n_vectors, size).

    Parameters
    ----------
    fixed : ndarray of shape (n_vectors, size)
        What is the same in all draws: all of the first vector.
    moved : ndarray of shape (n_pairs, n_vectors - 1, size)
        What is added to the others in the first draw of every pair, and taken away in the second.
    """
    vectors = np.repeat(fixed[np.newaxis], 2 * len(moved), axis=0)
    vectors[:, 1:] += antithetic(moved)
    return vectors
