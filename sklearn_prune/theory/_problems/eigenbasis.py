"""The basis in which the features are uncorrelated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._checks import eigh_psd

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices


@dataclass(frozen=True)
class Eigenbasis:
    """Eigenvectors of a covariance, without those of the eigenvalue zero.

    Parameters
    ----------
    eigenvalues : ndarray of shape (rank,)
        The positive eigenvalues.
    vectors : ndarray of shape (n_features, rank) or (rank,)
        Eigenvectors as columns; the positions of these features, if the covariance is
        diagonal.
    n_features : int
        Number of features.
    """

    eigenvalues: Array
    vectors: Array | Indices
    n_features: int

    @classmethod
    def of(cls, covariance: Array) -> Eigenbasis:
        """Return the basis of a covariance of shape (n_features, n_features), or of its diagonal.

        Raises
        ------
        ValueError
            If an eigenvalue is negative by more than rounding.
        """
        if covariance.ndim == 1:
            positive = np.flatnonzero(covariance > 0)
            return cls(covariance[positive], positive, len(covariance))
        return cls(*eigh_psd(covariance), len(covariance))

    @property
    def is_diagonal(self) -> bool:
        """Whether the features are uncorrelated as they are."""
        return self.vectors.ndim == 1

    def to_coordinates(self, vector: Array) -> Array:
        """Return the coordinates, of shape (rank,), of a vector over the features."""
        return vector[self.vectors] if self.is_diagonal else vector @ self.vectors

    def to_features(self, coordinates: Array) -> Array:
        """Return vectors over the features, whose coordinates are along the last axis."""
        if not self.is_diagonal:
            return coordinates @ self.vectors.T
        result = np.zeros((*coordinates.shape[:-1], self.n_features))
        result[..., self.vectors] = coordinates
        return result

    def variances_of_features(self, variances: Array) -> Array:
        """Return the variances of vectors whose coordinates are independent with these."""
        if self.is_diagonal:
            return self.to_features(variances)
        return variances @ self.vectors.T**2
