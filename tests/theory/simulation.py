"""Simulated risks of pruned models, with numpy alone: what the theory is held against."""

import numpy as np


def solve(X, y, alpha):
    """Least norm, least squares or ridge, on the smaller side."""
    n, p = X.shape
    if p >= n:
        return X.T @ np.linalg.solve(X @ X.T + alpha * np.eye(n), y)
    return np.linalg.solve(X.T @ X + alpha * np.eye(p), X.T @ y)


def fit(X, y, alpha, fit_intercept):
    if not fit_intercept:
        return solve(X, y, alpha), 0.0
    x_mean, y_mean = X.mean(axis=0), y.mean()
    centred = X - x_mean
    if alpha == 0 and X.shape[1] >= len(X):  # the centred rows sum to zero: solve beside that
        gram = centred @ centred.T
        coef = centred.T @ np.linalg.solve(gram + np.trace(gram) / len(X) ** 2, y - y_mean)
    else:
        coef = solve(centred, y - y_mean, alpha)
    return coef, y_mean - x_mean @ coef


def scores(problem, strategy, coef, X, fit_intercept, rng):
    if strategy == "magnitude":
        return np.abs(coef)
    if strategy == "hessian":
        centred = X - X.mean(axis=0) if fit_intercept else X
        return np.sqrt(np.mean(centred**2, axis=0)) * np.abs(coef)
    if strategy == "oracle":
        return problem.variances * problem.coef**2
    return rng.uniform(size=len(coef))


def pruned_coef(
    problem,
    n,
    rng,
    *,
    strategy=None,
    sparsity=None,
    retrain=None,
    alpha=0.0,
    retrain_alpha=None,
    n_unlabeled=0,
    fit_intercept=False,
):
    """Train, prune and retrain once; return coefficients and intercept."""
    retrain_alpha = alpha if retrain_alpha is None else retrain_alpha
    X, y = problem.sample(n, rng)
    coef, intercept = dense, dense_intercept = fit(X, y, alpha, fit_intercept)
    if strategy is None:
        return coef, intercept
    score = scores(problem, strategy, coef, X, fit_intercept, rng)
    kept = np.argsort(-score, kind="stable")[:sparsity]
    coef = np.zeros_like(dense)
    if retrain is None:
        coef[kept] = dense[kept]
        return coef, fit_intercept * (y.mean() - X.mean(axis=0) @ coef)
    if retrain == "fresh":
        X, y = problem.sample(n, rng)
    elif retrain == "distill":
        X = np.vstack([X, problem.sample(n_unlabeled, rng)[0]])
        y = X @ dense + dense_intercept
    coef[kept], intercept = fit(X[:, kept], y, retrain_alpha, fit_intercept)
    return coef, intercept


def simulated_risks(problem, n, n_repeats, seed=0, **pipeline):
    """Return the exact risks of models fitted to `n_repeats` data sets."""
    rng = np.random.RandomState(seed)
    fits = [pruned_coef(problem, n, rng, **pipeline) for _ in range(n_repeats)]
    return np.array([problem.risk(*one) for one in fits])
