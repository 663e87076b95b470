"""The laws of the coefficients of dense fits at several n, as arrays."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._problems.second_moments import in_units, squared_units
from sklearn_prune.theory._problems.spectrum import shrink
from sklearn_prune.theory._risk.dense import dense_fit
from sklearn_prune.theory._risk.outcome import Outcome

from .least_squares import overlaps_of
from .logistic.fits import Fitting
from .logistic.label_law import LabelLaw
from .overlaps import Overlaps

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.binary import BinaryProblem
    from sklearn_prune.theory._problems.eigenbasis import Eigenbasis
    from sklearn_prune.theory._problems.linear_gaussian import LinearGaussianProblem


class CoefficientLaw:
    r"""Independent normal coordinates :math:`(1-\zeta_i)(su_i+\sqrt{K}h_i)/\sqrt{\lambda_i}`.

    Attributes
    ----------
    basis : Eigenbasis
        Where they are independent.
    direction : ndarray of shape (rank,)
        u.
    scale, variance, xi, gamma : ndarray of the shape of n
        s, K, :math:`\xi`, and what the variance is of n at large.
    """

    basis: Eigenbasis
    direction: Array
    scale: Array
    variance: Array
    xi: Array
    gamma: Array

    @cached_property
    def _factors(self) -> Array:
        values = self.basis.eigenvalues
        return shrink(np.asarray(self.xi), values)[0] / np.sqrt(values)

    @cached_property
    def mean(self) -> Array:
        """Means of the coefficients, of shape (..., n_features)."""
        means = self.scale[..., np.newaxis] * self.direction
        return self.basis.to_features(self._factors * means)

    @cached_property
    def deviations(self) -> Array:
        """Standard deviations in the eigenbasis, of shape (..., rank)."""
        return np.sqrt(self.variance)[..., np.newaxis] * self._factors

    @property
    def variances(self) -> Array:
        """Variances of the coefficients, of shape (..., n_features)."""
        return self.basis.variances_of_features(self.deviations**2)

    def draw(self, n_draws: int, rng: np.random.RandomState) -> Array:
        """Return draws of the coefficients, of shape (n_draws, ..., n_features)."""
        normal = rng.standard_normal((n_draws, *self.deviations.shape))
        return self.mean + self.basis.to_features(self.deviations * normal)


class LeastSquaresLaw(CoefficientLaw):
    """The law of least squares, least norm or ridge.

    Parameters
    ----------
    problem : LinearGaussianProblem
        The problem.
    n, alpha : ndarray of the same shape
        Numbers of rows, and penalties.
    fit_intercept, finite_n : bool
        Those of `DistributionalCharacterization`.
    """

    def __init__(
        self,
        problem: LinearGaussianProblem,
        n: Array,
        alpha: Array,
        *,
        fit_intercept: bool,
        finite_n: bool,
    ) -> None:
        problem = in_units(problem.centred() if fit_intercept else problem)
        self._n, self._dof, self._unit = n, n - fit_intercept, problem.unit
        self._fit_intercept = fit_intercept
        noise = problem.noise_variance
        self._fit = dense_fit(problem.spectrum, noise, self._dof, alpha, finite_n)
        self.basis, self.direction = problem.eigenbasis, problem.signal
        self.scale = np.full(n.shape, problem.unit)
        self.xi, self.gamma = self._fit.sums.xi, squared_units(self._fit.gamma, self._unit)
        self.variance = squared_units(self._fit.spread / self._dof, self._unit)

    def risk(self) -> Array:
        """Return the squared error, that of the intercept included."""
        risk = squared_units(self._fit.risk, self._unit)
        return risk * (1 + self._fit_intercept / self._n)

    def training_error(self) -> Array:
        """Return the mean square of the training residuals."""
        residual = self._fit.sums.residual
        with np.errstate(invalid="ignore"):
            error = np.where(residual > 0, (residual / self._dof) ** 2 * self.gamma, 0.0)
        return error * self._dof / self._n

    def overlaps(self, problem: BinaryProblem) -> Overlaps:
        """Return the moments of the score, if the targets are labels of a problem."""
        overlap = squared_units(self._fit.sums.overlap, self._unit)
        outcome = Outcome(self.gamma, overlap)
        return overlaps_of(problem, outcome, fit_intercept=self._fit_intercept)


class ClassifierLaw(CoefficientLaw):
    """The law of a classifier of another loss.

    Parameters
    ----------
    problem : BinaryProblem
        The problem.
    loss : {"logistic", "max_margin"}
        The loss.
    n, alpha : ndarray of the same shape
        Numbers of rows, and penalties.
    fit_intercept : bool
        Whether there is an intercept.

    Raises
    ------
    ValueError
        If there is no such fit in the limit.
    """

    def __init__(
        self, problem: BinaryProblem, loss: str, n: Array, alpha: Array, *, fit_intercept: bool
    ) -> None:
        labels = LabelLaw(problem.label_link, problem.latent_variance)
        moments = problem.second_moments
        self._laws = [
            Fitting(labels, loss, float(mu), fit_intercept).law(moments.spectrum, float(size))
            for size, mu in zip(n.flat, alpha.flat, strict=True)
        ]
        self._shape = n.shape
        self.basis, self.direction = moments.eigenbasis, moments.signal
        self.scale, self.xi, self.gamma = map(self._each, ("scale", "xi", "kappa"))
        self.variance = self.gamma / n

    def _each(self, name: str) -> Array:
        return np.reshape([getattr(law, name) for law in self._laws], self._shape)

    def overlaps(self, problem: Any = None) -> Overlaps:
        """Return the moments of the score."""
        return Overlaps(*map(self._each, ("signal", "square", "intercept")))
