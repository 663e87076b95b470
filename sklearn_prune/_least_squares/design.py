"""Least-squares problems: centred, dense or sparse, with their Gram matrices and factors.

Nothing else asks what kind of matrix it has.
"""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

from .centred_sparse import CentredSparse, centre_sparse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sklearn_prune._typing import AnyArray, Array

EPS = float(np.finfo(np.float64).eps)


class Problem(NamedTuple):
    """A weighted least-squares problem, centred if it has an intercept.

    Attributes
    ----------
    A : ndarray or CentredSparse of shape (n_samples, n_features)
        Design matrix.
    y : ndarray of shape (n_samples, n_targets)
        Targets.
    weights : ndarray of shape (n_samples,)
        Positive weights of the rows.
    mean : ndarray of shape (n_features,) or None
        What was subtracted from the columns, if anything.
    y_mean : ndarray of shape (n_targets,) or None
        What was subtracted from the targets.
    dense : bool
        Whether A is an ndarray.
    """

    A: Any
    y: Array
    weights: Array
    mean: Array | None = None
    y_mean: Array | None = None
    dense: bool = True

    @classmethod
    def of(cls, X: Any, y: Array, weights: Array, *, centred: bool, copy: bool = True) -> Problem:
        """Centre the features and the targets, if asked (see `as_design`)."""
        A, mean = as_design(X, weights, centred=centred, copy=copy)
        targets, y_mean = as_design(y.reshape(len(y), -1), weights, centred=centred)
        return cls(A, targets, weights, mean, y_mean, is_dense(A))

    def leading(self, width: int) -> Problem:
        """Return the problem with the first columns of a dense A."""
        mean = None if self.mean is None else self.mean[:width]
        return self._replace(A=self.A[:, :width], mean=mean)

    def intercept(self, coef: Array) -> Array:
        """Return the intercepts of coefficients of shape (..., n_targets, n_features)."""
        if self.mean is None or self.y_mean is None:
            return np.zeros(coef.shape[:-1])
        return self.y_mean - coef @ self.mean


def centre(X: Any, weights: Array, *, copy: bool = True) -> tuple[Any, Array]:
    """Subtract the weighted column means.

    Parameters
    ----------
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_columns)
    weights : ndarray of shape (n_samples,)
        Positive weights of the rows.
    copy : bool, default=True
        If False, a dense X is overwritten, unless it is read-only.

    Returns
    -------
    centred : ndarray or CentredSparse of shape (n_samples, n_columns)
    mean : ndarray of shape (n_columns,)
    """
    share = weights / weights.sum()
    if not isinstance(X, np.ndarray):
        return centre_sparse(X, share)
    mean = share @ X
    centred = np.subtract(X, mean, out=None if copy or not X.flags.writeable else X)
    # The mean is off by rounding in proportion to its size, and what is left of
    # it would count as a direction of the data: take the mean of the remainder.
    rest = share @ centred
    centred -= rest
    return centred, mean + rest


def as_design(
    X: Any, weights: Array, *, centred: bool, copy: bool = True
) -> tuple[Any, Array | None]:
    """Return X in double precision, centred if asked, and the means subtracted.

    Parameters
    ----------
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_columns)
    weights : ndarray of shape (n_samples,)
        Positive weights of the rows.
    centred : bool
        Whether to subtract the weighted column means.
    copy : bool, default=True
        If False, a dense float64 X is overwritten.

    Returns
    -------
    design : ndarray or CentredSparse of shape (n_samples, n_columns)
    mean : ndarray of shape (n_columns,) or None
        None unless `centred`.
    """
    design = X.astype(np.float64, copy=False)
    if centred:
        return centre(design, weights, copy=copy and np.may_share_memory(design, X))
    if sparse.issparse(design):
        design = CentredSparse(design, np.zeros(design.shape[1]))
    return design, None


def column_scale(X: Any, weights: Array, *, centred: bool) -> Array:
    """Return the root mean square of each column, 0 if constant up to rounding.

    Parameters
    ----------
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_columns)
    weights : ndarray of shape (n_samples,)
        Positive weights of the rows.
    centred : bool
        Whether to subtract the weighted column means first.

    Returns
    -------
    ndarray of shape (n_columns,)
    """
    share = weights / weights.sum()
    design, mean = as_design(X, weights, centred=centred)
    exponents = safe_exponents(design)
    if exponents.any():
        design = rescale(design, np.ldexp(1.0, -exponents))
    if isinstance(design, CentredSparse):
        squares = share @ design.X.multiply(design.X) - design.mean**2
    else:
        squares = np.einsum("i,ij,ij->j", share, design, design)
    scale = np.ldexp(np.sqrt(np.maximum(squares, 0)), exponents)
    noise = 0.0 if mean is None else 10 * EPS * np.abs(mean)
    return np.where(scale > noise, scale, 0.0)


def scaled_columns(X: Any, scale: Array) -> Any:
    """Return X in double precision, its columns divided by a scale."""
    if isinstance(X, np.ndarray):
        return X.astype(np.float64, copy=False) / scale
    return X.astype(np.float64).multiply(1 / scale).tocsc()


def rank_cutoff(X: Any, tol: Any = None) -> float:
    """Return the share of the largest singular value of X below which others are zero.

    By default it is the rounding of float64, in which everything is computed, but at
    least that of the entries.

    Raises
    ------
    ValueError
        If `tol` is no number of at least 0.
    """
    if tol is None:
        return max(max(X.shape) * EPS, min(X.shape) * float(np.finfo(X.dtype).eps))
    if not isinstance(tol, Real) or not float(tol) >= 0:
        msg = f"tol is {tol!r}: give a relative cut-off of at least 0, or None."
        raise ValueError(msg)
    return min(float(tol), 1.0)


def constant_norm(mean: Array | None, total_weight: float) -> Array | float:
    """Return the norms up to which centred columns are constant: what rounding leaves."""
    return 0.0 if mean is None else 10 * EPS * np.sqrt(total_weight) * np.abs(mean)


def magnitude(A: Any) -> float:
    """Return the largest absolute value of the entries (of the stored ones, and the mean)."""
    if isinstance(A, CentredSparse):
        return float(np.abs(np.append(A.X.data, A.mean)).max(initial=0.0))
    return float(max(A.max(initial=0.0), -A.min(initial=0.0)))


def column_sizes(A: Any) -> Array:
    """Return the largest absolute value of each column (of what is stored, and the mean)."""
    if isinstance(A, CentredSparse):
        return np.maximum(abs(A.X).max(axis=0).toarray().ravel(), np.abs(A.mean))
    largest = np.maximum(A.max(axis=0, initial=0.0), -A.min(axis=0, initial=0.0))
    return largest.astype(np.float64, copy=False)


def binary_exponents(sizes: Any) -> Any:
    """Return k such that ``sizes / 2**k`` is about one, 0 for a size of zero.

    To multiply by a power of two is exact. That of the least numbers is in range.
    """
    return np.clip(np.frexp(sizes)[1], -1000, 1000)


def safe_exponents(A: Any) -> Any:
    """Return k such that the squares of ``A / 2**k`` are safe: 0 for columns that are."""
    sizes = column_sizes(A)
    return np.where(_is_safe(sizes), 0, binary_exponents(sizes))


def has_safe_squares(A: Any) -> bool:
    """Return whether the squares of all columns are far from overflow and underflow."""
    sizes = column_sizes(A)
    return bool(sizes.any() and np.all(_is_safe(sizes[sizes > 0])))


def _is_safe(sizes: Array) -> Any:
    return (sizes > 1e-70) & (sizes < 1e70)


def column_norms(A: Array) -> Array:
    """Return the norms of columns of any size."""
    exponents = binary_exponents(column_sizes(A))
    norms: Array = np.ldexp(np.linalg.norm(A * np.ldexp(1.0, -exponents), axis=0), exponents)
    return norms


def is_dense(A: Any) -> bool:
    """Return whether a design, or X, is an ndarray."""
    return isinstance(A, np.ndarray)


def rescale(A: Any, factor: Array | float) -> Any:
    """Return A with its columns multiplied by a factor."""
    return A.scaled(factor) if isinstance(A, CentredSparse) else A * factor


def filled(A: Any) -> AnyArray:
    """Return A, or a part of X, as a dense array."""
    if isinstance(A, CentredSparse):
        return np.vstack([block for _, block in A.row_blocks()])
    return A.toarray() if sparse.issparse(A) else np.asarray(A)


def take_rows(A: Any, rows: Any) -> Any:
    """Return some of the rows."""
    return A.rows(rows) if isinstance(A, CentredSparse) else A[rows]


def take_columns(A: Any, columns: Any) -> Any:
    """Return some of the columns."""
    return A.columns(columns) if isinstance(A, CentredSparse) else A[:, columns]


def stored_rows(A: Any) -> Any:
    """Return what is stored of A: its rows are equal where those of A are."""
    return A.X if isinstance(A, CentredSparse) else A


def row_gram(A: Any) -> tuple[Array, float]:
    """Return ``A A'`` and the factor by which centring magnifies its rounding."""
    return A.row_gram() if isinstance(A, CentredSparse) else (A @ A.T, 1.0)


def row_blocks(A: Any) -> Iterable[tuple[slice, Array]]:
    """Return the rows of A in dense blocks, with the slice that each is."""
    return A.row_blocks() if isinstance(A, CentredSparse) else [(slice(None), A)]


def column_blocks(A: Any) -> Iterable[Array]:
    """Return the columns of A in dense blocks."""
    return A.column_blocks() if isinstance(A, CentredSparse) else [A]


def column_gram(A: Any, weights: Array) -> tuple[Array, float]:
    """Return ``A' diag(weights) A`` and the same factor."""
    if isinstance(A, CentredSparse):
        return A.column_gram(weights)
    weighted = np.sqrt(weights)[:, np.newaxis] * A
    return weighted.T @ weighted, 1.0


def triangular_factor(blocks: Iterable[Array]) -> Array:
    """Return R of a QR factorisation of the stacked blocks, one block at a time."""
    R: Any = None
    for block in blocks:
        R = np.linalg.qr(block if R is None else np.vstack([R, block]), mode="r")
    return np.asarray(R)


def joint_factor(A: Any, y: Array, root: Array) -> Array:
    """Return the triangular factor of ``[A y]`` with the rows multiplied by roots of weights.

    It holds that of A, and ``Q'y``, so that Q is not needed.
    """
    return triangular_factor(np.hstack([block, y[i]]) * root[i] for i, block in row_blocks(A))
