"""A logistic fit to dense or sparse features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

from .coefficients import EPS, Coefficients
from .dual_vector import DualVector
from .gradient import Gradient
from .newton import TOLERANCE, minimise
from .point import Point
from .rows import Rows

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array


class LogisticFit(NamedTuple):
    """Coefficients, or a dual vector, and an intercept."""

    coef: Array
    intercept: float


def fit_logistic(
    X: Any,
    y: AnyArray,
    weights: Array,
    *,
    alpha: float,
    centred: bool,
    start: LogisticFit | None = None,
) -> LogisticFit | None:
    """Minimise ``sum_i w_i log(1 + exp(-y_i (x_i' b + b0))) + alpha / 2 ||b||^2``.

    Parameters
    ----------
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
        Labels, -1 or 1.
    weights : ndarray of shape (n_samples,)
        Positive weights of the rows.
    alpha : float
        Penalty, positive; or 0, where there are fewer features than rows.
    centred : bool
        Whether there is an intercept b0.
    start : LogisticFit, optional
        A fit nearby.

    Returns
    -------
    LogisticFit or None
        None where there is no minimum, or where rounding hides it: where all labels are
        the same, or a plane tells them apart and alpha is 0.
    """
    rows = Rows(y.astype(np.float64), weights)
    A, mean = centred_columns(X, weights, centred=centred)
    space = Coefficients(A, alpha, centred)
    if start is not None:
        start = start._replace(intercept=start.intercept + float(mean @ start.coef))
    if alpha > 0 and A.shape[1] > A.shape[0]:
        found = fit_wide(space, row_gram(A), rows, start)
    else:
        found = _fit_tall(space, rows, start)
    if found is None:
        return None
    return found._replace(intercept=found.intercept - float(mean @ found.coef))


def fit_logistic_dual(
    gram: Array,
    y: AnyArray,
    weights: Array,
    *,
    alpha: float,
    centred: bool,
    start: LogisticFit | None = None,
) -> LogisticFit | None:
    """Fit in the dual: the coefficients are ``A' a``, the margins of rows B are ``B A' a + b0``.

    Parameters
    ----------
    gram : ndarray of shape (n_samples, n_samples)
        ``A A'``; with an intercept, the rows of A may be centred about any point.
    y, weights, alpha, centred
        As those of `fit_logistic`; alpha is positive.
    start : LogisticFit, optional
        A dual vector nearby, with its intercept.

    Returns
    -------
    LogisticFit or None
        The dual vector a in place of coefficients.
    """
    rows = Rows(y.astype(np.float64), weights)
    found = minimise(DualVector(gram, alpha, centred), rows, start)
    return None if found is None else LogisticFit(found.unknowns, found.intercept)


def centred_columns(X: Any, weights: Array, *, centred: bool) -> tuple[Any, Array]:
    """Return X in double precision, dense columns centred if asked, and what was subtracted.

    What rounding leaves of constant columns is zero.
    """
    A = X.astype(np.float64, copy=False)
    if not centred or sparse.issparse(X):
        return A, np.zeros(X.shape[1])
    share = weights / weights.sum()
    mean = share @ A
    A = A - mean
    rest = share @ A
    A -= rest
    A[:, np.abs(A).max(axis=0) <= 10 * EPS * np.abs(mean)] = 0.0
    return A, mean + rest


def row_gram(A: Any) -> Array:
    """Return ``A A'`` as a dense matrix."""
    gram = A @ A.T
    dense: Array = gram.toarray() if sparse.issparse(gram) else gram
    return dense


def fit_wide(
    space: Coefficients, gram: Array, rows: Rows, start: LogisticFit | None
) -> LogisticFit | None:
    """Fit more features than rows, with the Gram matrix of the rows.

    Beside large columns, it loses the digits of small ones. Where these are missed, the
    Hessian of the coefficients is worth its price.
    """
    dual = None if start is None else _dual_start(space, gram, rows, start)
    found = fit_logistic_dual(gram, *rows, alpha=space.alpha, centred=space.centred, start=dual)
    if found is None:
        return _fit_tall(space, rows, start)
    fit = found._replace(coef=space.A.T @ found.coef)
    return fit if _is_exact(space, rows, fit) else _fit_tall(space, rows, fit)


def _fit_tall(space: Coefficients, rows: Rows, start: LogisticFit | None) -> LogisticFit | None:
    """Fit with the Hessian of the coefficients."""
    found = minimise(space, rows, start)
    return None if found is None else LogisticFit(found.unknowns, found.intercept)


def _is_exact(space: Coefficients, rows: Rows, fit: LogisticFit) -> bool:
    """Return whether the gradient of a fit is small, that of small columns too."""
    gradient = Gradient.at(space, rows, Point.at(space, *fit))
    sizes = abs(space.A).T @ np.abs(gradient.slopes) + space.alpha * np.abs(fit.coef)
    return gradient.error(sizes) <= 2 * TOLERANCE


def _dual_start(space: Coefficients, gram: Array, rows: Rows, start: LogisticFit) -> LogisticFit:
    """Return a dual vector with about the margins of a fit.

    Up to a factor, that of a minimum is the slope of its loss.
    """
    linear = space.linear(start.coef)
    dual = -rows.slopes(linear + start.intercept)
    margins = gram @ dual
    factor = float(linear @ margins) / max(float(margins @ margins), np.finfo(float).tiny)
    return start._replace(coef=max(factor, 0.0) * dual)
