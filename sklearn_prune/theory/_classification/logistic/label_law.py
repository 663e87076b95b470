"""The label of a row, given a score that knows part of what the label depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import make_interp_spline

from .row_rule import REACH

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
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

    def given(self, signs: Array, mean: Array, spread: float, rest: float) -> tuple[Array, Array]:
        """Return the probabilities of labels, and the slopes of that of +1, times their weight.

        Parameters
        ----------
        signs : ndarray of shape (n_signs, ...)
            Labels; a single one counts twice.
        mean : ndarray of shape (n_signs, ...)
            Mean of the score, given what is known of it.
        spread : float
            Standard deviation of that mean.
        rest : float
            Variance of the score about it.

        Returns
        -------
        probability, slope : ndarray of shape (n_signs, ...)
        """
        few = mean.size <= TABLE_NODES
        p, slope = self.link.smoothed(mean, rest) if few else self._table(mean, spread, rest)
        return of_signs(signs, p, slope)

    def _table(self, mean: Array, spread: float, rest: float) -> Array:
        """Return the probability of +1 and its slope, by a spline through some of them."""
        scale, offset = self.resolution(rest), self.link.offset
        reach = 2 * REACH * max(spread, 1e-3 * scale)
        low, high = np.arcsinh((np.array([-reach, reach]) + offset) / scale)
        t = np.linspace(low, high, TABLE_NODES)
        values = self.link.smoothed(scale * np.sinh(t) - offset, rest)
        spline = make_interp_spline(t, np.stack(values, axis=-1), DEGREE)
        return np.moveaxis(spline(np.arcsinh((mean + offset) / scale)), -1, 0)


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
