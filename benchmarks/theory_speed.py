"""How fast the theory is: ratios to peers that are measured in the same run.

    OMP_NUM_THREADS=1 python benchmarks/theory_speed.py

prints, as medians of several runs with one BLAS thread,

- 200 sample sizes for 10,000 distinct eigenvalues, against a bisection for each, and
  against the damped fixed-point iteration that is common for Gaussian covariate models;
- the closed-form curves of 50 widths at p = 10,000, with and without retraining,
  against one simulated point of them;
- in processor time, four rounds of pruning, against simulating them to the same standard
  error, of which a part is timed;
- in processor time, a score of `TheoreticalRisk` on a pipeline of 2,000 random features,
  against the two full eigendecompositions, of second moments and of covariances, that a
  model with an intercept would take without shortcuts.
"""

from __future__ import annotations

import argparse
import platform
from functools import partial
from statistics import median
from time import perf_counter, process_time

import numpy as np
import scipy
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

from sklearn_prune import MinNormRegressor, PrunedRegressor, RandomFeatures, TheoreticalRisk
from sklearn_prune.theory import (
    DistributionalCharacterization,
    LinearGaussianProblem,
    SingleIndexProblem,
    predict_risk,
)


def seconds(function, repeats, clock=perf_counter):
    """Return the median time of a function, and its result."""
    times = []
    for _ in range(repeats):
        start = clock()
        result = function()
        times.append(clock() - start)
    return median(times), result


def xi_by_bisection(eigenvalues, n):
    """Solve n = sum xi lam / (1 + xi lam) to relative 1e-12, in log xi."""
    low, high = -60.0, 60.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        scaled = np.exp(middle) * eigenvalues
        if (scaled / (1 + scaled)).sum() < n:
            low = middle
        else:
            high = middle
    return np.exp((low + high) / 2)


def xi_by_fixed_point(eigenvalues, n, damping=0.5):
    """Iterate xi -> xi n / sum xi lam / (1 + xi lam), damped."""
    xi = n / eigenvalues.sum()
    for _ in range(100_000):
        scaled = xi * eigenvalues
        new = xi * n / (scaled / (1 + scaled)).sum()
        change = abs(new / xi - 1)
        xi = damping * xi + (1 - damping) * new
        if change < 1e-12:
            return xi
    raise RuntimeError("the fixed-point iteration did not converge")


def many_sample_sizes(quick, repeats):
    """Compare the solvers of the fixed point; print a line each."""
    p, count = (2000, 40) if quick else (10_000, 200)
    eigenvalues = np.random.default_rng(0).pareto(1.5, p) + 0.1
    n_samples = np.linspace(0.05 * p, 0.95 * p, count).round()

    def ours():
        # A new problem, so that nothing is left of the run before.
        fresh = LinearGaussianProblem(eigenvalues, np.ones(p), 1.0)
        return DistributionalCharacterization(fresh, n_samples).xi_

    def bisection():
        return np.array([xi_by_bisection(eigenvalues, n) for n in n_samples])

    def fixed_point():
        return np.array([xi_by_fixed_point(eigenvalues, n) for n in n_samples])

    reference, xi = seconds(ours, repeats)
    print(f"{count} sample sizes, {p} eigenvalues: {reference:.4f} s")
    for name, peer in ("bisection", bisection), ("damped fixed point", fixed_point):
        time, other = seconds(peer, 1 if quick else 3)
        error = np.abs(xi / other - 1).max()
        print(f"  {name:20} {time / reference:8.1f} times as long; xi agrees to {error:.0e}")


def curves(quick, repeats):
    """Time all closed-form curves of Figure 7 over the width, and one simulated point."""
    p, n_widths = (1000, 10) if quick else (10_000, 50)
    n, s = 3 * p // 10, p // 10
    spikes = np.where(np.arange(p) < s, 25.0, 1.0)
    problem = LinearGaussianProblem(spikes, np.ones(p))
    widths = np.linspace(s, p, n_widths).round().astype(int)
    widths = widths[widths != n]

    def two_atoms(k):
        noise = float(p - k)  # what the features left out explain
        return LinearGaussianProblem([25.0, 1.0], [1.0, 1.0], noise, weights=[s, max(k - s, 1e-9)])

    def theory(narrow):
        for k in widths:
            law = narrow(k)
            predict_risk(law, n)
            for strategy in "magnitude", "hessian", "oracle":
                for retrain in None, "fresh", "same":
                    predict_risk(law, n, strategy=strategy, sparsity=s, retrain=retrain)

    X, y = problem.sample(n, random_state=0)

    def simulation():
        dense = MinNormRegressor(fit_intercept=False)
        return PrunedRegressor("hessian", s, estimator=dense).fit(X, y)

    point, _ = seconds(simulation, repeats)
    print(f"{len(widths)} widths up to {p}: dense, three strategies, three kinds of retraining")
    print(f"  one simulated point: {point:.2f} s")
    for name, narrow in (
        ("theory, a law of two atoms", two_atoms),
        ("theory, every coordinate by itself", lambda k: problem.restrict(np.arange(k))),
    ):
        time, _ = seconds(lambda narrow=narrow: theory(narrow), repeats)
        print(f"  {name}: {time:.2f} s, {time / point:.2f} times that point")


def rounds(quick, repeats):
    """Time the risk after four rounds, and samples of it; print a line each."""
    p = 100 if quick else 1000
    coef = np.where(np.arange(p) < p // 6, 0.1, 0.0)
    lags = np.abs(np.subtract.outer(np.arange(4 * p // 5), np.arange(4 * p // 5)))
    correlated = LinearGaussianProblem(0.7**lags, coef[: len(lags)], 0.5)
    print("four rounds of pruning with a ridge, retrained")
    for name, problem, n_draws in (
        ("independent", LinearGaussianProblem(np.linspace(0.5, 2, p), coef, 0.5), 100),
        ("neighbours correlated", correlated, 60),
    ):
        n, s = 2 * len(problem.coef) // 3, len(problem.coef) // 10
        how = {"strategy": "hessian", "sparsity": s, "retrain": "same", "alpha": float(n)}
        draws = {"n_rounds": 4, "n_draws": n_draws, "random_state": 0, "return_std_error": True}
        theory = partial(predict_risk, problem, n, **how, **draws)
        time, (risk, error) = seconds(theory, repeats, process_time)
        model = PrunedRegressor("hessian", s, estimator=Ridge(n, fit_intercept=False), n_rounds=4)
        sampling = partial(sampled_risks, problem, n, model, 5 if quick else 20)
        one, risks = seconds(sampling, 1, process_time)
        peer = one / len(risks) * np.var(risks, ddof=1) / error**2
        print(
            f"  {name:22} p = {len(problem.coef)}, {n_draws} draws: {time:.2f} s, risk {risk:.4f} "
            f"({error:.4f}), {peer / time:.0f} times as fast as simulation"
        )


def sampled_risks(problem, n, model, n_samples):
    """Return the risks of a model that is fitted to several samples."""
    rng = np.random.RandomState(0)
    return [problem.risk(model.fit(*problem.sample(n, rng)).coef_) for _ in range(n_samples)]


def scores(quick, repeats):
    """Time scores of pipelines of random features, and two eigendecompositions; print a line each.

    One is timed right before every score.
    """
    p, n, kept = (200, 50, 20) if quick else (2000, 200, 100)
    problem = SingleIndexProblem(np.full(100, 0.1), "square", 0.1)
    X, y = problem.sample(n, random_state=0)
    print(f"a score of TheoreticalRisk on {p} random features")
    for name, model in (
        ("dense", MinNormRegressor()),
        ("pruned", PrunedRegressor("magnitude", kept, retrain=False)),
        ("retrained", PrunedRegressor("magnitude", kept)),
    ):
        pipeline = make_pipeline(RandomFeatures(p, random_state=0), model).fit(X, y)
        second = problem.equivalent(pipeline[0].random_weights_.T).covariance
        times = []
        for _ in range(repeats):
            once, _ = seconds(lambda second=second: np.linalg.eigh(second), 1, process_time)
            score = TheoreticalRisk(problem)  # a new one, whose cache is empty
            run = partial(score, pipeline)
            times.append((seconds(run, 1, process_time)[0], 2 * once))
        ours, twice = np.median(times, axis=0)
        print(f"  {name:10} {ours:.2f} s, {ours / twice:.2f} times two eigendecompositions")


def main():
    """Run all and print the machine."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, one run")
    quick = parser.parse_args().quick
    repeats = 1 if quick else 5
    print(f"{platform.machine()}, numpy {np.__version__}, scipy {scipy.__version__}")
    many_sample_sizes(quick, repeats)
    curves(quick, 1 if quick else 3)
    rounds(quick, repeats)
    scores(quick, repeats)


if __name__ == "__main__":
    main()
