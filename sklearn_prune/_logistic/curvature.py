"""Second derivatives of the log-loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._least_squares.design import column_scale

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array


def logistic_hessian_scores(
    coef: AnyArray, probabilities: AnyArray, X: Any, weights: Array, alpha: float, *, centred: bool
) -> AnyArray:
    """Return ``sqrt((X'DX)_jj + alpha) |b_j|``, a row a class."""
    p = probabilities.reshape(len(weights), -1).T
    rows = []
    for b, share in zip(coef.reshape(-1, coef.shape[-1]), p * (1 - p), strict=True):
        curvature = weights * share
        scale = column_scale(X, curvature, centred=centred)
        rows.append(np.sqrt(curvature.sum() * scale**2 + alpha) * np.abs(b))
    return np.reshape(rows, coef.shape)
