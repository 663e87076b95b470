"""Design matrices: centred, dense or sparse, with their Gram matrices and factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from .centred_sparse import CentredSparse, centre_sparse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sklearn_prune._typing import Array

EPS = float(np.finfo(np.float64).eps)


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
    largest = magnitude(design)
    if largest == 0:
        return np.zeros(X.shape[1])
    factor = 1.0 if 1e-70 < largest < 1e70 else largest
    if factor != 1:
        design = rescale(design, 1 / factor)
    if isinstance(design, CentredSparse):
        squares = share @ design.X.multiply(design.X) - design.mean**2
    else:
        squares = np.einsum("i,ij,ij->j", share, design, design)
    scale = factor * np.sqrt(np.maximum(squares, 0))
    noise = 0.0 if mean is None else 10 * EPS * np.abs(mean)
    return np.where(scale > noise, scale, 0.0)


def magnitude(A: Any) -> float:
    """Return the largest absolute value of the entries (of the stored ones, and the mean)."""
    if isinstance(A, CentredSparse):
        return float(np.abs(np.append(A.X.data, A.mean)).max(initial=0.0))
    return float(max(A.max(initial=0.0), -A.min(initial=0.0)))


def rescale(A: Any, factor: Array | float) -> Any:
    """Return A with its columns multiplied by a factor."""
    return A.scaled(factor) if isinstance(A, CentredSparse) else A * factor


def row_gram(A: Any) -> tuple[Array, float]:
    """Return ``A A'`` and the factor by which centring magnifies its rounding."""
    return A.row_gram() if isinstance(A, CentredSparse) else (A @ A.T, 1.0)


def row_blocks(A: Any) -> Iterable[tuple[slice, Array]]:
    """Return the rows of A in dense blocks, with the slice that each is."""
    return A.row_blocks() if isinstance(A, CentredSparse) else [(slice(None), A)]


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
