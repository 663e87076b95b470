"""A centred sparse matrix that stays sparse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse.linalg import LinearOperator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Entries of the dense blocks that a factorisation streams through, 32 MB.
BLOCK_ENTRIES = 2**22


class CentredSparse(LinearOperator):
    """``X - 1 mean'`` for a sparse X.

    Parameters
    ----------
    X : sparse array or matrix of shape (n_samples, n_features)
    mean : ndarray of shape (n_features,)
    """

    def __init__(self, X: Any, mean: Array) -> None:
        super().__init__(np.dtype(np.float64), X.shape)
        self.X = X
        self.mean = mean

    def _matmat(self, coef: Array) -> Array:
        return self.X @ coef - self.mean @ coef

    def _rmatmat(self, dual: Array) -> Array:
        return self.X.T @ dual - np.outer(self.mean, dual.sum(axis=0))

    def row_gram(self) -> tuple[Array, float]:
        """Return ``A A'`` and the factor by which centring magnifies its rounding."""
        gram = (self.X @ self.X.T).toarray()
        before = np.trace(gram)
        shift = self.X @ self.mean
        gram -= shift + shift[:, np.newaxis] - self.mean @ self.mean
        return gram, before / np.trace(gram)

    def column_gram(self, weights: Array) -> tuple[Array, float]:
        """Return ``A' diag(weights) A``, and the same factor for its worst column.

        The weighted means of A must be zero, or those of X not subtracted.
        """
        gram = (self.X.T.multiply(weights) @ self.X).toarray()
        before = np.diag(gram).copy()
        gram -= weights.sum() * np.outer(self.mean, self.mean)
        with np.errstate(divide="ignore", invalid="ignore"):
            return gram, float(np.nanmax(before / np.diag(gram), initial=1.0))

    def row_blocks(self) -> Iterator[tuple[slice, Array]]:
        """Yield all rows in dense blocks, with the slice that each is."""
        for rows in _slices(*self.shape):
            yield rows, self.X[rows].toarray() - self.mean

    def column_blocks(self) -> Iterator[Array]:
        """Yield all columns in dense blocks."""
        X = self.X.tocsc()
        for columns in _slices(*self.shape[::-1]):
            yield X[:, columns].toarray() - self.mean[columns]


def _slices(length: int, width: int) -> Iterator[slice]:
    step = max(1, width, BLOCK_ENTRIES // width)
    return (slice(start, start + step) for start in range(0, length, step))
