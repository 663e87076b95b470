"""The law of least squares or ridge, fitted to labels, as the law of any other loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._risk.dense import dense_fit

from .fit_law import FitLaw, Forces, coefficient_moments

if TYPE_CHECKING:
    from sklearn_prune.theory._problems.spectrum import Spectrum

    from .label_law import LabelLaw


def least_squares_law(
    labels: LabelLaw, spectrum: Spectrum, n: float, penalty: float, *, fit_intercept: bool = False
) -> FitLaw:
    r"""Return the law of least squares, that of the equivalent linear problem.

    The forces are those of no width, residuals on new rows: a constant factor of all forces
    of a first fit changes nothing, and the fit of least norm has none that is finite.

    Parameters
    ----------
    labels : LabelLaw
        The law of the labels.
    spectrum : Spectrum
        Eigenvalues of the covariance, and the energy of the true direction on them.
    n : float
        Degrees of freedom of the rows.
    penalty : float
        Ridge penalty.
    fit_intercept : bool, default=False
        Whether there is an intercept.

    Returns
    -------
    FitLaw
    """
    p, slope = labels.link.smoothed(np.zeros(()), labels.variance)
    mean, scale = (2 * float(p) - 1) * fit_intercept, 2 * float(slope)
    linear = spectrum._replace(energy=scale**2 * spectrum.energy)
    noise = max(1 - mean**2 - float(linear.energy.sum()), 0.0)
    fit = dense_fit(linear, noise, np.array(n), np.array(penalty), finite_n=False)
    gamma, xi = float(fit.gamma), float(fit.sums.xi)
    signal, square, _ = coefficient_moments(spectrum, n, scale, gamma, xi)
    return FitLaw("squared", square, signal, mean, 0.0, Forces(1.0, gamma, scale, 0.0), xi)
