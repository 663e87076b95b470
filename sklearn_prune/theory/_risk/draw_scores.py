"""Scores of features, or of groups of them, in draws of a dense fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .contest import Contest
    from .first_fit import FirstFit


def scores_of_draws(
    first: FirstFit,
    strategy: str,
    contest: Contest,
    coefs: Array,
    random_state: np.random.RandomState,
) -> Array:
    """Return the scores by which groups are ranked in each draw, of shape (n_draws, n_groups).

    Parameters
    ----------
    first : FirstFit
        The dense fit.
    strategy : str
        How features are scored.
    contest : Contest
        What competes.
    coefs : ndarray of shape (n_draws, n_features)
        Draws of its coefficients.
    random_state : RandomState
        Draws the scores of the strategy "random".
    """
    size = len(coefs), len(contest.stays)
    if strategy == "random":
        scores = random_state.uniform(size=size)
    elif strategy == "oracle":
        scores = np.broadcast_to(contest.sums(first.oracle_scores()), size)
    elif contest.has_groups:
        scores = _group_norms(first, strategy, contest, coefs)
    else:
        scores = first.score_weights(strategy) * np.abs(coefs)
    return contest.ranked(scores)


def _group_norms(first: FirstFit, strategy: str, contest: Contest, coefs: Array) -> Array:
    r"""Return :math:`\sqrt{b_g^\top Q_gb_g}` over a factor that all share."""
    coefs = coefs / (np.abs(coefs).max() or 1.0)
    forms = first.score_forms(strategy, contest.members())
    squares = [
        np.einsum("ij,jk,ik->i", coefs[:, columns], form, coefs[:, columns])
        for columns, form in zip(contest.members(), forms, strict=True)
    ]
    return np.sqrt(np.maximum(np.transpose(squares), 0.0))
