"""What the table of a fitted search shows: a curve for each strategy, in errors or a criterion."""

from __future__ import annotations

from functools import partial

import numpy as np

from .cross_validated_errors import error_name, resolve_auto, scores_to_errors

# What a criterion is called on an axis.
CRITERION_NAMES = {
    "aic": "AIC",
    "bic": "BIC",
    "ebic": "Extended BIC",
    "gcv": "GCV",
    "cp": "Mallows' Cp",
}


def search_curves(model):
    """Return the best mean scores of each strategy at every size, with any penalties.

    Parameters
    ----------
    model : PrunedRegressorCV or PrunedClassifierCV
        Fitted.

    Returns
    -------
    sizes : ndarray of shape (n_sizes,)
    labels : list of str
        Names of the strategies.
    scores : ndarray of shape (n_strategies, n_sizes, 1)
    """
    table = model.cv_results_
    sizes = np.unique(table["sparsity"])
    by_size = np.argsort(table["sparsity"], kind="stable")
    means = table["mean_test_score"][by_size].reshape(len(sizes), -1).T
    strategies = table["strategy"][by_size][: len(means)]
    best = {}
    for k in np.argsort(np.nan_to_num(means, nan=-np.inf).max(axis=1), kind="stable"):
        strategy = strategies[k]
        best[strategy if isinstance(strategy, str) else id(strategy)] = strategy, means[k]
    labels = _names([strategy for strategy, _ in best.values()])
    return sizes, labels, np.array([scores for _, scores in best.values()])[..., np.newaxis]


def errors_of_scores(model):
    """Return what makes errors, or the criterion, of the scores of a search, and their name."""
    if model.criterion is not None:
        return np.negative, CRITERION_NAMES[model.criterion]
    scoring = resolve_auto("auto" if model.scoring is None else model.scoring, model)
    return partial(scores_to_errors, scoring=scoring), error_name(scoring)


def _names(strategies):
    """Return names of strategies, numbered where several have the same."""
    names = [s if isinstance(s, str) else getattr(s, "__name__", repr(s)) for s in strategies]
    numbers = [names[: k + 1].count(name) for k, name in enumerate(names)]
    return [
        f"{name} ({number})" if names.count(name) > 1 else name
        for name, number in zip(names, numbers, strict=True)
    ]
