"""Two Gaussian classes: moments, exact errors, samples."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import ndtr

from sklearn_prune.theory import GaussianMixtureProblem

MU = np.array([1.0, -0.5, 0.3])
S = 0.5 ** np.abs(np.subtract.outer(np.arange(3), np.arange(3)))
METRICS = ["zero_one", "squared_error", "log_loss"]


@pytest.mark.parametrize("prior", [0.5, 0.2])
def test_fishers_discriminant_with_its_intercept_is_best(prior, rng):
    problem = GaussianMixtureProblem(S, MU, prior=prior)
    fisher = np.linalg.solve(S, MU)
    distance = np.sqrt(fisher @ MU)
    b0 = np.log(prior / (1 - prior)) / 2
    best = prior * ndtr(-distance - b0 / distance) + (1 - prior) * ndtr(-distance + b0 / distance)
    assert_allclose(problem.risk(fisher, b0), best, rtol=1e-12)
    others = fisher + 0.1 * rng.standard_normal((20, 3))
    assert (problem.risk(others, b0 + 0.1 * rng.standard_normal(20)) > best).all()
    logistic = problem.risk(2 * fisher, 2 * b0, "log_loss")
    assert (problem.risk(2 * others, 2 * b0, "log_loss") > logistic).all()


@pytest.mark.parametrize("metric", METRICS)
def test_errors_of_a_sample(metric):
    """Within 4 standard errors of the mean loss over 100,000 rows."""
    problem = GaussianMixtureProblem(S, MU, prior=0.3)
    X, y = problem.sample(100_000, random_state=0)
    coef, b0 = np.array([[1.0, 0.5, 0.0], [0.2, 0.0, 3.0]]), np.array([0.5, -0.2])
    score = X @ coef.T + b0
    loss = {
        "zero_one": (score > 0) != (y > 0)[:, np.newaxis],
        "squared_error": (y[:, np.newaxis] - score) ** 2,
        "log_loss": np.logaddexp(0, -y[:, np.newaxis] * score),
    }[metric]
    error = loss.std(axis=0) / np.sqrt(len(loss))
    assert (np.abs(loss.mean(axis=0) - problem.risk(coef, b0, metric)) < 4 * error).all()


def test_the_linear_problem_has_the_moments_of_a_sample():
    """Within 5 standard errors, for each of the moments."""
    problem = GaussianMixtureProblem(np.diag(S), MU, prior=0.3)
    X, y = problem.sample(100_000, random_state=1)
    linear = problem.linear
    for sample, expected in [
        (X[:, :, np.newaxis] * X[:, np.newaxis], linear.covariance),
        (X * y[:, np.newaxis], linear.cross_moment),
        (X, linear.mean),
        (y, linear.target_mean),
    ]:
        error = sample.std(axis=0) / np.sqrt(len(y))
        assert (np.abs(sample.mean(axis=0) - expected) < 5 * error).all()
    coef = np.array([0.3, 0.1, -0.2])
    assert_allclose(linear.risk(coef, 0.2), problem.risk(coef, 0.2, "squared_error"))


def test_scaled_features():
    problem, scale = GaussianMixtureProblem(S, MU, prior=0.3), np.array([1.0, 2.0, 0.1])
    scaled = problem.scaled(scale)
    for metric in METRICS:
        expected = problem.risk(MU, 0.1, metric)
        assert_allclose(scaled.risk(MU / scale, 0.1, metric), expected)


def test_scores_that_do_not_vary():
    problem = GaussianMixtureProblem(S, MU, prior=0.3)
    assert_allclose(problem.risk(np.zeros(3), 1.0), 0.7)
    assert_allclose(problem.risk(np.zeros(3)), 0.3)  # 0 is no positive score
    assert_allclose(GaussianMixtureProblem([0.0], [1.0]).risk([2.0]), 0.0)
    assert isinstance(problem.risk(MU), float)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mean": [1.0]}, r"mean has shape \(1,\)"),
        ({"prior": 0.0}, "prior is 0"),
        ({"prior": 1.0}, "prior is 1"),
        ({"prior": "half"}, "prior is 'half'"),
        ({"covariance": np.ones((2, 3))}, r"covariance has shape \(2, 3\)"),
    ],
)
def test_bad_problems(options, message):
    with pytest.raises(ValueError, match=message):
        GaussianMixtureProblem(**({"covariance": S, "mean": MU} | options))
