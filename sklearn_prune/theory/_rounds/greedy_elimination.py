r"""Backward elimination by least squares, as the limit of many rounds of pruning.

One feature after the other is the same as rounds that take few each. In a round the least of
:math:`b_i^2/[(\Sigma_{SS})^{-1}]_{ii}` go: what their removal costs, the others being refitted.
"""

from __future__ import annotations

from math import ceil, log
from typing import TYPE_CHECKING

import numpy as np

from .images import top_scored
from .removal_weights import removal_weights

if TYPE_CHECKING:
    from sklearn_prune._typing import Mask

    from .joint_fits import JointFits

# A round leaves about this share of the features, but there are at least, and at most, so many.
SHARE, FEWEST, MOST = 0.85, 4, 8

# The rounds take ever smaller shares: the last choices matter most.
SLOWING = 1.5


def eliminate(joint: JointFits, n_keep: int) -> Mask:
    """Add fits of least squares to ever fewer features, and return the last ones that are left.

    Parameters
    ----------
    joint : JointFits
        Least squares on all features, and nothing else.
    n_keep : int
        How many are left in the end, fewer than have a variance.

    Returns
    -------
    ndarray of shape (n_draws, n_features), dtype bool
        What is left in every draw.
    """
    problem, coefs = joint.first.problem, joint.fits[0].coefs
    kept = np.broadcast_to(problem.variances > 0, coefs.shape)
    sizes = elimination_sizes(int(kept[0].sum()), n_keep)
    for k, size in enumerate(sizes):
        if k > 0:
            joint.add(kept, 0.0)
        scores = removal_weights(problem, kept) * np.abs(joint.fits[-1].coefs)
        kept = top_scored(scores, kept, size)
    return kept


def elimination_sizes(n_features: int, n_keep: int) -> list[int]:
    """Return how many features each of the rounds leaves that stand for greedy elimination."""
    ratio = n_features / n_keep
    n_rounds = min(max(ceil(log(ratio) / -log(SHARE)), FEWEST), MOST)
    left = (1 - np.arange(1, n_rounds + 1) / n_rounds) ** SLOWING
    sizes = np.round(n_keep * ratio**left).astype(int)
    return [int(size) for size in np.unique(sizes)[::-1] if size < n_features]
