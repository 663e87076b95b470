"""The support of a pruned classifier: what is left of its score, and what a refit meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from sklearn_prune.theory._problems.second_moments import multiply
from sklearn_prune.theory._problems.spectrum import Spectrum
from sklearn_prune.theory._risk.diagonal_support import DiagonalSelection
from sklearn_prune.theory._risk.sampled_support import SampledSelection

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

    from .classifier_fit import ClassifierFit


class Kept(NamedTuple):
    r"""The kept columns, whitened, in a basis where they are orthogonal.

    Attributes
    ----------
    eigenvalues, counts : ndarray of shape (n_atoms,)
        Eigenvalues of the covariance of the support, and how many there are of each in the
        mean.
    products : ndarray of shape (3, 3, n_atoms)
        Their shares in the mean inner products of the direction u, of the noise G of the
        dense fit and of the dense fit itself, projected onto the support.
    pairs : ndarray of shape (n_atoms,)
        Which antithetic pair of draws an atom is from; -1 in closed form.
    """

    eigenvalues: Array
    counts: Array
    products: Array
    pairs: Indices

    @property
    def n_pairs(self) -> int:
        """The number of pairs of draws; 0 in closed form."""
        return int(self.pairs.max(initial=-1)) + 1

    def without(self, pair: int) -> Kept:
        """Return the mean without one of the pairs."""
        others, more = self.pairs != pair, self.n_pairs / (self.n_pairs - 1)
        counts, products = more * self.counts[others], more * self.products[..., others]
        return Kept(self.eigenvalues[others], counts, products, self.pairs[others])

    @property
    def spectrum(self) -> Spectrum:
        """The spectrum of the restricted problem."""
        return Spectrum(self.eigenvalues, self.counts, self.products[0, 0])


class ClassifierSupport(Protocol):
    """The support of a pruned classifier: its law, or draws of it."""

    def pruned_moments(self) -> tuple[Array, Array]:
        r"""Return :math:`b'\Sigma v` and :math:`b'\Sigma b` of the pruned coefficients, by draw."""

    def kept(self, *, whole: bool) -> Kept:
        """Return the kept columns; without their eigenvalues, set to one, unless `whole`."""


class DiagonalSupport(DiagonalSelection):
    """The support where features are independent, in closed form."""

    _first: ClassifierFit

    def pruned_moments(self) -> tuple[Array, Array]:
        """Return the moments of the pruned coefficients, of shape (1,) each."""
        if np.isinf(self._first.variance):
            return np.zeros(1), np.full(1, np.inf)
        products = self._kept_products() @ self._counts
        return products[0, 2:], products[2, 2:]

    def kept(self, *, whole: bool) -> Kept:
        """Return the features, each as often as it is kept."""
        counts = self._counts * self._moments.kept
        products = self._counts * self._kept_products()
        return Kept(self._first.eigenvalues, counts, products, np.full(len(counts), -1))

    def _kept_products(self) -> Array:
        """Return the mean products of direction, noise and fit where a feature is kept."""
        u, s, z = self._first.direction, self._first.signal, self._first.shrinkage
        kept, noise, square = self._moments
        fit = kept * s + noise
        return np.array(
            [
                [kept * u**2, u * noise, z * u * fit],
                [u * noise, square, z * (s * noise + square)],
                [z * u * fit, z * (s * noise + square), z**2 * (s * (fit + noise) + square)],
            ]
        )


class SampledSupport(SampledSelection):
    """The support for any covariance, in draws of the fit."""

    _first: ClassifierFit

    def pruned_moments(self) -> tuple[Array, Array]:
        """Return the moments of each pruned draw, of shape (n_draws,) each."""
        n_draws, moments = len(self.coefs), self._first.moments
        if np.isinf(self._first.variance):
            return np.zeros(n_draws), np.full(n_draws, np.inf)
        pruned = self.pruned_coefs
        scores = multiply(moments.covariance, pruned)
        return scores @ moments.coef, np.sum(scores * pruned, axis=1)

    def kept(self, *, whole: bool) -> Kept:
        """Return the principal columns of the support of every draw."""
        first = self._first
        mean, chance, z = first.law[0], self.chance, first.shrinkage
        fixed = np.stack([first.direction, mean - first.signal, z * mean])
        moved = np.stack([chance, z * chance], axis=1)
        parts = self._parts(self._products(fixed, moved), np.inf, float(whole))
        values = [part.eigenvalues for part in parts]
        x, w = np.concatenate([part.inside for part in parts], axis=1), np.concatenate(values)
        pairs = np.repeat(np.arange(len(values)) // 2, [len(own) for own in values])
        share = 1 / len(self.theta)
        return Kept(w, np.full_like(w, share), share * x[:, np.newaxis] * x, pairs)
