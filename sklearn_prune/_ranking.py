"""Sort scores so that rounding does not decide between equals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Scores that differ by less than this, relative to the largest, are ties.
TIE = 1e-10


def rank_features(scores: NDArray[Any]) -> NDArray[np.intp]:
    """Return the features from best to worst; among ties the lower index comes first.

    Parameters
    ----------
    scores : ndarray of shape (n_features,)
        The larger the better; -inf for features out of the competition.

    Returns
    -------
    ndarray of shape (n_features,)
        A permutation, so that the best s features are its first s.
    """
    order = np.argsort(-scores, kind="stable")
    descending = scores[order]
    largest = np.max(np.abs(scores[np.isfinite(scores)]), initial=0.0)
    below = np.zeros(len(scores), dtype=bool)
    below[1:] = descending[1:] < descending[:-1] - TIE * largest
    return order[np.lexsort((order, np.cumsum(below)))]
