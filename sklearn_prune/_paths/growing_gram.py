"""Gram matrices of the rows of the first w columns, for increasing w.

Half of a symmetric matrix is work enough: only the upper triangles are formed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import blas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Array, Indices


def growing_gram(
    A: Array, widths: Indices, *, alpha: float = 0.0, null: Array | None = None
) -> Iterator[Array]:
    """Yield the upper triangle of ``A A' + alpha I`` of the first w columns.

    Parameters
    ----------
    A : ndarray of shape (n_rows, n_columns)
    widths : ndarray of shape (n_widths,)
        Numbers of columns w, increasing.
    alpha : float, default=0.0
    null : ndarray of shape (n_rows,), optional
        A direction of norm one in which ``null' A = 0``. It gets the mean eigenvalue, as if
        each block of new columns had one more.

    Yields
    ------
    ndarray of shape (n_rows, n_rows)
        The same array every time, zero below the diagonal.
    """
    gram, done = np.diag(np.full(len(A), alpha)).T, 0
    for width in widths:
        new = A[:, done:width]
        if null is not None:
            new = np.column_stack([new, null * (np.linalg.norm(new) / np.sqrt(len(A)))])
        gram = blas.dsyrk(1.0, new.T, beta=1.0, c=gram, trans=True, lower=True, overwrite_c=True)
        done = width
        yield gram.T


def triangle_size(gram: Array) -> Any:
    """Return the 1-norm of the symmetric matrix with an upper triangle."""
    sizes = np.abs(gram)
    return (sizes.sum(axis=0) + sizes.sum(axis=1) - sizes.diagonal()).max()


def whole_gram(gram: Array, null: Array | None) -> Array:
    """Return ``A A'`` from its upper triangle, its null direction as it was."""
    whole: Array = gram + np.triu(gram, 1).T
    if null is not None:
        whole -= np.outer((null @ whole @ null) * null, null)
    return whole
