"""Optimal brain surgeon for logistic fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn_prune._logistic.curvature import logistic_hessian_scores

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array


def logistic_obs(
    coef: AnyArray, probabilities: AnyArray, X: Any, weights: Array, alpha: float, *, centred: bool
) -> AnyArray:
    """Return scores."""
    return logistic_hessian_scores(coef, probabilities, X, weights, alpha, centred=centred)
