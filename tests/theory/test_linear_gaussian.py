import re

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_prune.theory import LinearGaussianProblem, predict_risk


def random_problem(rng, p=8, noise=0.3):
    factor = rng.standard_normal((p, p + 3))
    return LinearGaussianProblem(factor @ factor.T / p, rng.standard_normal(p), noise)


def shifted(problem, mean, target_mean):
    """Return the problem of the same variables with other means."""
    return LinearGaussianProblem.from_moments(
        problem.covariance + np.outer(mean, mean),
        problem.cross_moment + target_mean * mean,
        problem.noise_variance + problem.coef @ problem.cross_moment + target_mean**2,
        mean=mean,
        target_mean=target_mean,
    )


BAD = {
    "covariance is not symmetric: entry (0, 1) is 0.5": ([[1, 0.5], [0.1, 1]], [1, 1], 0),
    "least eigenvalue of the covariance is -1": ([[1, 2], [2, 1]], [1, 1], 0),
    "A variance is -1": ([1, -1], [1, 1], 0),
    "covariance has shape (1, 2)": ([[1, 2]], [1, 1], 0),
    "covariance has shape (0,)": ([], [], 0),
    "covariance contains nan": ([1, np.nan], [1, 1], 0),
    "coef has shape (3,): give an array of shape (2,)": ([1, 1], [1, 1, 1], 0),
    "coef contains inf": ([1, 1], [1, np.inf], 0),
    "noise_variance is -0.1": ([1, 1], [1, 1], -0.1),
    "noise_variance contains nan": ([1, 1], [1, 1], np.nan),
    "noise_variance has shape (1,)": ([1, 1], [1, 1], [1.0]),
    "covariance is 'identity'": ("identity", [1, 1], 0),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        LinearGaussianProblem(*BAD[message])


def test_bad_weights():
    with pytest.raises(ValueError, match="weights need a diagonal covariance"):
        LinearGaussianProblem(np.eye(2), [1, 1], weights=[1, 1])
    with pytest.raises(ValueError, match="A weight is 0"):
        LinearGaussianProblem(np.ones(2), [1, 1], weights=[1, 0])
    problem = LinearGaussianProblem(np.ones(2), [1, 1], weights=[1, 3])
    with pytest.raises(ValueError, match="no columns to draw"):
        problem.sample(3)


def test_risk_is_the_mean_squared_error(rng):
    problem = shifted(random_problem(rng), rng.standard_normal(8), 2.0)
    X, y = problem.sample(200_000, random_state=0)
    for coef, intercept in [(rng.standard_normal(8), 0.0), (problem.coef, 1.5)]:
        assert_allclose(
            problem.risk(coef, intercept), np.mean((y - X @ coef - intercept) ** 2), rtol=0.02
        )
    many = rng.standard_normal((3, 8))
    assert_allclose(problem.risk(many), [problem.risk(one) for one in many])
    assert isinstance(problem.risk(many[0]), float)


def test_weights_count_coordinates(rng):
    variances, coef = rng.exponential(size=4), rng.standard_normal(4)
    atoms = LinearGaussianProblem(variances, coef, 0.1, weights=[1, 2, 3, 4])
    full = LinearGaussianProblem(
        np.repeat(variances, [1, 2, 3, 4]), np.repeat(coef, [1, 2, 3, 4]), 0.1
    )
    assert atoms.n_features == full.n_features == 10
    assert_allclose(atoms.risk(np.zeros(4)), full.risk(np.zeros(10)))
    assert_allclose(
        atoms.restrict([0, 3]).noise_variance, full.restrict([0, 6, 7, 8, 9]).noise_variance
    )


def test_restricted_problem_is_the_best_model_of_the_kept_features(rng):
    problem = shifted(random_problem(rng), rng.standard_normal(8), 2.0)
    kept = np.array([5, 1, 6])
    restricted = problem.restrict(kept)
    padded = np.zeros(8)
    padded[kept] = restricted.coef
    assert_allclose(problem.risk(padded), restricted.noise_variance)
    assert restricted.noise_variance < problem.risk(padded + 1e-3 * np.isin(np.arange(8), kept))
    assert_allclose(restricted.covariance, problem.covariance[np.ix_(kept, kept)])
    assert_allclose(restricted.mean, problem.mean[kept])
    centred = problem.centred().restrict(kept)
    assert_allclose(restricted.centred().coef, centred.coef)
    assert_allclose(restricted.centred().noise_variance, centred.noise_variance)


def test_restriction_of_a_diagonal_problem_is_that_of_the_full_one(rng):
    variances, coef = rng.exponential(size=6), rng.standard_normal(6)
    mask = np.array([True, False, True, True, False, False])
    diagonal = LinearGaussianProblem(variances, coef, 0.2).restrict(mask)
    full = LinearGaussianProblem(np.diag(variances), coef, 0.2).restrict(np.flatnonzero(mask))
    assert_allclose(diagonal.coef, full.coef)
    assert_allclose(diagonal.noise_variance, full.noise_variance)


@pytest.mark.parametrize("support", [[], [0, 0], [8], [0.5], [[0]], [True, False]])
def test_bad_support(rng, support):
    with pytest.raises(ValueError, match="support is"):
        random_problem(rng).restrict(support)


def test_centred_problem_gives_back_what_was_shifted(rng):
    problem = random_problem(rng)
    centred = shifted(problem, rng.standard_normal(8), 2.0).centred()
    assert_allclose(centred.covariance, problem.covariance, atol=1e-12)
    assert_allclose(centred.coef, problem.coef)
    assert_allclose(centred.noise_variance, problem.noise_variance)
    assert problem.centred() is problem


def test_moments_without_means_serve_no_model_with_an_intercept(rng):
    problem = LinearGaussianProblem.from_moments([1.0, 1.0], [1.0, 0.0], 2.0)
    assert problem.noise_variance == 1
    for call in (
        problem.centred,
        lambda: problem.risk([0, 0], 1.0),
        lambda: predict_risk(problem, 10, fit_intercept=True),
    ):
        with pytest.raises(ValueError, match="needs the means of the features"):
            call()


def test_moments_that_nothing_has():
    with pytest.raises(ValueError, match=r"target_second_moment is 1, but .* at least 2"):
        LinearGaussianProblem.from_moments([1.0, 1.0], [1.0, 1.0], 1.0)


def test_means_that_nothing_has(rng):
    """No covariance is left of these means; that is seen before there is a risk."""
    problem = LinearGaussianProblem.from_moments(np.eye(3), np.zeros(3), 2.0, mean=[0.9, 0.9, 0.0])
    assert problem.risk(np.zeros(3)) == 2
    with pytest.raises(ValueError, match=r"least eigenvalue of the covariance is -0\.62"):
        predict_risk(problem, 10, fit_intercept=True)
    problem = LinearGaussianProblem.from_moments(
        np.eye(3), np.zeros(3), 2.0, mean=np.full(3, 0.5), target_mean=1.2
    )
    with pytest.raises(ValueError, match=r"target_second_moment is 0\.56, but"):
        predict_risk(problem, 10, fit_intercept=True)


def test_ill_conditioned_moments(rng):
    """Eigenvalues from 1 to 1e-12 and a signal in all of them; a third of them zero."""
    values = np.append(np.geomspace(1, 1e-12, 40), np.zeros(20))
    vectors = np.linalg.qr(rng.standard_normal((60, 60)))[0]
    signal = np.append(np.sqrt(values[:40]), np.zeros(20))
    second = vectors * values @ vectors.T
    problem = LinearGaussianProblem.from_moments(
        (second + second.T) / 2, vectors @ (values**0.5 * signal), 1 + signal @ signal
    )
    assert_allclose(problem.noise_variance, 1, rtol=1e-3)
    diagonal = LinearGaussianProblem(values[:40], np.ones(40), 1.0)
    assert_allclose(predict_risk(problem, 20), predict_risk(diagonal, 20), rtol=1e-3)
    assert_allclose(
        predict_risk(problem, 20, alpha=0.1), predict_risk(diagonal, 20, alpha=0.1), rtol=1e-6
    )


def test_from_data(rng):
    truth = random_problem(rng, noise=0.5)
    X, y = truth.sample(4000, random_state=1)
    X, y = X + 1, y + 3
    more = truth.sample(20_000, random_state=2)[0] + 1
    for problem in (
        LinearGaussianProblem.from_data(X, y),
        LinearGaussianProblem.from_data(X, y, more),
    ):
        assert_allclose(problem.centred().coef, truth.coef, atol=0.06)
        assert_allclose(problem.centred().noise_variance, 0.5, rtol=0.05)
        assert_allclose(problem.mean, 1, atol=0.1)
        predicted = predict_risk(problem, 40, fit_intercept=True)
        assert_allclose(predicted, predict_risk(truth, 40, fit_intercept=True), rtol=0.05)
    coef = np.linalg.lstsq(X, y)[0]
    plain = LinearGaussianProblem.from_data(X, y)
    assert_allclose(plain.noise_variance, np.sum((y - X @ coef) ** 2) / (4000 - 8))
    assert_allclose(plain.covariance, X.T @ X / 4000)


def test_from_too_few_data(rng):
    X = rng.standard_normal((100, 30))
    with pytest.raises(ValueError, match=r"100 rows for features of rank 30 .* leave-one-out"):
        LinearGaussianProblem.from_data(X, X[:, 0])
    LinearGaussianProblem.from_data(X @ np.eye(30)[:, :15] @ np.ones((15, 30)), X[:, 0])  # rank 1
    with pytest.raises(ValueError, match="X_unlabeled has shape"):
        LinearGaussianProblem.from_data(X[:, :2], X[:, 0], X)
    with pytest.raises(ValueError, match="y has shape"):
        LinearGaussianProblem.from_data(X[:, :2], X)
    with pytest.raises(ValueError, match="X has shape"):
        LinearGaussianProblem.from_data(X[:, 0], X[:, 0])
