r"""Scores of groups of features after optimal brain damage: what all of them explain.

That of a group g with coefficients b is :math:`\sqrt{b_g^\top H_{gg} b_g}`, which does not
depend on the basis in which its columns are written. A group of one feature has the score
:math:`\sqrt{H_{ii}}\,|b_i|`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from sklearn_prune._least_squares.design import column_scale
from sklearn_prune._logistic.curvature import curvature_scale

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array

    from .logistic_loss import Curvature
    from .selection import Selection


def group_hessian_scores(
    coef: AnyArray,
    X: Any,
    weights: Array,
    selection: Selection,
    curvature: Curvature | None,
    *,
    centred: bool,
) -> AnyArray:
    """Return the scores of the columns, each that of its group.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
    weights : ndarray of shape (n_samples,)
        Positive weights of the samples.
    selection : Selection
    curvature : Curvature or None
        That of the loss, if it is no squared error.
    centred : bool
        Whether the model has an intercept.

    Returns
    -------
    ndarray of shape (n_targets, n_features)
    """
    scores = []
    for target, b in enumerate(np.atleast_2d(coef)):
        parts = _linear_parts(X, b, selection)
        if curvature is None:
            scores.append(column_scale(parts, weights, centred=centred))
        else:
            squares = np.bincount(selection.groups, weights=b.astype(np.float64) ** 2)
            spread = _spread(parts, curvature, target, centred=centred)
            scores.append(np.sqrt(spread**2 + curvature.alpha * squares))
    return np.array(scores)[:, selection.groups]


def _spread(parts: Any, curvature: Curvature, target: int, *, centred: bool) -> Array:
    """Return the roots of the squares of what groups add, by the curvature of a class."""
    p = curvature.probabilities.astype(np.float64).reshape(len(curvature.weights), -1)[:, target]
    return curvature_scale(parts, curvature.weights * p * (1 - p), alpha=0, centred=centred)


def _linear_parts(X: Any, coef: AnyArray, selection: Selection) -> Any:
    """Return what each group adds to the predictions, of shape (n_samples, n_groups)."""
    place = np.arange(len(coef)), selection.groups
    by_group = sparse.csc_array(
        (coef.astype(np.float64), place), shape=(len(coef), selection.n_groups)
    )
    if sparse.issparse(X):
        return sparse.csc_array(X @ by_group)
    return np.ascontiguousarray(X @ by_group)


def group_hessian_of_moments(
    coef: AnyArray, squares: Array, scale: Array, selection: Selection
) -> Array:
    """Return the same scores from sums of products of the columns, and their scale."""
    norms = np.sqrt(squares.diagonal()[: len(scale)])
    norms[scale == 0] = 1.0
    scaled = np.atleast_2d(coef) * scale
    scores = np.zeros((len(scaled), selection.n_groups))
    for number, columns in enumerate(selection.members()):
        correlation = squares[np.ix_(columns, columns)] / norms[columns]
        correlation /= norms[columns, np.newaxis]
        part = scaled[:, columns]
        scores[:, number] = ((part @ correlation) * part).sum(axis=1)
    return np.sqrt(np.maximum(scores, 0))[:, selection.groups]
