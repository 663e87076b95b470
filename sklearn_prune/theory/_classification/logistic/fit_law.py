"""What is known of a fitted classifier: forces on its rows, law of its coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sklearn_prune.theory._problems.spectrum import shrink

if TYPE_CHECKING:
    from sklearn_prune.theory._problems.spectrum import Spectrum


class Forces(NamedTuple):
    r"""Means over the rows of what the loss does to them.

    Attributes
    ----------
    curvature, square, signal, tilt : float
        :math:`\hat V=-\mathbb{E}g'`, :math:`\hat q=\mathbb{E}g^2`, :math:`\hat m`, the
        derivative of :math:`\mathbb{E}yg` by the mean of the score that the label depends
        on, and :math:`\mathbb{E}yg` itself.
    second : float
        :math:`\mathbb{E}\ell''` of the logistic loss, where the rows have moved to. It is the mean
        D of the Hessian, and larger than :math:`\hat V`, which is that of its inverse.
    """

    curvature: float
    square: float
    signal: float
    tilt: float
    second: float = np.nan


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


def coefficient_moments(
    spectrum: Spectrum, n: float, scale: float, kappa: float, xi: float
) -> tuple[float, float, float]:
    r"""Return moments of whitened coefficients :math:`(1-\zeta)(au+\sqrt{\kappa/n}h)`.

    Parameters
    ----------
    spectrum : Spectrum
        Eigenvalues, and the energy of the true direction u on them.
    n, scale, kappa, xi : float
        n, a, :math:`\kappa` and :math:`\xi`.

    Returns
    -------
    signal, square : float
        Their mean inner product with u, and their mean square length.
    degrees : float
        :math:`\sum(1-\zeta_i)`.
    """
    shrinkage = shrink(np.array(xi), spectrum.eigenvalues)[0]
    square = shrinkage**2 @ (scale**2 * spectrum.energy + kappa / n * spectrum.counts)
    signal = scale * (shrinkage @ spectrum.energy)
    return float(signal), float(square), float(shrinkage @ spectrum.counts)
