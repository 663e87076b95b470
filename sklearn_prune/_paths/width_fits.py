"""Dense fits to the first w columns, for every width w, from shared work.

Up to as many columns as rows, one triangular factor serves every width. Beyond, the
Gram matrix of the rows grows by that of the new columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._least_squares.cholesky import cholesky
from sklearn_prune._least_squares.design import Problem, has_safe_squares, is_dense, rank_cutoff
from sklearn_prune._least_squares.leading_columns import CHOLESKY_CONDITION
from sklearn_prune._least_squares.solve import min_norm_lstsq
from sklearn_prune._pruning.linear_fit import LinearFit, fit_columns, penalty_of

from .path_models import leading_fits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.linear_fit import Penalty
    from sklearn_prune._typing import Array, Indices


def width_fits(estimator: Any, data: TrainingData, widths: Indices) -> Iterator[LinearFit]:
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
    n_samples = data.X.shape[0]
    penalty = penalty_of(estimator)
    coefs, intercepts = leading_fits(penalty, data, widths[widths <= n_samples])
    n_shared = len(coefs)
    for width, coef, intercept in zip(widths[:n_shared], coefs, intercepts, strict=True):
        yield _linear_fit(estimator, coef[:, :width], intercept, data)
    rest = widths[n_shared:]
    wide = rest[rest >= n_samples]
    if penalty is None or not is_dense(data.X) or not has_safe_squares(data.X):
        wide = rest[:0]
    for width in rest[: len(rest) - len(wide)]:
        yield fit_columns(estimator, data.columns(slice(width)))
    if penalty is not None and len(wide):
        yield from _gram_fits(estimator, penalty, data, wide)


def _gram_fits(
    estimator: Any, penalty: Penalty, data: TrainingData, widths: Indices
) -> Iterator[LinearFit]:
    """Centre once, and fit with a Gram matrix that grows."""
    weights = data.weights if penalty.alpha > 0 else data.weights / data.weights.max()
    problem = Problem.of(data.X, data.y, weights, centred=penalty.fit_intercept)
    for width, gram in zip(widths, _growing_gram(problem.A, widths), strict=True):
        part = problem.leading(width)
        if penalty.alpha > 0:
            coef = _ridge(part, penalty.alpha, gram)
        else:
            cutoff = rank_cutoff(data.X[:, :width], penalty.tol)
            coef, _ = min_norm_lstsq(part, cutoff=cutoff, gram=gram)
        if coef is None:
            yield fit_columns(estimator, data.columns(slice(width)))
        else:
            yield _linear_fit(estimator, coef.T, part.intercept(coef.T), data)


def _growing_gram(A: Array, widths: Indices) -> Iterator[Array]:
    """Yield the Gram matrix of the rows of the first w columns, for increasing w."""
    gram, done = np.zeros((len(A), len(A))), 0
    for width in widths:
        new = A[:, done:width]
        gram += new @ new.T
        done = width
        yield gram


def _ridge(problem: Problem, alpha: float, gram: Array) -> Array | None:
    """Fit with the penalty ``alpha ||b||^2``, or return None if ``A A'`` is too ill-conditioned."""
    root = np.sqrt(problem.weights)[:, np.newaxis]
    solve, rcond = cholesky(root * gram * root.T + alpha * np.eye(len(gram)))
    if rcond * CHOLESKY_CONDITION**2 < 1:
        return None
    coef: Array = problem.A.T @ (root * solve(root * problem.y))
    return coef


def _linear_fit(estimator: Any, coef: Array, intercept: Array, data: TrainingData) -> LinearFit:
    """Shape coefficients (n_targets, n_columns) as those of an estimator's own fit."""
    dtype, shape = data.X.dtype, data.y.shape[1:]
    return LinearFit(
        estimator,
        coef.astype(dtype).reshape(*shape, -1),
        intercept.astype(dtype).reshape(shape),
        estimator.fit_intercept,
    )
