"""Risk and law of the dense fit: Definitions 3 and 4, Theorem 1 and Appendix E."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sklearn_prune.theory._problems.spectrum import Spectrum, Sums, spectral_sums

from .finite_size import excess, over

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


class DenseFit(NamedTuple):
    r"""What the spectrum says of a fit by least norm, least squares or ridge.

    Parameters
    ----------
    sums : Sums
        :math:`\xi` and the sums at it.
    gamma : ndarray
        :math:`\gamma` of Definition 4, the risk in the limit of large dimensions.
    risk : ndarray
        The same, or its finite-n value where asked for.
    spread : ndarray
        What stands in the place of :math:`\gamma` in the law of the
        coefficients: the same, or its finite-n value.
    """

    sums: Sums
    gamma: Array
    risk: Array
    spread: Array


def dense_fit(spectrum: Spectrum, noise: float, n: Array, alpha: Array, finite_n: bool) -> DenseFit:
    r"""Return risk and law of the minimiser of :math:`|y-Xb|^2+\mu|b|^2`.

    .. math:: \gamma = \frac{\sigma^2+\sum\lambda_i\zeta_i^2\bar\beta_i^2}
              {1-\frac1n\sum(1-\zeta_i)^2}

    Parameters
    ----------
    spectrum : Spectrum
    noise : float
        :math:`\sigma^2`.
    n, alpha : ndarray
        Degrees of freedom of the rows and penalties, broadcast.
    finite_n : bool
        Whether to correct for the size of n.

    Returns
    -------
    DenseFit
    """
    n, alpha = np.broadcast_arrays(n, alpha)
    sums = spectral_sums(spectrum, n, alpha)
    gamma = ratio(n * (noise + sums.bias), sums.slack)
    if not finite_n:
        return DenseFit(sums, gamma, gamma, gamma)
    factors = excess(spectrum, sums, n, alpha)
    bias = ratio(n * sums.bias, sums.slack)
    more = (factors.bias - 1) * bias
    # The law has in its variances what there is more of the bias.
    risk, spread = noise + bias + more, bias + over(n * more, sums.variance)
    if noise > 0:
        factor = noise * factors.variance
        risk += factor * ratio(sums.variance, sums.slack)
        spread += factor * ratio(n, sums.slack)
    return DenseFit(sums, gamma, risk, spread)


def ratio(numerator: Array | float, denominator: Array) -> Array:
    """Divide, with inf for a/0 and 0 for 0/0: at the peak, noise decides."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(np.asarray(numerator) > 0, numerator / denominator, 0.0)
