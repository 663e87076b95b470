"""What the removal of a feature costs, the others of its support being refitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Mask
    from sklearn_prune.theory._problems.second_moments import SecondMoments

# Pivots of a covariance that are zero beside the variance.
SINGULAR = 1e-12


def removal_weights(problem: SecondMoments, kept: Mask, shift: float = 0.0) -> Array:
    r"""Return :math:`[(\Sigma_{SS}+c)^{-1}]_{ii}^{-1/2}` on the support S of each draw, else 0.

    Raises
    ------
    ValueError
        If features are combinations of each other, so that it is left to chance which goes.
    """
    if problem.is_diagonal:
        return kept * np.sqrt(problem.variances + shift)
    if (kept == kept[0]).all():
        return np.broadcast_to(_weights(problem.covariance, kept[0], shift), kept.shape)
    return np.array([_weights(problem.covariance, support, shift) for support in kept])


def _weights(covariance: Array, support: Mask, shift: float) -> Array:
    block = covariance[np.ix_(support, support)] + shift * np.eye(support.sum())
    scale = np.sqrt(np.diag(block))
    factor, info = linalg.lapack.dpotrf(block / np.outer(scale, scale), lower=True)
    if info != 0 or np.diag(factor).min() ** 2 < SINGULAR:
        msg = (
            'The optimal brain surgeon needs features of which none is a combination of others: leave those '
            "out of the problem that are."
        )
        raise ValueError(msg)
    inverse_root, _ = linalg.lapack.dtrtri(factor, lower=True)
    weights = np.zeros(len(covariance))
    weights[support] = scale / np.linalg.norm(inverse_root, axis=0)
    return weights
