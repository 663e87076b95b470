"""Backward elimination of features whose rows are known by their moments alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .elimination import eliminate_moments

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array

    from .selection import Selection


def obs_of_moments(
    coef: AnyArray, squares: Array, scale: Array, selection: Selection | None = None
) -> Array | None:
    """Score features by how long they survive backward elimination (see `obs`).

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
    squares : ndarray of shape (n_features + n_targets, n_features + n_targets)
        Sums of products of the features and targets.
    scale : ndarray of shape (n_features,)
        Root mean squares of the features, 0 if constant.

    Returns
    -------
    ndarray of shape (n_features,) or None
        0 where `coef` is zero, 1 for the feature removed first, and so on. None where moments
        have lost digits that the rows have.
    """
    n_features = len(scale)
    nonzero = (coef.reshape(-1, n_features) != 0).any(axis=0)
    candidates = np.flatnonzero(nonzero & (scale > 0))
    norms = np.sqrt(squares.diagonal())
    gram = squares[np.ix_(candidates, candidates)]
    gram /= norms[candidates, np.newaxis]
    gram /= norms[candidates]
    cross = squares[candidates, n_features:] / norms[candidates, np.newaxis]
    known = eliminate_moments(gram, cross, squares.diagonal()[n_features:])
    if known is None:
        return None
    scores = np.zeros(n_features)
    scores[candidates[known[0]]] = np.arange(1, len(candidates) + 1)
    return scores
