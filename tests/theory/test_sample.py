"""Real data standing for the population."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from sklearn_prune import RandomFeatures
from sklearn_prune.theory._problems.linear_gaussian import LinearGaussianProblem
from sklearn_prune.theory._problems.sample import SampleProblem
from sklearn_prune.theory._problems.single_index import SingleIndexProblem


@pytest.fixture
def data():
    return SingleIndexProblem([1.0, -0.5, 0.2], "relu", 0.1).sample(400, random_state=0)


def identity(X):
    return X


def test_moments_of_the_mapped_rows(data):
    X, y = data
    features = make_pipeline(StandardScaler(), RandomFeatures(20, random_state=0)).fit(X)
    F = features.transform(X)
    problem = SampleProblem(X, y).equivalent(features.transform)
    assert_allclose(problem.covariance, F.T @ F / 400)
    assert_allclose(problem.cross_moment, F.T @ y / 400, atol=1e-10)
    assert_allclose(problem.mean, F.mean(axis=0))
    residual = y - F @ np.linalg.lstsq(F, y)[0]
    assert_allclose(problem.noise_variance, residual @ residual / (400 - 20))


def test_is_from_data(data):
    X, y = data
    found = SampleProblem(X, y).equivalent(identity)
    expected = LinearGaussianProblem.from_data(X, y)
    assert_allclose(found.covariance, expected.covariance)
    assert_allclose(found.coef, expected.coef)


def test_unlabeled_rows_enter_the_moments_alone(data):
    X, y = data
    more = np.random.default_rng(1).standard_normal((1000, 3))
    problem = SampleProblem(X, y, more)
    found, plain = problem.equivalent(identity), SampleProblem(X, y).equivalent(identity)
    pool = np.vstack([X, more])
    assert_allclose(found.covariance, pool.T @ pool / 1400)
    assert_allclose(found.mean, pool.mean(axis=0))
    assert_allclose(found.coef, plain.coef)
    assert_allclose(found.noise_variance, plain.noise_variance)


def test_large_sample_approaches_the_model():
    model = SingleIndexProblem(np.eye(10)[0], "square", 0.2)
    X, y = model.sample(200_000, random_state=0)
    features = RandomFeatures(15, activation="tanh", scale=0.3, random_state=0).fit(X)
    found = SampleProblem(X, y).equivalent(features.transform)
    expected = model.equivalent(features.random_weights_.T, "tanh")
    assert_allclose(found.covariance, expected.covariance, atol=0.01)
    assert_allclose(found.cross_moment, expected.cross_moment, atol=0.03)
    assert_allclose(found.noise_variance, expected.noise_variance, rtol=0.03)


def test_sparse_inputs_and_features(data):
    X, y = data
    problem = SampleProblem(sparse.csr_array(X), y)
    found = problem.equivalent(PolynomialFeatures(2).fit(X).transform)
    expected = SampleProblem(X, y).equivalent(PolynomialFeatures(2).fit(X).transform)
    assert_allclose(found.covariance, expected.covariance)


def test_too_few_rows(data):
    X, y = data
    features = RandomFeatures(100, random_state=0).fit(X)
    with pytest.raises(ValueError, match="leave-one-out"):
        SampleProblem(X, y).equivalent(features.transform)
    # It is the rank that counts
    SampleProblem(X, y).equivalent(lambda X: np.hstack([X] * 40))


@pytest.mark.parametrize(
    ("X", "y", "more", "match"),
    [
        (np.ones(3), np.ones(3), None, "two-dimensional"),
        (np.ones((3, 2)), np.ones(4), None, "y has shape"),
        (np.ones((3, 2)), np.ones((3, 1)), None, "y has shape"),
        (np.ones((3, 2)), [1, 2, np.nan], None, "y contains nan"),
        (np.ones((3, 2)), np.ones(3), np.ones(2), "X_unlabeled"),
    ],
)
def test_bad_data(X, y, more, match):
    with pytest.raises(ValueError, match=match):
        SampleProblem(X, y, more)


@pytest.mark.parametrize(
    ("feature_map", "match"),
    [
        (StandardScaler(), "callable"),
        (lambda X: X[:-1], "one row of features for each"),
        (lambda X: X[:, 0], "one row of features for each"),
        (lambda X: X * np.nan, "finite"),
    ],
)
def test_bad_feature_map(data, feature_map, match):
    with pytest.raises(ValueError, match=match):
        SampleProblem(*data).equivalent(feature_map)


def test_unlabeled_rows_must_match(data):
    X, y = data
    with pytest.raises(ValueError, match="X_unlabeled"):
        SampleProblem(X, y, X[:, :2]).equivalent(identity)
