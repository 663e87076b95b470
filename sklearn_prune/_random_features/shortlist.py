"""The best of a stream of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune._pruning.ranking import TIE, rank_features

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray

# Scores within so many ties of the best stay on the list: a chain of ties, or a larger
# largest score, may still bring them up.
CLOSE = 1e6 * TIE


class Shortlist:
    """The best of a stream of scores, by the rule of `rank_features`.

    Parameters
    ----------
    n_keep : int
        How many are wanted.
    """

    def __init__(self, n_keep: int) -> None:
        self.n_keep = n_keep
        self.n_seen = 0
        self.indices: AnyArray = np.empty(0, dtype=np.intp)
        self.scores: AnyArray = np.empty(0)

    def add(self, scores: AnyArray) -> None:
        """Take in the next scores of the stream, and drop those that are out of reach."""
        new = np.arange(self.n_seen, self.n_seen + len(scores))
        self.n_seen += len(scores)
        indices, scores = np.append(self.indices, new), np.append(self.scores, scores)
        if len(scores) > self.n_keep:
            threshold = np.partition(scores, -self.n_keep)[-self.n_keep]
            close = scores >= threshold - CLOSE * scores.max()
            indices, scores = indices[close], scores[close]
        self.indices, self.scores = indices, scores

    def best(self) -> AnyArray:
        """Return the indices of the best, in ascending order."""
        return np.sort(self.indices[rank_features(self.scores)[: self.n_keep]])
