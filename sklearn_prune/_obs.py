"""Optimal brain surgeon for least squares: backward elimination by downdates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import linalg

from ._design import (
    EPS,
    as_design,
    column_scale,
    magnitude,
    row_blocks,
    row_gram,
    triangular_factor,
)
from ._equal_rows import count_distinct_rows
from ._ranking import rank_features

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.intp]

# Screening keeps this share of the features a round, down to this share of the
# samples, by ridge fits whose penalty is this share of the mean eigenvalue.
SCREEN_KEEP = 0.7
SCREEN_TO = 0.5
SCREEN_RIDGE = 0.1

# Added to the unit diagonal of a Hessian that is singular to working precision.
DAMPING = 1e-8

# Removing a feature that the others explain but for this share costs the inverse
# its digits: it is then computed afresh.
COLLINEAR = 1e-6


def obs(coef: Array, X: Any, y: Array, *, weights: Array, centred: bool, n_keep: int) -> Array:
    """Score features by how long they survive backward elimination.

    The features of nonzero `coef` are refitted by least squares, and the one
    whose removal costs least, ``b_i^2 / [H^-1]_ii``, is removed with the
    optimal-brain-surgeon update of the others, until none is left. With more
    features than samples H is singular, and they are screened first.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,) or (n_samples, n_targets)
    weights : ndarray of shape (n_samples,)
        Positive weights of the samples.
    centred : bool
        Whether the model has an intercept.
    n_keep : int
        Number of features to keep; screening never goes below.

    Returns
    -------
    ndarray of shape (n_features,)
        0 where `coef` is zero, 1 for the feature removed first, and so on.
    """
    n_samples, n_features = X.shape
    weights = weights / weights.sum()
    scale = column_scale(X, weights, centred=centred)
    nonzero = (coef.reshape(-1, n_features) != 0).any(axis=0)
    candidates = np.flatnonzero(nonzero & (scale > 0))
    X = _standardise(X[:, candidates], scale[candidates])
    targets, _ = as_design(y.reshape(n_samples, -1), weights, centred=centred)
    targets = targets / (magnitude(targets) or 1.0)

    removed = np.empty(0, dtype=np.intp)
    left = np.arange(len(candidates))
    n_distinct = count_distinct_rows(X, len(left) + 1)
    n_free = n_distinct - centred
    if len(left) > n_free:
        target = max(n_keep, int(SCREEN_TO * n_distinct))
        removed, left = _screen(X, targets, weights, centred, target, n_distinct)
    if len(left) <= n_free:
        design, _ = as_design(X[:, left], weights, centred=centred)
        root = np.sqrt(weights)[:, np.newaxis]
        joint = (np.hstack([A, targets[i]]) * root[i] for i, A in row_blocks(design))
        left = left[_eliminate(triangular_factor(joint), len(left))]
    scores = np.zeros(n_features)
    scores[candidates[np.concatenate([removed, left])]] = np.arange(1, len(candidates) + 1)
    return scores


def _standardise(X: Any, scale: Array) -> Any:
    """Divide the columns by their root mean squares."""
    if isinstance(X, np.ndarray):
        return X.astype(np.float64) / scale
    return X.astype(np.float64).multiply(1 / scale).tocsc()


def _screen(
    X: Any, y: Array, weights: Array, centred: bool, target: int, n_distinct: int
) -> tuple[Indices, Indices]:
    """Drop features by the magnitude of ridge fits, 30 % a round.

    Returns those dropped, in the order of their removal, and those left, the
    most important last.
    """
    root = np.sqrt(weights)[:, np.newaxis]
    dropped: list[Indices] = []
    left = np.arange(X.shape[1])
    while True:
        design, _ = as_design(X[:, left], weights, centred=centred)
        gram = row_gram(design)[0] * root * root.T
        gram[np.diag_indices_from(gram)] += SCREEN_RIDGE * np.trace(gram) / n_distinct
        coef = design.T @ (root * linalg.solve(gram, root * y, assume_a="pos"))
        left = left[rank_features(linalg.norm(coef, axis=1))]
        if len(left) <= target:
            return np.concatenate([left[:0], *dropped]), left[::-1]
        n_left = max(target, int(SCREEN_KEEP * len(left)))
        dropped.append(left[n_left:][::-1])
        left = np.sort(left[:n_left])


def _eliminate(joint: Array, n_features: int) -> Indices:
    """Return the features in the order of backward elimination.

    `joint` is the triangular factor of the features with the targets. The inverse
    Hessian is downdated; it is computed afresh whenever half of the features are
    gone, and after a nearly collinear one, so that rounding does not pile up.
    """
    left, order = np.arange(n_features), []
    while len(left):
        inverse, coef = _invert(np.hstack([joint[:, left], joint[:, n_features:]]), len(left))
        alive = np.ones(len(left), dtype=bool)
        while 2 * alive.sum() > len(left):
            cost = np.full(len(left), np.inf)
            cost[alive] = linalg.norm(coef[alive], axis=1) / np.sqrt(np.diag(inverse)[alive])
            worst = rank_features(cost)[-1]
            pivot = inverse[worst, worst]
            alive[worst] = False
            order.append(left[worst])
            if pivot > 1 / COLLINEAR:
                break
            step = inverse[:, worst] / pivot
            coef -= np.outer(step, coef[worst])
            inverse -= np.outer(step, inverse[worst])
        left = left[alive]
    return np.array(order, dtype=np.intp)


def _invert(joint: Array, n_features: int) -> tuple[Array, Array]:
    """Return the inverse Hessian and the coefficients, damped if it is singular."""
    joint = triangular_factor([joint])
    rcond, _ = linalg.lapack.dtrcon(joint[:n_features, :n_features])
    if not rcond > n_features * EPS:
        damping = np.sqrt(DAMPING) * np.eye(n_features, joint.shape[1])
        joint = triangular_factor([joint, damping])
    R, target = joint[:n_features, :n_features], joint[:n_features, n_features:]
    inverse_root = linalg.solve_triangular(R, np.eye(n_features))
    return inverse_root @ inverse_root.T, inverse_root @ target
