r"""The law of a classifier that is fitted to all of its features.

A classifier minimises :math:`\sum\ell(y_ix_i'b)+\frac\mu2|b|^2`. Approximate message passing
turns it into scalars: the margins z of rows that a fit has not seen are normal, those of its
own rows are :math:`z+Vg(z)`, and its whitened coefficients are, as in Theorem 1,

.. math:: (1-\zeta)\bigl(au+\sqrt{\kappa/n}\,h\bigr), \qquad \zeta_i=\frac1{1+\xi\lambda_i},

where the forces g on the rows give :math:`a=\hat m/\hat V`, :math:`\kappa=\hat q/\hat V^2`
and :math:`\xi=n\hat V/\mu`. The squared loss makes :math:`\kappa` the :math:`\gamma` of
Definition 4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._problems.spectrum import spectral_sums

from .fit_law import FitLaw, Forces, coefficient_moments
from .fixed_point import fixed_point
from .row_rule import row_rule
from .solution import Solution

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.spectrum import Spectrum

    from .classifier_support import Kept
    from .label_law import LabelLaw

# Where to start: scores are large where a fit hardly exists, or margins hardly do.
LOG_SQUARES = {"logistic": (0.0, 6.0), "squared": (0.0,), "max_margin": (5.0, 10.0, 2.0)}
# No solution has logarithms of this size.
FARTHEST = 200.0
# Steps of the iteration before Powell's method, and penalties on the way to a hard one.
N_STEPS = 60
N_PENALTIES = 40


def dense_law(
    labels: LabelLaw,
    spectrum: Spectrum,
    n: float,
    penalty: float,
    *,
    loss: str = "logistic",
    fit_intercept: bool = False,
) -> FitLaw | None:
    r"""Return the law of a fit, or None where there is no such fit.

    Parameters
    ----------
    labels : LabelLaw
        The law of the labels.
    spectrum : Spectrum
        Eigenvalues of the covariance, and the energy of the true direction on them.
    n : float
        Number of rows.
    penalty : float
        :math:`\mu`, 1/C of scikit-learn.
    loss : {"logistic", "squared", "max_margin"}, default="logistic"
        The loss. The largest margin is no penalty's: the number of its support vectors is
        that of the degrees of freedom, which determines :math:`\xi`.
    fit_intercept : bool, default=False
        Whether there is an intercept.

    Returns
    -------
    FitLaw or None
    """
    args = labels, spectrum, n, penalty
    solution = dense_solution(*args, loss=loss, fit_intercept=fit_intercept)
    return None if solution is None else solution.system.law(solution.x)


def dense_solution(
    labels: LabelLaw,
    spectrum: Spectrum,
    n: float,
    penalty: float,
    *,
    loss: str = "logistic",
    fit_intercept: bool = False,
) -> Solution[DenseSystem] | None:
    """Return the equations of a fit, and their solution; the parameters are those of `dense_law`.

    Returns
    -------
    Solution or None
    """
    free = fit_intercept and len(labels.signs) > 1
    system = DenseSystem(labels, spectrum, n, penalty, loss)
    starts = (np.array([size, 0.0, 0.5, 0.0])[: 3 + free] for size in LOG_SQUARES[loss])
    found = (fixed_point(system.image, start, N_STEPS) for start in starts)
    x = next((x for x in found if x is not None), None)
    if x is None and penalty > 0:
        x = _follow(system, np.zeros(3 + free))
    return None if x is None else Solution(system, x)


def _follow(system: DenseSystem, x: Array) -> Array | None:
    """Return the fixed point, starting from that of a large penalty."""
    largest = 100 * float(system.spectrum.counts @ system.spectrum.eigenvalues)
    for penalty in np.geomspace(max(largest, system.penalty), system.penalty, N_PENALTIES):
        near = DenseSystem(system.labels, system.spectrum, system.n, penalty, system.loss)
        found = fixed_point(near.image, x, N_STEPS)
        if found is None:
            return None
        x = found
    return x


@dataclass(frozen=True)
class DenseSystem:
    r"""The equations in :math:`\log q`, :math:`\log V`, :math:`\mathrm{artanh}` cos, and b0."""

    labels: LabelLaw
    spectrum: Spectrum
    n: float
    penalty: float
    loss: str

    def image(self, x: Array) -> Array:
        """Return what a point is mapped to."""
        if not (np.abs(x[:2]) < FARTHEST).all():
            return np.full_like(x, np.nan)
        forces = self._forces(x)
        law = self.law(x, forces)
        moments = coefficient_moments(self.spectrum, self.n, law.scale, law.kappa, law.xi)
        signal, square, degrees = moments
        width = 1.0 if self.loss == "max_margin" else degrees / (self.n * forces.curvature)
        cosine = signal / max(self._length * np.sqrt(square), np.finfo(float).tiny)
        angle = np.arctanh(np.clip(cosine, -1 + 1e-15, 1 - 1e-15))
        shift = law.intercept + forces.tilt / forces.curvature
        return np.array([np.log(square), np.log(width), angle, shift])[: len(x)]

    def moments(self, x: Array) -> tuple[float, float, float]:
        """Return m, q and b0."""
        square = float(np.exp(x[0]))
        signal = self._length * np.sqrt(square) * np.tanh(x[2])
        return float(signal), square, float(x[3]) if len(x) > 3 else 0.0

    def restricted(self, kept: Kept) -> DenseSystem:
        """Return the equations of a fit to other features."""
        return replace(self, spectrum=kept.spectrum)

    def law(self, x: Array, forces: Forces | None = None) -> FitLaw:
        """Return the law of the fit at a solution."""
        forces = forces or self._forces(x)
        signal, square, intercept = self.moments(x)
        width, xi = float(np.exp(x[1])), self._xi(forces.curvature)
        return FitLaw(self.loss, square, signal, intercept, width, forces, xi)

    def _xi(self, curvature: float) -> float:
        if not curvature > 0:  # far from any solution
            return np.nan
        if self.loss == "max_margin":
            degrees = np.array(self.n * curvature)
            return float(spectral_sums(self.spectrum, degrees, np.zeros(())).xi)
        with np.errstate(divide="ignore"):
            return float(np.divide(self.n * curvature, self.penalty))

    @property
    def _length(self) -> float:
        return float(np.sqrt(self.spectrum.energy.sum()))

    def _forces(self, x: Array) -> Forces:
        return forces_on(self.labels, *self.moments(x), float(np.exp(x[1])), self.loss)


def forces_on(
    labels: LabelLaw, signal: float, square: float, intercept: float, width: float, loss: str
) -> Forces:
    """Return the forces on rows whose scores are normal.

    Parameters
    ----------
    labels : LabelLaw
        The law of the labels.
    signal, square, intercept : float
        Moments of the score.
    width : float
        V.
    loss : {"logistic", "squared", "max_margin"}
        The loss.

    Returns
    -------
    Forces
    """
    signs, slope = labels.signs, signal / square
    rest = max(labels.variance - signal * slope, 0.0)
    step = labels.resolution(rest) / max(abs(slope), 1e-300)
    rows = row_rule(loss, signs[:, 0] * intercept, square, width, step)
    mean = (signs * rows.margins - intercept) * slope
    p, tilt = labels.given(signs, mean, abs(slope) * np.sqrt(square), rest)
    p, tilt, g = p * rows.weights, tilt * rows.weights, rows.forces
    means = -(p * rows.slopes), p * g**2, tilt * g, p * signs * g, p * g * (1 - g)
    return Forces(*(np.sum(mean) for mean in means))
