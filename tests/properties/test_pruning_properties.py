from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from exact_least_squares import exact_fit, exact_prediction, fractions
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import Ridge
from tables import tables

from sklearn_prune import MinNormRegressor, PrunedRegressor

ALPHAS = st.sampled_from([0, 0.5, 4.0])
STRATEGIES = st.sampled_from(["magnitude", "hessian"])


def regressor(alpha, *, fit_intercept):
    if alpha == 0:
        return MinNormRegressor(fit_intercept=fit_intercept)
    return Ridge(alpha, fit_intercept=fit_intercept)


def squared_scores(X, weights, coef, strategy, *, fit_intercept):
    """Return the squared scores of all features in rational numbers."""
    scores = np.sum(coef**2, axis=1)
    if strategy == "magnitude":
        return scores
    X, weights = fractions(X), fractions(weights)
    mean = weights @ X / weights.sum() if fit_intercept else 0 * X[0]
    return scores * (weights @ (X - mean) ** 2)


def clear_order(scores):
    """Return the features from best to worst, or None where rounding might decide."""
    order = sorted(range(len(scores)), key=lambda j: (-scores[j], j))
    largest = max(scores)
    gaps = [scores[i] - scores[j] for i, j in pairwise(order)]
    if any(0 < gap < Fraction(1, 10**8) * largest for gap in gaps):
        return None
    return order


@given(tables(most=0), STRATEGIES, ALPHAS, st.booleans(), st.integers(1, 6))
def test_pruned_models_in_rational_numbers(table, strategy, alpha, retrain, size):
    X, y, weights, fit_intercept, container = table
    X, size = X.astype(np.float64), min(size, X.shape[1])
    kept = np.ones(len(y)) if weights is None else weights
    A, b, w = X[kept > 0], y[kept > 0], kept[kept > 0]
    options = {"alpha": alpha, "fit_intercept": fit_intercept}
    coef, intercept, _ = exact_fit(A, b, w, **options)
    order = clear_order(squared_scores(A, w, coef, strategy, fit_intercept=fit_intercept))
    if order is None:
        return
    support = sorted(order[:size])
    model = PrunedRegressor(
        strategy, size, retrain, estimator=regressor(alpha, fit_intercept=fit_intercept)
    ).fit(container(X) if alpha == 0 else X, y, weights)
    assert_array_equal(model.get_support(indices=True), support)
    if retrain:
        coef, intercept, _ = exact_fit(A[:, support], b, w, **options)
    else:
        coef = coef[support]
        if fit_intercept:
            share = fractions(w) / fractions(w).sum()
            targets = fractions(b.reshape(len(b), -1))
            intercept = share @ targets - share @ fractions(A[:, support]) @ coef
    predicted = exact_prediction(X[:, support], coef, intercept).astype(float)
    size = max(np.abs(y).max(), np.abs(coef.astype(float)).max() * np.abs(X).max())
    difference = model.predict(container(X)).reshape(predicted.shape) - predicted
    assert_allclose(table.root[:, None] * difference, 0, atol=1e-9 * size)


@pytest.mark.parametrize("fit_intercept", [True, False])
@given(tables(n=(8, 10), p=(2, 4), most=0, containers=(np.asarray,)))
def test_backward_elimination_by_enumeration(fit_intercept, table):
    """Each step drops the feature without which the refitted models are best."""
    X, y = table.X.astype(np.float64), table.y
    if exact_fit(X, y, fit_intercept=fit_intercept)[2] < X.shape[1]:
        return
    left = list(range(X.shape[1]))
    while len(left) > 1:
        errors = [
            squared_error(X[:, [k for k in left if k != j]], y, fit_intercept=fit_intercept)
            for j in left
        ]
        best = min(errors)
        scale = 1 + squared_error(0 * X, y, fit_intercept=False)
        if sum(error - best < Fraction(1, 10**8) * scale for error in errors) > 1:
            return
        left.pop(errors.index(best))
        dense = MinNormRegressor(fit_intercept=fit_intercept)
        model = PrunedRegressor("obs", len(left), estimator=dense).fit(X, y)
        assert_array_equal(model.get_support(indices=True), left)


@given(
    tables(n=(9, 11), p=(3, 6), most=0, containers=(np.asarray,)),
    st.lists(st.integers(0, 3), min_size=6, max_size=6),
    st.lists(st.sampled_from([1, 2, 1000]), min_size=6, max_size=6),
    st.booleans(),
)
def test_backward_elimination_of_groups_by_enumeration(table, labels, prices, stays):
    """Each step drops the group without which the error rises least for its price."""
    X, y, fit_intercept = table.X.astype(np.float64), table.y, table.fit_intercept
    if exact_fit(X, y, fit_intercept=fit_intercept)[2] < X.shape[1]:
        return
    labels, prices = np.array(labels[: X.shape[1]]), prices[: X.shape[1]]
    options = {"feature_groups": labels, "feature_costs": prices}
    options |= {"always_keep": [0]} if stays else {}

    def error(groups):
        return squared_error(X[:, np.isin(labels, groups)], y, fit_intercept=fit_intercept)

    left, scale = sorted(set(labels.tolist())), 1 + squared_error(0 * X, y, fit_intercept=False)
    while len(left) > 1:
        free = [group for group in left if not (stays and group == labels[0])]
        rises = [error([k for k in left if k != group]) - error(left) for group in free]
        costs = [
            rise / sum(p for p, label in zip(prices, labels, strict=True) if label == group)
            for rise, group in zip(rises, free, strict=True)
        ]
        best = min(costs)
        if sum(cost - best < Fraction(1, 10**11) * scale for cost in costs) > 1:
            return
        left.remove(free[costs.index(best)])
        dense = MinNormRegressor(fit_intercept=fit_intercept)
        model = PrunedRegressor("obs", len(left), estimator=dense, **options).fit(X, y)
        assert_array_equal(model.support_, np.isin(labels, left))


def squared_error(X, y, *, fit_intercept):
    """Return the sum of squared residuals of an exact fit."""
    coef, intercept, _ = exact_fit(X, y, fit_intercept=fit_intercept)
    residual = fractions(y.reshape(len(y), -1)) - exact_prediction(X, coef, intercept)
    return np.sum(residual**2)
