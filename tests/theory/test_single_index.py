"""The single-index problem: its moments, its samples, and risks of random features."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from sklearn_prune import RandomFeatures
from sklearn_prune.theory import BinaryProblem, DistributionalCharacterization, predict_risk
from sklearn_prune.theory._moments.feature_moments import cross_moment, mean, second_moment
from sklearn_prune.theory._moments.scalar_functions import ACTIVATIONS, FUNCTIONS, LINKS
from sklearn_prune.theory._problems.single_index import SingleIndexProblem


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def covariance_of(d, rng):
    root = rng.standard_normal((d, d)) / np.sqrt(d)
    return root @ root.T + 0.1 * np.eye(d)


# --- moments -----------------------------------------------------------------------


@pytest.mark.parametrize("link", [*LINKS, np.cos])
def test_moments_of_the_target(link, rng):
    v = rng.standard_normal(5)
    W = rng.standard_normal((8, 5))
    problem = SingleIndexProblem(v, link, noise_variance=0.3).equivalent(W)
    z = stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000) * np.linalg.norm(v)
    y = FUNCTIONS.get(link, link)(z)
    assert_allclose(problem.target_mean, y.mean(), atol=1e-4)
    total = problem.noise_variance + problem.cross_moment @ problem.coef
    assert_allclose(total, 0.3 + np.mean(y**2), rtol=1e-3)


def test_square_has_fourth_moment_three(rng):
    v, W = rng.standard_normal(5), rng.standard_normal((3, 5))
    problem = SingleIndexProblem(v).equivalent(W, "square")
    assert_allclose(problem.target_mean, v @ v)
    total = problem.noise_variance + problem.cross_moment @ problem.coef
    assert_allclose(total, 3 * (v @ v) ** 2)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_equivalent_collects_the_moments(activation, rng):
    W, v = rng.standard_normal((6, 4)), rng.standard_normal(4)
    offset = rng.uniform(0, 6, 6) if activation in ("cos", "sin") else None
    problem = SingleIndexProblem(v, "tanh", 0.1).equivalent(W, activation, offset)
    assert_allclose(problem.covariance, second_moment(W, activation, offset))
    assert_allclose(problem.cross_moment, cross_moment(W, v, "tanh", activation, offset))
    assert_allclose(problem.mean, mean(W, activation, offset))


def test_identity_features_of_a_linear_label(rng):
    # The linear Gaussian problem itself, whatever basis it is seen in.
    v, S = rng.standard_normal(4), covariance_of(4, rng)
    problem = SingleIndexProblem(v, "linear", 0.2, S).equivalent(np.eye(4), "identity")
    assert_allclose(problem.covariance, S)
    assert_allclose(problem.coef, v)
    assert_allclose(problem.noise_variance, 0.2)
    assert problem.target_mean == pytest.approx(0, abs=1e-14)


def test_label_among_the_features_leaves_the_noise(rng):
    W = rng.standard_normal((5, 10))
    problem = SingleIndexProblem(W[2], "relu", 0.25).equivalent(W, "relu")
    assert_allclose(problem.coef, np.eye(5)[2], atol=1e-10)
    assert_allclose(problem.noise_variance, 0.25, rtol=1e-10)


@pytest.mark.parametrize("activation", ["relu", "tanh", "cos"])
def test_input_covariance(activation, rng):
    S, v, W = covariance_of(5, rng), rng.standard_normal(5), rng.standard_normal((4, 5))
    problem = SingleIndexProblem(v, "square", 0.1, S)
    equivalent = problem.equivalent(W, activation)
    X, y = problem.sample(100_000, random_state=1)
    F = FUNCTIONS[activation](X @ W.T)
    for draws, expected in [
        (F, equivalent.mean),
        (F * y[:, None], equivalent.cross_moment),
        (F * F[:, [0]], equivalent.covariance[0]),
    ]:
        standard_error = draws.std(axis=0) / np.sqrt(len(draws))
        assert np.all(np.abs(draws.mean(axis=0) - expected) < 4.5 * standard_error)
    # any root of S does, the symmetric one is as good as that of Cholesky
    L = np.linalg.cholesky(S)
    same = SingleIndexProblem(L.T @ v, "square", 0.1).equivalent(W @ L, activation)
    assert_allclose(equivalent.covariance, same.covariance, atol=1e-11)
    assert_allclose(equivalent.cross_moment, same.cross_moment, atol=1e-11)


def test_diagonal_covariance(rng):
    W, v, variances = rng.standard_normal((4, 3)), rng.standard_normal(3), np.array([2.0, 1.0, 0.0])
    narrow = SingleIndexProblem(v, covariance=variances)
    full = SingleIndexProblem(v, covariance=np.diag(variances))
    assert_allclose(narrow.equivalent(W).covariance, full.equivalent(W).covariance)
    assert_allclose(narrow.equivalent(W).cross_moment, full.equivalent(W).cross_moment)
    assert_allclose(narrow.sample(5, 0)[0], full.sample(5, 0)[0], atol=1e-15)
    assert np.all(narrow.sample(5, 0)[0][:, 2] == 0)


def test_float32_weights_of_random_features(rng):
    X = rng.standard_normal((10, 4)).astype(np.float32)
    features = RandomFeatures(6, activation="cos", bias=True, random_state=0).fit(X)
    problem = SingleIndexProblem(np.ones(4))
    found = problem.equivalent(features.random_weights_.T, "cos", features.random_offset_)
    assert found.covariance.dtype == np.float64


def test_a_model_with_an_intercept_needs_one_decomposition(rng):
    problem = SingleIndexProblem(np.eye(4)[0], "square", 0.1).equivalent(rng.normal(size=(30, 4)))
    for plan in {}, {"strategy": "magnitude", "sparsity": 5}:
        predict_risk(problem, 20, fit_intercept=True, n_draws=4, random_state=0, **plan)
    assert "eigenbasis" not in problem.__dict__
    assert "matrix" not in problem.centred().eigenbasis.axes.__dict__
    assert problem.noise_variance > 0.1  # found when it is asked for


def test_classes_seen_through_random_features_are_decomposed_once(rng):
    problem = BinaryProblem(np.ones(4), np.ones(4)).equivalent(rng.normal(size=(30, 4)))
    moments, linear = problem.second_moments, problem.linear
    assert linear.eigenbasis is moments.eigenbasis
    assert_allclose(linear.coef, problem.slope * problem.direction)


# --- samples -----------------------------------------------------------------------


def test_sample_is_reproducible_and_noisy():
    problem = SingleIndexProblem([1.0, -1.0], "sign", noise_variance=4.0)
    X, y = problem.sample(20_000, random_state=0)
    again = problem.sample(20_000, random_state=0)
    np.testing.assert_array_equal(X, again[0])
    np.testing.assert_array_equal(y, again[1])
    assert X.shape == (20_000, 2)
    residual = y - np.sign(X @ [1.0, -1.0])
    assert_allclose(residual.var(), 4.0, rtol=4.5 * np.sqrt(2 / 20_000))


# --- risks of random feature regression --------------------------------------------


@pytest.mark.parametrize("p", [120, 400])
@pytest.mark.parametrize(
    ("link", "activation"), [("square", "relu"), ("tanh", "erf"), ("relu", "cos")]
)
def test_risk_of_random_features(p, link, activation, rng):
    d, n = 40, 200
    W = rng.standard_normal((p, d)) / np.sqrt(d)
    offset = rng.uniform(0, 2 * np.pi, p) if activation == "cos" else None
    problem = SingleIndexProblem(np.eye(d)[0], link, noise_variance=0.3)
    equivalent = problem.equivalent(W, activation, offset)
    predicted = DistributionalCharacterization(equivalent, n, finite_n=True).risk()
    risks = []
    for seed in range(60):
        X, y = problem.sample(n, random_state=seed)
        F = FUNCTIONS[activation](X @ W.T + (0 if offset is None else offset))
        risks.append(equivalent.risk(np.linalg.lstsq(F, y)[0]))
    standard_error = np.std(risks) / np.sqrt(len(risks))
    assert abs(np.mean(risks) - predicted) < 0.05 * predicted + 3 * standard_error


# --- bad input ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (([[1.0, 2.0]],), "direction"),
        (([],), "direction"),
        (([1.0, np.inf],), "direction"),
        (([1.0, 2.0], "cubic"), "link='cubic'"),
        (([1.0, 2.0], "abs"), "link='abs'"),
        (([1.0, 2.0], np.exp, 0.0, 100 * np.eye(2)), "grows too fast"),
        (([1.0, 2.0], "square", -0.1), "noise_variance"),
        (([1.0, 2.0], "square", np.nan), "noise_variance"),
        (([1.0, 2.0], "square", 0.0, np.eye(3)), "covariance has shape"),
        (([1.0, 2.0], "square", 0.0, [1.0, -1.0]), "negative"),
        (([1.0, 2.0], "square", 0.0, [[1.0, 2.0], [2.0, 1.0]]), "positive semidefinite"),
        (([1.0, 2.0], "square", 0.0, [[1.0, 0.5], [0.0, 1.0]]), "symmetric"),
        (([1.0, 2.0], "square", 0.0, [[1.0, np.nan], [0.0, 1.0]]), "finite"),
    ],
)
def test_bad_problem(arguments, match):
    with pytest.raises(ValueError, match=match), np.errstate(all="ignore"):
        SingleIndexProblem(*arguments)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ((np.ones((2, 5)),), "Transpose random_weights_"),
        ((np.ones(2),), "shape"),
        ((np.full((5, 2), np.nan),), "finite"),
        ((np.ones((5, 2)), "swish"), "activation='swish'"),
        ((np.ones((5, 2)), "cos", np.ones(2)), "offset"),
    ],
)
def test_bad_features(arguments, match):
    with pytest.raises(ValueError, match=match):
        SingleIndexProblem([1.0, 2.0]).equivalent(*arguments)
