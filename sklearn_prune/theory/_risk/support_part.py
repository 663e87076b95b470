"""The part of whitened vectors that the columns of a support explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import linalg

from sklearn_prune.theory._problems.eigenbasis import Eigenbasis

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

# A Cholesky factor of a covariance with a smaller ratio of pivots is not trusted.
PIVOT_RATIO = 1e-5


class Part(NamedTuple):
    """The projections of whitened vectors on the columns of a support.

    A projection is the same in any orthonormal basis: where no penalty acts,
    eigenvalues of one and the basis of a Cholesky factor do.

    Attributes
    ----------
    eigenvalues : ndarray of shape (support_rank,)
        Those of the support's covariance.
    inside : ndarray of shape (n_vectors, support_rank)
        Coordinates of the projections.
    coefs : ndarray of shape (n_vectors, n_keep)
        The combinations of columns that they are.
    """

    eigenvalues: Array
    inside: Array
    coefs: Array


def part_on(block: Array, products: Array, *, is_free: bool) -> Part:
    """Return the part of vectors on a support.

    Parameters
    ----------
    block : ndarray of shape (n_keep, n_keep)
        The covariance of the support.
    products : ndarray of shape (n_vectors, n_keep)
        Products of the vectors with the columns.
    is_free : bool
        Whether any orthonormal basis will do.
    """
    if is_free:
        factor, info = linalg.lapack.dpotrf(block, lower=True)
        pivots = np.diag(factor)
        if info == 0 and pivots.min() > PIVOT_RATIO * pivots.max():
            inside = linalg.solve_triangular(factor, products.T, lower=True)
            coefs = linalg.solve_triangular(factor, inside, lower=True, trans=1)
            return Part(np.ones(len(block)), inside.T, coefs.T)
    basis = Eigenbasis.of(block)
    root = np.sqrt(basis.eigenvalues)
    inside = basis.to_coordinates(products) / root
    return Part(basis.eigenvalues, inside, basis.to_features(inside / root))
