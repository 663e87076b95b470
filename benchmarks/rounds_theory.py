"""Predicted against simulated risks of models that are pruned in several rounds.

The table of `theory_vs_simulation.py --only rounds`: problem, sizes, rounds, strategy, ridge
penalty, retraining, the predicted risk and its standard error, mean and standard error of the
simulated one, and their difference in percent and in standard errors. Without penalty, sizes
within three of n are left out, of which the theory warns.
"""

from __future__ import annotations

import warnings
from itertools import product

import numpy as np
from linear_problems import autoregressive, power_law
from sklearn.linear_model import Ridge

from sklearn_prune import MinNormRegressor, PrunedRegressor
from sklearn_prune.theory import LinearGaussianProblem, predict_risk

N = 400
ROUNDS = [2, 3, 4, 8]
PLANS = [
    # strategy, ridge penalty, retraining
    ("magnitude", 0, "same"),
    ("hessian", 100, "same"),
    ("hessian", 100, None),
    ("obs-one-shot", 10, "same"),
]


def few_strong(p):
    return LinearGaussianProblem(np.ones(p), np.where(np.arange(p) < 100, 0.1, 0.0), 0.5)


PROBLEMS = [few_strong, power_law, autoregressive]
WIDTHS = {200: 60, 600: 100}  # and how many features are kept


def compare(make, p, n_rounds, plan, n_repeats):
    """Return a line of the table, and the difference in percent and in standard errors."""
    (strategy, alpha, retrain), problem, s = plan, make(p), WIDTHS[p]
    dense = Ridge(alpha, fit_intercept=False) if alpha else MinNormRegressor(fit_intercept=False)
    model = PrunedRegressor(strategy, s, bool(retrain), estimator=dense, n_rounds=n_rounds)
    rng = np.random.RandomState(0)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Rounds from")
        risks = [problem.risk(model.fit(*problem.sample(N, rng)).coef_) for _ in range(n_repeats)]
    how = {"strategy": strategy, "sparsity": s, "alpha": alpha, "retrain": retrain}
    theory, drawn = predict_risk(
        problem, N, n_rounds=n_rounds, finite_n=True, random_state=0, return_std_error=True, **how
    )
    mean, error = np.mean(risks), np.std(risks, ddof=1) / np.sqrt(n_repeats)
    percent, deviations = 100 * (theory / mean - 1), (theory - mean) / np.hypot(error, drawn)
    star = "*" if abs(percent) > 2 and abs(deviations) > 3 else ""
    line = (
        f"{make.__name__:15}{p:4}{s:4}{n_rounds:3} {strategy:13}{alpha:4} {retrain or '-':5}"
        f"{theory:8.4f}{drawn:8.4f}{mean:8.4f}{error:8.4f}{percent:7.2f}{deviations:6.1f} {star}"
    )
    return line, percent, deviations


def main(*, quick):
    """Print the table, and for each number of rounds how far the prediction is off."""
    cases = list(product(PROBLEMS, WIDTHS, ROUNDS, PLANS))[:: 12 if quick else 1]
    print(
        f"{'problem':15}{'p':>4}{'s':>4}{'K':>3} {'strategy':13}{'mu':>4} {'refit':5}"
        f"{'theory':>8}{'s.e.':>8}{'simul.':>8}{'s.e.':>8}{'diff %':>7}{'s.e.s':>6}"
    )
    results = {}
    for make, p, n_rounds, plan in cases:
        line, *result = compare(make, p, n_rounds, plan, 16 if quick else 200)
        print(line, flush=True)
        results.setdefault(n_rounds, []).append(result)
    for n_rounds, pairs in results.items():
        percent, deviations = np.abs(pairs).T
        print(
            f"{len(pairs)} cases of {n_rounds} rounds: median difference {np.median(percent):.2f} "
            f"%, at most {percent.max():.2f} %, {np.mean(percent < 2):.0%} within 2 %, "
            f"{np.mean(deviations < 3):.0%} within 3 s.e."
        )
