"""Compression of coefficients entry by entry, and what it makes of a normal law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from scipy.special import ndtr

from sklearn_prune.theory._checks import check_positive

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


class Moments(NamedTuple):
    """Moments of C(b): the probability that b is kept, first and second moment."""

    kept: Array
    first: Array
    second: Array


class Compression(Protocol):
    """A function of one coefficient, whose moments under a normal law are known."""

    def __call__(self, coef: Array) -> Array:
        """Return the compressed coefficients."""

    def moments(self, mean: Array, scale: Array) -> Moments:
        """Return moments of the compressed ``mean + scale * h``, h standard normal."""


@dataclass(frozen=True)
class HardThreshold:
    """Keep what is at least as large as the threshold: pruning."""

    threshold: Any

    def __call__(self, coef: Array) -> Array:
        """Return the coefficients with the small ones set to zero."""
        return np.where(np.abs(coef) >= self.threshold, coef, 0.0)

    def moments(self, mean: Array, scale: Array) -> Moments:
        """Return the moments, from the normal distribution and density."""
        upper, lower = _Tail(mean, scale, self.threshold), _Tail(-mean, scale, self.threshold)
        return Moments(
            upper.mass + lower.mass, upper.first - lower.first, upper.second + lower.second
        )


@dataclass(frozen=True)
class SoftThreshold:
    r"""Shrink every coefficient towards zero by a threshold.

    :math:`C(b)=\mathrm{sign}(b)\max(|b|-t,0)`.

    Parameters
    ----------
    threshold : float
        :math:`t`, positive.

    See Also
    --------
    UniformQuantizer : Rounds the coefficients.
    predict_risk : Its `compression`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_prune.theory import SoftThreshold
    >>> SoftThreshold(0.5)(np.array([-2.0, 0.3, 1.0]))
    array([-1.5,  0. ,  0.5])
    """

    threshold: float

    def __post_init__(self) -> None:
        check_positive(self.threshold, "threshold")

    def __call__(self, coef: Array) -> Array:
        """Return the coefficients, shrunk."""
        return np.sign(coef) * np.maximum(np.abs(coef) - self.threshold, 0.0)

    def moments(self, mean: Array, scale: Array) -> Moments:
        """Return the moments of the law ``mean + scale * h``, h standard normal.

        Parameters
        ----------
        mean, scale : ndarray
            Mean and standard deviation.

        Returns
        -------
        Moments
            The probability of a coefficient that is not zero, and moments.
        """
        t = self.threshold
        upper, lower = _Tail(mean, scale, t), _Tail(-mean, scale, t)
        first = (upper.first - t * upper.mass) - (lower.first - t * lower.mass)
        second = sum(tail.second - 2 * t * tail.first + t**2 * tail.mass for tail in (upper, lower))
        return Moments(upper.mass + lower.mass, first, second)


@dataclass(frozen=True)
class UniformQuantizer:
    r"""Round every coefficient to a multiple of a step.

    :math:`C(b)=\Delta\,\mathrm{round}(b/\Delta)`.

    Parameters
    ----------
    step : float
        :math:`\Delta`, positive.

    See Also
    --------
    SoftThreshold : Shrinks the coefficients.
    predict_risk : Its `compression`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_prune.theory import UniformQuantizer
    >>> UniformQuantizer(0.5)(np.array([-2.1, 0.2, 0.6]))
    array([-2. ,  0. ,  0.5])
    """

    step: float

    def __post_init__(self) -> None:
        check_positive(self.step, "step")

    def __call__(self, coef: Array) -> Array:
        """Return the coefficients, rounded."""
        return self.step * np.round(coef / self.step) + 0.0

    def moments(self, mean: Array, scale: Array) -> Moments:
        """Return the moments of the law ``mean + scale * h``, h standard normal.

        A narrow law reaches few multiples of the step, over which it is summed;
        for a wide one the Fourier series of the rounding error is as short.

        Parameters
        ----------
        mean, scale : ndarray
            Mean and standard deviation.

        Returns
        -------
        Moments
            The probability of a coefficient that is not zero, and moments.
        """
        m, s = np.broadcast_arrays(mean / self.step, scale / self.step)
        first, second = np.where(
            s < 0.5, _rounded_by_sum(m, np.minimum(s, 0.5)), _rounded_by_series(m, s)
        )
        zero = _Tail(m, s, -0.5).mass - _Tail(m, s, 0.5).mass
        return Moments(1 - zero, self.step * first, self.step**2 * second)


def _rounded_by_sum(m: Array, s: Array) -> Array:
    """Return first and second moment of round(m + s h), s at most 1/2."""
    moments = np.zeros((2, *m.shape))
    nearest = np.round(m)
    for offset in range(-6, 7):
        value = nearest + offset
        mass = _Tail(m, s, value - 0.5).mass - _Tail(m, s, value + 0.5).mass
        moments += np.stack([value, value**2]) * mass
    return moments


def _rounded_by_series(m: Array, s: Array) -> Array:
    r"""Return the same for s of at least 1/2.

    The rounding error is :math:`e(b)=\sum_k(-1)^{k+1}\sin(2\pi kb)/(\pi k)`, its square
    :math:`\frac1{12}+\sum_k(-1)^k\cos(2\pi kb)/(\pi k)^2`.
    """
    error, cross, square = np.zeros(m.shape), np.zeros(m.shape), np.full(m.shape, 1 / 12)
    for k in range(1, 4):
        w, sign = 2 * np.pi * k, (-1.0) ** k
        sine, cosine = np.sin(w * m), np.cos(w * m)
        damping = sign * np.exp(-((w * s) ** 2) / 2)
        error -= damping * sine / (np.pi * k)
        cross -= damping * (m * sine + w * s**2 * cosine) / (np.pi * k)
        square += damping * cosine / (np.pi * k) ** 2
    return np.stack([m - error, m**2 + s**2 - 2 * cross + square])


class _Tail:
    """Moments of ``b = mean + scale * h`` on the event b >= threshold."""

    def __init__(self, mean: Array, scale: Array, threshold: Any) -> None:
        # Beyond forty deviations nothing is left, and a scale of zero gives no 0/0.
        with np.errstate(divide="ignore", invalid="ignore"):
            x = np.clip(np.nan_to_num((threshold - mean) / scale, nan=0.0), -40, 40)
        self._mean, self._scale, self._x = mean, scale, x
        self.mass = ndtr(-x)

    @property
    def _density(self) -> Array:
        return np.exp(-(self._x**2) / 2) / np.sqrt(2 * np.pi)

    @property
    def first(self) -> Array:
        return self._mean * self.mass + self._scale * self._density

    @property
    def second(self) -> Array:
        m, s, phi = self._mean, self._scale, self._density
        return (m**2 + s**2) * self.mass + 2 * m * s * phi + s**2 * self._x * phi
