r"""By what the risk of a fit to n rows exceeds its limit of large dimensions.

For Gaussian rows the mean of :math:`\log\det(X'X+\mu)` differs from its limit by
:math:`\frac12\log(1-\frac1n\sum(1-\zeta_i)^2)` and terms of a higher order [1]_. Variance and
bias of a ridge fit are derivatives of that mean with respect to penalties, along
:math:`\Sigma` and along the coefficients, and so are their corrections of the order of 1/n.

.. [1] Z. D. Bai, J. W. Silverstein, "CLT for Linear Spectral Statistics of
   Large-Dimensional Sample Covariance Matrices", Annals of Probability 32(1A), 2004.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sklearn_prune.theory._problems.spectrum import FEW, Sums, shrink

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.spectrum import Spectrum

# What is left of a sum of terms that cancel.
ROUNDING = 1e-12


class Excess(NamedTuple):
    """The factors by which variance and bias exceed their limits, each of the shape of n."""

    variance: Array
    bias: Array


def excess(spectrum: Spectrum, sums: Sums, n: Array, alpha: Array) -> Excess:
    r"""Return by what variance and bias at n exceed their limits of large dimensions.

    Where x is what the variance has of the order of 1/n, over its limit, the factor is
    :math:`1/(1-x)`: without penalty that is exact for least squares, with
    :math:`p/(n-p-1)` for :math:`p/(n-p)`, and for shortest solutions if all eigenvalues are
    equal. It is inf within a row of the peak; with a penalty, however small, at most 2.

    Parameters
    ----------
    spectrum : Spectrum
    sums : Sums
        Those of the spectrum at n and alpha.
    n, alpha : ndarray of the same shape

    Returns
    -------
    Excess
    """
    variance, bias = np.ones(n.shape), np.ones(n.shape)
    there = (sums.slack > 0) & (spectrum.rank > 0)
    small = spectrum.condense() if n.size > FEW else spectrum
    order = _FirstOrder(small, Sums(*(part[there] for part in sums)), n[there])
    free, rows = alpha[there] == 0, n[there]
    peak = free & (spectrum.left(rows - 1) <= 0) & (spectrum.left(rows + 1) >= 0)
    share = np.where(peak, 1.0, np.minimum(order.variance, np.where(free, 1.0, 0.5)))
    with np.errstate(divide="ignore"):
        variance[there] = 1 / (1 - share)
    bias[there] = 1 + np.minimum(order.bias, 1.0)
    return Excess(variance, bias)


class _FirstOrder:
    r"""What is of the order of 1/n in variance and bias, over their limits.

    Derivatives are along a penalty :math:`t\Sigma`, and times :math:`\mu\xi`: that of
    :math:`1-\zeta` is :math:`(1-\zeta)b`.

    Parameters
    ----------
    spectrum : Spectrum
    sums : Sums
        Those of the spectrum, where they leave slack.
    n : ndarray of shape (n_fits,)
    """

    def __init__(self, spectrum: Spectrum, sums: Sums, n: Array) -> None:
        self._a, self._z = a, z = shrink(sums.xi, spectrum.eigenvalues)
        self._n, self._sums, self._energy = n, sums, spectrum.energy
        self._b = b = (n / sums.slack)[:, np.newaxis] * z - 1
        self._noise = n / sums.slack - 1  # the variance of the limit, and the derivative of mu xi
        self._mixed = (a**2 * z) @ spectrum.counts
        self._mixed_slope = (a**2 * (2 * z - a) * b) @ spectrum.counts
        self._log_slope = -2 * ((a**2 * b) @ spectrum.counts) / sums.slack

    @property
    def variance(self) -> Array:
        """That of the variance, of shape (n_fits,)."""
        m = self._mixed
        parts = np.array([self._noise * m, self._mixed_slope, -2 * m * self._log_slope])
        total = parts.sum(axis=0)
        left = np.abs(total) > ROUNDING * np.abs(parts).sum(axis=0)
        return np.where(left, over(total, self._sums.slack * self._sums.variance), 0.0)

    @property
    def bias(self) -> Array:
        """That of the bias, of shape (n_fits,)."""
        a, b, z, energy, slack = self._a, self._b, self._z, self._energy, self._sums.slack
        lost, share = self._sums.bias, self._mixed / slack
        force = share * lost - (z**2 * a) @ energy
        slope = self._mixed_slope / slack * lost - share * self._log_slope * lost
        slope += (z**2 * b * (2 * share[:, np.newaxis] - 3 * a)) @ energy
        return over(slope - force * (self._noise + self._log_slope), self._n * lost)


def over(numerator: Array, denominator: Array) -> Array:
    """Divide, with 0 for what is divided by 0."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)
