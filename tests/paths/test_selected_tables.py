"""Tables that are hard on groups, columns that stay and prices."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, LeaveOneOut
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_prune import (
    PrunedClassifier,
    PrunedClassifierCV,
    PrunedRegressor,
    PrunedRegressorCV,
    RowBatches,
    pruning_path,
)

RULE = {
    "sparsity": 0.5,
    "feature_groups": [[0]],
    "always_keep": [0],
    "feature_costs": 2.0,
    "sparsity_unit": "columns",
}


@parametrize_with_checks([PrunedRegressor(**RULE), PrunedClassifier(**RULE)])
def test_sklearn_compatible(estimator, check):
    check(estimator)


def one_hot(rng, n, levels):
    codes = rng.integers(levels, size=n)
    return (codes[:, None] == np.arange(levels)).astype(float)


def labels_of(*widths):
    return np.repeat(np.arange(len(widths)), widths)


def categories(rng, n=60):
    """Return categorical variables of 2 to 30 levels, and two numbers."""
    widths = (2, 3, 30, 7)
    X = np.hstack([*(one_hot(rng, n, k) for k in widths), rng.standard_normal((n, 2))])
    return X, labels_of(*widths, 1, 1), {}


def many_levels(rng, n=60):
    X = np.hstack([one_hot(rng, n, 200), one_hot(rng, n, 3), rng.standard_normal((n, 3))])
    return X, labels_of(200, 3, 1, 1, 1), {}


def twin_groups(rng, n=30):
    X = rng.standard_normal((n, 9))
    X[:, 3:6] = X[:, :3]
    return X, labels_of(3, 3, 2, 1), {}


def groups_beyond_rows(rng, n=20):
    return rng.standard_normal((n, 60)), labels_of(50, 5, 4, 1), {}


def constant_that_stays(rng, n=30):
    X = rng.standard_normal((n, 8))
    X[:, 2] = 3.0
    return X, labels_of(2, 1, 3, 2), {"always_keep": [2]}


def dear_columns(rng, n=30):
    X = rng.standard_normal((n, 8))
    return X, labels_of(2, 1, 3, 2), {"feature_costs": {0: 1e6, 2: 1e6, 7: 1e-6}}


TABLES = [
    categories,
    many_levels,
    twin_groups,
    groups_beyond_rows,
    constant_that_stays,
    dear_columns,
]


def make(table, seed=0):
    rng = np.random.default_rng(seed)
    X, labels, rule = table(rng)
    y = X @ rng.standard_normal(X.shape[1]) + rng.standard_normal(len(X))
    return X, y, {"feature_groups": labels, **rule}


@pytest.mark.parametrize("strategy", ["magnitude", "hessian"])
@pytest.mark.parametrize("table", TABLES)
def test_paths(table, strategy):
    X, y, rule = make(table)
    for retrain in True, False:
        path = pruning_path(X, y, strategy=strategy, retrain=retrain, **rule)
        for k, size in enumerate(path.sparsities.tolist()):
            model = PrunedRegressor(strategy, size, retrain, **rule).fit(X, y)
            assert model.group_support_.sum() == size
            assert_allclose(path.coef(k), model.coef_, rtol=1e-6, atol=1e-8)
    assert path.sparsities[-1] == rule["feature_groups"].max() + 1


@pytest.mark.parametrize("strategy", ["magnitude", "hessian"])
@pytest.mark.parametrize("cv", [5, None])
@pytest.mark.parametrize("table", TABLES)
def test_searches(table, cv, strategy):
    X, y, rule = make(table)
    search = PrunedRegressorCV(strategy, cv=cv, **rule).fit(X, y)
    grid = GridSearchCV(
        PrunedRegressor(strategy, **rule),
        {"sparsity": search.cv_results_["sparsity"].tolist()},
        cv=LeaveOneOut() if cv is None else cv,
        scoring="neg_mean_squared_error",
    ).fit(X, y)
    known = search.cv_results_["mean_test_score"]
    assert_allclose(known, grid.cv_results_["mean_test_score"], rtol=1e-8)
    assert_allclose(search.coef_, clone(search.best_estimator_).fit(X, y).coef_, atol=1e-8)


@pytest.mark.parametrize("cv", [5, None])
@pytest.mark.parametrize("table", [constant_that_stays, dear_columns])  # no score is zero
def test_searches_of_classes(table, cv):
    X, y, rule = make(table)
    y = y > np.quantile(y, 0.37)
    search = PrunedClassifierCV("hessian", cv=cv, **rule).fit(X, y)
    grid = GridSearchCV(
        PrunedClassifier("hessian", **rule),
        {"sparsity": search.cv_results_["sparsity"].tolist()},
        cv=LeaveOneOut() if cv is None else cv,
    ).fit(X, y)
    known = search.cv_results_["mean_test_score"]
    assert_allclose(known, grid.cv_results_["mean_test_score"], rtol=1e-8)


def named(name):
    return name[0]


NAMED = {"feature_groups": named, "always_keep": ["c0"], "feature_costs": {"a0": 3.0}}


def table_with_names(rng):
    X = rng.standard_normal((60, 8))
    names = ["a0", "a1", "b0", "b1", "c0", "d0", "d1", "d2"]
    return pd.DataFrame(X, columns=names), X[:, 1] + X[:, 6] + 0.1 * rng.standard_normal(60)


@pytest.mark.parametrize("strategy", ["magnitude", "hessian"])
def test_rows_in_batches(rng, tmp_path, strategy):
    X, y = table_with_names(rng)
    whole = PrunedRegressor(strategy, 3, **NAMED).fit(X, y)
    parts = [slice(0, 20), slice(20, 60)]
    stream = PrunedRegressor(strategy, 3, **NAMED)
    for part in parts:
        stream.partial_fit(X.iloc[part], y[part])
    batches = PrunedRegressor(strategy, 3, **NAMED)
    batches.fit(RowBatches(lambda: ((X.iloc[part], y[part]) for part in parts)))
    for model in stream, batches:
        assert_allclose(model.coef_, whole.coef_, rtol=1e-8)
        assert_array_equal(model.group_support_, whole.group_support_)
        assert_array_equal(model.feature_groups_, whole.feature_groups_)
    np.save(tmp_path / "X.npy", X.to_numpy())
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    by_number = {
        "feature_groups": whole.feature_groups_,
        "always_keep": [4],
        "feature_costs": {0: 3},
    }
    on_disk = PrunedRegressor(strategy, 3, **by_number).fit(mapped, y)
    assert_allclose(on_disk.coef_, whole.coef_, rtol=1e-8)


def test_folds_of_batches(rng):
    X, y = table_with_names(rng)
    batches = RowBatches(lambda: ((X.iloc[i : i + 12], y[i : i + 12]) for i in range(0, 60, 12)))
    search = PrunedRegressorCV("hessian", cv=5, **NAMED)
    known = clone(search).fit(X, y).cv_results_["mean_test_score"]
    assert_allclose(search.fit(batches).cv_results_["mean_test_score"], known, rtol=1e-6)


def test_a_batch_that_fits_no_rule_leaves_the_model_as_it_was(rng):
    X, y = table_with_names(rng)
    model = PrunedRegressor(sparsity=3, **NAMED).partial_fit(X, y)
    before = pickle.dumps(model)
    model.set_params(feature_groups=[0, 1])
    with pytest.raises(ValueError, match="feature_groups has 2 labels"):
        model.partial_fit(X, y)
    assert pickle.dumps(model.set_params(feature_groups=named)) == before


@pytest.mark.parametrize(
    "make_model", [PrunedRegressor, PrunedClassifier, PrunedRegressorCV, PrunedClassifierCV]
)
def test_copies(rng, make_model):
    X, y = table_with_names(rng)
    y = y > 0 if "Classifier" in make_model.__name__ else y
    model = make_model(**NAMED).set_params(sparsity_unit="groups")
    assert clone(model).get_params()["always_keep"] == ["c0"]
    fitted = pickle.loads(pickle.dumps(model.fit(X, y)))
    assert_array_equal(fitted.predict(X), model.predict(X))


@pytest.mark.parametrize("search", [PrunedRegressorCV, PrunedClassifierCV])
def test_searches_tell_groups(search):
    X = np.random.default_rng(0).standard_normal((40, 5))
    params = {"cv": 2, "feature_groups": [[1, 3]]}
    model = search(sparsities=[2], **params).fit(X, (X[:, 1] + X[:, 3] + X[:, 0] > 0).astype(int))
    assert_array_equal(model.feature_groups_, [0, 1, 2, 1, 3])
    assert_array_equal(model.group_support_, [True, True, False, False])
    assert_array_equal(model.group_support_[model.feature_groups_], model.support_)
