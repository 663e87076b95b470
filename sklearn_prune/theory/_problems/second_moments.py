"""Second moments of features and target, in the basis where they are diagonal."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from math import fsum
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from sklearn_prune.theory._checks import as_floats, check_covariance, check_noise_variance

from .eigenbasis import Eigenbasis
from .spectrum import Spectrum

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

Problem = TypeVar("Problem", bound="SecondMoments")


class SecondMoments:
    r"""What the theory computes with: eigenvalues, and the coefficients in their basis.

    Parameters
    ----------
    covariance : array-like of shape (n_features,) or (n_features, n_features)
        :math:`\Sigma`, or its diagonal if it is diagonal.
    coef : array-like of shape (n_features,)
        :math:`\beta`.
    noise_variance : float
        :math:`\sigma^2`.
    weights : array-like of shape (n_features,) or None
        Multiplicities, with a diagonal covariance.

    Attributes
    ----------
    unit : float
        What the target is measured in, see `in_units`.
    """

    unit = 1.0
    _error: float

    def __init__(self, covariance: Any, coef: Any, noise_variance: Any, weights: Any) -> None:
        self.covariance = check_covariance(covariance)
        shape = self.covariance.shape[:1]
        self.coef = as_floats(coef, "coef", shape)
        self.noise_variance = check_noise_variance(noise_variance)
        self.weights = self._check_weights(weights, shape)
        _ = self.eigenbasis  # which fails unless the covariance is positive semidefinite

    def _set_moments(self, covariance: Array, cross: Array, total: float, error: float) -> None:
        r"""Take note of moments in place of coefficients; they are decomposed when it is needed.

        Only then is it seen whether there are variables with such moments.

        Parameters
        ----------
        covariance : ndarray of shape (n_features,) or (n_features, n_features)
            :math:`\mathbb{E}[xx']`, symmetric, or its diagonal.
        cross : ndarray of shape (n_features,)
            :math:`\mathbb{E}[yx]`.
        total, error : float
            :math:`\mathbb{E}[y^2]`, and what it may be too small by.
        """
        self.covariance, self.cross_moment, self.weights = covariance, cross, None
        self.target_second_moment, self._error = total, error

    def _check_weights(self, weights: Any, shape: tuple[int, ...]) -> Array | None:
        if weights is None:
            return None
        if self.covariance.ndim == 2:
            msg = (
                "weights need a diagonal covariance: give its eigenvalues, of shape (n_features,)."
            )
            raise ValueError(msg)
        weights = as_floats(weights, "weights", shape)
        if (weights <= 0).any():
            msg = f"A weight is {weights.min():.6g}: give positive numbers of coordinates."
            raise ValueError(msg)
        return weights

    @property
    def n_features(self) -> float:
        """The number of coordinates, p, the same in every order of them."""
        return fsum(self.counts)

    @property
    def counts(self) -> Array:
        """How many coordinates each entry stands for: the weights, or ones."""
        return np.ones(len(self.covariance)) if self.weights is None else self.weights

    @property
    def variances(self) -> Array:
        r"""The diagonal of :math:`\Sigma`, of shape (n_features,)."""
        return self.covariance if self.is_diagonal else np.diag(self.covariance)

    @property
    def is_diagonal(self) -> bool:
        """Whether the covariance is given by its diagonal."""
        return self.covariance.ndim == 1

    @cached_property
    def eigenbasis(self) -> Eigenbasis:
        """Where the covariance is diagonal."""
        return Eigenbasis.of(self.covariance)

    @cached_property
    def coef(self) -> Array:
        r"""The coefficients :math:`\beta`, if the cross moment is what is given."""
        return self.eigenbasis.to_features(self.signal / np.sqrt(self.eigenbasis.eigenvalues))

    @cached_property
    def noise_variance(self) -> float:
        r"""The noise :math:`\sigma^2`, if the cross moment is what is given."""
        explained = float(self.signal @ self.signal)
        if self.target_second_moment < explained - self._error:
            msg = (
                f"target_second_moment is {self.target_second_moment:.6g}, but second_moment and "
                f"cross_moment imply at least {explained:.6g}: give moments of one and the same "
                "distribution."
            )
            raise ValueError(msg)
        return max(self.target_second_moment - explained, 0.0)

    @cached_property
    def target_second_moment(self) -> float:
        r"""The second moment :math:`\mathbb{E}[y^2]` of the target."""
        return self.noise_variance + float(self.spectrum.energy.sum())

    @cached_property
    def cross_moment(self) -> Array:
        r"""The cross moment :math:`\mathbb{E}[yx]`, of shape (n_features,)."""
        return multiply(self.covariance, self.coef)

    @cached_property
    def signal(self) -> Array:
        r"""Whitened coefficients :math:`\sqrt{\lambda_i}\bar\beta_i`, of shape (rank,)."""
        root = np.sqrt(self.eigenbasis.eigenvalues)
        if "coef" in self.__dict__:
            return root * self.eigenbasis.to_coordinates(self.coef)
        # From the cross moment itself: coef loses digits to small eigenvalues.
        return self.eigenbasis.to_coordinates(self.cross_moment) / root

    @cached_property
    def spectrum(self) -> Spectrum:
        """Positive eigenvalues, how many there are of each, and the signal on them."""
        basis, values = self.eigenbasis, self.eigenbasis.eigenvalues
        counts = basis.to_coordinates(self.counts) if self.is_diagonal else np.ones_like(values)
        return Spectrum(values, counts, counts * self.signal**2)


def in_units(problem: Problem) -> Problem:
    """Return the problem of the target over a power of two, whose squares do not overflow.

    That is the size of the signal or of the noise, whichever is larger, but for
    noise whose variance would vanish in it.
    """
    noise, signal = np.sqrt(problem.noise_variance), np.abs(problem.signal).max(initial=0.0)
    size = max(noise, min(signal, noise * 1e140), signal * 1e-140) if noise else signal
    unit = float(np.ldexp(1.0, np.frexp(size)[1]))
    scaled = copy(problem)
    for name in ("spectrum", "target_second_moment"):
        scaled.__dict__.pop(name, None)
    scaled.coef, scaled.signal = problem.coef / unit, problem.signal / unit
    scaled.noise_variance, scaled.unit = problem.noise_variance / unit / unit, unit
    if "cross_moment" in problem.__dict__:
        scaled.cross_moment = problem.cross_moment / unit
    return scaled


def squared_units(value: Any, unit: float) -> Any:
    """Return a second moment of a problem `in_units` as that of the problem itself."""
    with np.errstate(over="ignore"):
        return np.asarray(value) * unit * unit


def squared_error(problem: SecondMoments, coef: Array) -> Array:
    r"""Return :math:`\sigma^2+(b-\beta)'\Sigma(b-\beta)` for vectors b along the last axis."""
    error = coef - problem.coef
    energy = problem.counts * error * multiply(problem.covariance, error)
    return problem.noise_variance + np.sum(energy, axis=-1)


def multiply(covariance: Array, vectors: Array) -> Array:
    r"""Return :math:`\Sigma v` for vectors along the last axis, :math:`\Sigma` full or diagonal."""
    return vectors * covariance if covariance.ndim == 1 else vectors @ covariance


def rescale(covariance: Array, scale: Array) -> Array:
    """Return the covariance, full or diagonal, of features times a scale."""
    return covariance * (scale**2 if covariance.ndim == 1 else np.outer(scale, scale))
