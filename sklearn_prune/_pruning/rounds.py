"""Prune in rounds, with training between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .ranking import rank_features
from .strategies import score_features

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sklearn_prune._typing import AnyArray

    from .linear_fit import LinearFit
    from .strategies import Strategy


def prune(
    strategy: Strategy,
    dense: LinearFit,
    train: Callable[[AnyArray], LinearFit],
    X: Any,
    y: AnyArray,
    sizes: Sequence[int],
) -> tuple[AnyArray, AnyArray, LinearFit]:
    """Prune to each size in turn, by the scores of a fit to what the last round left.

    Parameters
    ----------
    strategy : callable
        ``(coef, X, y) -> scores``.
    dense : LinearFit
        The fit to all features.
    train : callable
        From a mask of features to the fit to these.
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,) or (n_samples, n_targets)
    sizes : sequence of int
        Numbers of features left, decreasing.

    Returns
    -------
    support : ndarray of shape (n_features,), dtype bool
    scores : ndarray of shape (n_features,)
        Scores of the last round, -inf for features pruned in an earlier one.
    fit : LinearFit
        The fit that was scored in the last round.
    """
    support, fit = np.ones(X.shape[1], dtype=bool), dense
    for size in sizes:
        if not support.all():
            fit = train(support)
        scores = np.where(support, score_features(strategy, fit.coef, X, y), -np.inf)
        support = np.zeros(X.shape[1], dtype=bool)
        support[rank_features(scores)[:size]] = True
    return support, scores, fit
