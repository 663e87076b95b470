"""Eigenvectors of a symmetric matrix, kept as the factors that they are found by."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import lapack

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Mask

# Columns of the blocks that LAPACK works with, at most.
BLOCK = 64


def eigenpairs(matrix: Array) -> tuple[Array, Eigenvectors]:
    """Return the eigenvalues of a symmetric matrix in ascending order, and the eigenvectors.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)

    Returns
    -------
    values : ndarray of shape (n,)
    vectors : Eigenvectors

    Raises
    ------
    LinAlgError
        If the iteration for the tridiagonal matrix does not converge.
    """
    largest = max(matrix.max(), -matrix.min())
    unit = np.ldexp(1.0, np.frexp(largest)[1] - 1)  # so that no square overflows
    work = BLOCK * len(matrix)
    scaled = (matrix / unit).T
    factor, diagonal, beside, scales, _ = lapack.dsytrd(scaled, 1, work, overwrite_a=True)
    values, rotation, info = lapack.dstevd(diagonal, beside if beside.size else np.zeros(1))
    if info:
        msg = "Eigenvalues did not converge."
        raise np.linalg.LinAlgError(msg)
    return unit * values, Eigenvectors(np.asfortranarray(factor[1:, :-1]), scales, rotation)


class Eigenvectors:
    r"""Eigenvectors :math:`V=QS` of a symmetric matrix that reflections Q make tridiagonal.

    S has the eigenvectors of the tridiagonal matrix. A product of Q, S and a vector takes
    three times as long as one of V, but V as long as some n of them: it is made when as many
    have been asked for.

    Parameters
    ----------
    reflectors : ndarray of shape (n - 1, n - 1)
        Vectors of the reflections, below the diagonal, as of LAPACK's ``dsytrd``.
    scales : ndarray of shape (n - 1,)
        Their factors.
    rotation : ndarray of shape (n, n_vectors)
        S.
    """

    def __init__(self, reflectors: Array, scales: Array, rotation: Array) -> None:
        self._reflectors, self._scales, self._rotation = reflectors, scales, rotation
        self._n_products = 0

    def select(self, kept: Mask) -> Eigenvectors:
        """Return those of a mask of shape (n_vectors,)."""
        return Eigenvectors(self._reflectors, self._scales, self._rotation[:, kept])

    @cached_property
    def matrix(self) -> Array:
        """V, of shape (n, n_vectors)."""
        return self._reflect(self._rotation.T, "N").T

    def expand(self, rows: Array) -> Array:
        """Return ``rows @ V.T``, of shape (n_rows, n), for rows of shape (n_rows, n_vectors)."""
        if self._is_made_for(rows):
            return rows @ self.matrix.T
        return self._reflect(rows @ self._rotation.T, "N")

    def project(self, rows: Array) -> Array:
        """Return ``rows @ V``, of shape (n_rows, n_vectors), for rows of shape (n_rows, n)."""
        if self._is_made_for(rows):
            return rows @ self.matrix
        return self._reflect(rows, "T") @ self._rotation

    def _is_made_for(self, rows: Array) -> bool:
        """Return whether V is there, or will have paid for itself after so many products."""
        self._n_products += len(rows)
        return "matrix" in self.__dict__ or self._n_products > len(self._rotation)

    def _reflect(self, rows: Array, transpose: str) -> Array:
        """Return ``rows @ Q.T``, or ``rows @ Q`` of the transpose "T"; e_1 is left as it is."""
        result = np.array(rows)
        if self._scales.size and len(rows):
            work = BLOCK * (len(rows) + BLOCK + 1)
            factors = self._reflectors, self._scales
            product, _, _ = lapack.dormqr("L", transpose, *factors, rows[:, 1:].T, work)
            result[:, 1:] = product.T
        return result
