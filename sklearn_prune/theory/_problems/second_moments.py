"""Second moments of features and target, in the basis where they are diagonal."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._checks import as_floats, check_covariance, check_noise_variance, eigh_psd

from .spectrum import Spectrum

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices


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
    """

    def __init__(self, covariance: Any, coef: Any, noise_variance: Any, weights: Any) -> None:
        self.covariance = check_covariance(covariance)
        shape = self.covariance.shape[:1]
        self.coef = as_floats(coef, "coef", shape)
        self.noise_variance = check_noise_variance(noise_variance)
        self.weights = self._check_weights(weights, shape)
        self._cross: Array | None = None
        if not self.is_diagonal:
            self._basis  # noqa: B018 - an indefinite matrix is refused here and not later

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
        """The number of coordinates, p."""
        return float(self._counts.sum())

    @property
    def _counts(self) -> Array:
        return np.ones_like(self.coef) if self.weights is None else self.weights

    @property
    def variances(self) -> Array:
        r"""The diagonal of :math:`\Sigma`, of shape (n_features,)."""
        return self.covariance if self.is_diagonal else np.diag(self.covariance)

    @property
    def is_diagonal(self) -> bool:
        """Whether the covariance is given by its diagonal."""
        return self.covariance.ndim == 1

    @cached_property
    def cross_moment(self) -> Array:
        r"""The cross moment :math:`\mathbb{E}[yx]`, of shape (n_features,)."""
        return self._multiply(self.coef) if self._cross is None else self._cross

    @cached_property
    def _basis(self) -> tuple[Array, Array | Indices]:
        """Positive eigenvalues, and eigenvectors as columns (if diagonal, indices)."""
        if self.is_diagonal:
            kept = np.flatnonzero(self.covariance > 0)
            return self.covariance[kept], kept
        return eigh_psd(self.covariance)

    @cached_property
    def _signal(self) -> Array:
        r"""Whitened coefficients :math:`\sqrt{\lambda_i}\bar\beta_i`, from what was given."""
        values = self._basis[0]
        if self._cross is not None:
            return self._to_eigenbasis(self._cross) / np.sqrt(values)
        return np.sqrt(values) * self._to_eigenbasis(self.coef)

    @cached_property
    def _spectrum(self) -> Spectrum:
        values, kept = self._basis
        counts = self._counts[kept] if self.is_diagonal else np.ones_like(values)
        return Spectrum(values, counts, counts * self._signal**2)

    def _to_eigenbasis(self, vector: Array) -> Array:
        vectors = self._basis[1]
        return vector[vectors] if self.is_diagonal else vector @ vectors

    def _from_eigenbasis(self, values: Array) -> Array:
        """Return vectors, given along the last axis in the eigenbasis, in that of the features."""
        vectors = self._basis[1]
        if not self.is_diagonal:
            return values @ vectors.T
        result = np.zeros((*values.shape[:-1], len(self.covariance)))
        result[..., vectors] = values
        return result

    def _multiply(self, vector: Array) -> Array:
        r"""Return :math:`\Sigma v` for vectors along the last axis."""
        return vector * self.covariance if self.is_diagonal else vector @ self.covariance
