from fractions import Fraction

import numpy as np
import pytest
from exact_least_squares import exact_fit, exact_prediction, fractions
from numpy.testing import assert_allclose
from scipy import linalg, sparse

from sklearn_prune import MinNormRegressor


def assert_shortest(X, y, weights=None, *, fit_intercept=True, container=np.asarray):
    """Compare with rational numbers: first the fit, then each coefficient, then the norm."""
    model = MinNormRegressor(fit_intercept=fit_intercept).fit(container(X), y, weights)
    coef, intercept, rank = exact_fit(X, y, weights, fit_intercept=fit_intercept)
    fitted = model.coef_.reshape(-1, X.shape[1]).T
    predicted = exact_prediction(X, fitted, np.reshape(model.intercept_, -1))
    size = np.abs(y).max()
    difference = (predicted - exact_prediction(X, coef, intercept)).astype(float)
    root = np.sqrt(np.ones(len(X)) if weights is None else weights / np.max(weights))
    assert_allclose(root[:, None] * difference, 0, atol=1e-12 * size)
    in_units = (fractions(fitted) - coef) * fractions(np.abs(X).max(axis=0))[:, None]
    assert_allclose(in_units.astype(float), 0, atol=1e-11 * size)
    # The rounding of y is all that the norm may add.
    rounding = 1e-13 * size / np.abs(X).max(axis=0, where=X != 0, initial=1e-200).min()
    longest = np.sum(coef**2) * Fraction(1 + 1e-9) + Fraction(rounding) ** 2
    assert np.sum(fractions(fitted) ** 2) <= longest
    assert model.rank_ == rank


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_parallel_columns_of_very_unequal_size(container):
    X = np.outer([1, 1, 0, 0.0], [1e25, 1e14, 1e-20])
    model = MinNormRegressor(fit_intercept=False).fit(container(X), [-1, -1, -1, 0])
    assert_allclose(model.predict(X), [-1, -1, 0, 0], atol=1e-14)
    assert_allclose(model.coef_, [-1e-25, -1e-36, -1e-70], rtol=1e-13)
    assert model.rank_ == 1


@pytest.mark.parametrize("span", [0, 9, 30, 120])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_fits_of_dependent_columns_are_those_of_least_squares(rng, fit_intercept, span):
    units = 10.0 ** rng.uniform(-span, span, 12)
    X = rng.standard_normal((40, 5)) @ rng.standard_normal((5, 12)) * units
    Y = rng.standard_normal((40, 3))
    model = MinNormRegressor(fit_intercept=fit_intercept).fit(X, Y)
    A, B = X / units - fit_intercept * (X / units).mean(0), Y - fit_intercept * Y.mean(0)
    expected = A @ linalg.lstsq(A, B, cond=1e-12)[0]
    assert_allclose(B - Y + model.predict(X), expected, atol=1e-12)
    assert model.rank_ == 5


@pytest.mark.parametrize("seed", range(40))
def test_dependent_columns_of_unequal_size_in_rational_numbers(seed):
    rng = np.random.default_rng(seed)
    p, t, fit_intercept = rng.integers(2, 6), rng.integers(1, 3), bool(seed % 2)
    rank, n = rng.integers(1, p + 1), rng.integers(p + 1, 9)
    A = rng.integers(-3, 4, (n, rank)) @ rng.integers(-2, 3, (rank, p)).astype(float)
    span = [0, 10, 40, 150, 480][seed % 5]
    X = np.ldexp(A, rng.integers(-span, span + 1, p))
    Y = rng.integers(-5, 6, (n, t)) + 0.5
    weights = rng.integers(1, 5, n) if seed % 3 else None
    container = sparse.csr_array if seed % 4 == 0 else np.asarray
    assert_shortest(X, Y, weights, fit_intercept=fit_intercept, container=container)


def test_dependent_columns_under_weights_of_many_orders():
    X = np.ldexp(np.outer([1, 2, -1, 3, 1.0], [1, -2, 3]), [60, 0, -60])
    X[:, 2] += [0, 1, 0, 0, 0]
    assert_shortest(X, np.array([1, 2, 0, 1, -1.0]), np.ldexp(1.0, [0, -30, 20, 5, -9]))


@pytest.mark.parametrize("tol", [1e-3, 0.5, 0.99])
def test_directions_that_a_tolerance_drops_cost_no_length(rng, tol):
    X = rng.standard_normal((10, 5)) * [1e10, 1, 1e-10, 1e5, 1e-3]
    X[:, 1] = 1e-9 * X[:, 0]
    model = MinNormRegressor(tol=tol).fit(X, rng.standard_normal(10))
    assert 1 <= model.rank_ <= 4
    assert_allclose(model.coef_[1], 1e-9 * model.coef_[0], rtol=1e-4)


def test_small_entries_of_null_vectors_count_among_columns_of_like_size():
    X = np.array(
        [
            [-3, 1, 1, 2, 0, 2],
            [-3, -2, 1, -1, -3, -2],
            [-1, -3, 1, 1, -1, -2],
            [-3, 3, 1, -2, -2, 1],
            [-3, 1, 1, 2, 0, 2],
            [-3, -3, 1, -1, 0, -2.0],
        ]
    )
    y, weights = np.array([-3, -1.5, -1.5, 5, 2.5, -4.5]), 2.0 ** np.array([6, -5, -4, -5, 9, -1])
    assert_shortest(X, y, weights, fit_intercept=False)
    single = MinNormRegressor(fit_intercept=False).fit(X.astype(np.float32), y, weights)
    double = MinNormRegressor(fit_intercept=False).fit(X, y, weights)
    assert_allclose(single.coef_, double.coef_, rtol=1e-4)
