"""The probability of a label, given what the features say, or part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, ndtr

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Function

# Trapezoidal rules for a normal and a logistic variable: both decay, and the integrands are
# analytic in a strip, so that the error is below that of rounding.
NORMAL_NODES = np.linspace(-9, 9, 61)
LOGISTIC_NODES = np.linspace(-38, 38, 153)
LOGISTIC_WEIGHTS = expit(LOGISTIC_NODES) * expit(-LOGISTIC_NODES)
LOGISTIC_WEIGHTS /= LOGISTIC_WEIGHTS.sum()
FINE_NODES = np.linspace(-9, 9, 1201)


@dataclass(frozen=True)
class LabelLink:
    r"""Law of a label y of -1 or +1: :math:`P(y=1)` is a function of a score a.

    Attributes
    ----------
    name : {"logistic", "probit", "sign"} or callable
        :math:`\sigma(a)`, :math:`\Phi(a/\tau)`, the sign of a, or any probability.
    noise : float
        Standard deviation :math:`\tau` of "probit".
    flip : float
        Probability with which a label is turned around.
    offset : float
        What is added to the score.
    """

    name: str | Function
    noise: float = 0.0
    flip: float = 0.0
    offset: float = 0.0

    @property
    def is_symmetric(self) -> bool:
        """Whether ``P(y=1)`` at -a is ``P(y=-1)`` at a, for certain."""
        return self.offset == 0 and not callable(self.name)

    def probability(self, score: Array) -> Array:
        r"""Return :math:`P(y=1)` at scores."""
        score = np.asarray(score, float) + self.offset
        if callable(self.name):
            kept = np.clip(np.asarray(self.name(score), dtype=np.float64), 0, 1)
        elif self.name == "logistic":
            kept = expit(score)
        else:
            kept = _normal_cdf(score, np.asarray(self.noise))[0]
        return self.flip + (1 - 2 * self.flip) * kept

    def smoothed(self, mean: Array, variance: Array | float) -> tuple[Array, Array]:
        r"""Return :math:`P(y=1)` where the score is normal, and its derivative by the mean.

        Parameters
        ----------
        mean : ndarray
        variance : float or ndarray
            Broadcasts with `mean`.

        Returns
        -------
        probability, derivative : ndarray
            Of the common shape. The derivative of a step is infinite at the step, and is
            given as 0 there.
        """
        mean, variance = np.broadcast_arrays(np.asarray(mean, float), np.asarray(variance, float))
        mean = mean + self.offset
        spread = np.sqrt(np.maximum(variance, 0.0))
        if callable(self.name):
            kept, slope = _callable_mean(self.name, mean, spread)
        elif self.name == "logistic":
            kept, slope = _logistic_mean(mean, spread)
        else:
            kept, slope = _normal_cdf(mean, np.hypot(spread, self.noise))
        return self.flip + (1 - 2 * self.flip) * kept, (1 - 2 * self.flip) * slope


def _normal_cdf(x: Array, scale: Array) -> tuple[Array, Array]:
    """Return the normal distribution function and its derivative, of a step if the scale is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(scale > 0, x / scale, np.where(x == 0, 0.0, np.inf * np.sign(x)))
        slope = np.where(scale > 0, density(z) / scale, 0.0)
    return ndtr(z), slope


def density(z: Array) -> Array:
    """Return the standard normal density."""
    return np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


def _logistic_mean(mean: Array, spread: Array) -> tuple[Array, Array]:
    """Return the mean of a logistic function and of its slope.

    It is the probability that a logistic variable is below a normal one: summed over that
    of the two which is the wider.
    """
    narrow = spread < 1
    weights = density(NORMAL_NODES)
    p = expit(mean[..., np.newaxis] + np.where(narrow, spread, 0.0)[..., np.newaxis] * NORMAL_NODES)
    normal = np.stack([p, p * (1 - p)]) @ (weights / weights.sum())
    if narrow.all():
        return normal[0], normal[1]
    wide = np.where(narrow, 1.0, spread)[..., np.newaxis]
    logistic = np.stack(_normal_cdf(mean[..., np.newaxis] - LOGISTIC_NODES, wide))
    both = np.where(narrow, normal, logistic @ LOGISTIC_WEIGHTS)
    return both[0], both[1]


def _callable_mean(function: Function, mean: Array, spread: Array) -> tuple[Array, Array]:
    """Return the mean of any probability, and its slope by Stein's identity."""
    weights = density(FINE_NODES)
    weights = weights / weights.sum()
    nodes = mean[..., np.newaxis] + spread[..., np.newaxis] * FINE_NODES
    p = np.clip(np.asarray(function(nodes), dtype=np.float64), 0, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(spread > 0, p @ (weights * FINE_NODES) / spread, 0.0)
    return p @ weights, slope
