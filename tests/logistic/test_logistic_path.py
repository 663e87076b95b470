import numpy as np
import pytest
from logistic.logistic_problems import drawn, gradient
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from sklearn_prune._logistic.coefficients import Coefficients
from sklearn_prune._logistic.logistic_fit import fit_logistic
from sklearn_prune._logistic.path import leading_logistic


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("alpha", [1e-3, 1.0, 100.0])
@pytest.mark.parametrize(("n_samples", "n_features"), [(80, 30), (20, 50), (30, 30)])
def test_fits_are_those_one_by_one(rng, n_samples, n_features, alpha, centred):
    X, y, weights = drawn(rng, n_samples, n_features)
    sizes = np.unique(np.append(np.arange(1, n_features, 4), n_features))
    coef, intercept = leading_logistic(X, y, weights, sizes, alpha=alpha, centred=centred)
    assert coef.shape == (len(sizes), n_features)
    for size, b, b0 in zip(sizes, coef, intercept, strict=True):
        one = fit_logistic(X[:, :size], y, weights, alpha=alpha, centred=centred)
        assert_array_equal(b[size:], 0)
        assert_allclose(b[:size], one.coef, atol=1e-8 * np.abs(one.coef).max())
        assert_allclose(b0, one.intercept, atol=1e-8)
        assert gradient(X[:, :size], y, weights, alpha, centred, b[:size], b0) < 1e-9


def test_columns_that_matter_most_go_first(rng):
    """The start from the next larger support is then far off."""
    X, y, weights = drawn(rng, 100, 12)
    X[:, -1] = y * np.abs(X[:, -1]) * 100
    sizes = np.array([2, 11, 12])
    coef, intercept = leading_logistic(X, y, weights, sizes, alpha=1e-3, centred=True)
    for size, b, b0 in zip(sizes, coef, intercept, strict=True):
        assert gradient(X[:, :size], y, weights, 1e-3, True, b[:size], b0) < 1e-9


@pytest.mark.parametrize("n_features", [20, 60])
def test_sparse_columns(rng, n_features):
    X, y, weights = drawn(rng, 40, n_features)
    X *= rng.random(X.shape) < 0.3
    sizes = np.arange(2, n_features, 6)
    expected = leading_logistic(X, y, weights, sizes, alpha=0.5, centred=True)
    found = leading_logistic(sparse.csr_array(X), y, weights, sizes, alpha=0.5, centred=True)
    assert_allclose(found[0], expected[0], atol=1e-9)
    assert_allclose(found[1], expected[1], atol=1e-9)


def test_without_penalty_as_many_sizes_as_are_not_separable(rng):
    X, y, weights = drawn(rng, 60, 8)
    X[:, 5] = y * (1 + rng.random(60))
    sizes = np.arange(1, 9)
    coef, intercept = leading_logistic(X, y, weights, sizes, alpha=0.0, centred=True)
    assert coef.shape == (5, 8)
    assert intercept.shape == (5,)
    for size, b, b0 in zip(sizes, coef, intercept, strict=False):
        assert gradient(X[:, :size], y, weights, 0.0, True, b[:size], b0) < 1e-9


def test_one_class_has_no_fits(rng):
    X, _, weights = drawn(rng, 10, 15)
    sizes = np.array([5, 15])
    coef, intercept = leading_logistic(X, np.ones(10), weights, sizes, alpha=1.0, centred=True)
    assert coef.shape == (0, 15)
    assert intercept.shape == (0,)


def test_small_columns_beside_large_ones(rng):
    X, y, weights = drawn(rng, 20, 40)
    X *= np.logspace(6, -6, 40)
    sizes = np.array([10, 30, 40])
    coef, intercept = leading_logistic(X, y, weights, sizes, alpha=1.0, centred=True)
    for size, b, b0 in zip(sizes, coef, intercept, strict=True):
        assert gradient(X[:, :size], y, weights, 1.0, True, b[:size], b0) < 1e-9


def test_most_sizes_share_a_hessian(rng, monkeypatch):
    X, y, weights = drawn(rng, 400, 100)
    X *= 0.95 ** np.arange(100)
    factorised, factorise = [], Coefficients.factorise

    def counted(space, slopes, curvatures):
        factorised.append(space.n_unknowns)
        return factorise(space, slopes, curvatures)

    monkeypatch.setattr(Coefficients, "factorise", counted)
    coef, _ = leading_logistic(X, y, weights, np.arange(1, 101), alpha=1.0, centred=True)
    assert len(coef) == 100
    assert sum(size > 50 for size in factorised) < 15
