"""Backward elimination of features whose rows are known by their moments alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .rivals import Rivals, competing

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
    selection : Selection or None
        Which features belong together, stay, or cost more than others.

    Returns
    -------
    ndarray of shape (n_features,) or None
        0 where `coef` is zero, 1 for the feature removed first, and so on. None where moments
        have lost digits that the rows have.
    """
    n_features = len(scale)
    candidates = competing(coef, scale > 0, selection)
    rivals = Rivals.among(candidates, selection)
    if len(rivals.numbers) == 0:
        return rivals.survival(np.empty(0, dtype=np.intp), n_features, selection)
    norms = np.sqrt(squares.diagonal())
    gram = squares[np.ix_(candidates, candidates)]
    gram /= norms[candidates, np.newaxis]
    gram /= norms[candidates]
    cross = squares[candidates, n_features:] / norms[candidates, np.newaxis]
    known = rivals.eliminate_moments(gram, cross, squares.diagonal()[n_features:])
    return None if known is None else rivals.survival(known[0], n_features, selection)
