"""Predicted against simulated risks: `predict_risk` and `PrunedRegressor`, side by side.

    python benchmarks/theory_vs_simulation.py [--quick] [--only TABLE]

Prints one line a pipeline: problem, sizes, strategy, retraining, both penalties,
intercept, the predicted risk, mean and standard error of the simulated one, and the
difference in percent. A star marks a difference of more than two percent (near
n = p five) and three standard errors. For random features of few inputs (relu_of_10)
the equivalent linear problem itself is some percent off; by_norm is that of rows of
several kinds, which has no refits to the same samples.

TABLE is another one: classification (see classification_theory.py), groups (of features,
group_theory.py), rounds (of pruning, rounds_theory.py), or surgeon, the cases of the optimal
brain surgeon alone, of one shot and greedy.
"""

from __future__ import annotations

import argparse
from itertools import product

import classification_theory
import group_theory
import numpy as np
import rounds_theory
from linear_problems import autoregressive, isotropic, power_law, spiked
from sklearn.linear_model import Ridge

from sklearn_prune import MinNormRegressor, PrunedRegressor, RandomFeatures, TargetedRidge
from sklearn_prune.theory import SingleIndexProblem, predict_risk

TABLES = {
    "classification": classification_theory,
    "groups": group_theory,
    "rounds": rounds_theory,
}
PROBLEMS = [isotropic, spiked, power_law, autoregressive]
N = 400
WIDTHS = [200, 380, 420, 800]
SHARES = [0.05, 0.3, 0.9, 1.5]  # s/n
PLANS = [
    # strategy, retrain, alpha, retrain_alpha, unlabelled rows
    ("magnitude", None, 0, 0, None),
    ("hessian", None, 40, 40, None),
    ("oracle", None, 0, 0, None),
    ("random", None, 0, 0, None),
    ("magnitude", "fresh", 0, 0, None),
    ("hessian", "fresh", 40, 40, None),
    ("magnitude", "same", 0, 0, None),
    ("hessian", "same", 40, 0, None),
    ("magnitude", "same", 0, 40, None),
    ("random", "same", 0, 0, None),
    ("hessian", "same", 40, 40, None),
    ("magnitude", "distill", 0, 0, 600),
    ("hessian", "distill", 60, 60, 300),
]
SURGEON_PLANS = [
    ("obs-one-shot", None, 0, 0, None),
    ("obs-one-shot", "same", 0, 0, None),
    ("obs-one-shot", None, 40, 40, None),
    ("obs-one-shot", "same", 40, 40, None),
    ("obs-one-shot", "pulled", 0, 60, None),
    ("obs-one-shot", "pulled", 40, 100, None),
    ("obs", None, 0, 0, None),
    ("obs", None, 40, 40, None),
    ("obs", "same", 0, 0, None),
    ("obs", "same", 0, 40, None),
]

# At a fourth of the samples, where what is of the order of 1/n counts, with ridges of their size.
FEW = 100
FEW_WIDTHS = [50, 95, 105, 200]
RIDGE_PLANS = [
    ("magnitude", None, 1, 0, None),
    ("hessian", None, 10, 0, None),
    ("magnitude", "fresh", 10, 10, None),
    ("magnitude", "same", 1, 1, None),
    ("hessian", "same", 10, 10, None),
    ("magnitude", "same", 0, 1, None),
    ("magnitude", "distill", 10, 10, 150),
]


def regressor(alpha, fit_intercept):
    if alpha:
        return Ridge(alpha, fit_intercept=fit_intercept)
    return MinNormRegressor(fit_intercept=fit_intercept)


def simulate(problem, n, s, plan, fit_intercept, rng):
    """Return the exact risk of one PrunedRegressor."""
    strategy, retrain, alpha, retrain_alpha, m = plan
    dense, refit = regressor(alpha, fit_intercept), regressor(retrain_alpha, fit_intercept)
    pulled = TargetedRidge(retrain_alpha, fit_intercept=fit_intercept)
    ways = {None: False, "fresh": False, "same": refit, "distill": "distill", "pulled": pulled}
    how = ways[retrain]
    saliency = problem.variances * problem.coef**2
    model = PrunedRegressor(
        strategy, s, how, estimator=dense, saliency=saliency, random_state=rng.randint(2**31)
    )
    X, y = problem.sample(n, rng)
    model.fit(X, y, **({"X_unlabeled": problem.sample(m, rng)[0]} if m else {}))
    if retrain != "fresh":
        return problem.risk(model.coef_, model.intercept_)
    X, y = problem.sample(n, rng)
    refit.fit(model.transform(X), y)
    coef = np.zeros(X.shape[1])
    coef[model.get_support()] = refit.coef_
    return problem.risk(coef, refit.intercept_)


class RandomFeatureProblem:
    """ReLU features of Gaussian inputs with the label (v'x)^2; its risks are measured."""

    def __init__(self, d, p, by_norm=False):
        self.single = SingleIndexProblem(np.eye(d)[0], "square")
        self.features = RandomFeatures(p, random_state=0).fit(np.zeros((1, d)))
        equivalent = self.single.equivalent_by_norm if by_norm else self.single.equivalent
        self.equivalent = equivalent(self.features.random_weights_.T, "relu")
        self.population = self.sample(20_000, np.random.RandomState(1))

    average = property(lambda self: getattr(self.equivalent, "average", self.equivalent))
    variances = property(lambda self: self.average.variances)
    coef = property(lambda self: self.average.coef)

    def sample(self, n, rng):
        X, y = self.single.sample(n, rng)
        return self.features.transform(X), y

    def risk(self, coef, intercept):
        X, y = self.population
        return np.mean((y - X @ coef - intercept) ** 2)


def relu_of_10(p):
    return RandomFeatureProblem(10, p)


def relu_of_10_by_norm(p):
    return RandomFeatureProblem(10, p, by_norm=True)


def relu_of_40(p):
    return RandomFeatureProblem(40, p)


def compare(make, n, p, s, plan, fit_intercept, n_repeats):
    """Return a line of the table, and the difference in percent and in standard errors."""
    problem = make(p)
    strategy, retrain, alpha, retrain_alpha, m = plan
    rng = np.random.RandomState(0)
    risks = [simulate(problem, n, s, plan, fit_intercept, rng) for _ in range(n_repeats)]
    problem = getattr(problem, "equivalent", problem)
    theory, draws_error = predict_risk(
        problem,
        n,
        strategy=strategy,
        sparsity=s,
        retrain=retrain,
        alpha=alpha,
        retrain_alpha=retrain_alpha if retrain else None,
        n_unlabeled=m,
        fit_intercept=fit_intercept,
        finite_n=True,
        random_state=0,
        n_draws=50,
        return_std_error=True,
    )
    mean, error = np.mean(risks), np.std(risks, ddof=1) / np.sqrt(n_repeats)
    percent = 100 * (theory / mean - 1)
    deviations = (theory - mean) / np.hypot(error, draws_error)
    near = min(abs(p / n - 1), abs(s / n - 1) if retrain else 1) < 0.11
    star = "*" if abs(percent) > (5 if near else 2) and abs(deviations) > 3 else ""
    line = (
        f"{make.__name__:19}{n:5}{p:5}{s:5} {strategy:13}{retrain or '-':9}{alpha:4}"
        f"{retrain_alpha:4}{m or '-':>5} {'yes' if fit_intercept else 'no':4}"
        f"{theory:9.4f}{mean:9.4f}{error:8.4f}{percent:8.2f} {star}"
    )
    return line, percent, deviations


def linear_cases(n, widths, plans):
    """Return problem, n, p, s and plan of every case; greedy elimination has a law for p < n."""
    return [
        (make, n, p, round(share * n), plan)
        for make, p, share, plan in product(PROBLEMS, widths, SHARES, plans)
        if round(share * n) <= p and (plan[0] != "obs" or p < n - 1)
    ]


def random_feature_cases():
    """Return some plans for ReLU features."""
    sizes = list(product([200, 800], [40, 120]))
    equivalent = product([relu_of_10, relu_of_40], sizes, PLANS[:1] + PLANS[6:7] + PLANS[10:12])
    by_norm = product([relu_of_10_by_norm], sizes, PLANS[:2] + PLANS[4:6])
    return [(make, N, p, s, plan) for make, (p, s), plan in [*equivalent, *by_norm]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="one case in twelve, fewer repeats")
    parser.add_argument("--only", choices=[*TABLES, "surgeon"], help="another table")
    options = parser.parse_args()
    quick = options.quick
    if options.only in TABLES:
        TABLES[options.only].main(quick=quick)
        return
    cases = linear_cases(N, WIDTHS, SURGEON_PLANS)
    if options.only is None:
        cases += linear_cases(N, WIDTHS, PLANS) + linear_cases(FEW, FEW_WIDTHS, RIDGE_PLANS)
        cases += random_feature_cases()
    if quick:
        cases = cases[::12]
    print(
        f"{'problem':19}{'n':>5}{'p':>5}{'s':>5} {'strategy':13}{'retrain':9}{'mu1':>4}{'mu2':>4}"
        f"{'m':>5} {'int':4}{'theory':>9}{'simul.':>9}{'s.e.':>8}{'diff %':>8}"
    )
    results = {}
    for i, (make, n, p, s, plan) in enumerate(cases):
        n_repeats = (16 if quick else 40) * N // n
        line, *result = compare(make, n, p, s, plan, bool(i % 2), n_repeats)
        print(line, flush=True)
        kind = "random features" if make.__name__.startswith("relu") else "linear problems"
        kind += " by norm" if make.__name__.endswith("by_norm") else ""
        results.setdefault(kind, []).append(result)
    for kind, pairs in results.items():
        percent, deviations = np.abs(pairs).T
        print(
            f"{len(pairs)} {kind}: median difference {np.median(percent):.2f} %, "
            f"{np.mean(percent < 2):.0%} within 2 %, {np.mean(deviations < 3):.0%} within 3 s.e."
        )


if __name__ == "__main__":
    main()
