"""The label of a row, given a score that knows part of what the label depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import make_interp_spline

from .row_rule import REACH

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Function
    from sklearn_prune.theory._problems.label_link import LabelLink

# Nodes of a table of probabilities, and the degree of the spline through them.
TABLE_NODES = 151
DEGREE = 7


@dataclass(frozen=True)
class LabelLaw:
    r"""Law of a label that depends on the normal score :math:`\langle v,x\rangle`.

    Attributes
    ----------
    link : LabelLink
        The probability of a label, given the score.
    variance : float
        The variance of the score, :math:`\rho^2`.
    """

    link: LabelLink
    variance: float

    @property
    def signs(self) -> Array:
        """The labels to sum over, (n_signs, 1): by symmetry one of them may stand for both."""
        return np.array([[1.0]] if self.link.is_symmetric else [[1.0], [-1.0]])

    def resolution(self, rest: float) -> float:
        """Return the scale on which the probability varies, if `rest` of the variance is unknown.

        Parameters
        ----------
        rest : float

        Returns
        -------
        float
        """
        own = self.link.noise if self.link.name in {"probit", "sign"} else 1.0
        return float(np.hypot(own, np.sqrt(max(rest, 1e-12 * self.variance))))

    def table(self, spread: float, rest: float) -> Function:
        r"""Return a function of means of the score made quickly where there are many.

        Parameters
        ----------
        spread : float
            Standard deviation of the means.
        rest : float
            Variance of the score about its mean.

        Returns
        -------
        callable
            Makes P(y=1) and its slope, along a last axis, of means.
        """
        scale = self.resolution(rest)
        low, high = np.arcsinh((np.array([-2, 2]) * REACH * spread + self.link.offset) / scale)
        t = np.linspace(low, high, TABLE_NODES)
        values = self.link.smoothed(scale * np.sinh(t) - self.link.offset, max(rest, 0.0))
        spline = make_interp_spline(t, np.stack(values, axis=-1), DEGREE)
        return lambda mean: spline(np.arcsinh((mean + self.link.offset) / scale))


def of_signs(signs: Array, p: Array, slope: Array) -> tuple[Array, Array]:
    """Return the weights of labels, and of the slopes of their probabilities.

    Parameters
    ----------
    signs : ndarray of shape (n_signs, ...)
        Labels; a single one counts twice.
    p, slope : ndarray of shape (n_signs, ...)
        P(y=1), and its slope.

    Returns
    -------
    probability, slope : ndarray of shape (n_signs, ...)
    """
    factor = 2 / len(signs)
    return factor * np.where(signs > 0, p, 1 - p), factor * slope
