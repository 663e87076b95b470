r"""Weighted sums of squares of normal variables: how often they exceed a threshold.

The law of :math:`Q=\sum_i a_iz_i^2`, :math:`z_i\sim\mathcal{N}(m_i,1)`, is that of its
transform,

.. math::

    \log\mathbb{E}\,e^{sQ} = \kappa(s)
    = \sum_i\Bigl(\frac{a_im_i^2s}{q_i}-\tfrac12\log q_i\Bigr), \quad q_i=1-2a_is, \qquad
    \mathbb{P}(Q>t) = \frac{1}{2\pi i}\int e^{\kappa(s)-st}\,\frac{ds}{s},

along a path that leaves 0 to its left and all singularities :math:`1/(2a_i)` to its right;
one that leaves 0 to its right, too, gives :math:`-\mathbb{P}(Q\le t)`. A variable more of the
weight of :math:`z_i` is a factor of :math:`q_i^{-1/2}`. The path starts near the saddle of
the integrand, where it is steep, and bends to the right, where it falls for good. There the
trapezoidal rule has an error below 1e-12 for all thresholds, weights and means. With equal
weights it is the non-central chi-square law.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, ndtr

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices, Mask

# The path in units of the width of the saddle: points up to sinh(REACH), half of all since
# the others are conjugate, and how steep it rises in the end.
N_POINTS, REACH, SLOPE = 80, 5.5, 0.7

# The logarithm of what a sum exceeds but with a chance of 1e-19, and what it exceeds not even
# three times the mean by.
LOG_LEAST, MOST = -90.0, 2000.0

N_BISECTIONS = 25


class SquareSums:
    r"""Sums :math:`Q_g=\sum_{i\in g}a_iz_i^2` of independent normal variables of variance one.

    A term stands for all the variables of a weight.

    Parameters
    ----------
    weights : ndarray of shape (n_terms,)
        The :math:`a_i`, of which the largest of each sum is 1.
    counts : ndarray of shape (n_terms,)
        Number of variables of each weight.
    squares : ndarray of shape (n_terms,)
        The sums of their squared means.
    starts : ndarray of shape (n_sums,)
        Positions of the first terms, increasing from 0; no sum is empty.
    """

    def __init__(self, weights: Array, counts: Array, squares: Array, starts: Indices) -> None:
        self._a, self._counts, self._squares, self._starts = weights, counts, squares, starts
        self._n_terms = np.diff(np.append(starts, len(weights)))

    def exceed(self, log_t: Array) -> tuple[Array, Array]:
        """Return the probabilities that the sums exceed thresholds t, and how fast they fall.

        Returns
        -------
        probabilities : ndarray of shape (n_sums,)
        densities : ndarray of shape (n_sums,)
            Those of the logarithms of the sums.
        """
        t = self._within(log_t)
        integrand, below, s, _ = self._integrand(t)
        densities = t * _integral(integrand * s, np.zeros_like(below))
        return _integral(integrand, below), densities

    def nearly_exceed(self, log_t: Array) -> Array:
        """Return about the same probabilities: cube roots of the sums are nearly normal."""
        share = (self._deviation / self._mean) ** 2 / 9
        roots = np.cbrt(self._within(log_t) / self._mean)
        return ndtr((1 - share - roots) / np.sqrt(share))

    def exceed_with_more(self, log_t: Array) -> tuple[Array, Array, Array]:
        """Return the same, and what it is with two and with four more squares of each term.

        These are squares of central variables, of the weight of the term.

        Returns
        -------
        none : ndarray of shape (n_sums,)
        two, four : ndarray of shape (n_terms,)
        """
        integrand, below, _, q = self._integrand(self._within(log_t))
        more, below_each = self._each(integrand) / q, self._each(below)
        none, two = _integral(integrand, below), _integral(more, below_each)
        return none, two, _integral(more / q, below_each)

    @cached_property
    def log_range(self) -> tuple[float, Array]:
        """Logarithms of thresholds that the sums exceed for certain, and never."""
        return LOG_LEAST, np.log(3 * self._mean + MOST)

    @cached_property
    def _mean(self) -> Array:
        return self._sum(self._a * (self._counts + self._squares))

    @cached_property
    def _deviation(self) -> Array:
        return np.sqrt(self._sum(2 * self._a**2 * (self._counts + 2 * self._squares)))

    def _sum(self, terms: AnyArray) -> AnyArray:
        return np.add.reduceat(terms, self._starts, axis=0)

    def _each(self, values: AnyArray) -> AnyArray:
        return np.repeat(values, self._n_terms, axis=0)

    def _within(self, log_t: Array) -> Array:
        return np.exp(np.clip(log_t, *self.log_range))

    def _integrand(self, t: Array) -> tuple[AnyArray, Mask, AnyArray, AnyArray]:
        """Return the integrand times the steps, where 0 is to the right of the path, s and q."""
        below = t <= self._mean + 2 * self._deviation
        s, step = self._path(t, below)
        at = self._each(s)
        q = 1 - 2 * self._a[:, np.newaxis] * at
        pull, half = (self._a * self._squares)[:, np.newaxis], self._counts[:, np.newaxis] / 2
        exponent = self._sum(pull * at / q - half * np.log(q)) - s * t[:, np.newaxis]
        return np.exp(exponent) / s * step, below, s, q

    def _path(self, t: Array, below: Mask) -> tuple[AnyArray, AnyArray]:
        """Return the points of the path of each sum, and the steps between them."""
        start = self._saddle(t, below)
        second, third = self._curvatures(start)
        width = 1 / np.sqrt(second)
        bend = np.maximum(third * width**3 / 6, 1e-8)[:, np.newaxis]  # of the steepest path
        spacing = REACH / N_POINTS
        w = (np.arange(N_POINTS) + 0.5) * spacing
        v, steepness = np.sinh(w), 2 * bend / SLOPE
        root = np.sqrt(1 + (steepness * v) ** 2)
        path = 1j * v + SLOPE * steepness * v**2 / (1 + root)
        tangent = (1j + SLOPE * steepness * v / root) * np.cosh(w) * spacing
        scale = width[:, np.newaxis]
        return start[:, np.newaxis] + scale * path, scale * tangent

    def _curvatures(self, s: Array) -> tuple[Array, Array]:
        """Return the second and third derivative of the exponent, 1/s included."""
        a, counts, m2 = self._a, self._counts, self._squares
        q = 1 - 2 * a * self._each(s)
        second = self._sum(2 * (a / q) ** 2 * (counts + 2 * m2 / q)) + 1 / s**2
        third = self._sum(8 * (a / q) ** 3 * (counts + 3 * m2 / q)) - 2 / s**3
        return second, third

    def _saddle(self, t: Array, below: Mask) -> Array:
        """Return where the exponent is least on the real line, nearly: left of 0, or right.

        The derivative rises from one end of the interval to the other.
        """
        largest = self._sum(self._counts + self._squares / 4) / 2 + 1
        low = np.where(below, -np.log(t) - 1, -60.0)
        high = np.where(below, np.log(largest / t) + 1, 40.0)
        for _ in range(N_BISECTIONS):
            middle = (low + high) / 2
            rises = (self._slope(_place(middle, below), t) > 0) != below
            low, high = np.where(rises, low, middle), np.where(rises, middle, high)
        return _place((low + high) / 2, below)

    def _slope(self, s: Array, t: Array) -> Array:
        q = 1 - 2 * self._a * self._each(s)
        return self._sum(self._a / q * (self._counts + self._squares / q)) - t - 1 / s


def _place(x: Array, below: Mask) -> Array:
    """Return points of (-inf, 0), or of (0, 1/2), from their place on the real line."""
    return np.where(below, -np.exp(np.where(below, x, 0.0)), expit(x) / 2)


def _integral(integrand: AnyArray, below: Mask) -> Array:
    return below + integrand.imag.sum(axis=1) / np.pi
