"""The corrections of refits for the size of n, and of intercepts, at sizes where they matter."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from simulation import pruned_coef, simulated_risks

from sklearn_prune.theory import DistributionalCharacterization, LinearGaussianProblem, predict_risk
from sklearn_prune.theory._risk.first_fit import FirstFit
from sklearn_prune.theory._risk.sampled_support import HIGH_DIMENSION, draw_fits


def isotropic(p):
    return LinearGaussianProblem(np.ones(p), np.where(np.arange(p) < 5, 1.0, 0.1), 1.0)


def power_law(p):
    strong = np.where(np.arange(p) < 5, 1.0, 0.2)
    return LinearGaussianProblem(np.arange(1, p + 1) ** -0.5, strong, 1.0)


CASES = [
    # problem, n, p, s, unlabelled rows, and what would be off by more than a tenth
    pytest.param(isotropic, 30, 120, 26, 0, id="same: variance not inflated near s = n"),
    pytest.param(isotropic, 30, 120, 46, 20, id="distill: variance not inflated near s = N"),
    pytest.param(isotropic, 60, 57, 10, 0, id="same: finite-n law for the support"),
    pytest.param(power_law, 40, 34, 15, 60, id="distill: no finite-n law of the predictions"),
]


@pytest.mark.parametrize(("make", "n", "p", "s", "m"), CASES)
def test_finite_n_of_refits(make, n, p, s, m):
    """Within 3 % and three standard errors of a simulation; without the correction it is not."""
    retrain = {"retrain": "distill" if m else "same", "strategy": "magnitude", "sparsity": s}
    n_repeats = 2000 if p < 50 else 1000
    simulated = simulated_risks(make(p), n, n_repeats, **retrain, n_unlabeled=m)
    error = simulated.std(ddof=1) / np.sqrt(n_repeats)
    risk = predict_risk(make(p), n, **retrain, n_unlabeled=m or None, finite_n=True)
    tolerance = 3 * error + 0.03 * simulated.mean()
    assert tolerance < 0.09 * risk, "too few repeats to tell"
    assert abs(risk - simulated.mean()) < tolerance


@pytest.mark.parametrize("finite_n", [False, True])
@pytest.mark.parametrize("n", [20, 61])
def test_intercept_after_a_distillation_that_prunes_nothing(n, finite_n):
    """The refit is the dense model again, of which the intercept costs a factor of 1 + 1/n."""
    options = {"fit_intercept": True, "finite_n": finite_n}
    distilled = {"strategy": "magnitude", "sparsity": 40, "retrain": "distill", "n_unlabeled": 50}
    dense = predict_risk(isotropic(40), n, **options)
    assert_allclose(predict_risk(isotropic(40), n, **options, **distilled), dense, rtol=1e-12)


@pytest.mark.parametrize("finite_n", [False, True])
def test_intercept_after_a_distillation_without_end(finite_n):
    """Slopes as if pruned, and the intercept has the error of the dense model's: R2 + R1/n."""
    pruned = {"strategy": "magnitude", "sparsity": 6, "finite_n": finite_n}
    slopes = predict_risk(isotropic(40), 19, **pruned)
    dense = predict_risk(isotropic(40), 19, finite_n=finite_n)
    distilled = pruned | {"retrain": "distill", "n_unlabeled": np.inf, "fit_intercept": True}
    assert_allclose(predict_risk(isotropic(40), 20, **distilled), slopes + dense / 20, rtol=1e-12)


@pytest.mark.parametrize("m", [10, 100])
def test_intercept_after_a_distillation_in_simulation(m):
    """Features and target of mean zero: the square of the intercept is what it costs."""
    problem, rng = isotropic(40), np.random.RandomState(0)
    distilled = {"strategy": "magnitude", "sparsity": 5, "retrain": "distill", "n_unlabeled": m}
    fits = [pruned_coef(problem, 20, rng, **distilled, fit_intercept=True) for _ in range(800)]
    squares = np.array([intercept**2 for _, intercept in fits])
    extra = predict_risk(problem, 20, **distilled, fit_intercept=True)
    extra -= predict_risk(problem, 19, **distilled)
    error = squares.std() / np.sqrt(800)
    assert error < 0.1 * extra
    assert abs(squares.mean() - extra) < 3 * error


def test_risk_of_least_squares_with_an_intercept():
    """Exactly noise (1 + 1/n) (n - 2)/(n - p - 2), as of any Gaussian features."""
    n = np.array([10, 12, 30, 1000])
    law = DistributionalCharacterization(isotropic(7), n, fit_intercept=True, finite_n=True)
    expected = (1 + 1 / n) * (n - 2) / (n - 9)
    assert_allclose(law.risk(), expected, rtol=1e-12)
    simulated = simulated_risks(isotropic(7), 12, 1500, fit_intercept=True)
    assert abs(simulated.mean() - expected[1]) < 3 * simulated.std() / np.sqrt(1500)
    for alpha in (0.0, 2.0):
        law = DistributionalCharacterization(isotropic(40), 20, alpha, fit_intercept=True)
        centred = DistributionalCharacterization(isotropic(40), 19, alpha)
        assert_allclose(law.risk(), centred.risk() * 1.05, rtol=1e-12)


@pytest.mark.parametrize("rank", [HIGH_DIMENSION - 1, HIGH_DIMENSION])
def test_draws_are_antithetic_and_of_a_fixed_length_in_many_dimensions(rank):
    first = FirstFit(isotropic(rank), 30.0, 2.0, finite_n=False)
    theta, coefs = draw_fits(first, 7, np.random.RandomState(0))
    assert theta.shape == coefs.shape == (8, rank)
    noise = (theta - first.signal) / np.sqrt(first.variance)
    assert_allclose(noise[::2], -noise[1::2], atol=1e-12)
    squares = np.sum(noise**2, axis=1)
    if rank == HIGH_DIMENSION:
        assert_allclose(squares, rank, rtol=1e-12)
    else:
        assert np.ptp(squares) > 1
