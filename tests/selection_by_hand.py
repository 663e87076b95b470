"""Groups of columns, columns that stay and prices, one step after the other."""

import numpy as np


def fit_by_hand(X, y, weights=None, alpha=0.0):
    """Return coefficients (p, t) and intercepts (t,) of weighted least squares or a ridge."""
    Y = np.reshape(y, (len(y), -1))
    weights = np.ones(len(X)) if weights is None else weights
    mean, y_mean = (np.average(M, axis=0, weights=weights) for M in (X, Y))
    root = np.sqrt(weights)[:, None]
    A, B = root * (X - mean), root * (Y - y_mean)
    coef = np.linalg.pinv(A, rcond=1e-10) @ B
    if alpha:
        coef = np.linalg.solve(A.T @ A + alpha * np.eye(X.shape[1]), A.T @ B)
    return coef, y_mean - mean @ coef


def score_by_hand(strategy, X, coef, weights, groups, saliency=None):
    """Return the score of each group, a list of columns, for coefficients (p, t)."""
    A = np.sqrt(weights / weights.sum())[:, None] * (X - np.average(X, axis=0, weights=weights))
    scores = {
        "magnitude": lambda g: np.linalg.norm(coef[g]),
        "hessian": lambda g: np.linalg.norm(A[:, g] @ coef[g]),
        "oracle": lambda g: np.sum(saliency[g]),
        "callable": lambda g: np.linalg.norm(np.arange(1, len(coef) + 1)[g] * coef[g].T),
    }
    return np.array([scores[strategy](g) for g in groups])


def weigh_columns(coef, X, y):
    """Score like "callable" of `score_by_hand`: a strategy for the models."""
    return np.arange(1, X.shape[1] + 1) * np.abs(coef)


def pick_by_hand(scores, groups, budget, *, stays=(), prices=None, unit="groups"):
    """Return the columns of the best groups, as many as the budget pays for."""
    order = [k for k in range(len(groups)) if k in stays]
    order += [k for k in np.argsort(-scores, kind="stable") if k not in stays]
    prices = np.ones(sum(map(len, groups))) if prices is None else prices
    count = {"groups": lambda g: 1, "columns": len, "cost": lambda g: prices[g].sum()}[unit]
    kept, spent = [], 0.0
    for k in order:
        spent += count(groups[k])
        if spent > budget * (1 + 1e-9):
            break
        kept += groups[k]
    return sorted(kept)


def select_by_hand(strategy, X, y, budgets, groups, *, weights, alpha, saliency=None, **options):
    """Return the columns that rounds of pruning leave, which keep so much each."""
    groups, prices = [list(group) for group in groups], options.get("prices")
    support = list(range(X.shape[1]))
    for budget in budgets:
        coef = np.zeros((X.shape[1], np.size(y) // len(y)))
        coef[support] = fit_by_hand(X[:, support], y, weights, alpha)[0]
        scores = score_by_hand(strategy, X, coef, weights, groups, saliency)
        if prices is not None:
            scores /= [prices[group].sum() for group in groups]
        gone = [not set(group) <= set(support) for group in groups]
        support = pick_by_hand(np.where(gone, -1.0, scores), groups, budget, **options)
    return support
