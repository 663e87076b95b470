"""A centred sparse matrix that stays sparse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator

from .blocks import slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Array

# A factorisation streams through dense blocks of this many entries, 32 MB, or square ones.
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
        self.X = sparse.csr_array(X)
        self.mean = mean

    def _matmat(self, coef: Array) -> Array:
        return self.X @ coef - self.mean @ coef

    def _rmatmat(self, dual: Array) -> Array:
        return self.X.T @ dual - np.outer(self.mean, dual.sum(axis=0))

    def rows(self, indices: Any) -> CentredSparse:
        """Return some of the rows."""
        return CentredSparse(self.X[indices], self.mean)

    def columns(self, indices: Any) -> CentredSparse:
        """Return some of the columns."""
        return CentredSparse(self.X[:, indices], self.mean[indices])

    def scaled(self, factor: Array | float) -> CentredSparse:
        """Return the matrix with its columns multiplied by the factor."""
        return CentredSparse(self.X.multiply(factor), self.mean * factor)

    def row_gram(self) -> tuple[Array, float]:
        """Return ``A A'`` and the factor by which centring magnifies its rounding."""
        gram = (self.X @ self.X.T).toarray()
        before = np.trace(gram)
        shift = self.X @ self.mean
        gram -= shift + shift[:, np.newaxis] - self.mean @ self.mean
        after = np.trace(gram)
        return gram, before / after if after > 0 else np.inf

    def column_gram(self, weights: Array) -> tuple[Array, float]:
        """Return ``A' diag(weights) A``, and the same factor for its worst column.

        The weighted means of A must be zero, or those of X not subtracted.
        """
        gram = (self.X.T.multiply(weights) @ self.X).toarray()
        before = np.diag(gram).copy()
        gram -= weights.sum() * np.outer(self.mean, self.mean)
        after = np.diag(gram)
        positive = after > 0
        lost = np.any(before[~positive] > 0)
        return gram, np.inf if lost else np.max(before[positive] / after[positive], initial=1.0)

    def row_blocks(self) -> Iterator[tuple[slice, Array]]:
        """Yield all rows in dense blocks, with the slice that each is."""
        for rows in _blocks(*self.shape):
            yield rows, self.X[rows].toarray() - self.mean

    def column_blocks(self) -> Iterator[Array]:
        """Yield all columns in dense blocks."""
        X = self.X.tocsc()
        for columns in _blocks(*self.shape[::-1]):
            yield X[:, columns].toarray() - self.mean[columns]


def centre_sparse(X: Any, share: Array) -> tuple[CentredSparse, Array]:
    """Subtract weighted column means: from stored entries where a column has no other.

    What is left to the implicit mean are columns with zeros. They vary by as much as their
    mean is large, so that nothing cancels; a full column may have any mean.

    Parameters
    ----------
    X : sparse array or matrix of shape (n_samples, n_features)
    share : ndarray of shape (n_samples,)
        Weights of sum one.

    Returns
    -------
    centred : CentredSparse of shape (n_samples, n_features)
    mean : ndarray of shape (n_features,)
    """
    X = sparse.csr_array(X, copy=True)
    X.sum_duplicates()
    mean = share @ X
    full = np.bincount(X.indices, minlength=X.shape[1]) == X.shape[0]
    X.data -= np.where(full, mean, 0)[X.indices]
    rest = np.where(full, share @ X, 0)
    X.data -= rest[X.indices]
    return CentredSparse(X, np.where(full, 0, mean)), mean + rest


def _blocks(length: int, width: int) -> Iterator[slice]:
    """Cut rows, or columns, into blocks that are square at least."""
    return slices(range(length), width, entries=BLOCK_ENTRIES, least=width)
