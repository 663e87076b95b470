"""Gaussian features with labels of two classes: laws, exact errors, samples."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import integrate, stats
from scipy.special import expit, ndtr

from sklearn_prune.theory import BinaryProblem, optimal_alpha
from sklearn_prune.theory._moments.feature_moments import mean, second_moment

METRICS = ["zero_one", "squared_error", "log_loss"]
V = np.array([1.0, -0.5, 2.0, 0.0, 0.3])
S = 0.6 ** np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
RHO = np.sqrt(V @ S @ V)
LABELS = {
    "logistic": {},
    "logistic, shifted and turned": {"offset": -0.8, "flip": 0.2},
    "probit": {"link": "probit", "noise": 0.7, "offset": 0.5},
    "sign": {"link": "sign", "flip": 0.1},
    "callable": {"link": lambda a: 0.1 + 0.8 * (a > -0.3)},
}


def losses(score, y):
    wrong = (score > 0) != (y > 0)
    return {
        "zero_one": wrong.astype(float),
        "squared_error": (y - score) ** 2,
        "log_loss": np.logaddexp(0, -y * score),
    }


# --- the law of the labels -----------------------------------------------------------


@pytest.mark.parametrize("offset", [0.0, 0.8])
@pytest.mark.parametrize("flip", [0.0, 0.15])
@pytest.mark.parametrize("noise", [0.0, 0.7])
def test_what_least_squares_learns_of_normal_labels(offset, flip, noise):
    link = "probit" if noise else "sign"
    problem = BinaryProblem(S, V, link=link, noise=noise, flip=flip, offset=offset)
    total = np.hypot(RHO, noise)
    k = (1 - 2 * flip) * 2 * stats.norm.pdf(offset / total) * RHO / total
    assert_allclose(problem.linear.coef, k / RHO * V, atol=1e-14)
    assert_allclose(problem.target_mean, (1 - 2 * flip) * (2 * ndtr(offset / total) - 1))
    assert_allclose(problem.linear.noise_variance, 1 - k**2)
    centred = problem.linear.centred()
    assert_allclose(centred.noise_variance, 1 - k**2 - problem.target_mean**2)


@pytest.mark.parametrize("size", [0.01, 1.0, 30.0])
def test_what_least_squares_learns_of_logistic_labels(size):
    problem = BinaryProblem(S, size * V, offset=0.4)

    def gaussian_mean(function):
        def integrand(g):
            return function(g) * stats.norm.pdf(g)

        centre = -0.4 / (size * RHO)
        points = [p for p in (centre - 0.1, centre, centre + 0.1) if abs(p) < 9]
        return integrate.quad(integrand, -9, 9, points=points, limit=200, epsabs=1e-13)[0]

    def label(g):
        return 2 * expit(size * RHO * g + 0.4) - 1

    assert_allclose(problem.target_mean, gaussian_mean(label), atol=1e-10)
    k = gaussian_mean(lambda g: g * label(g))
    assert_allclose(problem.slope * size * RHO, k, rtol=1e-9)


def test_a_diagonal_covariance_stays_diagonal():
    problem = BinaryProblem(np.ones(5), V, offset=1.0)
    assert problem.linear.is_diagonal
    assert problem.linear.centred().is_diagonal


def test_a_callable_is_the_link_that_it_computes():
    named, given = BinaryProblem(S, V, offset=0.3), BinaryProblem(S, V, link=expit, offset=0.3)
    coef = V + 0.5
    assert_allclose(given.prevalence, named.prevalence, rtol=1e-10)
    for metric in METRICS:
        assert_allclose(given.risk(coef, 0.2, metric), named.risk(coef, 0.2, metric), rtol=1e-9)
    assert_allclose(given.sample(50, random_state=1)[1], named.sample(50, random_state=1)[1])


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_the_angle_is_the_error(noise, rng):
    problem = BinaryProblem(S, V, link="probit", noise=noise, flip=0.1)
    coef = V + rng.standard_normal((6, 5))
    cosine = coef @ S @ V / np.sqrt(np.sum(coef @ S * coef, axis=1)) / RHO
    expected = 0.1 + 0.8 * np.arccos(cosine * RHO / np.hypot(RHO, noise)) / np.pi
    assert_allclose(problem.risk(coef), expected, rtol=1e-12)
    assert_allclose(problem.risk(1e-8 * coef), expected, rtol=1e-12)
    assert_allclose(problem.risk(V), 0.1 + 0.8 * np.arctan(noise / RHO) / np.pi, atol=1e-12)


def test_an_orthant_is_the_error():
    problem = BinaryProblem(S, V, link="probit", noise=0.5, offset=-0.7)
    coef, b0, total = V + 0.5, 0.4, np.hypot(RHO, 0.5)
    spread = np.sqrt(coef @ S @ coef)
    r = coef @ S @ V / spread / total
    both = stats.multivariate_normal(cov=[[1, -r], [-r, 1]]).cdf
    first, second = -0.7 / total, b0 / spread
    expected = both([first, -second]) + both([-first, second])
    assert_allclose(problem.risk(coef, b0), expected, rtol=1e-7)


@pytest.mark.parametrize("label", LABELS)
def test_errors_of_a_sample(label, rng):
    """Within 4 standard errors of the mean loss over 100,000 rows."""
    problem = BinaryProblem(S, V, **LABELS[label])
    X, y = problem.sample(100_000, random_state=0)
    assert set(np.unique(y)) == {-1.0, 1.0}
    coef, b0 = V + rng.standard_normal(5), 0.3
    for metric, loss in losses(X @ coef + b0, y).items():
        error = loss.std() / np.sqrt(len(loss))
        assert abs(loss.mean() - problem.risk(coef, b0, metric)) < 4 * error


@pytest.mark.parametrize("metric", METRICS)
def test_errors_of_several_models(metric, rng):
    problem = BinaryProblem(S, V, offset=0.5)
    coef, b0 = rng.standard_normal((3, 11, 5)), rng.standard_normal(11)
    risks = problem.risk(coef, b0, metric)
    assert risks.shape == (3, 11)
    assert_allclose(risks[1, 4], problem.risk(coef[1, 4], b0[4], metric))
    assert isinstance(problem.risk(V, 0.0, metric), float)


def test_the_limits_of_a_score():
    problem = BinaryProblem(S, V, offset=0.5)
    assert_allclose(problem.risk(np.zeros(5), 1.0), 1 - problem.prevalence)
    assert_allclose(problem.risk(np.zeros(5)), problem.prevalence)  # 0 is no positive score
    assert_allclose(problem.risk_of(1.0, np.inf, 0.3, "zero_one"), 0.5)
    assert problem.risk_of(1.0, np.inf, 0.3, "log_loss") == np.inf
    assert_allclose(problem.risk(0 * V, 0.0, "log_loss"), np.log(2))


@pytest.mark.parametrize("size", [1e-3, 0.5, 5.0, 1e5])
def test_log_loss_of_wide_and_narrow_scores(size):
    """By numerical integration over the score, for labels of no use."""
    problem = BinaryProblem([1.0], [0.0])

    def integrand(z):
        return np.logaddexp(0, size * z + 0.2) * stats.norm.pdf(z)

    points = [0.0] if size < 1 else [-0.2 / size - 1e-6, -0.2 / size + 1e-6]
    mean_loss = integrate.quad(integrand, -9, 9, points=points, limit=500)[0]
    assert_allclose(problem.risk([size], 0.2, "log_loss"), mean_loss - 0.1, rtol=1e-8)


def test_labels_of_no_use():
    assert_allclose(BinaryProblem(S, 0 * V).risk(V), 0.5)
    assert_allclose(BinaryProblem(S, 0 * V, link="sign").linear.coef, 0)
    assert_allclose(BinaryProblem(S, V, flip=0.5).risk(V), 0.5)


def test_sure_labels():
    """The logistic link of a large score is its sign."""
    coef = V + 0.5
    sign, sure = BinaryProblem(S, V, link="sign"), BinaryProblem(S, 1e6 * V)
    assert_allclose(sure.risk(coef), sign.risk(coef), rtol=1e-9)
    assert sure.risk(V) < 1e-6


# --- features ------------------------------------------------------------------------


def test_scaled_features():
    scale = np.array([2.0, 0.5, 1.0, 3.0, 0.1])
    problem = BinaryProblem(S, V, offset=0.3)
    scaled = problem.scaled(scale)
    assert_allclose(scaled.risk(V / scale, 0.1), problem.risk(V, 0.1))
    shifted = problem.scaled(scale, np.arange(5.0))
    assert_allclose(shifted.risk(V / scale), problem.risk(V, np.arange(5) @ (V / scale)))
    assert shifted.needs_intercept
    diagonal = BinaryProblem(np.arange(1, 6), V)
    X = diagonal.sample(3, random_state=2)[0] * scale + np.arange(5)
    assert_allclose(diagonal.scaled(scale, np.arange(5)).sample(3, random_state=2)[0], X)


def test_identity_features_change_nothing(rng):
    problem = BinaryProblem(S, V, offset=0.3)
    W = rng.standard_normal((5, 5))
    features = problem.equivalent(W, "identity")
    assert not features.needs_intercept
    assert_allclose(features.direction, np.linalg.solve(W.T, V))
    assert_allclose(features.latent_variance, RHO**2)
    assert_allclose(features.risk(V, 0.2), problem.risk(W.T @ V, 0.2))
    assert_allclose(features.linear.noise_variance, problem.linear.noise_variance)


def test_random_features_tell_a_part_of_the_score(rng):
    W = rng.standard_normal((4, 5))
    problem = BinaryProblem(S, V, offset=0.3)
    features = problem.equivalent(W, "relu")
    root = np.linalg.cholesky(S)
    centre = mean(W @ root, "relu")
    assert_allclose(features.covariance, second_moment(W @ root) - np.outer(centre, centre))
    # By Stein's identity the features have half of the covariance of w'x with the score.
    cross = W @ S @ V / 2
    assert_allclose(features.direction, np.linalg.solve(features.covariance, cross), rtol=1e-8)
    explained = features.second_moments.signal @ features.second_moments.signal
    assert explained < features.latent_variance == problem.latent_variance
    assert features.needs_intercept
    scaled = features.scaled([1.0, 2.0, 3.0, 4.0])
    assert_allclose(scaled.risk(cross / [1, 2, 3, 4], 0.1), features.risk(cross, 0.1))
    assert scaled.latent_variance == problem.latent_variance


def test_a_sample_of_random_features(rng):
    """Moments and error within 4 standard errors over 100,000 rows."""
    features = BinaryProblem(S, V, offset=0.3).equivalent(rng.standard_normal((4, 5)), "relu")
    X, y = features.sample(100_000, random_state=0)
    coef = features.direction + 0.2
    score = X @ coef - 1.0
    assert abs(y.mean() - features.target_mean) < 4 / np.sqrt(100_000)
    for metric, loss in losses(score, y).items():
        error = loss.std() / np.sqrt(len(loss))
        assert abs(loss.mean() - features.risk(coef, -1.0, metric)) < 4 * error


@pytest.mark.parametrize("again", [lambda p: p.equivalent(np.eye(5)), lambda p: p.scaled(V + 1, V)])
def test_random_features_of_what_is_not_gaussian(again):
    with pytest.raises(ValueError, match="Gaussian inputs of mean zero"):
        again(BinaryProblem(S, V)).equivalent(np.eye(5))


# --- what is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"direction": [1.0, 2.0]}, r"direction has shape \(2,\)"),
        ({"direction": [1.0, np.nan, 1.0, 1.0, 1.0]}, "direction contains nan"),
        ({"link": "probits"}, "link is 'probits'"),
        ({"link": 3}, "link is 3"),
        ({"link": lambda a: 2 * a}, "link returned .*must return probabilities"),
        ({"noise": 1.0}, 'only link="probit" has noise'),
        ({"link": "sign", "noise": 1.0}, 'only link="probit" has noise'),
        ({"link": "probit", "noise": -1.0}, "noise is -1"),
        ({"flip": 1.5}, "flip is 1.5"),
        ({"offset": np.inf}, "offset contains inf"),
    ],
)
def test_bad_problems(options, message):
    with pytest.raises(ValueError, match=message):
        BinaryProblem(S, **({"direction": V} | options)).sample(5, random_state=0)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (([1.0],), "give 5 coefficients"),
        ((V, "a"), "intercept is 'a'"),
        ((V, 0.0, "hinge"), "metric is 'hinge'"),
        ((V, 0.0, None), "metric is None"),
    ],
)
def test_bad_models(args, message):
    with pytest.raises(ValueError, match=message):
        BinaryProblem(S, V).risk(*args)


def test_where_a_linear_problem_is_wanted():
    with pytest.raises(ValueError, match=r"is a BinaryProblem: give problem\.linear"):
        optimal_alpha(BinaryProblem(S, V), 10)
