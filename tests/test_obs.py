import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from sklearn_prune._obs import obs


def residual(X, Y, weights, *, centred):
    """Residual sum of squares of the weighted least-squares fit."""
    if centred:
        X = np.column_stack([np.ones(len(X)), X])
    root = np.sqrt(weights)[:, np.newaxis]
    coef = np.linalg.lstsq(root * X, root * Y)[0]
    return ((root * (Y - X @ coef)) ** 2).sum()


def backward_elimination(X, Y, weights, *, centred):
    """Remove, one at a time, the feature without which a refit is best."""
    left, removed = list(range(X.shape[1])), []
    while left:
        costs = [
            residual(X[:, [k for k in left if k != j]], Y, weights, centred=centred) for j in left
        ]
        removed.append(left.pop(int(np.argmin(costs))))
    return removed


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("n_targets", [1, 3])
def test_equals_backward_elimination(rng, centred, n_targets, container):
    X = rng.standard_normal((40, 9)) @ rng.standard_normal((9, 9)) + 1
    X *= np.geomspace(1e-3, 1e3, 9)
    Y = X / np.geomspace(1e-3, 1e3, 9) @ rng.standard_normal((9, n_targets))
    Y += 2 * rng.standard_normal(Y.shape)
    weights = rng.uniform(0.2, 3, 40)
    scores = obs(
        np.ones((n_targets, 9)), container(X), Y, weights=weights, centred=centred, n_keep=1
    )
    assert_array_equal(np.argsort(scores), backward_elimination(X, Y, weights, centred=centred))
    assert_array_equal(np.sort(scores), np.arange(1, 10))


def test_duplicated_columns_are_removed_first(rng):
    X = rng.standard_normal((50, 6))
    y = X @ np.array([3.0, 2.0, 2.0, 1.0, 1.0, 1.0]) + 0.1 * rng.standard_normal(50)
    X = np.column_stack([X, X[:, 0], X[:, 1] + X[:, 2]])
    scores = obs(np.ones(8), X, y, weights=np.ones(50), centred=True, n_keep=6)
    kept = np.argsort(-scores)[:6]
    assert np.linalg.matrix_rank(X[:, kept]) == 6


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_wide_data_are_screened(rng, container):
    X = rng.standard_normal((100, 300))
    truth = [3, 50, 120, 250, 299]
    y = X[:, truth] @ np.array([3, -2, 2, -3, 2.0]) + 0.1 * rng.standard_normal(100)
    scores = obs(np.ones(300), container(X), y, weights=np.ones(100), centred=True, n_keep=5)
    assert_array_equal(np.sort(np.argsort(-scores)[:5]), truth)
    assert_array_equal(np.sort(scores), np.arange(1, 301))


def test_screening_ignores_the_units(rng):
    X, y = rng.standard_normal((30, 80)), rng.standard_normal(30)
    units = 10 ** rng.uniform(-3, 3, 80)
    arguments = {"weights": np.ones(30), "centred": True, "n_keep": 4}
    assert_array_equal(
        obs(np.ones(80), X, y, **arguments), obs(np.ones(80), X * units, y, **arguments)
    )


def test_more_features_kept_than_samples(rng):
    X, y = rng.standard_normal((20, 60)), rng.standard_normal(20)
    scores = obs(np.ones(60), X, y, weights=np.ones(20), centred=True, n_keep=40)
    assert_array_equal(np.sort(scores), np.arange(1, 61))


def test_zero_coefficients_and_constant_columns_score_zero(rng):
    X, y = rng.standard_normal((30, 6)), rng.standard_normal(30)
    X[:, 2] = 0.1
    coef = np.array([1.0, 0, 1, 1, 1, 1])
    scores = obs(coef, X, y, weights=np.ones(30), centred=True, n_keep=2)
    assert_array_equal(scores == 0, [False, True, True, False, False, False])


def test_weak_features_do_not_tie_beside_a_strong_one(rng):
    X = rng.standard_normal((200, 12))
    y = X[:, [0, 5, 9, 11]] @ np.array([1e6, 1, 2, 3]) + 0.5 * rng.standard_normal(200)
    scores = obs(np.ones(12), X, y, weights=np.ones(200), centred=True, n_keep=4)
    assert_array_equal(np.sort(np.argsort(-scores)[:4]), [0, 5, 9, 11])


@pytest.mark.parametrize("gap", [1e-3, 1e-5, 1e-6])
def test_nearly_collinear_features(rng, gap):
    X = rng.standard_normal((200, 8))
    z = X[:, 3].copy()
    X[:, 3] = X[:, 2] + gap * z
    y = 5 * z + X[:, 6] + 0.01 * rng.standard_normal(200)
    scores = obs(np.ones(8), X, y, weights=np.ones(200), centred=True, n_keep=3)
    assert_array_equal(np.sort(np.argsort(-scores)[:3]), [2, 3, 6])


@pytest.mark.parametrize("factor", [1e-170, 1e160])
@pytest.mark.parametrize("shape", [(60, 8), (30, 80)])
def test_extreme_scales(rng, shape, factor):
    X, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    arguments = {"weights": np.ones(shape[0]), "centred": True, "n_keep": 3}
    reference = obs(np.ones(shape[1]), X, y, **arguments)
    assert_array_equal(obs(np.ones(shape[1]), X, factor * y, **arguments), reference)
    assert_array_equal(obs(np.ones(shape[1]), factor * X, y, **arguments), reference)


def test_zeros_are_zeros(rng):
    X = np.tile(np.maximum(rng.standard_normal((6, 8)), 0), (3, 1))
    y = rng.standard_normal(18)
    negative = X.copy()
    negative[6:][negative[6:] == 0] = -0.0
    arguments = {"weights": np.ones(18), "centred": True, "n_keep": 2}
    reference = obs(np.ones(8), X, y, **arguments)
    assert_array_equal(obs(np.ones(8), negative, y, **arguments), reference)
    stored = sparse.csr_array(np.where(X == 0, 1.0, X))
    stored.data[stored.toarray().ravel()[stored.toarray().ravel() != 0] == 1.0] = 0.0
    assert_array_equal(obs(np.ones(8), stored, y, **arguments), reference)


def test_no_candidates(rng):
    X, y = rng.standard_normal((10, 4)), rng.standard_normal(10)
    for container in np.asarray, sparse.csr_array:
        scores = obs(np.zeros(4), container(X), y, weights=np.ones(10), centred=True, n_keep=2)
        assert_array_equal(scores, 0)
