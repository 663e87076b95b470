"""Strategies: how the features of a dense model are scored.

A strategy is a function of ``(coef, X, y)`` that returns one score a feature,
the larger the better; it does nothing else. Features pruned in an earlier round
have the coefficient zero.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._least_squares.design import column_scale

from .obs import obs

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import AnyArray

    Strategy = Callable[[AnyArray, Any, AnyArray], AnyArray]

STRATEGIES = ("magnitude", "hessian", "oracle", "random", "obs")


def magnitude(coef: AnyArray, _X: Any, _y: AnyArray) -> AnyArray:
    """Score by ``|b_i|``."""
    return np.abs(coef)


def hessian(coef: AnyArray, X: Any, _y: AnyArray, *, weights: AnyArray, centred: bool) -> AnyArray:
    """Score by ``sqrt(H_ii) |b_i|``, with the second moments H of X: optimal brain damage."""
    return column_scale(X, weights, centred=centred) * np.abs(coef)


def looks_at_rows(strategy: Strategy) -> bool:
    """Return whether the scores depend on X or y, and not on the coefficients alone."""
    return strategy is not magnitude


def resolve_strategy(
    strategy: Any,
    *,
    weights: AnyArray,
    centred: bool,
    saliency: Any,
    random_state: np.random.RandomState,
) -> Strategy:
    """Return the function ``(coef, X, y) -> scores`` that a parameter stands for.

    Parameters
    ----------
    strategy : str or callable
        One of `STRATEGIES`, or the function itself.
    weights : ndarray of shape (n_samples,)
        Positive weights of the samples.
    centred : bool
        Whether the model has an intercept.
    saliency : array-like of shape (n_features,) or None
        The scores of the strategy "oracle".
    random_state : RandomState
        Draws the scores of the strategy "random".

    Raises
    ------
    ValueError
        If the strategy is unknown, or "oracle" lacks its `saliency`.
    """
    if callable(strategy):
        # It sees the arrays of the fit, but cannot change them.
        return lambda coef, X, y: strategy(coef.copy(), _read_only(X), _read_only(y))
    if strategy == "magnitude":
        return magnitude
    if strategy == "hessian":
        return partial(hessian, weights=weights, centred=centred)
    if strategy == "obs":
        return partial(obs, weights=weights, centred=centred)
    if strategy == "random":
        return lambda _coef, X, _y: random_state.permutation(X.shape[1]) + 1
    if strategy == "oracle":
        if saliency is None:
            msg = (
                'strategy="oracle" needs the true importance of each feature: '
                "give an array of shape (n_features,) as saliency."
            )
            raise ValueError(msg)
        return lambda _coef, _X, _y: saliency
    msg = (
        f"strategy is {strategy!r}: give one of {', '.join(map(repr, STRATEGIES))}, "
        "or a callable (coef, X, y) -> scores."
    )
    raise ValueError(msg)


def _read_only(array: Any) -> Any:
    if isinstance(array, np.ndarray):
        array = array.view()
        array.flags.writeable = False
    return array


def score_features(strategy: Strategy, coef: AnyArray, X: Any, y: AnyArray) -> AnyArray:
    """Return one score a feature; scores of several outputs are reduced to their norm.

    Raises
    ------
    ValueError
        If the strategy does not give one finite score a feature.
    """
    scores = np.asarray(strategy(coef, X, y))
    if not np.isrealobj(scores):
        msg = f"The scores are of dtype {scores.dtype}: give real ones."
        raise ValueError(msg)
    scores = scores.astype(np.float64)
    if scores.ndim == 2:
        scores = np.linalg.norm(scores, axis=0)
    if scores.shape != (X.shape[1],):
        msg = f"The scores have shape {scores.shape}: give one for each of {X.shape[1]} features."
        raise ValueError(msg)
    if not np.isfinite(scores).all():
        bad = np.flatnonzero(~np.isfinite(scores))
        msg = f"The score of feature {bad[0]} is {scores[bad[0]]}: every score must be finite."
        raise ValueError(msg)
    return scores
