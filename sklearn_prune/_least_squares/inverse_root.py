"""Roots of the inverse Hessian of a fit, of few features or of more than samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import linalg
from scipy.linalg import lapack

from .cholesky import cholesky
from .design import EPS, column_gram, filled, joint_factor, rescale, row_gram, triangular_factor

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

# Down to this reciprocal condition number a Gram matrix keeps nine digits of what it tells.
GRAM_RCOND = 1e-7

# What stands for the limit of no penalty, as a share of the least eigenvalue that is not zero.
LIMIT = 1e-14

# Of a share of one that is less, a difference from one has lost too many digits.
LOST = 1e-6

# The part of a feature, of length one, below which others do not replace it.
REPLACED = 1e-10


class TallRoot(NamedTuple):
    """Columns r_i whose inner products are the inverse of a Hessian.

    Attributes
    ----------
    columns : ndarray of shape (n_rows, n_features)
    """

    columns: Array

    def norms(self) -> Array:
        """Return their norms, the roots of the diagonal."""
        norms: Array = linalg.norm(self.columns, axis=0)
        return norms

    def of(self, features: Indices) -> Array:
        """Return those of some features."""
        return self.columns[:, features]


class WideRoot(NamedTuple):
    """The same of more features than samples: what samples tell, and what only a penalty does.

    Attributes
    ----------
    basis : ndarray of shape (n_features, rank)
        Orthonormal: the row space.
    shares : ndarray of shape (rank,)
        What the penalty leaves of the inverse in each direction, of at most one; outside of
        the row space it is one.
    scale : float
        What all are divided by.
    """

    basis: Array
    shares: Array
    scale: float

    def norms(self) -> Array:
        """Return the norms, the roots of the diagonal."""
        squares = 1 - self.basis**2 @ (1 - self.shares)
        for feature in np.flatnonzero(squares < LOST):
            squares[feature] = linalg.norm(self._exactly(np.array([feature]))) ** 2
        return np.sqrt(squares) / self.scale

    def of(self, features: Indices) -> Array:
        """Return columns of some features that have the same inner products."""
        part = self.basis[features]
        squares, axes = linalg.eigh(np.eye(len(part)) - part * (1 - self.shares) @ part.T)
        if squares[0] < LOST:
            return self._exactly(features) / self.scale
        return np.sqrt(squares)[:, np.newaxis] * axes.T / self.scale

    def _exactly(self, features: Indices) -> Array:
        inside = np.sqrt(self.shares)[:, np.newaxis] * self.basis[features].T
        return np.vstack([inside, self.outside(features)])

    def tells_some(self) -> bool:
        """Return whether samples alone tell the coefficient of some feature."""
        told = np.flatnonzero((self.basis**2).sum(axis=1) > 1 - LOST)
        return not self.outside(told).any(axis=0).all()

    def outside(self, features: Indices) -> Array:
        """Return what lies outside of the row space: projected twice, it keeps its digits."""
        rest = np.zeros((len(self.basis), len(features)))
        rest[features, np.arange(len(features))] = 1
        for _ in range(2):
            rest -= self.basis @ (self.basis.T @ rest)
        rest[:, linalg.norm(rest, axis=0) < REPLACED] = 0
        return rest


def inverse_root(
    A: Any, weights: Array, norms: Array, *, alpha: float, centred: bool, cutoff: float
) -> TallRoot | WideRoot:
    r"""Return a root of the inverse of :math:`H = A' W A + \alpha I`.

    Where H is singular, that of the limit :math:`\alpha\to 0`: what others do not replace
    keeps its entry, and that of what they do is infinitely larger. If they replace each, all
    entries are multiplied by :math:`\alpha`.

    Parameters
    ----------
    A : ndarray or CentredSparse of shape (n_samples, n_features)
    weights : ndarray of shape (n_samples,)
        At least zero.
    norms : ndarray of shape (n_features,)
        Those of the weighted columns, positive.
    alpha : float
    centred : bool
        Whether the columns have the mean zero.
    cutoff : float
        Share of the largest singular value below which others are zero.
    """
    root = np.sqrt(weights)[:, np.newaxis]
    if A.shape[1] > A.shape[0] - centred:
        return _wide_root(A, root, float(norms.max()), alpha, centred, cutoff)
    return _tall_root(A, root, np.hypot(norms, np.sqrt(alpha)), alpha, cutoff)


def inverse_root_of_gram(gram: Array, norms: Array, alpha: float) -> TallRoot | None:
    """Return the same from inner products of columns, None where these have lost digits."""
    scale = np.hypot(norms, np.sqrt(alpha))
    gram = gram / scale / scale[:, np.newaxis]
    gram.flat[:: len(gram) + 1] = 1
    factor = _cholesky_factor(gram)
    return None if factor is None else _from_triangle(factor, scale)


def _cholesky_factor(gram: Array, loss: float = 1.0) -> Array | None:
    """Return the triangular factor of columns of norm one, if their products have the digits."""
    _, rcond = cholesky(gram)
    return linalg.cholesky(gram) if rcond > loss * GRAM_RCOND else None


def _from_triangle(R: Array, scale: Array) -> TallRoot:
    return TallRoot(linalg.solve_triangular(R, np.eye(len(R)), trans="T") / scale)


def _tall_root(A: Any, root: Array, scale: Array, alpha: float, cutoff: float) -> TallRoot:
    """Return the root of a Hessian of at least as many independent rows as columns."""
    A, penalty = rescale(A, 1 / scale), np.sqrt(alpha) / scale
    gram, loss = column_gram(A, root[:, 0] ** 2)
    gram.flat[:: len(gram) + 1] += penalty**2
    R = _cholesky_factor(gram, loss)
    if R is None:
        rows = joint_factor(A, np.empty((len(root), 0)), root)
        R = triangular_factor([rows, np.diag(penalty)])
        if not lapack.dtrcon(R)[0] > 10 * len(R) * cutoff:
            return _singular_root(R, scale, cutoff)
    return _from_triangle(R, scale)


def _singular_root(R: Array, scale: Array, cutoff: float) -> TallRoot:
    """Return the limit of no penalty where some columns depend on others."""
    _, values, axes = linalg.svd(R)
    kept = values > cutoff * values[0]
    axes, null = axes[kept], axes[~kept]
    null[:, linalg.norm(null, axis=0) < REPLACED] = 0
    outside = linalg.qr((null / scale).T, mode="economic")[0].T
    small = np.sqrt(LIMIT) * scale.min()
    if null.any(axis=0).all():
        return TallRoot(np.vstack([axes / values[kept, np.newaxis] / scale * small, outside]))
    return TallRoot(np.vstack([axes / values[kept, np.newaxis] / scale, outside / small]))


def _wide_root(
    A: Any, root: Array, size: float, alpha: float, centred: bool, cutoff: float
) -> WideRoot:
    """Return the root of a Hessian of fewer independent rows than columns."""
    A, penalty = rescale(A, 1 / size), np.sqrt(alpha) / size
    space = _space_of_gram(A, root, penalty**2, centred)
    basis, values = _space_of_rows(A, root, cutoff) if space is None else space
    small = penalty or np.sqrt(LIMIT) * values.min(initial=1.0)
    found = WideRoot(basis, (small / np.hypot(values, small)) ** 2, small * size)
    return found if alpha or found.tells_some() else found._replace(scale=1.0)


def _space_of_gram(A: Any, root: Array, alpha: float, centred: bool) -> tuple[Array, Array] | None:
    """Return a basis of the row space and its singular values, if a Gram matrix has the digits.

    Values far below the root of the penalty do not matter.
    """
    gram, loss = row_gram(A)
    squares, U = linalg.eigh(gram * root * root.T)
    kept = squares > loss * GRAM_RCOND * squares[-1]
    if np.count_nonzero(squares[~kept] >= EPS * alpha) > centred:
        return None
    values = np.sqrt(squares[kept])
    basis = A.T @ (root * U[:, kept]) / values
    # One step of Newton makes it orthonormal to the last digit.
    return basis @ (1.5 * np.eye(len(values)) - basis.T @ basis / 2), values


def _space_of_rows(A: Any, root: Array, cutoff: float) -> tuple[Array, Array]:
    """Return the same from the rows."""
    _, values, rows = linalg.svd(root * filled(A), full_matrices=False)
    kept = values > cutoff * values[0]
    return rows[kept].T, values[kept]
