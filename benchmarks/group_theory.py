"""Predicted against simulated risks of models whose features are pruned in groups.

The table of `theory_vs_simulation.py --only groups`: problem, sizes, strategy, retraining, ridge
penalty, prices, the predicted risk, mean and standard error of the simulated one, and their
difference in percent and in standard errors. Where the features of different groups are
uncorrelated the prediction is in closed form, else ("ar", "power law ar") it is by draws.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from sklearn.linear_model import Ridge

from sklearn_prune import MinNormRegressor, PrunedRegressor
from sklearn_prune.theory import LinearGaussianProblem, predict_risk

N, SIZE = 400, 5


def signal(p):
    """Return coefficients of which one group in eight is strong."""
    rng = np.random.default_rng(3)
    strong = np.repeat(rng.uniform(size=p // SIZE) < 1 / 8, SIZE)
    return rng.standard_normal(p) * np.where(strong, 2.5, 0.5) / np.sqrt(p)


def autocorrelation(p):
    return 0.7 ** np.abs(np.subtract.outer(np.arange(p), np.arange(p)))


def isotropic(p):
    return LinearGaussianProblem(np.ones(p), signal(p), 0.3)


def power_law(p):
    return LinearGaussianProblem(5 * np.arange(1, p + 1) ** -0.7, signal(p), 0.3)


def ar_blocks(p):
    together = np.equal.outer(*(np.arange(p) // SIZE,) * 2)
    return LinearGaussianProblem(np.where(together, autocorrelation(p), 0.0), signal(p), 0.3)


def ar(p):
    return LinearGaussianProblem(autocorrelation(p), signal(p), 0.3)


def power_law_ar(p):
    scale = np.sqrt(5 * np.arange(1, p + 1) ** -0.7)
    return LinearGaussianProblem(autocorrelation(p) * np.outer(scale, scale), signal(p), 0.3)


PROBLEMS = [isotropic, power_law, ar_blocks, ar, power_law_ar]
PLANS = [
    # strategy, retrain, ridge penalty of both fits, whether there are prices
    ("hessian", None, 0, False),
    ("hessian", "same", 0, False),
    ("magnitude", "same", 40, False),
    ("hessian", "same", 40, True),
    ("random", "same", 0, True),
]


def simulate(problem, model, rng):
    X, y = problem.sample(N, rng)
    return problem.risk(model.fit(X, y).coef_)


def compare(make, p, share, plan, n_repeats):
    """Return a line of the table, and the difference in percent and in standard errors."""
    problem, (strategy, retrain, alpha, priced) = make(p), plan
    labels = np.arange(p) // SIZE
    selection = {"feature_groups": labels, "always_keep": [0]}
    if priced:
        selection["feature_costs"] = 1.0 + (labels % 3)
    common = {"strategy": strategy, "sparsity": round(share * p / SIZE), **selection}
    rng, options = np.random.RandomState(0), {"fit_intercept": False}
    dense = Ridge(alpha, **options) if alpha else MinNormRegressor(**options)
    model = PrunedRegressor(retrain=retrain == "same", estimator=dense, random_state=rng, **common)
    risks = [simulate(problem, model, rng) for _ in range(n_repeats)]
    draws = {"n_draws": 50, "random_state": 0, "return_std_error": True}
    theory, draws_error = predict_risk(
        problem, N, retrain=retrain, alpha=alpha, finite_n=True, **common, **draws
    )
    mean, error = np.mean(risks), np.std(risks, ddof=1) / np.sqrt(n_repeats)
    percent, deviations = 100 * (theory / mean - 1), (theory - mean) / np.hypot(error, draws_error)
    star = "*" if abs(percent) > 2 and abs(deviations) > 3 else ""
    line = (
        f"{make.__name__:15}{p:5}{common['sparsity']:5} {strategy:10}{retrain or '-':9}{alpha:4} "
        f"{'yes' if priced else 'no':6}{theory:9.4f}{mean:9.4f}{error:8.4f}{percent:8.2f}"
        f"{deviations:6.1f} {star}"
    )
    return line, percent, deviations


def main(*, quick):
    print(
        f"{'problem':15}{'p':>5}{'s_g':>5} {'strategy':10}{'retrain':9}{'mu':>4} {'prices':6}"
        f"{'theory':>9}{'simul.':>9}{'s.e.':>8}{'diff %':>8}{'s.e.':>6}"
    )
    cases = list(product(PROBLEMS, [240, 600], [0.15, 0.4], PLANS))[:: 9 if quick else 1]
    results = []
    for case in cases:
        line, *result = compare(*case, 12 if quick else 40)
        print(line, flush=True)
        results.append(result)
    percent, deviations = np.abs(results).T
    print(
        f"{len(cases)} cases: median difference {np.median(percent):.2f} %, "
        f"{np.mean(percent < 2):.0%} within 2 %, {np.mean(deviations < 3):.0%} within 3 s.e., "
        f"{np.mean((percent < 2) | (deviations < 3)):.0%} within either"
    )
