"""Dense fits to the first w columns, for every width w, from shared work.

Up to as many columns as rows, one triangular factor serves every width. Beyond, the
Gram matrix of the rows grows by that of the new columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._least_squares.cholesky import cholesky
from sklearn_prune._least_squares.design import Problem, has_safe_squares, is_dense, rank_cutoff
from sklearn_prune._least_squares.dual import LEAST_SHARE, solve_gram
from sklearn_prune._least_squares.leading_columns import CHOLESKY_CONDITION
from sklearn_prune._least_squares.solve import min_norm_lstsq
from sklearn_prune._pruning.linear_fit import LinearFit, fit_columns, penalty_of

from .growing_gram import growing_gram, triangle_size, whole_gram
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
    problem, null = _rooted(data, penalty), None
    if penalty.alpha == 0 and penalty.fit_intercept:
        null = problem.weights / np.sqrt(problem.weights @ problem.weights)
    grams = growing_gram(problem.A, widths, alpha=penalty.alpha, null=null)
    for width, gram in zip(widths, grams, strict=True):
        part = problem.leading(width)
        if penalty.alpha > 0:
            coef = _ridge(part, gram)
        else:
            coef = _shortest(part, gram, null, rank_cutoff(data.X[:, :width], penalty.tol))
        if coef is None:
            yield fit_columns(estimator, data.columns(slice(width)))
        else:
            yield _linear_fit(estimator, coef.T, part.intercept(coef.T), data)


def _rooted(data: TrainingData, penalty: Penalty) -> Problem:
    """Return the problem, with the roots of the weights in it if there is a penalty.

    Without one the rows are interpolated, whatever their weights.
    """
    weights = data.weights if penalty.alpha > 0 else data.weights / data.weights.max()
    problem = Problem.of(data.X, data.y, weights, centred=penalty.fit_intercept)
    if penalty.alpha == 0:
        return problem
    root = np.sqrt(weights)[:, np.newaxis]
    return problem._replace(A=root * problem.A, y=root * problem.y)


def _ridge(problem: Problem, gram: Array) -> Array | None:
    """Fit with a penalty that is in ``A A'``, or return None if that is too ill-conditioned."""
    dual = solve_gram(gram, problem.y)
    if dual is None:
        solve, rcond = cholesky(gram, triangle_size(gram))
        if rcond * CHOLESKY_CONDITION**2 < 1:
            return None
        dual = solve(problem.y)
    coef: Array = problem.A.T @ dual
    return coef


def _shortest(problem: Problem, gram: Array, null: Array | None, cutoff: float) -> Array:
    """Interpolate by the Gram matrix alone, or refine and judge the rank where that is needed."""
    dual = solve_gram(gram, problem.y) if cutoff < LEAST_SHARE else None
    if dual is None:
        return min_norm_lstsq(problem, cutoff=cutoff, gram=whole_gram(gram, null))[0]
    coef: Array = problem.A.T @ dual
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
