"""The basis in which the features are uncorrelated."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._checks import above_rounding

from .eigenvectors import Eigenvectors, eigenpairs

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Function, Indices


@dataclass(frozen=True)
class Eigenbasis:
    """Eigenvectors of a covariance, without those of the eigenvalue zero.

    Parameters
    ----------
    eigenvalues : ndarray of shape (rank,)
        The positive eigenvalues.
    axes : Eigenvectors or ndarray of shape (rank,)
        The eigenvectors; the positions of these features, if the covariance is diagonal.
    n_features : int
        Number of features.
    """

    eigenvalues: Array
    axes: Eigenvectors | Indices
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
        values, axes = eigenpairs(covariance)
        kept = above_rounding(values)
        return cls(values[kept], axes.select(kept), len(covariance))

    @property
    def is_diagonal(self) -> bool:
        """Whether the features are uncorrelated as they are."""
        return not isinstance(self.axes, Eigenvectors)

    @property
    def vectors(self) -> Array | Indices:
        """Eigenvectors as columns, made when first asked for; or positions of features."""
        return self.axes.matrix if isinstance(self.axes, Eigenvectors) else self.axes

    @property
    def _is_plain(self) -> bool:
        """Whether features are uncorrelated and all vary: these are the coordinates."""
        return self.is_diagonal and len(self.eigenvalues) == self.n_features

    def to_coordinates(self, vectors: Array) -> Array:
        """Return the coordinates of vectors over the features, which are along the last axis."""
        if self._is_plain:
            return vectors.copy()
        if not isinstance(self.axes, Eigenvectors):
            return vectors[..., self.axes]
        return _row_by_row(self.axes.project, vectors, len(self.eigenvalues))

    def to_features(self, coordinates: Array) -> Array:
        """Return vectors over the features, whose coordinates are along the last axis."""
        if self._is_plain:
            return coordinates.copy()
        if isinstance(self.axes, Eigenvectors):
            return _row_by_row(self.axes.expand, coordinates, self.n_features)
        result = np.zeros((*coordinates.shape[:-1], self.n_features))
        result[..., self.axes] = coordinates
        return result

    def variances_of_features(self, variances: Array) -> Array:
        """Return the variances of vectors whose coordinates are independent with these."""
        if self.is_diagonal:
            return self.to_features(variances)
        return variances @ self.vectors.T**2


def _row_by_row(function: Function, vectors: Array, size: int) -> Array:
    """Return what a function of a matrix makes of its rows, of that size, in any shape."""
    shape = vectors.shape[:-1]
    return function(vectors.reshape(prod(shape), vectors.shape[-1])).reshape(*shape, size)
