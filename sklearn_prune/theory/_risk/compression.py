"""Compression of coefficients entry by entry, and what it makes of a normal law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from scipy.special import ndtr

from sklearn_prune.theory._checks import as_floats, check_law, check_positive

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


# From so many steps of deviation on, a law is smooth enough for any rounding.
SMOOTH = 40.0


# A threshold or step that nothing reaches.
LARGEST = 1e300


class Moments(NamedTuple):
    """Moments of C(b): the probability that b is kept, first and second moment."""

    kept: Array
    first: Array
    second: Array


class Compression(Protocol):
    """A function of one coefficient, whose moments under a normal law are known."""

    def __call__(self, coef: Array) -> Array:
        """Return the compressed coefficients."""

    def moments(self, mean: Any, scale: Any, *, origin: Any = 0.0, unit: Any = 1.0) -> Moments:
        """Return moments of the compressed ``mean + scale * h``, h standard normal."""


@dataclass(frozen=True)
class HardThreshold:
    """Keep what is at least as large as the threshold: pruning."""

    threshold: Any

    def __call__(self, coef: Array) -> Array:
        """Return the coefficients with the small ones set to zero."""
        return np.where(np.abs(coef) >= self.threshold, coef, 0.0)

    def moments(self, mean: Array, scale: Array, origin: Any = 0.0) -> Moments:
        """Return the moments of b about an origin on the event that it is kept."""
        return _tails(mean, scale, self.threshold, origin, 0.0)


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

    def __call__(self, coef: Any) -> Array:
        """Return the coefficients, shrunk.

        Parameters
        ----------
        coef : array-like
            The coefficients.

        Returns
        -------
        ndarray
            Of the same shape.
        """
        coef = as_floats(coef, "coef")
        return np.sign(coef) * np.maximum(np.abs(coef) - self.threshold, 0.0)

    def moments(self, mean: Any, scale: Any, *, origin: Any = 0.0, unit: Any = 1.0) -> Moments:
        """Return the moments of the law ``b = mean + scale * h``, h standard normal.

        Parameters
        ----------
        mean, scale : array-like
            Mean and standard deviation.
        origin : array-like, default=0.0
            What the moments are about: they are those of ``C(b) - origin``.
        unit : array-like, default=1.0
            What the threshold is multiplied by: that of b, in units of its own.

        Returns
        -------
        Moments
            The probability of a coefficient that is not zero, and moments.
        """
        mean, scale, origin, unit = check_law(mean, scale, origin, unit)
        t = _in_unit(self.threshold, unit)
        kept, first, second = _tails(mean, scale, t, origin, t)
        lost = (1 - kept) * origin
        return Moments(kept, first - lost, second + lost * origin)


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

    def __call__(self, coef: Any) -> Array:
        """Return the coefficients, rounded.

        Parameters
        ----------
        coef : array-like
            The coefficients.

        Returns
        -------
        ndarray
            Of the same shape.
        """
        coef = as_floats(coef, "coef")
        with np.errstate(over="ignore"):
            steps = np.round(coef / self.step)
        return np.where(np.isfinite(steps), self.step * steps, coef) + 0.0

    def moments(self, mean: Any, scale: Any, *, origin: Any = 0.0, unit: Any = 1.0) -> Moments:
        """Return the moments of the law ``b = mean + scale * h``, h standard normal.

        A narrow law reaches few multiples of the step, over which it is summed;
        for a wide one the Fourier series of the rounding error is as short.

        Parameters
        ----------
        mean, scale : array-like
            Mean and standard deviation.
        origin : array-like, default=0.0
            What the moments are about: they are those of ``C(b) - origin``.
        unit : array-like, default=1.0
            What the step is multiplied by: that of b, in units of its own.

        Returns
        -------
        Moments
            The probability of a coefficient that is not zero, and moments.
        """
        mean, scale, origin, unit = check_law(mean, scale, origin, unit)
        step = _in_unit(self.step, unit)
        # The position between two multiples of the step, without rounding or overflow.
        position = np.fmod(mean, step) / step
        position -= np.round(position)
        with np.errstate(over="ignore", invalid="ignore"):
            s = scale / step
            by_sum = _rounded_by_sum(mean - origin, position, step, np.minimum(s, 0.5))
            law = mean - origin, scale, position, step
            by_series = _rounded_by_series(*law, np.clip(s, 0.5, SMOOTH))
            first, second = np.where(s < 0.5, by_sum, by_series)
        zero = _Tail(mean, scale, -step / 2).mass - _Tail(mean, scale, step / 2).mass
        return Moments(1 - zero, first, second)


def _in_unit(length: float, unit: Array) -> Array:
    """Return a length in a unit, cut off where every coefficient is small beside it."""
    with np.errstate(over="ignore"):
        return np.minimum(length * unit, LARGEST)


def _rounded_by_sum(distance: Array, position: Array, step: Array, s: Array) -> Array:
    """Return first and second moment about the origin, s at most 1/2.

    Parameters
    ----------
    distance : ndarray
        Mean, seen from the origin.
    position : ndarray
        Mean, seen from the nearest multiple of the step, in steps.
    step : ndarray
    s : ndarray
        Standard deviation, in steps.

    Returns
    -------
    ndarray of shape (2, ...)
    """
    offset = np.zeros(np.shape(s))
    square = np.zeros(np.shape(s))
    for k in range(-6, 7):
        mass = _Tail(position, s, k - 0.5).mass - _Tail(position, s, k + 0.5).mass
        offset, square = offset + k * mass, square + k**2 * mass
    nearest = distance - step * position
    second = nearest**2 + step * (2 * nearest * offset + step * square)
    return np.stack([nearest + step * offset, second])


def _rounded_by_series(
    distance: Array, scale: Array, position: Array, step: Array, s: Array
) -> Array:
    r"""Return the same for s of at least 1/2, the scale in steps or less where it is wide.

    The rounding error is :math:`e(b)=\sum_k(-1)^{k+1}\sin(2\pi kb)/(\pi k)`, its square
    :math:`\frac1{12}+\sum_k(-1)^k\cos(2\pi kb)/(\pi k)^2`.
    """
    error, slope, square = (
        np.zeros(np.shape(s)),
        np.zeros(np.shape(s)),
        np.full(np.shape(s), 1 / 12),
    )
    for k in range(1, 4):
        w, sign = 2 * np.pi * k, (-1.0) ** k
        damping = sign * np.exp(-((w * s) ** 2) / 2) / (np.pi * k)
        error -= damping * np.sin(w * position)
        slope -= damping * np.cos(w * position) * w * s
        square += damping * np.cos(w * position) / (np.pi * k)
    second = distance**2 + scale**2 - 2 * step * (distance * error + scale * slope)
    return np.stack([distance - step * error, second + step * (step * square)])


def _tails(mean: Array, scale: Array, threshold: Any, origin: Any, shift: Any) -> Moments:
    """Return moments about an origin of b, moved towards 0 by `shift`, where |b| >= threshold."""
    upper = _Tail(mean, scale, threshold, shift + origin)
    lower = _Tail(-mean, scale, threshold, shift - origin)
    return Moments(upper.mass + lower.mass, upper.first - lower.first, upper.second + lower.second)


class _Tail:
    """Moments of ``b = mean + scale * h`` about an origin, on the event b >= threshold."""

    def __init__(self, mean: Array, scale: Array, threshold: Any, origin: Any = 0.0) -> None:
        # Beyond forty deviations nothing is left, and a scale of zero gives no 0/0.
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            x = np.clip(np.nan_to_num((threshold - mean) / scale, nan=0.0), -40, 40)
        self._distance, self._scale, self._x = mean - origin, scale, x
        self.mass = ndtr(-x)

    @property
    def _density(self) -> Array:
        return np.exp(-(self._x**2) / 2) / np.sqrt(2 * np.pi)

    @property
    def first(self) -> Array:
        return self._distance * self.mass + self._scale * self._density

    @property
    def second(self) -> Array:
        d, s, x, phi = self._distance, self._scale, self._x, self._density
        # In this order no square overflows whose probability is nil.
        return d * (d * self.mass) + s * (s * (self.mass + x * phi)) + 2 * d * (s * phi)
