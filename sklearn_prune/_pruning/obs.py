"""Optimal brain surgeon for least squares, on wide data with second chances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .standardised import Standardised

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices

    from .selection import Selection

# How often features that were rejected may come back.
READMISSIONS = 2


def obs(
    coef: AnyArray,
    X: Any,
    y: AnyArray,
    *,
    weights: Array,
    centred: bool,
    selection: Selection | None = None,
) -> Array:
    """Score features by how long they survive backward elimination.

    The features of nonzero `coef` are refitted by least squares, and the one
    whose removal costs least is removed with an update of the others, until none
    is left. With more features than samples they are screened first.

    Features that belong together go together, and those that always stay are a part of
    every fit. What the removal costs is the rise of the squared error, divided by the price.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,) or (n_samples, n_targets)
    weights : ndarray of shape (n_samples,)
        Positive weights of the samples.
    centred : bool
        Whether the model has an intercept.
    selection : Selection or None
        Which features belong together, stay, or cost more than others.

    Returns
    -------
    ndarray of shape (n_features,)
        0 where `coef` is zero, 1 for the feature removed first, and so on. Those of a group
        have one score: 0 if each of its features is constant or has the coefficient zero.
        Those that stay have the highest.
    """
    problem = Standardised.of(coef, X, y, weights, centred=centred, selection=selection)
    n_rivals, order = len(problem.rivals.numbers), np.empty(0, dtype=np.intp)
    if n_rivals > 0:
        order = _rank(problem)
    return problem.rivals.survival(order, X.shape[1], selection)


def _rank(problem: Standardised) -> Indices:
    """Rank the rivals, the worst first."""
    if not problem.is_wide:
        return problem.eliminate(np.arange(len(problem.rivals.numbers)))[0]
    if problem.rivals.alone:
        return _rank_wide(problem)
    return _rank_wide_groups(problem)


def _rank_wide_groups(problem: Standardised) -> Indices:
    """Rank groups that have more columns than there are samples, with those that stay.

    Groups are ranked by the spaces that their columns span, in what those that stay leave
    unexplained: the groups of which nothing is left go first, the last before the others.
    """
    n_rivals = len(problem.rivals.numbers)
    rest = problem.without_stays()
    left = rest.rivals.numbers
    explained = np.delete(np.arange(n_rivals), left)[::-1]
    if len(left) == 0:
        return explained
    if rest.is_wide:
        return np.append(explained, left[_rank_wide(rest)])
    return np.append(explained, left[rest.eliminate(np.arange(len(left)))[0]])


def _rank_wide(problem: Standardised) -> Indices:
    """Rank more features than samples, the worst first.

    Elimination ranks the best of a ridge fit, half as many as samples [1]_. The
    top of this order, of the size that the extended BIC calls best, then competes
    with as many others for the first places: those that correlate most with what
    it leaves unexplained [2]_. So a feature that screening missed comes back.

    Of groups as many compete as have half as many columns as samples, but at least one.

    References
    ----------
    .. [1] X. Wang, C. Leng, "High dimensional ordinary least squares projection
       for screening variables", J. R. Stat. Soc. B 78, 2016.
    .. [2] J. Fan, J. Lv, "Sure independence screening for ultrahigh dimensional
       feature space", J. R. Stat. Soc. B 70, 2008.
    """
    rivals, n_pool = problem.rivals, max(1, problem.n_samples // 2)
    order = problem.screen()
    pool = rivals.fitting(order[::-1], n_pool)
    survivors, errors = problem.eliminate(pool if len(pool) else order[-1:])
    order = _move_to_end(order, survivors)
    for _ in range(READMISSIONS):
        top = order[-problem.best_size(survivors, errors) :]
        n_left = n_pool - int(rivals.sizes[top].sum())
        others = rivals.fitting(problem.most_correlated(top), n_left)[: len(top)]
        survivors, errors = problem.eliminate(np.append(top, others))
        order = _move_to_end(order, survivors)
    return order


def _move_to_end(order: Indices, features: Indices) -> Indices:
    return np.append(order[~np.isin(order, features)], features)
