r"""Optimal brain surgeon in one shot: what the removal of each feature alone costs.

To remove the feature i of a fit with the coefficients b and the Hessian H, and to put all
others right, raises the loss by :math:`b_i^2/(2[H^{-1}]_{ii})`; to remove the group g, by
:math:`b_g^\top([H^{-1}]_{gg})^{-1}b_g/2`. The score is the root of twice that.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import linalg

from sklearn_prune._least_squares.design import as_design, column_scale, rank_cutoff, take_columns
from sklearn_prune._least_squares.inverse_root import inverse_root, inverse_root_of_gram

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._least_squares.inverse_root import TallRoot, WideRoot
    from sklearn_prune._typing import AnyArray, Array, Indices, Mask

    from .selection import Selection


def one_shot_obs(
    coef: AnyArray,
    X: Any,
    weights: Array,
    alpha: AnyArray | float,
    *,
    centred: bool,
    fitted: Mask | None = None,
    selection: Selection | None = None,
) -> Array:
    """Score features by what the removal of each alone costs.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
    weights : ndarray of shape (n_samples,)
        Weights of the samples in the Hessian.
    alpha : float or ndarray of shape (n_targets,)
        Penalty, what is added to the diagonal of the Hessian.
    centred : bool
        Whether the model has an intercept.
    fitted : ndarray of shape (n_features,), dtype bool, or None
        Features that the model was fitted to; None if these are all.
    selection : Selection or None
        Which features belong together.

    Returns
    -------
    ndarray of shape (n_targets, n_features)
        Zero for features that are constant, or were not fitted. Those of a group have one score.
    """
    norms = np.sqrt(weights.sum()) * column_scale(X, weights, centred=centred)
    active = np.flatnonzero(norms if fitted is None else fitted * norms)
    A, _ = as_design(take_columns(X, active), weights, centred=centred)
    root_of = partial(
        inverse_root, A, weights, norms[active], centred=centred, cutoff=rank_cutoff(X)
    )
    return _each_target(root_of, coef, active, alpha, selection)


def one_shot_obs_of_moments(
    coef: AnyArray,
    squares: Array,
    scale: Array,
    alpha: AnyArray | float,
    selection: Selection | None = None,
) -> Array | None:
    """Return the same scores from moments, or None where these have lost digits.

    Parameters
    ----------
    coef, alpha, selection : object
        As those of `one_shot_obs`.
    squares : ndarray of shape (n_features + n_targets, n_features + n_targets)
        Sums of products of the features and targets.
    scale : ndarray of shape (n_features,)
        Root mean squares of the features, 0 if constant.
    """
    active = np.flatnonzero(scale)
    gram = squares[np.ix_(active, active)]
    norms = np.sqrt(gram.diagonal())
    found = {a: inverse_root_of_gram(gram, norms, a) for a in np.unique(alpha).tolist()}
    roots = {a: root for a, root in found.items() if root is not None}
    if len(roots) < len(found):
        return None
    return _each_target(lambda alpha: roots[alpha], coef, active, alpha, selection)


def _each_target(
    root_of: Callable[..., TallRoot | WideRoot],
    coef: AnyArray,
    active: Indices,
    alpha: AnyArray | float,
    selection: Selection | None,
) -> Array:
    """Return the scores of every target, which may have a penalty of its own."""
    b = coef.reshape(-1, coef.shape[-1]).astype(np.float64)
    scores, alphas = np.zeros(b.shape), np.broadcast_to(alpha, len(b))
    owners = None if selection is None else selection.groups[active]
    for penalty in np.unique(alphas).tolist() if len(active) else []:
        targets = np.flatnonzero(alphas == penalty)
        costs = _costs(root_of(alpha=penalty), b[np.ix_(targets, active)], owners)
        scores[np.ix_(targets, active)] = costs
    if selection is None or not selection.has_groups:
        return scores
    _, first = np.unique(selection.groups[active], return_index=True)
    return _of_groups(scores, active[first], selection)


def _costs(root: TallRoot | WideRoot, b: Array, owners: Indices | None) -> Array:
    """Return what the removal of each column costs, or that of its group."""
    costs = np.abs(b) / root.norms()
    numbers = np.arange(b.shape[1]) if owners is None else owners
    for number in np.flatnonzero(np.bincount(numbers) > 1):
        members = np.flatnonzero(numbers == number)
        triangle = np.linalg.qr(root.of(members), mode="r")
        rises = linalg.solve_triangular(triangle, b[:, members].T, trans="T")
        costs[:, members] = linalg.norm(rises, axis=0)[:, np.newaxis]
    return costs


def _of_groups(scores: Array, first: Indices, selection: Selection) -> Array:
    """Return scores of columns, those of each group that of its first one that has some."""
    found = np.zeros((len(scores), selection.n_groups))
    found[:, selection.groups[first]] = scores[:, first]
    return found[:, selection.groups]
