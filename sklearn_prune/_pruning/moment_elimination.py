"""Backward elimination of features whose rows are known by their moments alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg

from .elimination import eliminate

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array


def obs_of_moments(coef: AnyArray, squares: Array, scale: Array) -> Array:
    """Score features by how long they survive backward elimination (see `obs`).

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
    squares : ndarray of shape (n_features + n_targets, n_features + n_targets)
        Sums of products of the features and targets. The features are well conditioned.
    scale : ndarray of shape (n_features,)
        Root mean squares of the features, 0 if constant.

    Returns
    -------
    ndarray of shape (n_features,)
        0 where `coef` is zero, 1 for the feature removed first, and so on.
    """
    n_features = len(scale)
    nonzero = (coef.reshape(-1, n_features) != 0).any(axis=0)
    candidates = np.flatnonzero(nonzero & (scale > 0))
    norms = np.sqrt(squares.diagonal())
    gram = squares[np.ix_(candidates, candidates)]
    gram /= norms[candidates, np.newaxis]
    gram /= norms[candidates]
    cross = squares[candidates, n_features:] / norms[candidates, np.newaxis]
    order, _ = eliminate(_joint_factor(gram, cross), len(candidates))
    scores = np.zeros(n_features)
    scores[candidates[order]] = np.arange(1, len(candidates) + 1)
    return scores


def _joint_factor(gram: Array, cross: Array) -> Array:
    """Return the triangular factor of features with targets, but for the residuals of these."""
    R = linalg.cholesky(gram)
    largest = float(np.abs(cross).max(initial=0.0)) or 1.0
    return np.hstack([R, linalg.solve_triangular(R, cross / largest, trans="T")])
