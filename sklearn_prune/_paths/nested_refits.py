"""Refits of the first s of ordered features, for every s, by the regressor that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.linear_model import Ridge

from sklearn_prune._least_squares.design import EPS, as_design, magnitude
from sklearn_prune._least_squares.leading_columns import nested_lstsq, nested_ridge
from sklearn_prune._least_squares.min_norm import MinNormRegressor
from sklearn_prune._least_squares.solve import WEIGHT_SPAN

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Indices


class NestedFits(NamedTuple):
    """Linear fits to leading blocks of the same ordered features.

    Attributes
    ----------
    coef : ndarray of shape (n_fits, n_targets, n_columns)
        Zero beyond the block of each fit.
    intercept : ndarray of shape (n_fits, n_targets)
    """

    coef: AnyArray
    intercept: AnyArray


def nested_refits(refit: Any, X: Any, y: AnyArray, weights: AnyArray, sizes: Indices) -> NestedFits:
    """Fit a regressor to the first s columns of X, for as many of the sizes as share a factor.

    Parameters
    ----------
    refit : regressor
        `MinNormRegressor` and `Ridge` have fast paths. There are no fits by others.
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_columns)
        Columns in their order.
    y : ndarray of shape (n_samples,) or (n_samples, n_targets)
    weights : ndarray of shape (n_samples,)
        Positive weights of the samples.
    sizes : ndarray of shape (n_sizes,)
        Numbers of columns s, increasing.

    Returns
    -------
    NestedFits
        Fits of the first `n_fits` sizes, each equal to that of a clone of `refit` up to
        rounding. The other sizes need a fit of their own.
    """
    n_samples = X.shape[0]
    y = y.reshape(n_samples, -1)
    if type(refit) is MinNormRegressor:
        weights = weights / weights.max()
        sizes = sizes[sizes <= n_samples - bool(refit.fit_intercept)]
        shares_factor = weights.min() * WEIGHT_SPAN >= 1
    else:
        shares_factor = is_plain_ridge(refit, X) and _pays(sizes, n_samples)
    m = int(sizes.max(initial=0))
    if not shares_factor or m == 0:
        return NestedFits(np.empty((0, y.shape[1], m)), np.empty((0, y.shape[1])))

    columns = X[:, :m].toarray() if sparse.issparse(X) else X[:, :m]
    design, mean = as_design(columns, weights, centred=refit.fit_intercept)
    targets, y_mean = as_design(y, weights, centred=refit.fit_intercept)
    root = np.sqrt(weights)[:, np.newaxis]
    if not 1e-70 < magnitude(design) < 1e70:
        return NestedFits(np.empty((0, y.shape[1], m)), np.empty((0, y.shape[1])))
    if isinstance(refit, Ridge):
        coef = nested_ridge(root * design, root * targets, sizes, alpha=float(refit.alpha))
    else:
        noise = 0.0 if mean is None else 10 * EPS * np.sqrt(weights.sum()) * np.abs(mean)
        cutoff = refit._cutoff(columns)
        coef = nested_lstsq(root * design, root * targets, sizes, cutoff=cutoff, noise=noise)
    if mean is None or y_mean is None:
        return NestedFits(coef, np.zeros(coef.shape[:2]))
    return NestedFits(coef, y_mean - coef @ mean)


def is_plain_ridge(refit: Any, X: Any) -> bool:
    """Return whether a regressor is a Ridge that solves one set of normal equations.

    With sparse data and an intercept scikit-learn iterates, to a tolerance.
    """
    return (
        type(refit) is Ridge
        and np.ndim(refit.alpha) == 0
        and refit.alpha > 0
        and not refit.positive
        and refit.solver in ("auto", "cholesky", "svd")
        and not sparse.issparse(X)
    )


def _pays(sizes: Indices, n_samples: int) -> bool:
    """Return whether one factorisation as wide as the last size costs less than all fits."""
    shorter = np.minimum(sizes, n_samples).astype(float)
    separate = np.sum(shorter**2 * np.maximum(sizes, n_samples))
    return bool(separate >= float(sizes.max(initial=0)) ** 3 / 3)
