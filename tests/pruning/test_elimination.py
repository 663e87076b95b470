import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_prune._pruning.elimination import eliminate, eliminate_moments


def residual(X, Y):
    return ((Y - X @ np.linalg.lstsq(X, Y)[0]) ** 2).sum()


def backward_elimination(X, Y):
    """Order and errors of the elimination that refits every candidate."""
    left, order, errors = list(range(X.shape[1])), [], [residual(X, Y)]
    while left:
        costs = [residual(X[:, [k for k in left if k != j]], Y) for j in left]
        errors.insert(0, min(costs))
        order.append(left.pop(int(np.argmin(costs))))
    return order, errors


def triangular(X, Y):
    return np.linalg.qr(np.hstack([X, Y]), mode="r")


def second_moments(X, Y):
    return X.T @ X, X.T @ Y, (Y**2).sum(axis=0)


def unit_columns(X):
    return X / np.linalg.norm(X, axis=0)


@pytest.mark.parametrize("n_targets", [1, 3])
@pytest.mark.parametrize("n_features", [1, 2, 7, 16])
def test_order_and_errors_are_those_of_refits(rng, n_features, n_targets):
    mix = rng.standard_normal((n_features, n_features))
    X = unit_columns(rng.standard_normal((20, n_features)) @ mix)
    Y = rng.standard_normal((20, n_targets))
    order, errors = eliminate(triangular(X, Y), n_features)
    expected_order, expected_errors = backward_elimination(X, Y)
    assert_array_equal(order, expected_order)
    assert_allclose(errors, expected_errors, rtol=1e-10)


def order_by_inverses(gram, moments):
    """Order of the elimination that inverts the Hessian afresh for every step."""
    left, order = np.arange(len(gram)), []
    while len(left):
        inverse = np.linalg.inv(gram[np.ix_(left, left)])
        rises = ((inverse @ moments[left]) ** 2).sum(axis=1) / np.diag(inverse)
        order.append(left[rises.argmin()])
        left = np.delete(left, rises.argmin())
    return order


@pytest.mark.parametrize("n_targets", [1, 3])
@pytest.mark.parametrize("n_features", [32, 33, 64, 150])
def test_features_that_go_in_blocks(rng, n_features, n_targets):
    X = rng.standard_normal((200, n_features))
    X[:, 1:] += X[:, :-1]
    X, Y = unit_columns(X), rng.standard_normal((200, n_targets))
    expected = order_by_inverses(X.T @ X, X.T @ Y)
    refits = [residual(X[:, expected[n_features - size :]], Y) for size in range(n_features + 1)]
    for order, errors in (
        eliminate(triangular(X, Y), n_features),
        eliminate_moments(*second_moments(X, Y)),
    ):
        assert_array_equal(order, expected)
        assert_allclose(errors, refits, rtol=1e-10)


@pytest.mark.parametrize("n_features", [1, 2, 7])
def test_moments_are_as_good_as_rows(rng, n_features):
    X, Y = unit_columns(rng.standard_normal((20, n_features))), rng.standard_normal((20, 2))
    order, errors = eliminate_moments(*second_moments(X, Y))
    expected_order, expected_errors = backward_elimination(X, Y)
    assert_array_equal(order, expected_order)
    assert_allclose(errors, expected_errors, rtol=1e-10)


def test_moments_that_have_lost_digits_are_refused(rng):
    X, Y = unit_columns(rng.standard_normal((60, 20))), rng.standard_normal((60, 2))
    moments = second_moments(X, Y)
    assert eliminate_moments(*moments, loss=10) is not None
    assert eliminate_moments(*moments, loss=1e10) is None
    for gap in 0, 1e-9, 1e-4:
        twins = unit_columns(np.hstack([X, X[:, :1] + gap * X[:, 1:2]]))
        assert eliminate_moments(*second_moments(twins, Y)) is None
    Y[:, 1] = X @ np.ones(20)
    assert eliminate_moments(*second_moments(X, Y)) is None


def test_as_many_features_as_rows(rng):
    X, Y = unit_columns(rng.standard_normal((12, 12))), rng.standard_normal((12, 1))
    order, errors = eliminate(triangular(X, Y), 12)
    assert_array_equal(np.sort(order), np.arange(12))
    assert_allclose(errors[0], (Y**2).sum())
    assert_allclose(errors[12], 0, atol=1e-20)


def test_the_later_twin_goes_first(rng):
    X = unit_columns(rng.standard_normal((30, 4)))
    Y = X.sum(axis=1, keepdims=True)
    order, errors = eliminate(triangular(np.hstack([X, X]), Y), 8)
    assert_array_equal(np.sort(order[:4]), [4, 5, 6, 7])
    assert_allclose(errors[4], 0, atol=1e-12)


def test_nearly_collinear_features_cost_the_others_no_digits(rng):
    X = unit_columns(rng.standard_normal((100, 40)))
    X[:, 20:25] = X[:, :5] + 1e-6 * X[:, 20:25]
    Y = X[:, 5:10] @ np.arange(1.0, 6.0)[:, np.newaxis] + 0.1 * rng.standard_normal((100, 1))
    order, errors = eliminate(triangular(X, Y), 40)
    expected = [residual(X[:, order[40 - size :]], Y) for size in range(41)]
    assert_allclose(errors, expected, rtol=1e-8)


def test_no_features(rng):
    Y = rng.standard_normal((5, 2))
    order, errors = eliminate(triangular(np.empty((5, 0)), Y), 0)
    assert len(order) == 0
    assert_allclose(errors, [(Y**2).sum()])
