"""The problem behind one sample, against the problem that it was drawn from."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import kstest
from sklearn.linear_model import Ridge
from sklearn.model_selection import LeaveOneOut, cross_val_predict

from sklearn_prune.theory import LinearGaussianProblem, predict_risk
from sklearn_prune.theory._problems.deconvolution import denoise
from sklearn_prune.theory._problems.population_spectrum import population_eigenvalues
from sklearn_prune.theory._problems.sample_fits import SampleFits

N = 300


def sparse_signal(p):
    return np.where(np.arange(p) < p // 10, 5, 1) / np.sqrt(p)


def signs(p):
    return np.random.default_rng(0).choice([-1, 1], p)


def isotropic(p):
    return LinearGaussianProblem(np.ones(p), sparse_signal(p), 0.5)


def power_law(p):
    return LinearGaussianProblem(5 * np.arange(1, p + 1) ** -0.7, sparse_signal(p), 0.5)


def autoregressive(p):
    distance = np.abs(np.subtract.outer(np.arange(p), np.arange(p)))
    return LinearGaussianProblem(0.7**distance, signs(p) * sparse_signal(p), 0.5)


@pytest.mark.parametrize("p", [150, 600])
@pytest.mark.parametrize("make", [isotropic, power_law, autoregressive])
@pytest.mark.parametrize(
    "plan",
    [
        {"alpha": 30.0},
        {"strategy": "hessian", "sparsity": 0.2},
        {"strategy": "magnitude", "sparsity": 0.2, "retrain": "same", "alpha": 30.0},
    ],
)
def test_predictions_are_those_of_the_truth(make, p, plan):
    # All rests on leave-one-out errors of the samples, whose own deviation, 10 to 20 % each
    # with 300 rows, is taken out.
    truth, alpha = make(p), plan.get("alpha", 0.0)
    how = {"fit_intercept": True, "n_draws": 2400 // p, "random_state": 0}
    samples = [truth.sample(N, random_state=seed) for seed in range(3)]
    problems = (LinearGaussianProblem.from_sample(*sample) for sample in samples)
    guess = np.mean([predict_risk(problem, N, **how, **plan) for problem in problems])
    measured = np.mean([SampleFits(*s).risks(np.array([alpha + 1e-9])) for s in samples])
    luck = measured / predict_risk(truth.centred(), N - 1, alpha=alpha)
    assert guess / luck == pytest.approx(predict_risk(truth, N, **how, **plan), rel=0.2)


def test_effective_regularisation_is_that_of_the_sample():
    X, y = power_law(500).sample(200, random_state=1)
    fits = SampleFits(X, y)
    eigenvalues = population_eigenvalues(fits)
    kernel = (X - X.mean(axis=0)) @ (X - X.mean(axis=0)).T
    for alpha in (1.0, 100.0):
        resolvent = np.linalg.inv(kernel + alpha * np.eye(200))
        xi = np.trace(resolvent) - 1 / alpha
        assert_allclose(fits.xi(np.array([alpha])), xi, rtol=1e-10)
        freedom = np.sum(xi * eigenvalues / (1 + xi * eigenvalues)) + alpha * xi
        assert freedom == pytest.approx(199, rel=0.01)


def test_spectrum_of_two_values_is_found():
    truth = np.repeat([10.0, 1.0], [60, 240])
    X, y = LinearGaussianProblem(truth, np.zeros(300), 1.0).sample(400, random_state=2)
    eigenvalues = population_eigenvalues(SampleFits(X, y))
    assert len(eigenvalues) == 300
    assert np.mean(eigenvalues[:60]) == pytest.approx(10, rel=0.05)
    assert np.mean(eigenvalues[60:]) == pytest.approx(1, rel=0.05)


def test_leave_one_out_of_ridge_is_exact():
    X, y = isotropic(40).sample(30, random_state=3)
    model = Ridge(2.0, solver="svd")
    expected = y - cross_val_predict(model, X, y, cv=LeaveOneOut())
    fits = SampleFits(X, y)
    assert_allclose(fits.left_out(np.array([2.0]))[0], expected, rtol=1e-9)
    assert_allclose(fits.coef(2.0), model.fit(X, y).coef_, rtol=1e-9)


def test_denoised_means_have_the_law_of_the_truth():
    rng = np.random.default_rng(4)
    truth = np.where(rng.uniform(size=2000) < 0.1, rng.choice([-6, 6], 2000), 0.0)
    z = truth + rng.standard_normal(2000)
    means = denoise(z)
    assert np.mean(np.abs(means) < 1) == pytest.approx(0.9, abs=0.02)
    assert_allclose(np.mean(means**2), np.mean(truth**2), rtol=0.05)
    assert_allclose(np.sort(np.abs(means)), np.abs(means)[np.argsort(np.abs(z), kind="stable")])
    assert kstest(denoise(3 * z), "norm").pvalue < 1e-6  # nothing is made normal


@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_units_of_the_target_do_not_matter(size):
    X, y = isotropic(60).sample(40, random_state=5)
    guess, scaled = (LinearGaussianProblem.from_sample(X, unit * y) for unit in (1.0, size))
    assert_allclose(scaled.noise_variance, guess.noise_variance * size**2, rtol=1e-6)
    assert_allclose(scaled.coef, guess.coef * size, rtol=1e-6, atol=1e-9 * size)


def test_shifts_reach_the_means_alone():
    X, y = isotropic(60).sample(40, random_state=6)
    guess, moved = (
        LinearGaussianProblem.from_sample(X + shift, y + shift).centred() for shift in (0.0, 3.0)
    )
    assert_allclose(moved.covariance, guess.covariance, atol=1e-9)
    assert_allclose(moved.coef, guess.coef, atol=1e-9)


def test_means_are_those_of_the_sample():
    X, y = isotropic(20).sample(40, random_state=7)
    guess = LinearGaussianProblem.from_sample(X + 2, y + 3)
    assert_allclose(guess.mean, X.mean(axis=0) + 2)
    assert guess.target_mean == pytest.approx(y.mean() + 3)
    risk = predict_risk(guess, 40, fit_intercept=True)
    assert risk == pytest.approx(predict_risk(guess.centred(), 39) * (1 + 1 / 40))


def test_copies_and_constants_are_no_obstacle():
    X, y = isotropic(20).sample(60, random_state=8)
    wide = np.hstack([X, X[:, :5], np.ones((60, 2))])
    guess = LinearGaussianProblem.from_sample(wide, y).centred()
    assert len(guess.eigenbasis.eigenvalues) == 20
    assert_allclose(guess.coef[-2:], 0, atol=1e-9)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.eye(9), np.arange(9), "X has 9 rows, which tell nothing of a law"),
        (np.ones((20, 3)), np.arange(20), "All rows of X are equal"),
        (np.eye(20), np.ones(20), "All rows of y are equal"),
        (np.ones(20), np.arange(20), r"X has shape \(20,\)"),
        (np.eye(20), np.arange(19), "y has shape"),
        (np.full((20, 2), np.nan), np.arange(20), "X"),
    ],
)
def test_bad_input(X, y, message):
    with pytest.raises(ValueError, match=message):
        LinearGaussianProblem.from_sample(X, y)
