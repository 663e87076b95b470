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

    from .selection import Selection
    from .strategies import MomentScoring, Scoring


def group_hessian_scores(given: Scoring, selection: Selection) -> AnyArray:
    """Return the scores of the columns, those of their groups, of shape (n_targets, n_features).

    Parameters
    ----------
    given : Scoring
    selection : Selection
    """
    rows = [_group_scores(given, b, t, selection) for t, b in enumerate(np.atleast_2d(given.coef))]
    return np.array(rows)[:, selection.groups]


def _group_scores(given: Scoring, coef: AnyArray, target: int, selection: Selection) -> Array:
    """Return the scores of the groups for one target."""
    parts = _linear_parts(given.X, coef, selection)
    if given.curvature is None:
        return column_scale(parts, given.weights, centred=given.centred)
    probabilities, weights, alpha = given.curvature
    p = probabilities.astype(np.float64).reshape(len(weights), -1)[:, target]
    spread = curvature_scale(parts, weights * p * (1 - p), alpha=0, centred=given.centred)
    squares = np.bincount(selection.groups, weights=coef.astype(np.float64) ** 2)
    scores: Array = np.sqrt(spread**2 + alpha * squares)
    return scores


def _linear_parts(X: Any, coef: AnyArray, selection: Selection) -> Any:
    """Return what each group adds to the predictions, of shape (n_samples, n_groups)."""
    place = np.arange(len(coef)), selection.groups
    by_group = sparse.csc_array(
        (coef.astype(np.float64), place), shape=(len(coef), selection.n_groups)
    )
    if sparse.issparse(X):
        return sparse.csc_array(X @ by_group)
    return np.ascontiguousarray(X @ by_group)


def group_hessian_of_moments(given: MomentScoring, selection: Selection) -> Array:
    """Return the same scores from moments."""
    norms = np.sqrt(given.squares.diagonal()[: len(given.scale)])
    norms[given.scale == 0] = 1.0
    scaled = np.atleast_2d(given.coef) * given.scale
    squares = np.zeros((len(scaled), selection.n_groups))
    for number, columns in enumerate(selection.members()):
        correlation = given.squares[np.ix_(columns, columns)] / norms[columns]
        correlation /= norms[columns, np.newaxis]
        part = scaled[:, columns]
        squares[:, number] = ((part @ correlation) * part).sum(axis=1)
    return np.sqrt(np.maximum(squares, 0))[:, selection.groups]
