"""Dense fits to the first w columns, for every width w, from shared work.

Up to as many columns as rows, one triangular factor serves every width. Beyond, the
Gram matrix of the rows grows by that of the new columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import Ridge

from sklearn_prune._least_squares.design import as_design, magnitude
from sklearn_prune._least_squares.leading_columns import CHOLESKY_CONDITION
from sklearn_prune._least_squares.min_norm import MinNormRegressor
from sklearn_prune._least_squares.solve import cholesky, min_norm_lstsq
from sklearn_prune._pruning.linear_fit import LinearFit, fit_columns

from .nested_refits import is_plain_ridge, nested_refits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import AnyArray, Indices


def nested_widths(estimator: Any, data: TrainingData, widths: Indices) -> Iterator[LinearFit]:
    """Fit a regressor to the first w columns, for every width w.

    Parameters
    ----------
    estimator : regressor
        `MinNormRegressor` and `Ridge` share work; clones of others are fitted one by
        one.
    data : TrainingData
        What is fitted.
    widths : ndarray of shape (n_widths,)
        Numbers of columns w, increasing.

    Yields
    ------
    LinearFit
        The fit to the first w columns, and as long as that; its `model` is not fitted
        where work was shared.
    """
    X, n_samples = data.X, data.X.shape[0]
    nested = nested_refits(estimator, X, data.y, data.weights, widths[widths <= n_samples])
    n_nested = len(nested.coef)
    for width, coef, intercept in zip(widths[:n_nested], *nested, strict=True):
        yield _linear_fit(estimator, coef[:, :width], intercept, data)
    rest = widths[n_nested:]
    wide = rest[rest >= n_samples] if _shares_gram(estimator, X) else rest[:0]
    for width in rest[: len(rest) - len(wide)]:
        yield _separate_fit(estimator, data, width)
    if len(wide):
        yield from _gram_fits(estimator, data, wide)


def _shares_gram(estimator: Any, X: Any) -> bool:
    """Return whether fits to a dense X, whose squares are safe, go through a Gram matrix."""
    if sparse.issparse(X) or not 1e-70 < magnitude(X) < 1e70:
        return False
    return type(estimator) is MinNormRegressor or is_plain_ridge(estimator, X)


def _gram_fits(estimator: Any, data: TrainingData, widths: Indices) -> Iterator[LinearFit]:
    """Centre once, and fit with a Gram matrix that grows."""
    X, is_ridge = data.X, isinstance(estimator, Ridge)
    weights = data.weights if is_ridge else data.weights / data.weights.max()
    centred = estimator.fit_intercept
    design, mean = as_design(X, weights, centred=centred)
    targets, y_mean = as_design(data.y.reshape(len(weights), -1), weights, centred=centred)
    if mean is None or y_mean is None:
        mean, y_mean = np.zeros(X.shape[1]), np.zeros(targets.shape[1])

    for width, gram in zip(widths, _growing_gram(design, widths), strict=True):
        A = design[:, :width]
        if is_ridge:
            coef = _ridge(A, targets, weights, alpha=float(estimator.alpha), gram=gram)
        else:
            coef, _ = min_norm_lstsq(
                A,
                targets,
                weights,
                cutoff=estimator._cutoff(X[:, :width]),
                mean=mean[:width] if centred else None,
                gram=gram,
            )
        if coef is None:
            yield _separate_fit(estimator, data, width)
        else:
            yield _linear_fit(estimator, coef.T, y_mean - mean[:width] @ coef, data)


def _growing_gram(A: AnyArray, widths: Indices) -> Iterator[AnyArray]:
    """Yield the Gram matrix of the rows of the first w columns, for increasing w."""
    gram, done = np.zeros((len(A), len(A))), 0
    for width in widths:
        new = A[:, done:width]
        gram += new @ new.T
        done = width
        yield gram


def _ridge(
    A: AnyArray, y: AnyArray, weights: AnyArray, *, alpha: float, gram: AnyArray
) -> AnyArray | None:
    """Fit with the penalty ``alpha ||b||^2``, or return None if ``A A'`` is too ill-conditioned."""
    root = np.sqrt(weights)[:, np.newaxis]
    solve, rcond = cholesky(root * gram * root.T + alpha * np.eye(len(gram)))
    if rcond * CHOLESKY_CONDITION**2 < 1:
        return None
    return A.T @ (root * solve(root * y))


def _linear_fit(
    estimator: Any, coef: AnyArray, intercept: AnyArray, data: TrainingData
) -> LinearFit:
    """Shape coefficients (n_targets, n_columns) as those of an estimator's own fit."""
    X, shape = data.X, data.y.shape[1:]
    coef = coef.astype(X.dtype).reshape(*shape, -1)
    return LinearFit(estimator, coef, intercept.astype(X.dtype).reshape(shape))


def _separate_fit(estimator: Any, data: TrainingData, width: int) -> LinearFit:
    """Fit a clone of an estimator to the first columns alone."""
    every = np.ones(width, dtype=bool)
    return fit_columns(estimator, data.X[:, :width], data.y, data.sample_weight, every)
