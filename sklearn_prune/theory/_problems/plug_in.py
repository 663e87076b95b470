"""The problem that one sample comes from, guessed from fits to that sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import nnls

from .deconvolution import denoise
from .population_spectrum import population_eigenvalues
from .sample_fits import SampleFits

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

# A guess of the risk is not trusted below this share of degrees of freedom.
LEAST_SLACK = 0.02
# Relative errors of risks that count as much as energies that are all wrong by their size.
RISK_ERROR = 0.03
# How smooth the correction of energies is, as a function of the logarithm of eigenvalues.
SMOOTHNESS, LEAST_STEP = 2.0, 1e-2


class PlugIn(NamedTuple):
    """Covariance, coefficients and noise of centred variables."""

    covariance: Array
    coef: Array
    noise_variance: float


class _Population(NamedTuple):
    """Eigenvalues on the axes of the sample, and the one that all other directions share."""

    axes: Array
    values: Array
    rest: float
    eigenvalues: Array

    def apply(self, values: Array, rest: float, vectors: Array) -> Array:
        """Multiply vectors by a function of the covariance."""
        inside = vectors @ self.axes.T
        return inside * (values - rest) @ self.axes + rest * vectors

    def diagonal(self, values: Array, rest: float) -> Array:
        """Return the diagonal of a function of the covariance."""
        return (values - rest) @ self.axes**2 + rest


def plug_in(X: Array, y: Array) -> PlugIn:
    r"""Guess the linear Gaussian problem behind a sample of any shape.

    1. The population's spectrum from that of the sample; its axes are those of the sample.
    2. Coefficients of the best ridge fit, freed from their noise, whose law Theorem 1 tells,
       and from their shrinkage.
    3. Noise, and the energies of the signal on the eigenvalues, as near to these coefficients
       as the leave-one-out risks at all penalties let them be.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Not all of its rows are equal.
    y : ndarray of shape (n_samples,)
        Not constant.

    Returns
    -------
    PlugIn
    """
    fits = SampleFits(X, y)
    population = _population(fits)
    coef = _unshrunk(fits, population)
    factors, rest_factor, noise = _corrections(fits, population, coef)
    coef = population.apply(factors, rest_factor, coef)
    covariance = population.apply(population.values, population.rest, np.eye(X.shape[1]))
    return PlugIn((covariance + covariance.T) / 2, coef, noise)


def _population(fits: SampleFits) -> _Population:
    eigenvalues = population_eigenvalues(fits)
    values, others = eigenvalues[: fits.rank], eigenvalues[fits.rank :]
    rest = float(others.mean()) if len(others) else 0.0
    return _Population(fits.right, values, rest, eigenvalues)


def _unshrunk(fits: SampleFits, population: _Population) -> Array:
    """Return the coefficients of the best ridge fit without their noise and shrinkage."""
    risks = fits.risks(fits.penalties)
    best = np.array([fits.penalties[np.nanargmin(risks)]])
    xi, values, rest = float(fits.xi(best)[0]), population.values, population.rest
    factors, rest_factor = xi * values / (1 + xi * values), xi * rest / (1 + xi * rest)
    spread = population.diagonal(factors**2 / values, xi * rest_factor / (1 + xi * rest))
    scale = np.sqrt(np.nanmin(risks) / fits.dof * spread)
    share = population.diagonal(factors, rest_factor)
    seen = scale > 0
    coef = np.zeros(fits.n_features)
    means = denoise(fits.coef(float(best[0]))[seen] / scale[seen])
    coef[seen] = means * scale[seen] / share[seen]
    return coef


def _corrections(
    fits: SampleFits, population: _Population, coef: Array
) -> tuple[Array, float, float]:
    r"""Return factors of the coefficients by eigenvalue, and the noise, from the ridge curve.

    With :math:`\gamma(\mu)` by leave-one-out, Definition 4 is linear in the noise and in the
    energies :math:`\sum\lambda\bar\beta^2` of all coordinates of an eigenvalue. Where
    generalised cross-validation tells something else, the law does not hold, and counts less.
    """
    values, energy, place = _energies(population, coef)
    xi, gamma = fits.xi(fits.penalties)[:, np.newaxis], fits.risks(fits.penalties)
    slack = 1 - np.sum((1 - 1 / (1 + xi * population.eigenvalues)) ** 2, axis=1) / fits.dof
    used = (slack > LEAST_SLACK) & np.isfinite(gamma)
    doubt = np.log(fits.generalised_risks(fits.penalties)[used] / gamma[used])
    weights = 1 / np.sqrt(RISK_ERROR**2 + doubt**2)
    left = np.hstack([np.ones((used.sum(), 1)), energy / (1 + xi[used] * values) ** 2])
    curve = left * (weights / (slack[used] * gamma[used]))[:, np.newaxis]
    likeness, target = _likeness(values)
    solution = nnls(
        np.vstack([curve, np.pad(likeness, ((0, 0), (1, 0)))]), np.concatenate([weights, target])
    )[0]
    factors = np.sqrt(solution[1:])
    return factors[place], float(factors[0]), float(solution[0])


def _energies(population: _Population, coef: Array) -> tuple[Array, Array, Indices]:
    """Return eigenvalues, that of the rest first, their energies, and where axes have theirs."""
    inside = population.axes @ coef
    outside = np.sum((coef - inside @ population.axes) ** 2)
    values, place = np.unique(population.values, return_inverse=True)
    energy = values * np.bincount(place, inside**2)
    rest = population.rest
    first = rest if rest > 0 else values[0]
    return np.append(first, values), np.append(rest * outside, energy), place + 1


def _likeness(values: Array) -> tuple[Array, Array]:
    """Return equations by which factors are near to one, and to those of like eigenvalues."""
    order = np.argsort(values, kind="stable")
    steps = np.maximum(np.diff(np.log(values[order])), LEAST_STEP)
    rough = SMOOTHNESS / steps[:, np.newaxis] * np.diff(np.eye(len(values))[order], axis=0)
    return np.vstack([np.eye(len(values)), rough]), np.repeat([1.0, 0.0], [len(values), len(steps)])
