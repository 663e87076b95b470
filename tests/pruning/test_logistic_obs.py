import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.special import expit, softmax

from sklearn_prune._logistic.curvature import curvature_weights
from sklearn_prune._pruning import logistic_obs as module
from sklearn_prune._pruning.logistic_obs import logistic_obs


def drawn(rng, n_samples, n_features, n_classes):
    X = rng.standard_normal((n_samples, n_features)) + 0.3
    X[:, 1:] += X[:, :-1]
    coef = rng.standard_normal((n_classes, n_features))
    margins = X @ coef.T / np.sqrt(n_features)
    p = expit(margins[:, 0]) if n_classes == 1 else softmax(margins, axis=1)
    return coef[0] if n_classes == 1 else coef, p, X, rng.uniform(0.5, 2, n_samples)


def hessian(probabilities, X, weights, alpha, centred):
    D = curvature_weights(probabilities, weights)
    A = X - D @ X / D.sum() if centred else X
    return A.T @ (D[:, np.newaxis] * A) + alpha * np.eye(X.shape[1])


def loss(H, coef, kept):
    """Twice the quadratic loss of the best coefficients with a support."""
    gone = np.setdiff1d(np.arange(len(H)), kept)
    moved = coef.copy()
    moved[..., kept] += np.linalg.solve(
        H[np.ix_(kept, kept)], H[np.ix_(kept, gone)] @ coef[..., gone].T
    ).T
    moved[..., gone] = 0
    return np.sum((moved - coef) @ H * (moved - coef))


def brute_force(H, coef, left):
    order, left = [], list(left)
    while left:
        losses = [loss(H, coef, np.array([k for k in left if k != j], dtype=int)) for j in left]
        order.append(left.pop(int(np.argmin(losses))))
    return order


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("alpha", [0.0, 1e-3, 1.0, 100.0])
@pytest.mark.parametrize("n_classes", [1, 3])
def test_order_is_that_of_brute_force(rng, n_classes, alpha, centred):
    coef, p, X, weights = drawn(rng, 40, 9, n_classes)
    H = hessian(p, X, weights, alpha, centred)
    scores = logistic_obs(coef, p, X, weights, alpha=alpha, centred=centred)
    assert_array_equal(np.argsort(scores), brute_force(H, coef, range(9)))
    assert_array_equal(np.sort(scores), np.arange(1, 10))


@pytest.mark.parametrize("n_features", [9, 30])
def test_sparse_rows(rng, n_features):
    coef, p, X, weights = drawn(rng, 20, n_features, 1)
    X *= rng.random(X.shape) < 0.4
    expected = logistic_obs(coef, p, X, weights, alpha=0.5, centred=True)
    for form in (sparse.csr_array, sparse.csc_matrix):
        found = logistic_obs(coef, p, form(X), weights, alpha=0.5, centred=True)
        assert_array_equal(found, expected)


def test_features_that_are_gone_score_zero(rng):
    coef, p, X, weights = drawn(rng, 30, 6, 1)
    coef[[1, 4]] = 0
    kept = [0, 2, 3, 5]
    scores = logistic_obs(coef, p, X, weights, alpha=0.5, centred=True)
    expected = logistic_obs(coef[kept], p, X[:, kept], weights, alpha=0.5, centred=True)
    assert_array_equal(scores[kept], expected)
    assert_array_equal(scores[[1, 4]], 0)
    assert_array_equal(logistic_obs(0 * coef, p, X, weights, alpha=0.5, centred=True), 0)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("n_classes", [1, 3])
def test_more_features_than_samples_are_screened(rng, n_classes, centred):
    coef, p, X, weights = drawn(rng, 12, 30, n_classes)
    H = hessian(p, X, weights, 0.5, centred)
    costs = (coef**2).reshape(n_classes, -1).sum(axis=0) / np.diag(np.linalg.inv(H))
    worst_first = np.argsort(costs)
    pool = np.sort(worst_first[-6:])
    scores = logistic_obs(coef, p, X, weights, alpha=0.5, centred=centred)
    expected = [*worst_first[:-6], *brute_force(H, coef, pool)]
    assert_array_equal(np.argsort(scores), expected)


@pytest.mark.parametrize("alpha", [1e-4, 1.0, 1e4])
def test_costs_of_single_features_are_those_of_the_inverse(rng, alpha, monkeypatch):
    coef, p, X, weights = drawn(rng, 12, 30, 1)
    costs, single_costs = [], module._QuadraticModel.single_costs
    monkeypatch.setattr(
        module._QuadraticModel,
        "single_costs",
        lambda model: costs.append(single_costs(model)) or costs[0],
    )
    logistic_obs(coef, p, X, weights, alpha=alpha, centred=True)
    inverse = np.linalg.inv(hessian(p, X, weights, alpha, True))
    assert_allclose(costs[0], np.abs(coef) / np.sqrt(np.diag(inverse)), rtol=1e-7)


def test_equal_columns_lose_one_of_them_first(rng):
    coef, p, X, weights = drawn(rng, 30, 5, 1)
    X[:, 3] = X[:, 1]
    coef[3] = coef[1] = 2.0
    for alpha in (0.0, 1e-9):
        scores = logistic_obs(coef, p, X, weights, alpha=alpha, centred=True)
        assert scores[3] == 1


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("n_samples", [6, 30])
def test_rows_told_apart_beyond_rounding(rng, n_samples, centred):
    """Nothing but the penalty is left, and the coefficients decide."""
    coef, _, X, weights = drawn(rng, n_samples, 8, 1)
    scores = logistic_obs(coef, np.ones(n_samples), X, weights, alpha=1.0, centred=centred)
    assert_array_equal(np.argsort(scores), np.argsort(np.abs(coef)))


def test_a_loss_that_is_almost_flat_without_a_penalty():
    rng = np.random.default_rng(0)
    X, coef = rng.standard_normal((3, 10)), rng.standard_normal(10)
    p = np.array([1e-320, 1.0, 1.0])
    scores = logistic_obs(coef, p, X, np.ones(3), alpha=0.0, centred=True)
    assert_array_equal(np.sort(scores), np.arange(1, 11))
