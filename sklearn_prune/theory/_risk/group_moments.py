r"""Moments of the coefficients of groups on the event that their group is kept.

The score of a group is the root of :math:`Q_g=\sum_{i\in g}c_i^2\theta_i^2` with independent
:math:`\theta_i\sim\mathcal{N}(u_i,K)`. With :math:`P`, :math:`P^{(2)}_i` and
:math:`P^{(4)}_i` for the chances that it is beyond a threshold, as it is and with two and
four central squares more of the weight of :math:`\theta_i`,

.. math::

    \mathbb{E}\,\mathbf{1}\theta_i = u_iP^{(2)}_i, \qquad
    \mathbb{E}\,\mathbf{1}\theta_i^2 = KP^{(2)}_i+u_i^2P^{(4)}_i .
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

from .compression import Moments
from .contest import exactly
from .square_sums import SquareSums

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

# Weights in a group that differ by less, relative to the largest, are equal.
SAME = 1e-13


# Newton's method is near at once; halving bounds of the length of a hundred takes so long.
MAX_STEPS, PRECISION = 80, 1e-13


class GroupScores:
    r"""The squared scores of some groups of coordinates.

    Parameters
    ----------
    log_factor : ndarray of shape (n,)
        Logarithms of the :math:`c_i`.
    mean : ndarray of shape (n,)
        The :math:`u_i`.
    scale : ndarray of shape (n,)
        The root of K, as far as order matters; the largest of a group counts.
    groups : ndarray of shape (n,)
        Numbers of the groups, 0, 1, ...
    """

    def __init__(self, log_factor: Array, mean: Array, scale: Array, groups: Indices) -> None:
        self._groups, self._scale = groups, _largest(scale, groups)
        log_weight = 2 * (log_factor + np.log(self._scale[groups]))
        self._log_unit = _largest(log_weight, groups)
        weight = np.exp(log_weight - self._log_unit[groups])
        self._mean = mean / self._scale[groups]
        self._terms, first = _equal_terms(weight, groups)
        counts = np.bincount(self._terms).astype(np.float64)
        squares = np.bincount(self._terms, self._mean**2).astype(np.float64)
        starts = np.flatnonzero(np.diff(groups[first], prepend=-1))
        self._sums = SquareSums(weight[first], counts, squares, starts)

    def moments(self, scale: float, counts: Array, n_keep: float) -> Moments:
        r"""Return moments of :math:`\theta_i-u_i` on the event that their group is kept.

        Parameters
        ----------
        scale : float
            The root of K, or less than what the scores were given of it.
        counts : ndarray of shape (n_groups,)
            How many groups each stands for.
        n_keep : float
            How many of them are kept.
        """
        if n_keep >= counts.sum() * (1 - 1e-12):
            return Moments(*np.outer([1, 0, scale**2], np.ones_like(self._mean)))
        log_t = self._threshold(counts, n_keep)
        none, two, four = self._sums.exceed_with_more(log_t - self._log_unit)
        kept = exactly(none, counts, n_keep)[self._groups]
        none, two, four = none[self._groups], two[self._terms], four[self._terms]
        own = self._scale[self._groups]
        # With less noise than order was given, E 1 (theta - u) falls with its square.
        first = scale**2 / own * self._mean * (two - none)
        second = scale**2 * (two + self._mean**2 * (four - 2 * two + none))
        return Moments(kept, first, second)

    def _threshold(self, counts: Array, n_keep: float) -> float:
        """Return the logarithm of the squared score that so many groups exceed.

        Newton's method from an approximation, within bounds that it narrows.
        """

        def nearly(log_t: float) -> float:
            return float(counts @ self._sums.nearly_exceed(log_t - self._log_unit) - n_keep)

        least, most = self._sums.log_range
        low, high = least + self._log_unit.min(), float(np.max(most + self._log_unit))
        log_t = brentq(nearly, low, high, xtol=1e-3) if nearly(low) * nearly(high) < 0 else low
        for _ in range(MAX_STEPS):
            chances, densities = self._sums.exceed(log_t - self._log_unit)
            surplus, slope = float(counts @ chances - n_keep), float(counts @ densities)
            low, high = (log_t, high) if surplus > 0 else (low, log_t)
            step = surplus / slope if slope > 0 else np.inf
            if abs(step) <= PRECISION:
                break
            log_t = log_t + step if low < log_t + step < high else (low + high) / 2
        return log_t


def _largest(values: Array, groups: Indices) -> Array:
    """Return the largest value of each group."""
    largest = np.full(groups.max() + 1, -np.inf)
    np.maximum.at(largest, groups, values)
    return largest


def _equal_terms(weights: Array, groups: Indices) -> tuple[Indices, Indices]:
    """Return the number of each coordinate among those of one group and one weight.

    Returns
    -------
    terms : ndarray of shape (n,)
        Numbers by group, and within it by weight.
    first : ndarray of shape (n_terms,)
        A coordinate of each.
    """
    order = np.lexsort((-weights, groups))
    weight, group = weights[order], groups[order]
    differs = np.ones(len(order), dtype=bool)
    differs[1:] = (np.diff(group) > 0) | (np.diff(weight) < -SAME)
    terms = np.empty(len(order), dtype=np.intp)
    terms[order] = np.cumsum(differs) - 1
    return terms, order[differs]
