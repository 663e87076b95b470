r"""Backward elimination by least squares, as the limit of many rounds of pruning.

One feature after the other is the same as rounds that take few each. In a round the least of
:math:`b_i^2/[(\Sigma_{SS})^{-1}]_{ii}` go: what their removal costs, the others being refitted.
"""

from __future__ import annotations

from math import ceil, log
from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg

from .images import top_scored

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Mask
    from sklearn_prune.theory._problems.second_moments import SecondMoments

    from .joint_fits import JointFits

# A round leaves about this share of the features, but there are at least, and at most, so many.
SHARE, FEWEST, MOST = 0.85, 4, 8

# The rounds take ever smaller shares: the last choices matter most.
SLOWING = 1.5

# Pivots of a covariance that are zero beside the variance.
SINGULAR = 1e-12


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


def removal_weights(problem: SecondMoments, kept: Mask) -> Array:
    r"""Return :math:`[(\Sigma_{SS})^{-1}]_{ii}^{-1/2}` on the support S of each draw, else 0.

    Raises
    ------
    ValueError
        If features are combinations of each other, so that it is left to chance which goes.
    """
    if problem.is_diagonal:
        weights: Array = kept * np.sqrt(problem.variances)
        return weights
    if (kept == kept[0]).all():
        return np.broadcast_to(_weights(problem.covariance, kept[0]), kept.shape)
    return np.array([_weights(problem.covariance, support) for support in kept])


def _weights(covariance: Array, support: Mask) -> Array:
    block = covariance[np.ix_(support, support)]
    scale = np.sqrt(np.diag(block))
    factor, info = linalg.lapack.dpotrf(block / np.outer(scale, scale), lower=True)
    if info != 0 or np.diag(factor).min() ** 2 < SINGULAR:
        msg = (
            'strategy="obs" needs features of which none is a combination of others: leave those '
            "out of the problem that are."
        )
        raise ValueError(msg)
    inverse_root, _ = linalg.lapack.dtrtri(factor, lower=True)
    weights = np.zeros(len(covariance))
    weights[support] = scale / np.linalg.norm(inverse_root, axis=0)
    return weights
