from math import comb, log

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import LinearRegression, Ridge

from sklearn_prune import PrunedRegressor
from sklearn_prune._pruning.obs import obs
from sklearn_prune._pruning.standardised import Standardised


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


def ridge_order(X, Y, weights, *, centred):
    """Features by the magnitude of the ridge fit to standardised X, the least first."""
    share = weights / weights.sum()
    centre = share @ X if centred else 0
    penalty = 0.1 * (share @ (X - centre) ** 2).sum() / len(X)
    ridge = Ridge(penalty, fit_intercept=centred, solver="svd").fit(X, Y, sample_weight=share)
    return np.argsort(np.linalg.norm(ridge.coef_.reshape(-1, X.shape[1]), axis=0))


def wide_elimination(X, Y, weights, *, centred):
    """Screen, eliminate and readmit twice, with a refit for every question."""
    share = weights / weights.sum()
    X = X / np.sqrt(share @ (X - centred * (share @ X)) ** 2)
    n_samples, n_features = X.shape

    def cost(features):
        return residual(X[:, features], Y, share, centred=centred)

    def best_size(order):
        sizes = np.arange(1, len(order) + 1)
        errors = np.array([cost(order[-size:]) for size in sizes])
        choices = np.array([log(comb(n_features, size)) for size in sizes])
        ebic = n_samples * np.log(errors) + sizes * np.log(n_samples) + 2 * choices / Y.shape[1]
        return sizes[np.argmin(ebic)]

    order = list(ridge_order(X, Y, weights, centred=centred))
    pool = sorted(order[-(n_samples // 2) :])
    for _ in range(3):
        ranking = backward_elimination(X[:, pool], Y, weights, centred=centred)
        ranking = [pool[i] for i in ranking]
        order = [i for i in order if i not in ranking] + ranking
        size = best_size(ranking)
        fit = LinearRegression(fit_intercept=centred).fit(X[:, order[-size:]], Y, weights)
        left = Y - fit.predict(X[:, order[-size:]]).reshape(Y.shape)
        score = np.linalg.norm(X.T @ (weights[:, np.newaxis] * left), axis=1)
        score[order[-size:]] = 0
        n_rivals = min(size, n_samples // 2 - size)
        pool = sorted([*order[-size:], *np.argsort(-score)[:n_rivals]])
    return order


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("n_targets", [1, 3])
def test_equals_backward_elimination(rng, centred, n_targets, container):
    X = rng.standard_normal((40, 9)) @ rng.standard_normal((9, 9)) + 1
    X *= np.geomspace(1e-3, 1e3, 9)
    Y = X / np.geomspace(1e-3, 1e3, 9) @ rng.standard_normal((9, n_targets))
    Y += 2 * rng.standard_normal(Y.shape)
    weights = rng.uniform(0.2, 3, 40)
    scores = obs(np.ones((n_targets, 9)), container(X), Y, weights=weights, centred=centred)
    assert_array_equal(np.argsort(scores), backward_elimination(X, Y, weights, centred=centred))
    assert_array_equal(np.sort(scores), np.arange(1, 10))


def test_duplicated_columns_are_removed_first(rng):
    X = rng.standard_normal((50, 6))
    y = X @ np.array([3.0, 2.0, 2.0, 1.0, 1.0, 1.0]) + 0.1 * rng.standard_normal(50)
    X = np.column_stack([X, X[:, 0], X[:, 1] + X[:, 2]])
    scores = obs(np.ones(8), X, y, weights=np.ones(50), centred=True)
    kept = np.argsort(-scores)[:6]
    assert np.linalg.matrix_rank(X[:, kept]) == 6


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_wide_data_are_screened(rng, container):
    X = rng.standard_normal((100, 300))
    truth = [3, 50, 120, 250, 299]
    y = X[:, truth] @ np.array([3, -2, 2, -3, 2.0]) + 0.1 * rng.standard_normal(100)
    scores = obs(np.ones(300), container(X), y, weights=np.ones(100), centred=True)
    assert_array_equal(np.sort(np.argsort(-scores)[:5]), truth)
    assert_array_equal(np.sort(scores), np.arange(1, 301))


def test_screening_ignores_the_units(rng):
    X, y = rng.standard_normal((30, 80)), rng.standard_normal(30)
    units = 10 ** rng.uniform(-3, 3, 80)
    arguments = {"weights": np.ones(30), "centred": True}
    assert_array_equal(
        obs(np.ones(80), X, y, **arguments), obs(np.ones(80), X * units, y, **arguments)
    )


@pytest.mark.parametrize("n_targets", [1, 3])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("centred", [True, False])
def test_wide_equals_refits(rng, centred, container, n_targets):
    X = rng.standard_normal((30, 60)) + 1
    X[:, 1:] += X[:, :-1]
    Y = X[:, [5, 20, 40]] @ rng.standard_normal((3, n_targets)) + rng.standard_normal((30, 1))
    weights = rng.uniform(0.2, 3, 30)
    scores = obs(np.ones(60), container(X), Y, weights=weights, centred=centred)
    assert_array_equal(np.argsort(scores), wide_elimination(X, Y, weights, centred=centred))


@pytest.mark.parametrize("centred", [True, False])
def test_screening_begins_where_the_fit_is_exact(rng, centred):
    X, Y = rng.standard_normal((12, 13)), rng.standard_normal((12, 1))
    weights, n_free = np.ones(12), 12 - centred
    for n_features, expected in (n_free, backward_elimination), (n_free + 1, wide_elimination):
        columns = X[:, :n_features]
        scores = obs(np.ones(n_features), columns, Y, weights=weights, centred=centred)
        assert_array_equal(np.argsort(scores), expected(columns, Y, weights, centred=centred))


def sparse_truth(seed, *, n_samples=150, n_features=600, n_true=15):
    """Draw correlated features, of which few matter, and 5 % of noise."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n_samples, n_features))
    X[:, 1:] += 0.6 * X[:, :-1]
    truth = rng.choice(n_features, n_true, replace=False)
    signal = X[:, truth] @ rng.choice([-1.0, 1.0], n_true)
    return X, signal + signal.std() / np.sqrt(20) * rng.standard_normal(n_samples), set(truth)


def test_readmission_finds_what_screening_missed():
    pooled, found = [], []
    for seed in range(8):
        X, y, truth = sparse_truth(seed)
        weights = np.ones(len(y))
        order = ridge_order(X / X.std(axis=0), y[:, np.newaxis], weights, centred=True)
        scores = obs(np.ones(X.shape[1]), X, y, weights=weights, centred=True)
        pooled.append(len(truth & set(order[-75:])))
        found.append(len(truth & set(np.argsort(scores)[-15:])))
    assert np.mean(found) > np.mean(pooled) + 0.5


@pytest.mark.parametrize("centred", [True, False])
def test_screening_has_the_digits_of_float64(rng, centred):
    X, Y = rng.standard_normal((60, 150)) + 1, rng.standard_normal((60, 2))
    X = np.cumsum(X, axis=1)
    weights = rng.uniform(0.2, 3, 60)
    weights /= weights.sum()
    centre = weights @ X if centred else 0
    scale = np.sqrt(weights @ (X - centre) ** 2)
    ridge = Ridge(0.1 * 150 / 60, fit_intercept=centred, solver="svd")
    expected = ridge.fit(X / scale, Y, sample_weight=weights).coef_
    problem = Standardised.of(np.ones(150), X, Y, weights, centred=centred)
    coef = problem._ridge().T
    assert_allclose(coef / np.abs(coef).max(), expected / np.abs(expected).max(), atol=1e-12)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("shape", [(30, 5), (20, 40)])
def test_the_data_are_left_alone(rng, shape, centred):
    X, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    copies = X.copy(), y.copy()
    obs(np.ones(shape[1]), X, y, weights=np.ones(shape[0]), centred=centred)
    assert_array_equal(X, copies[0])
    assert_array_equal(y, copies[1])


def test_supports_of_all_sizes_are_nested(rng):
    X, y = rng.standard_normal((20, 40)), rng.standard_normal(20)
    scores = obs(np.ones(40), X, y, weights=np.ones(20), centred=True)
    assert_array_equal(np.sort(scores), np.arange(1, 41))
    for size in range(1, 41):
        model = PrunedRegressor("obs", size).fit(X, y)
        assert_array_equal(model.get_support(indices=True), np.sort(np.argsort(-scores)[:size]))


def test_the_order_of_the_features_does_not_matter(rng):
    X, y, _ = sparse_truth(0)
    order = rng.permutation(X.shape[1])
    arguments = {"weights": np.ones(len(y)), "centred": True}
    assert_array_equal(
        obs(np.ones(len(order)), X[:, order], y, **arguments),
        obs(np.ones(len(order)), X, y, **arguments)[order],
    )


def test_integer_weights_are_repeated_rows(rng):
    X, y = rng.standard_normal((30, 70)), rng.standard_normal(30)
    counts = rng.integers(1, 4, 30)
    repeated = (np.repeat(array, counts, axis=0) for array in (X, y))
    assert_array_equal(
        obs(np.ones(70), *repeated, weights=np.ones(counts.sum()), centred=True),
        obs(np.ones(70), X, y, weights=counts.astype(float), centred=True),
    )


def test_exact_and_constant_targets(rng):
    X = rng.standard_normal((40, 100))
    exact = X[:, [3, 50, 99]] @ np.array([1.0, -2.0, 0.5])
    for y in exact, np.ones(40), np.zeros(40):
        scores = obs(np.ones(100), X, y, weights=np.ones(40), centred=True)
        assert_array_equal(np.sort(scores), np.arange(1, 101))
    scores = obs(np.ones(100), X, exact, weights=np.ones(40), centred=True)
    assert set(np.argsort(scores)[-3:]) == {3, 50, 99}


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("n_samples", [1, 2, 3, 4])
def test_a_handful_of_samples(rng, n_samples, centred):
    X, y = rng.standard_normal((n_samples, 9)), rng.standard_normal(n_samples)
    scores = obs(np.ones(9), X, y, weights=np.ones(n_samples), centred=centred)
    alone = centred and n_samples == 1
    assert_array_equal(np.sort(scores), np.zeros(9) if alone else np.arange(1, 10))


def test_zero_coefficients_and_constant_columns_score_zero(rng):
    X, y = rng.standard_normal((30, 6)), rng.standard_normal(30)
    X[:, 2] = 0.1
    coef = np.array([1.0, 0, 1, 1, 1, 1])
    scores = obs(coef, X, y, weights=np.ones(30), centred=True)
    assert_array_equal(scores == 0, [False, True, True, False, False, False])


def test_weak_features_do_not_tie_beside_a_strong_one(rng):
    X = rng.standard_normal((200, 12))
    y = X[:, [0, 5, 9, 11]] @ np.array([1e6, 1, 2, 3]) + 0.5 * rng.standard_normal(200)
    scores = obs(np.ones(12), X, y, weights=np.ones(200), centred=True)
    assert_array_equal(np.sort(np.argsort(-scores)[:4]), [0, 5, 9, 11])


@pytest.mark.parametrize("gap", [1e-3, 1e-5, 1e-6])
def test_nearly_collinear_features(rng, gap):
    X = rng.standard_normal((200, 8))
    z = X[:, 3].copy()
    X[:, 3] = X[:, 2] + gap * z
    y = 5 * z + X[:, 6] + 0.01 * rng.standard_normal(200)
    scores = obs(np.ones(8), X, y, weights=np.ones(200), centred=True)
    assert_array_equal(np.sort(np.argsort(-scores)[:3]), [2, 3, 6])


@pytest.mark.parametrize("factor", [1e-170, 1e160])
@pytest.mark.parametrize("shape", [(60, 8), (30, 80)])
def test_extreme_scales(rng, shape, factor):
    X, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    arguments = {"weights": np.ones(shape[0]), "centred": True}
    reference = obs(np.ones(shape[1]), X, y, **arguments)
    assert_array_equal(obs(np.ones(shape[1]), X, factor * y, **arguments), reference)
    assert_array_equal(obs(np.ones(shape[1]), factor * X, y, **arguments), reference)


def test_zeros_are_zeros(rng):
    X = np.tile(np.maximum(rng.standard_normal((6, 8)), 0), (3, 1))
    y = rng.standard_normal(18)
    negative = X.copy()
    negative[6:][negative[6:] == 0] = -0.0
    arguments = {"weights": np.ones(18), "centred": True}
    reference = obs(np.ones(8), X, y, **arguments)
    assert_array_equal(obs(np.ones(8), negative, y, **arguments), reference)
    stored = sparse.csr_array(np.where(X == 0, 1.0, X))
    stored.data[stored.toarray().ravel()[stored.toarray().ravel() != 0] == 1.0] = 0.0
    assert_array_equal(obs(np.ones(8), stored, y, **arguments), reference)


def test_no_candidates(rng):
    X, y = rng.standard_normal((10, 4)), rng.standard_normal(10)
    for container in np.asarray, sparse.csr_array:
        scores = obs(np.zeros(4), container(X), y, weights=np.ones(10), centred=True)
        assert_array_equal(scores, 0)
