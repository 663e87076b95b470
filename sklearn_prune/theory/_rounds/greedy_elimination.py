r"""Backward elimination by least squares, as the limit of many rounds of pruning.

One feature after the other is the same as rounds that take few each. In a round the least of
:math:`b_i^2/[(\Sigma_{SS})^{-1}]_{ii}` go: what their removal costs, the others being refitted.
"""

from __future__ import annotations

from math import ceil, log
from typing import TYPE_CHECKING

import numpy as np

from .operator_images import top_scored
from .removal_costs import removal_costs

if TYPE_CHECKING:
    from sklearn_prune._typing import Mask
    from sklearn_prune.theory._risk.contest import Contest

    from .joint_fits import JointFits

# A round leaves about this share of the features, but there are at least, and at most, so many.
SHARE, FEWEST, MOST = 0.85, 4, 8

# The rounds take ever smaller shares: the last choices matter most.
SLOWING = 1.5


def eliminate(joint: JointFits, n_keep: int, contest: Contest) -> Mask:
    """Add fits of least squares to ever fewer features, and return the last ones that are left.

    What a removal costs is the rise of the squared error, divided by the price.

    Parameters
    ----------
    joint : JointFits
        Least squares on all features, and nothing else.
    n_keep : int
        How many groups are left in the end, fewer than have a variance.
    contest : Contest
        What competes.

    Returns
    -------
    ndarray of shape (n_draws, n_features), dtype bool
        What is left in every draw.
    """
    problem, coefs = joint.first.problem, joint.fits[0].coefs
    varies = np.bincount(contest.groups, weights=problem.variances) > 0
    left = np.broadcast_to(varies | contest.stays, (len(coefs), len(varies)))
    kept = (problem.variances > 0) & left[:, contest.groups]
    sizes = elimination_sizes(int(left[0].sum()), n_keep)
    for k, size in enumerate(sizes):
        if k > 0:
            joint.add(kept, 0.0)
        costs = removal_costs(problem, contest, kept, joint.fits[-1].coefs)
        left = top_scored(contest.ranked(costs**2), left, size)
        kept = kept & left[:, contest.groups]
    return kept


def elimination_sizes(n_features: int, n_keep: int) -> list[int]:
    """Return how many features each of the rounds leaves that stand for greedy elimination."""
    ratio = n_features / n_keep
    n_rounds = min(max(ceil(log(ratio) / -log(SHARE)), FEWEST), MOST)
    left = (1 - np.arange(1, n_rounds + 1) / n_rounds) ** SLOWING
    sizes = np.round(n_keep * ratio**left).astype(int)
    return [int(size) for size in np.unique(sizes)[::-1] if size < n_features]
