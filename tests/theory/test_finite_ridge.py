"""Variance and bias of ridge fits to the order of 1/n."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from simulation import simulated_risks

from sklearn_prune.theory import DistributionalCharacterization, LinearGaussianProblem, predict_risk

N = 40


def power_law(p, noise=1.0):
    return LinearGaussianProblem(10.0 * np.arange(1, p + 1) ** -1.0, np.full(p, p**-0.5), noise)


def designs(problem, alpha, n_designs=3000):
    """Return variance per noise and bias for simulated designs, averaged over the noise."""
    rng, parts = np.random.default_rng(0), []
    for _ in range(n_designs):
        X = rng.standard_normal((N, len(problem.coef))) * np.sqrt(problem.covariance)
        inverse = np.linalg.inv(X @ X.T + alpha * np.eye(N))
        variance = np.sum(problem.covariance * (inverse @ X) ** 2)
        lost = problem.coef - X.T @ (inverse @ (X @ problem.coef))
        parts.append([variance, problem.covariance @ lost**2])
    return np.mean(parts, axis=0), np.std(parts, axis=0) / np.sqrt(n_designs)


def parts(problem, alpha, finite_n):
    """Return the predictions of the same."""
    quiet = LinearGaussianProblem(problem.covariance, problem.coef)
    deaf = LinearGaussianProblem(problem.covariance, 0 * problem.coef, 1.0)
    bias = predict_risk(quiet, N, alpha=alpha, finite_n=finite_n)
    return np.array([predict_risk(deaf, N, alpha=alpha, finite_n=finite_n) - 1, bias])


@pytest.mark.parametrize("p", [20, 36, 40, 60])
@pytest.mark.parametrize("alpha", [2.0, 40.0])
def test_variance_and_bias_of_designs(p, alpha):
    """Within three standard errors and the square of what is of the order of 1/n."""
    problem = power_law(p)
    mean, error = designs(problem, alpha)
    limit, corrected = (parts(problem, alpha, finite_n) for finite_n in (False, True))
    assert (np.abs(corrected - mean) < 3 * error + (limit - mean) ** 2 / mean).all()


def test_the_limit_alone_would_be_off():
    mean, error = designs(power_law(36), 2.0)
    off = np.abs(parts(power_law(36), 2.0, finite_n=False) - mean)
    assert off[1] > 0.05 * mean[1] > 3 * error[1]


@pytest.mark.parametrize("p", [20, 38, 42, 60])
@pytest.mark.parametrize("options", [{}, {"strategy": "magnitude", "sparsity": 10}])
@pytest.mark.parametrize("retrain", [None, "fresh", "same"])
def test_no_penalty_is_the_limit_of_small_ones(p, options, retrain):
    options = options | {"retrain": retrain} if options else options
    risks = [predict_risk(power_law(p), N, alpha=a, finite_n=True, **options) for a in (0, 1e-12)]
    assert_allclose(risks[1], risks[0], rtol=1e-9)


@pytest.mark.parametrize("p", [20, 60])
def test_large_penalties_leave_nothing_to_correct(p):
    risks = [predict_risk(power_law(p), N, alpha=1e9, finite_n=f) for f in (False, True)]
    assert_allclose(risks[1], risks[0], rtol=1e-5)


def test_wishart_matrices():
    """Isotropic: variances p/(n-p-1) and n/(p-n-1), and a bias |b|^2 (1-n/p), exactly."""
    for p, variance, share in (10, 10 / 29, 0.0), (90, 40 / 49, 5 / 9):
        coef = np.linspace(1, 2, p)
        risk = predict_risk(LinearGaussianProblem(np.ones(p), coef, 3.0), N, finite_n=True)
        assert_allclose(risk, 3 * (1 + variance) + share * coef @ coef, rtol=1e-12)


def test_two_rows_from_the_peak_small_penalties_stay_finite():
    for p in range(N - 2, N + 3):
        risks = predict_risk(power_law(p), N, alpha=1e-8, finite_n=True)
        limit = predict_risk(power_law(p), N, alpha=1e-8)
        assert 0.99 * limit < risks <= 2 * limit


@pytest.mark.parametrize("alpha", [0.0, 1e-3, 1.0, 1e3])
@pytest.mark.parametrize("p", [5, 30, 80])
def test_arrays_of_n_agree_with_single_ones(p, alpha):
    n = np.arange(1, 70, 4)
    risks = predict_risk(power_law(p), n, alpha=alpha, finite_n=True)
    single = [predict_risk(power_law(p), k, alpha=alpha, finite_n=True) for k in n]
    assert_allclose(risks, single, rtol=1e-7)


@pytest.mark.parametrize("alpha", [0.0, 0.5, 20.0])
def test_the_law_has_the_risk(alpha):
    for p in (20, 60):
        problem = power_law(p)
        law = DistributionalCharacterization(problem, N, alpha, finite_n=True)
        parts = problem.risk(law.mean_) + problem.covariance @ law.variance_
        assert_allclose(law.risk(), parts, rtol=1e-10)


def test_refit_by_ridge_to_the_same_samples():
    """Of what the limit is short, 3 % and mostly bias, about half is mended."""
    problem = power_law(40, noise=0.05)
    plan = {"strategy": "magnitude", "sparsity": 36, "retrain": "same", "alpha": 4.0}
    simulated = simulated_risks(problem, N, 3000, **plan)
    error = simulated.std() / np.sqrt(3000)
    risk = predict_risk(problem, N, **plan, finite_n=True)
    limit = predict_risk(problem, N, **plan)
    short = simulated.mean() - np.array([limit, risk])
    assert short[0] > 6 * error
    assert abs(short[1]) < 0.6 * short[0]
