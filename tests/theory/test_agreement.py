"""Predicted risks against simulated ones, for the pipelines of `predict_risk`."""

import numpy as np
import pytest
from simulation import simulated_risks
from sklearn.linear_model import Ridge

from sklearn_prune import MinNormRegressor, PrunedRegressor
from sklearn_prune.theory import LinearGaussianProblem, predict_risk

N = 200


def isotropic(p, rng):
    return LinearGaussianProblem(np.ones(p), np.where(np.arange(p) < p // 10, 5, 1) / p**0.5, 0.3)


def spiked(p, rng):
    return LinearGaussianProblem(np.where(np.arange(p) < p // 10, 10, 1), np.full(p, p**-0.5), 0.3)


def power_law(p, rng):
    return LinearGaussianProblem(
        5 * np.arange(1, p + 1) ** -0.7, 2 * rng.standard_normal(p) / p**0.5, 0.3
    )


def autoregressive(p, rng):
    distance = np.abs(np.subtract.outer(np.arange(p), np.arange(p)))
    coef = rng.standard_normal(p) * (rng.uniform(size=p) < 0.2)
    return LinearGaussianProblem(0.7**distance, coef * 3.4 / p**0.5, 0.3)


def compare(problem, n, simulated, tolerance, **options):
    """Assert agreement within a tolerance or three standard errors of both."""
    predicted, error = predict_risk(
        problem, n, **options, n_draws=50, random_state=0, return_std_error=True
    )
    mean = simulated.mean()
    error = np.hypot(error, simulated.std(ddof=1) / np.sqrt(len(simulated)))
    assert error < 0.05 * mean, "too few repeats to tell"
    assert abs(predicted - mean) < max(tolerance * mean, 3 * error)


CASES = [
    # problem, p, s, strategy, retrain, alpha, retrain_alpha, m, fit_intercept
    (isotropic, 100, None, None, None, 0, None, None, True),
    (power_law, 400, None, None, None, 10, None, None, True),
    (isotropic, 400, 40, "magnitude", None, 0, None, None, False),
    (spiked, 400, 40, "hessian", None, 0, None, None, True),
    (power_law, 400, 20, "oracle", None, 0, None, None, False),
    (power_law, 100, 30, "random", None, 5, None, None, True),
    (autoregressive, 400, 60, "magnitude", None, 0, None, None, False),
    (isotropic, 400, 40, "magnitude", "fresh", 0, None, None, False),
    (spiked, 400, 300, "magnitude", "fresh", 0, None, None, False),
    (autoregressive, 400, 50, "hessian", "fresh", 15, None, None, True),
    (isotropic, 400, 40, "magnitude", "same", 0, None, None, False),
    (spiked, 400, 10, "hessian", "same", 0, None, None, True),
    (power_law, 100, 50, "magnitude", "same", 0, None, None, False),
    (power_law, 400, 300, "hessian", "same", 0, None, None, False),
    (power_law, 250, 30, "oracle", "same", 0, None, None, True),
    (spiked, 250, 30, "random", "same", 5, 2, None, False),
    (autoregressive, 400, 40, "magnitude", "same", 0, None, None, True),
    (autoregressive, 400, 300, "magnitude", "same", 20, None, None, False),
    (isotropic, 400, 100, "magnitude", "same", 0, 20, None, True),
    (spiked, 400, 100, "hessian", "same", 20, 0, None, False),
    (power_law, 400, 250, "magnitude", "same", 20, 5, None, False),
    (isotropic, 400, 40, "magnitude", "distill", 0, None, 300, False),
    (spiked, 100, 50, "hessian", "distill", 0, None, 150, True),
    (power_law, 400, 175, "magnitude", "distill", 30, 0, 150, False),
    (power_law, 400, 300, "hessian", "distill", 30, None, 150, True),
    (isotropic, 400, 300, "magnitude", "distill", 30, 0, 75, False),
    (autoregressive, 400, 40, "magnitude", "distill", 0, None, 300, True),
    (autoregressive, 100, 50, "hessian", "distill", 30, 10, 150, False),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case[1:])))
def test_agreement(rng, case):
    make, p, s, strategy, retrain, alpha, retrain_alpha, m, fit_intercept = case
    problem = make(p, rng)
    options = {
        "strategy": strategy,
        "sparsity": s,
        "retrain": retrain,
        "alpha": float(alpha),
        "retrain_alpha": retrain_alpha,
        "n_unlabeled": m,
        "fit_intercept": fit_intercept,
    }
    simulated = simulated_risks(problem, N, 40, **options)
    compare(problem, N, simulated, 0.02, **options)


@pytest.mark.parametrize("p", [380, 420])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"strategy": "magnitude", "sparsity": 40},
        {"strategy": "hessian", "sparsity": 120, "retrain": "same", "fit_intercept": True},
        {"strategy": "magnitude", "sparsity": 60, "retrain": "distill", "n_unlabeled": 300},
    ],
    ids=["dense", "pruned", "same", "distill"],
)
def test_agreement_near_the_peak(rng, p, options):
    problem = power_law(p, rng)
    simulated = simulated_risks(problem, 400, 100, **options)
    compare(problem, 400, simulated, 0.05, finite_n=True, **options)


@pytest.mark.parametrize("retrain", [False, True, "distill"])
@pytest.mark.parametrize("alpha", [0.0, 50.0])
@pytest.mark.parametrize("p", [200, 800])
def test_agreement_with_the_estimator(rng, retrain, alpha, p):
    """PrunedRegressor as it is, with its intercept."""
    problem = spiked(p, rng)
    model = PrunedRegressor(
        "hessian", 100, retrain, estimator=Ridge(alpha) if alpha else MinNormRegressor()
    )
    state, risks = np.random.RandomState(0), []
    for _ in range(12):
        X, y = problem.sample(400, state)
        more = {"X_unlabeled": problem.sample(250, state)[0] + 1} if retrain == "distill" else {}
        model.fit(X + 1, y - 2, **more)
        risks.append(problem.risk(model.coef_, model.intercept_ + model.coef_.sum() + 2))
    options = {
        "strategy": "hessian",
        "sparsity": 100,
        "retrain": {False: None, True: "same"}.get(retrain, retrain),
        "n_unlabeled": 250 if retrain == "distill" else None,
        "alpha": alpha,
        "fit_intercept": True,
    }
    compare(problem, 400, np.array(risks), 0.02, **options)
