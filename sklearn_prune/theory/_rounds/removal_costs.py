"""What the removal of a feature or group costs, the others of its support being refitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Mask
    from sklearn_prune.theory._problems.second_moments import SecondMoments
    from sklearn_prune.theory._risk.contest import Contest

# Pivots of a covariance that are zero beside the variance.
SINGULAR = 1e-12


def removal_costs(
    problem: SecondMoments, contest: Contest, kept: Mask, coefs: Array, shift: float = 0.0
) -> Array:
    r"""Return :math:`\sqrt{b_g^\top([(\Sigma_{SS}+c)^{-1}]_{gg})^{-1}b_g}` on the support S.

    Parameters
    ----------
    problem : SecondMoments
    contest : Contest
        Which features belong together.
    kept : ndarray of shape (n_draws, n_features), dtype bool
        S of each draw.
    coefs : ndarray of shape (n_draws, n_features)
        b, zero outside of it.
    shift : float
        c.

    Returns
    -------
    ndarray of shape (n_draws, n_groups)

    Raises
    ------
    ValueError
        If features are combinations of each other, so that it is left to chance which goes.
    """
    if problem.is_diagonal:
        return _norms(np.sqrt(problem.variances + shift) * coefs, contest)
    if (kept == kept[0]).all():
        return _costs(problem.covariance, contest, kept[0], coefs, shift)
    draws = zip(kept, coefs[:, np.newaxis], strict=True)
    return np.concatenate([_costs(problem.covariance, contest, *draw, shift) for draw in draws])


def _norms(values: Array, contest: Contest) -> Array:
    """Return the norms of the values of each group."""
    if not contest.has_groups:
        return np.abs(values)
    return np.sqrt([contest.sums(row) for row in values**2])


def _costs(covariance: Array, contest: Contest, kept: Mask, coefs: Array, shift: float) -> Array:
    """Return the costs in draws of one support."""
    support = np.flatnonzero(kept)
    root = _inverse_root(covariance[np.ix_(support, support)], shift)
    groups, costs = contest.groups[support], np.zeros((len(coefs), len(contest.stays)))
    costs[:, groups] = np.abs(coefs[:, support]) / np.linalg.norm(root, axis=0)
    for group in np.flatnonzero(np.bincount(groups) > 1):
        members = groups == group
        triangle = np.linalg.qr(root[:, members], mode="r")
        rises = linalg.solve_triangular(triangle, coefs[:, support[members]].T, trans="T")
        costs[:, group] = np.linalg.norm(rises, axis=0)
    return costs


def _inverse_root(block: Array, shift: float) -> Array:
    """Return a root of the inverse, the products of whose columns are its entries."""
    block = block + shift * np.eye(len(block))
    scale = np.sqrt(np.diag(block))
    factor, info = linalg.lapack.dpotrf(block / np.outer(scale, scale), lower=True)
    if info != 0 or np.diag(factor).min() ** 2 < SINGULAR:
        msg = (
            "The optimal brain surgeon needs features of which none is a combination of others: "
            "leave those out of the problem that are."
        )
        raise ValueError(msg)
    inverse_root, _ = linalg.lapack.dtrtri(factor, lower=True)
    return inverse_root / scale
