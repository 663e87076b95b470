import numpy as np
import pytest
from logistic.logistic_problems import drawn, gradient
from numpy.testing import assert_allclose
from scipy import sparse
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from sklearn_prune._logistic.coefficients import Coefficients
from sklearn_prune._logistic.logistic_fit import LogisticFit, fit_logistic, fit_logistic_dual
from sklearn_prune._logistic.newton import minimise
from sklearn_prune._logistic.rows import Rows
from sklearn_prune._logistic.step_length import step_length


def by_scikit_learn(X, y, weights, alpha, centred):
    model = LogisticRegression(
        C=1 / alpha, fit_intercept=centred, solver="newton-cholesky", tol=1e-10, max_iter=10_000
    ).fit(X, y, weights)
    return model.coef_[0], model.intercept_[0]


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("alpha", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize(("n_samples", "n_features"), [(60, 8), (20, 50), (30, 30)])
def test_fits_are_those_of_scikit_learn(rng, n_samples, n_features, alpha, centred):
    X, y, weights = drawn(rng, n_samples, n_features)
    coef, intercept = fit_logistic(X, y, weights, alpha=alpha, centred=centred)
    expected, expected_intercept = by_scikit_learn(X, y, weights, alpha, centred)
    assert gradient(X, y, weights, alpha, centred, coef, intercept) < 1e-9
    assert_allclose(coef, expected, atol=1e-6 * np.abs(expected).max())
    assert_allclose(intercept, expected_intercept, atol=1e-6 * max(1, abs(expected_intercept)))


@pytest.mark.parametrize("alpha", [1e-6, 1e-3, 1.0, 1e3, 1e6])
@pytest.mark.parametrize("scale", [1e-8, 1e-4, 1.0, 1e4, 1e8])
@pytest.mark.parametrize(("n_samples", "n_features"), [(40, 5), (10, 30), (2, 1), (2, 5), (3, 1)])
def test_any_scale_and_penalty(rng, n_samples, n_features, alpha, scale):
    """Few of these are not separable, and some margins are 50 or more."""
    X, y, weights = drawn(rng, n_samples, n_features, scale=scale)
    coef, intercept = fit_logistic(X, y, weights, alpha=alpha, centred=True)
    assert gradient(X, y, weights, alpha, True, coef, intercept) < 1e-9


@pytest.mark.parametrize("centred", [True, False])
def test_columns_of_all_scales_at_once(rng, centred):
    X, y, weights = drawn(rng, 50, 9)
    X *= np.logspace(-8, 8, 9)
    coef, intercept = fit_logistic(X, y, weights, alpha=1.0, centred=centred)
    assert gradient(X, y, weights, 1.0, centred, coef, intercept) < 1e-9


@pytest.mark.parametrize("n_features", [5, 60])
def test_weights_of_all_sizes(rng, n_features):
    X, y, _ = drawn(rng, 40, n_features)
    weights = np.logspace(-8, 8, 40)
    coef, intercept = fit_logistic(X, y, weights, alpha=0.1, centred=True)
    assert gradient(X, y, weights, 0.1, True, coef, intercept) < 1e-9


def test_weights_count_rows(rng):
    X, y, _ = drawn(rng, 30, 4)
    counts = rng.integers(1, 4, 30)
    coef, intercept = fit_logistic(X, y, counts.astype(float), alpha=0.5, centred=True)
    rows = np.repeat(np.arange(30), counts)
    repeated = fit_logistic(X[rows], y[rows], np.ones(len(rows)), alpha=0.5, centred=True)
    assert_allclose(coef, repeated.coef, rtol=1e-9)
    assert_allclose(intercept, repeated.intercept, rtol=1e-9)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize(("n_samples", "n_features"), [(60, 8), (20, 50)])
def test_sparse_rows_and_single_precision(rng, n_samples, n_features, centred):
    X, y, weights = drawn(rng, n_samples, n_features)
    X = X.astype(np.float32) * (rng.random(X.shape) < 0.3)
    expected = fit_logistic(X.astype(float), y, weights, alpha=0.5, centred=centred)
    for form in (np.asarray, sparse.csr_array, sparse.csr_matrix, sparse.csc_array):
        coef, intercept = fit_logistic(form(X), y, weights, alpha=0.5, centred=centred)
        assert coef.dtype == np.float64
        assert_allclose(coef, expected.coef, atol=1e-9 * np.abs(expected.coef).max())
        assert_allclose(intercept, expected.intercept, atol=1e-9)


def test_features_are_left_alone(rng):
    X, y, weights = drawn(rng, 20, 3)
    before = X.copy()
    fit_logistic(X, y, weights, alpha=1.0, centred=True)
    fit_logistic(X, y, weights, alpha=1.0, centred=False)
    assert_allclose(X, before, rtol=0)


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_constant_columns(rng, alpha):
    X, y, weights = drawn(rng, 50, 4)
    X[:, 1], X[:, 3] = 1e7 / 3, 0
    coef, intercept = fit_logistic(X, y, weights, alpha=alpha, centred=True)
    without = fit_logistic(X[:, [0, 2]], y, weights, alpha=alpha, centred=True)
    assert_allclose(coef, [without.coef[0], 0, without.coef[1], 0], rtol=1e-9)
    assert_allclose(intercept, without.intercept, rtol=1e-9)


@pytest.mark.parametrize("n_features", [3, 40])
def test_equal_columns_share_a_coefficient(rng, n_features):
    X, y, weights = drawn(rng, 30, n_features)
    twice = fit_logistic(np.hstack([X, X]), y, weights, alpha=2.0, centred=True)
    once = fit_logistic(X, y, weights, alpha=1.0, centred=True)
    assert_allclose(twice.coef, np.tile(once.coef, 2) / 2, atol=1e-9)
    assert_allclose(twice.intercept, once.intercept, atol=1e-9)


def test_columns_far_from_zero(rng):
    X, y, weights = drawn(rng, 50, 4)
    near = fit_logistic(X, y, weights, alpha=0.5, centred=True)
    far = fit_logistic(X + 1e6, y, weights, alpha=0.5, centred=True)
    assert_allclose(far.coef, near.coef, atol=1e-8)


def test_two_rows_in_closed_form():
    """Rows at x and -x of labels 1 and -1: 2 x / (1 + exp(x b)) = alpha b."""
    b, x = 0.7, 1.5
    alpha = 2 * x / (1 + np.exp(x * b)) / b
    coef, intercept = fit_logistic(
        np.array([[x], [-x]]), np.array([1, -1]), np.ones(2), alpha=alpha, centred=True
    )
    assert_allclose(coef, b, rtol=1e-9)
    assert_allclose(intercept, 0, atol=1e-10)


def test_without_penalty_a_binary_feature_has_the_log_odds(rng):
    x = np.repeat([0.0, 0, 1, 1], [3, 7, 8, 4])
    y = np.repeat([1, -1, 1, -1], [3, 7, 8, 4])
    coef, intercept = fit_logistic(x[:, np.newaxis], y, np.ones(22), alpha=0.0, centred=True)
    assert_allclose(intercept, logit(0.3), rtol=1e-9)
    assert_allclose(coef, logit(2 / 3) - logit(0.3), rtol=1e-9)


def test_without_features_there_are_the_odds():
    y, weights = np.array([1, -1, -1]), np.array([1.0, 2.0, 3.0])
    coef, intercept = fit_logistic(np.ones((3, 0)), y, weights, alpha=1.0, centred=True)
    assert coef.shape == (0,)
    assert_allclose(intercept, np.log(1 / 5), rtol=1e-9)


def test_no_minimum(rng):
    X, y, weights = drawn(rng, 40, 3)
    separable = np.column_stack([X, y + 0.1 * rng.random(40)])
    assert fit_logistic(separable, y, weights, alpha=0.0, centred=True) is None
    assert fit_logistic(separable, y, weights, alpha=0.0, centred=False) is None
    assert fit_logistic(X, np.ones(40), weights, alpha=1.0, centred=True) is None
    touching = np.column_stack([X, np.where(np.arange(40) < 5, y, 0)])
    assert fit_logistic(touching, y, weights, alpha=0.0, centred=True) is None


def test_one_class_without_an_intercept(rng):
    X, _, weights = drawn(rng, 40, 3)
    y = np.ones(40)
    coef, intercept = fit_logistic(X, y, weights, alpha=1.0, centred=False)
    assert intercept == 0
    assert gradient(X, y, weights, 1.0, False, coef, 0.0) < 1e-9


@pytest.mark.parametrize("size", [0.0, 1.0, 1e4, 1e10])
@pytest.mark.parametrize(("n_samples", "n_features"), [(60, 8), (20, 50)])
def test_any_start(rng, n_samples, n_features, size):
    X, y, weights = drawn(rng, n_samples, n_features)
    start = LogisticFit(size * rng.standard_normal(n_features), size)
    expected = fit_logistic(X, y, weights, alpha=0.1, centred=True)
    found = fit_logistic(X, y, weights, alpha=0.1, centred=True, start=start)
    assert_allclose(found.coef, expected.coef, atol=1e-9 * np.abs(expected.coef).max())
    assert_allclose(found.intercept, expected.intercept, atol=1e-9)


@pytest.mark.parametrize("n_features", [8, 50])
def test_a_minimum_is_where_it_starts(rng, n_features):
    X, y, weights = drawn(rng, 20, n_features)
    start = fit_logistic(X, y, weights, alpha=1.0, centred=True)
    found = fit_logistic(X, y, weights, alpha=1.0, centred=True, start=start)
    assert_allclose(found.coef, start.coef, atol=1e-10)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("alpha", [1e-2, 1.0, 100.0])
@pytest.mark.parametrize(("n_samples", "n_features"), [(60, 8), (20, 50)])
def test_the_dual_is_as_good_as_coefficients(rng, n_samples, n_features, alpha, centred):
    X, y, weights = drawn(rng, n_samples, n_features)
    new, centre = rng.standard_normal((5, n_features)), X[0] if centred else np.zeros(n_features)
    A = X - centre
    dual, intercept = fit_logistic_dual(A @ A.T, y, weights, alpha=alpha, centred=centred)
    primal = minimise(Coefficients(A, alpha, centred), Rows(y, weights))
    assert_allclose(A.T @ dual, primal.unknowns, atol=1e-9 * np.abs(primal.unknowns).max())
    predicted = (new - centre) @ A.T @ dual + intercept
    expected = (new - centre) @ primal.unknowns + primal.intercept
    assert_allclose(predicted, expected, rtol=1e-9, atol=1e-9)


def test_folds_share_a_gram_matrix(rng):
    X, y, weights = drawn(rng, 30, 80)
    A = X - X.mean(axis=0)
    gram, train, held_out = A @ A.T, np.arange(20), np.arange(20, 30)
    dual, intercept = fit_logistic_dual(
        gram[np.ix_(train, train)], y[train], weights[train], alpha=1.0, centred=True
    )
    fit = fit_logistic(X[train], y[train], weights[train], alpha=1.0, centred=True)
    margins = gram[np.ix_(held_out, train)] @ dual + intercept
    assert_allclose(margins, X[held_out] @ fit.coef + fit.intercept, atol=1e-9)


def test_a_length_of_step_lowers_the_loss():
    """The loss log(1 + exp(-t)) of one margin that starts far on the wrong side."""
    for margin in (-30.0, -3.0, 0.0, 3.0, 30.0):
        slope, curvature = -1 / (1 + np.exp(margin)), np.exp(-np.logaddexp(0, margin) * 2 + margin)
        for size in (1e-3, 1.0, 1e3):

            def slope_at(t, margin=margin, size=size):
                return -size / (1 + np.exp(margin + t * size))

            t = step_length(slope * size, curvature * size**2, size, slope_at)
            assert np.logaddexp(0, -margin - t * size) < np.logaddexp(0, -margin)
