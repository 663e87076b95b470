"""How much a logistic loss curves at a fit, of two classes or more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from .coefficients import TINY

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array


def curvature_weights(probabilities: AnyArray, weights: Array) -> Array:
    """Return the second derivatives of the loss by the margins, of several classes their mean.

    Parameters
    ----------
    probabilities : ndarray of shape (n_samples,) or (n_samples, n_classes)
        What the fit says of a class, or of each.
    weights : ndarray of shape (n_samples,)
        Positive weights of the rows.

    Returns
    -------
    ndarray of shape (n_samples,)
    """
    p = probabilities.astype(np.float64).reshape(len(weights), -1)
    return weights * (p * (1 - p)).mean(axis=1)


def curvature_scale(X: Any, curvatures: Array, *, alpha: float, centred: bool) -> Array:
    """Return the square roots of the diagonal of a Hessian, the intercept profiled out.

    Parameters
    ----------
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
    curvatures : ndarray of shape (n_samples,)
        See `curvature_weights`.
    alpha : float
        Penalty.
    centred : bool
        Whether there is an intercept.

    Returns
    -------
    ndarray of shape (n_features,)
    """
    A, total = X.astype(np.float64, copy=False), max(float(curvatures.sum()), TINY)
    mean = curvatures @ A / total if centred else np.zeros(A.shape[1])
    if sparse.issparse(A):
        squares = curvatures @ A.multiply(A) - total * mean**2
    else:
        squares = curvatures @ (A - mean) ** 2
    scale: Array = np.sqrt(np.maximum(squares, 0) + alpha)
    return scale


def logistic_hessian_scores(
    coef: AnyArray,
    probabilities: AnyArray,
    X: Any,
    weights: Array,
    *,
    alpha: float,
    centred: bool,
) -> Array:
    """Score coefficients by ``sqrt(H_ii) |b_i|``, of each class its own: optimal brain damage.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_classes, n_features)
    probabilities, X, weights, alpha, centred
        As those of `curvature_weights` and `curvature_scale`.

    Returns
    -------
    ndarray of the shape of `coef`
    """
    p = probabilities.astype(np.float64).reshape(len(weights), -1)
    scales = [
        curvature_scale(X, weights * share, alpha=alpha, centred=centred)
        for share in (p * (1 - p)).T
    ]
    return np.abs(coef) * np.reshape(scales, coef.shape)
