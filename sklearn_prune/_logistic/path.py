"""Logistic fits to the first s of ordered columns, for every s."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from .coefficients import Coefficients
from .logistic_fit import LogisticFit, centred_columns, fit_wide, row_gram
from .newton import Minimum, minimise
from .rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import AnyArray, Array, Indices


def leading_logistic(
    X: Any, y: AnyArray, weights: Array, sizes: Indices, *, alpha: float, centred: bool
) -> tuple[Array, Array]:
    """Fit the first s columns of X, for increasing s.

    Parameters
    ----------
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_columns)
        Columns in their order.
    y, weights, alpha, centred
        As those of `fit_logistic`.
    sizes : ndarray of shape (n_sizes,)
        Numbers of columns s, increasing.

    Returns
    -------
    coef : ndarray of shape (n_fits, n_columns)
        Zero beyond the size of each fit. There are fits of as many of the sizes as have a
        minimum.
    intercept : ndarray of shape (n_fits,)
    """
    n_samples, n_columns = X.shape
    rows = Rows(y.astype(np.float64), weights)
    A, mean = centred_columns(X, weights, centred=centred)
    A = A.tocsc() if sparse.issparse(A) else np.asfortranarray(A)
    problem = Coefficients(A, alpha, centred)
    tall = sizes[sizes <= n_samples]
    fits = _tall_fits(problem, rows, tall)
    if alpha > 0 and len(fits) == len(tall):
        fits.extend(_wide_fits(problem, rows, sizes[len(tall) :]))
    coef = np.zeros((len(fits), n_columns))
    for row, fit in zip(coef, fits, strict=True):
        row[: len(fit.coef)] = fit.coef
    return coef, np.array([fit.intercept for fit in fits]) - coef @ mean


def _tall_fits(problem: Coefficients, rows: Rows, sizes: Indices) -> list[LogisticFit]:
    """Fit from the largest size to the smallest.

    The leading block of the Cholesky factor of a Hessian is that of the leading columns. So
    the first step to a smaller size is the best one of the quadratic model: that of optimal
    brain surgeon.
    """
    fits: list[LogisticFit] = []
    found: Minimum | None = None
    for size in sizes[::-1]:
        start = found and (found.unknowns[:size], found.intercept)
        hessian = found and found.hessian.leading(size)
        found = minimise(problem.leading(size), rows, start, hessian)
        if found is None:
            fits.clear()
        else:
            fits.append(LogisticFit(found.unknowns, found.intercept))
    return fits[::-1]


def _wide_fits(problem: Coefficients, rows: Rows, sizes: Indices) -> Iterator[LogisticFit]:
    """Fit from the smallest size to the largest, in the dual, with a Gram matrix that grows."""
    gram, before = np.zeros((len(rows.y), len(rows.y))), 0
    fit: LogisticFit | None = None
    for size in sizes:
        gram += row_gram(problem.A[:, before:size])
        start = fit and fit._replace(coef=np.pad(fit.coef, (0, size - before)))
        fit = fit_wide(problem.leading(size), gram, rows, start)
        if fit is None:
            return
        yield fit
        before = size
