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

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sklearn_prune.theory._problems.spectrum import shrink

from .fixed_point import fixed_point
from .label_law import of_signs
from .proximal import FORCES
from .score_grid import margin_grid

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.spectrum import Spectrum

    from .label_law import LabelLaw

# Steps of the iteration before Powell's method, and penalties on the way to a hard one.
N_STEPS = 60
N_PENALTIES = 40


class Forces(NamedTuple):
    r"""Means over the rows of what the loss does to them.

    Attributes
    ----------
    curvature, square, signal, tilt : float
        :math:`\hat V=-\mathbb{E}g'`, :math:`\hat q=\mathbb{E}g^2`, :math:`\hat m`, the
        derivative of :math:`\mathbb{E}yg` by the mean of the score that the label depends
        on, and :math:`\mathbb{E}yg` itself.
    """

    curvature: float
    square: float
    signal: float
    tilt: float


@dataclass(frozen=True)
class FitLaw:
    r"""The law of a fitted classifier.

    Attributes
    ----------
    loss : {"logistic", "squared", "max_margin"}
        What it minimises.
    square, signal, intercept : float
        :math:`q=b'\Sigma b`, :math:`m=b'\Sigma v` and :math:`b_0`.
    width : float
        V, by which a row gives way to its own force.
    forces : Forces
        The forces on the rows.
    xi : float
        :math:`\xi`, inf without penalty.
    """

    loss: str
    square: float
    signal: float
    intercept: float
    width: float
    forces: Forces
    xi: float

    @property
    def scale(self) -> float:
        r""":math:`a=\hat m/\hat V`, by which the fit overestimates the truth before shrinkage."""
        return self.forces.signal / self.forces.curvature

    @property
    def kappa(self) -> float:
        r""":math:`\kappa=\hat q/\hat V^2`."""
        return self.forces.square / self.forces.curvature**2


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
    loss : {"logistic", "squared"}, default="logistic"
        The loss.
    fit_intercept : bool, default=False
        Whether there is an intercept.

    Returns
    -------
    FitLaw or None
    """
    free = fit_intercept and len(labels.signs) > 1
    start = np.array([0.0, 0.0, 0.5, 0.0][: 3 + free])
    system = _System(labels, spectrum, n, penalty, loss)
    x = fixed_point(system.image, start, N_STEPS)
    if x is None and penalty > 0:
        x = _follow(system, start)
    return None if x is None else system.law(x)


def _follow(system: _System, x: Array) -> Array | None:
    """Return the fixed point, starting from that of a large penalty."""
    largest = 100 * system.spectrum.counts @ system.spectrum.eigenvalues
    for penalty in np.geomspace(max(largest, system.penalty), system.penalty, N_PENALTIES):
        near = _System(system.labels, system.spectrum, system.n, penalty, system.loss)
        found = fixed_point(near.image, x, N_STEPS)
        if found is None:
            return None
        x = found
    return x


@dataclass(frozen=True)
class _System:
    r"""The equations in :math:`\log q`, :math:`\log V`, :math:`\mathrm{artanh}` cos, and b0."""

    labels: LabelLaw
    spectrum: Spectrum
    n: float
    penalty: float
    loss: str

    def image(self, x: Array) -> Array:
        forces = self._forces(x)
        law = self.law(x, forces)
        shrinkage = shrink(np.array(law.xi), self.spectrum.eigenvalues)[0]
        counts, energy = self.spectrum.counts, self.spectrum.energy
        signal, noise = law.scale * (shrinkage @ energy), law.kappa / self.n
        square = shrinkage**2 @ (law.scale**2 * energy + noise * counts)
        width = shrinkage @ counts / (self.n * forces.curvature)
        cosine = signal / max(self._length * np.sqrt(square), np.finfo(float).tiny)
        angle = np.arctanh(np.clip(cosine, -1 + 1e-15, 1 - 1e-15))
        shift = law.intercept + forces.tilt / forces.curvature
        return np.array([np.log(square), np.log(width), angle, shift])[: len(x)]

    def law(self, x: Array, forces: Forces | None = None) -> FitLaw:
        forces = forces or self._forces(x)
        square, signal, intercept = self._moments(x)
        with np.errstate(divide="ignore"):
            xi = float(np.divide(self.n * forces.curvature, self.penalty))
        width = float(np.exp(x[1]))
        return FitLaw(self.loss, square, signal, intercept, width, forces, xi)

    @property
    def _length(self) -> float:
        return float(np.sqrt(self.spectrum.energy.sum()))

    def _moments(self, x: Array) -> tuple[float, float, float]:
        square = float(np.exp(x[0]))
        signal = self._length * np.sqrt(square) * np.tanh(x[2])
        return square, float(signal), float(x[3]) if len(x) > 3 else 0.0

    def _forces(self, x: Array) -> Forces:
        return forces_on(self.labels, *self._moments(x), float(np.exp(x[1])), self.loss)


def forces_on(
    labels: LabelLaw, square: float, signal: float, intercept: float, width: float, loss: str
) -> Forces:
    """Return the forces on rows whose scores are normal.

    Parameters
    ----------
    labels : LabelLaw
        The law of the labels.
    square, signal, intercept : float
        Moments of the score.
    width : float
        V.
    loss : {"logistic", "squared"}
        The loss.

    Returns
    -------
    Forces
    """
    signs = labels.signs
    rest = labels.variance - signal**2 / square
    bend = labels.resolution(rest) * square / max(abs(signal), 1e-300)
    grid = margin_grid(signs[:, 0] * intercept, square, min(1.0, bend))
    g, slope = FORCES[loss](grid.nodes, width)
    mean = (signs * grid.nodes - intercept) * (signal / square)
    p, tilt = of_signs(signs, *labels.link.smoothed(mean, max(rest, 0.0)))
    p, tilt = p * grid.weights, tilt * grid.weights
    means = -(p * slope), p * g**2, tilt * g, p * signs * g
    return Forces(*(float(np.sum(mean)) for mean in means))
