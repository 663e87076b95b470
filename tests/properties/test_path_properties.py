from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import Ridge
from sklearn.model_selection import LeaveOneOut
from tables import tables

from sklearn_prune import MinNormRegressor, PrunedRegressor, PrunedRegressorCV, pruning_path
from sklearn_prune._paths.width_path import width_path

# Units are orders apart, of which magnitudes warn.
pytestmark = pytest.mark.filterwarnings("ignore:The scales of features")

STRATEGIES = st.sampled_from(["magnitude", "hessian", "obs", "random"])
SHAPE = {"n": (4, 8), "p": (1, 5)}
# A penalty is one for all columns, whose units must not be orders apart.
CASES = st.one_of(
    st.tuples(tables(**SHAPE, most=100), st.just(0.0)),
    st.tuples(tables(**SHAPE, most=0), st.sampled_from([0.5, 4.0])),
)


def regressor(alpha, *, fit_intercept):
    if alpha == 0:
        return MinNormRegressor(fit_intercept=fit_intercept)
    return Ridge(alpha, fit_intercept=fit_intercept, tol=1e-12)


def data_of(table, alpha):
    """Return X, dense under a penalty: scikit-learn iterates there with sparse data."""
    X = table.given if alpha == 0 else table.X
    return X.astype(np.float64)


def assert_close(actual, expected, scale):
    assert_allclose(actual, expected, rtol=1e-8, atol=1e-9 * scale)


@given(CASES, STRATEGIES, st.booleans())
def test_paths_are_refits(case, strategy, retrain):
    table, alpha = case
    X, y = data_of(table, alpha), table.y
    dense = regressor(alpha, fit_intercept=table.fit_intercept)
    params = {"strategy": strategy, "retrain": retrain, "estimator": dense, "random_state": 0}
    sizes = np.arange(1, X.shape[1] + 1)
    path = pruning_path(X, y, sparsities=sizes, sample_weight=table.weights, **params)
    predictions = path.predict(X)
    for k, size in enumerate(sizes):
        model = PrunedRegressor(sparsity=int(size), **params).fit(X, y, table.weights)
        assert_array_equal(path.support(k), model.get_support(indices=True))
        assert_close(predictions[:, k], np.reshape(model.predict(X), y.shape), np.abs(y).max())


@pytest.mark.parametrize("cv", [None, 3])
@given(CASES, STRATEGIES, st.booleans())
def test_cross_validated_scores_are_those_of_refits(cv, case, strategy, retrain):
    table, alpha = case
    X, y, fit_intercept = data_of(table, alpha), table.y, table.fit_intercept
    sizes = np.arange(1, X.shape[1] + 1)
    splits = list(LeaveOneOut().split(y)) if cv is None else folds(len(y), cv)
    search = PrunedRegressorCV(
        strategy,
        sizes,
        retrain,
        alphas=[alpha],
        cv=cv if cv is None else splits,
        fit_intercept=fit_intercept,
        random_state=0,
    ).fit(X, y)
    dense, expected = regressor(alpha, fit_intercept=fit_intercept), []
    for size in sizes:
        model = PrunedRegressor(
            strategy, int(size), retrain, estimator=dense, random_state=search_seed(search)
        )
        errors = [
            squared_error(y[test], model.fit(X[train], y[train]).predict(X[test]))
            for train, test in splits
        ]
        expected.append(-np.mean(errors))
    scores = search.cv_results_["mean_test_score"]
    assert_close(scores, expected, max(np.var(y), np.abs(expected).max()))


def squared_error(y, predicted):
    return np.mean((y - np.reshape(predicted, y.shape)) ** 2)


def search_seed(search):
    return search.best_estimator_.random_state


def folds(n_rows, n_folds):
    """Return bootstrap folds, in which rows are repeated."""
    rng = np.random.default_rng(n_rows)
    fold = rng.permutation(np.arange(n_rows) % n_folds)
    return [
        (rng.choice(np.flatnonzero(fold != k), n_rows), np.flatnonzero(fold == k))
        for k in range(n_folds)
    ]


@given(CASES, st.sampled_from(["magnitude", "hessian"]))
def test_width_paths_are_refits(case, strategy):
    table, alpha = case
    X, y = data_of(table, alpha), table.y
    dense = regressor(alpha, fit_intercept=table.fit_intercept)
    widths, splits = np.arange(1, X.shape[1] + 1), folds(len(y), 2)
    path = width_path(
        X, y, widths=widths, sparsities=[1], cv=splits, strategy=strategy, estimator=dense
    )
    for (k, width), (fold, (train, test)) in product(enumerate(widths), enumerate(splits)):
        model = PrunedRegressor(strategy, 1, estimator=dense)
        model.fit(X[train][:, :width], y[train])
        part = X[test][:, :width]
        fitted = model.estimator_.predict(part), model.predict(part)
        expected = [squared_error(y[test], predicted) for predicted in fitted]
        actual = path.dense_errors[k, fold], path.retrained_errors[0, k, fold]
        assert_close(actual, expected, max(np.var(y), *expected))


def test_huge_coefficients_of_several_targets_are_ranked():
    X, Y = np.diag([1e-100, 1e-90, 1e-95]), 1e70 * np.ones((3, 2))
    dense = MinNormRegressor(fit_intercept=False)
    path = pruning_path(X, Y, sparsities=[1], retrain=False, estimator=dense)
    assert_array_equal(path.support(0), [0])
