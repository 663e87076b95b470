"""Criteria of targets that keep features of their own are sums of those of single targets."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression

from sklearn_prune import (
    PrunedClassifierCV,
    PrunedRegressor,
    PrunedRegressorCV,
    RowBatches,
)
from sklearn_prune._pruning.recipe import Recipe

CRITERIA = ["aic", "bic", "ebic", "gcv", "cp"]
SHAPES = {"small": (40, 12), "wide": (24, 40), "tall": (420, 20)}
SIZES = [1, 2, 4, 7]

PARAMS = [
    {},
    {"retrain": False},
    {"alphas": [0, 5.0], "retrain_alphas": [0.5, 3.0]},
    {"alphas": [2.0], "retrain": False},
    {"strategy": ["obs", "magnitude"], "fit_intercept": False},
]


def make_data(shape, n_targets=3):
    rng = np.random.default_rng(0)
    X = rng.standard_normal(shape) + 1
    signal = X[:, :n_targets] * [1.0, 2.0, 3.0][:n_targets] + X[:, 3 : 3 + n_targets]
    return X, signal + rng.standard_normal(signal.shape)


def assert_is_joint(search, X, Y, sample_weight=None, given=None):
    """Compare with searches of single targets; `given` stands for X, Y and the weights."""
    name, noise = search.criterion, search.noise_variance
    each = []
    for t, y in enumerate(Y.T):
        own = clone(search).set_params(noise_variance=noise if noise is None else noise[t])
        each.append(own.fit(X, y, sample_weight).cv_results_[name])
    search = clone(search).set_params(per_target=True)
    search.fit(*(given or (X, Y, sample_weight)))
    wanted = np.mean(each, axis=0) if name == "gcv" else np.sum(each, axis=0)
    assert_allclose(search.cv_results_[name], wanted, rtol=1e-8, atol=1e-8)
    assert search.best_index_ == np.argmin(wanted)
    assert search.support_.shape == (Y.shape[1], X.shape[1])
    return search


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("params", PARAMS, ids=str)
@pytest.mark.parametrize("shape", SHAPES)
def test_criteria_are_sums_over_targets(shape, params, weighted):
    X, Y = make_data(SHAPES[shape])
    weights = np.random.default_rng(1).uniform(0.5, 2, len(X)) if weighted else None
    for name in CRITERIA:
        noise = [0.5, 1.0, 2.0] if name == "cp" else None
        search = PrunedRegressorCV(sparsities=SIZES, criterion=name, noise_variance=noise, **params)
        assert_is_joint(search, X, Y, weights)


@pytest.mark.parametrize("name", CRITERIA[:3])
def test_known_noise(name):
    search = PrunedRegressorCV(criterion=name, noise_variance=[0.5, 1.0, 2.0])
    found = assert_is_joint(search, *make_data((40, 12)))
    assert_array_equal(found.noise_variance_, [0.5, 1.0, 2.0])


def test_the_noise_of_cp_is_that_of_the_dense_fit_of_each_target():
    X, Y = make_data((40, 12))
    search = assert_is_joint(PrunedRegressorCV(criterion="cp"), X, Y)
    residuals = Y - LinearRegression().fit(X, Y).predict(X)
    assert_allclose(search.noise_variance_, (residuals**2).sum(axis=0) / (40 - 13), rtol=1e-10)


def test_by_definition():
    X, Y = make_data((40, 12))
    search = PrunedRegressorCV(sparsities=[4], criterion="ebic", per_target=True).fit(X, Y)
    model = PrunedRegressor(sparsity=4, per_target=True).fit(X, Y)
    rss = ((Y - model.predict(X)) ** 2).sum(axis=0)
    one = 40 * np.log(2 * np.pi * rss / 40) + 40 + 5 * np.log(40) + 2 * np.log(495)
    assert_allclose(search.cv_results_["ebic"], one.sum(), rtol=1e-10)
    assert_array_equal(search.support_, model.support_)
    assert_allclose(search.coef_, model.coef_, rtol=1e-10)


RULES = [
    {"feature_groups": np.arange(12) // 3, "always_keep": [4]},
    {"feature_costs": {3: 5.0, 4: 0.5}},
    {"feature_groups": [[0, 7], [1, 2, 3]], "sparsity_unit": "columns", "sparsities": [4, 6]},
    {"feature_costs": {3: 5.0}, "sparsity_unit": "cost", "sparsities": [5.5, 9.0]},
]


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("shape", [(40, 12), (400, 12)])
def test_selection_rules(shape, rule):
    X, Y = make_data(shape)
    for name in ("ebic", "gcv"):
        assert_is_joint(PrunedRegressorCV(criterion=name, **rule), X, Y)


def test_sparse_x():
    X, Y = make_data((40, 12))
    X[X < 1] = 0
    search = PrunedRegressorCV(criterion="bic")
    assert_is_joint(search, X, Y, given=(sparse.csr_array(X), Y))


@pytest.mark.parametrize("name", CRITERIA)
def test_batches(name):
    X, Y = make_data((400, 25))
    weights = np.random.default_rng(1).uniform(0.5, 2, 400)
    rows = np.array_split(np.arange(400), 4)
    batches = RowBatches([(X[part], Y[part], weights[part]) for part in rows])
    for params in ({"alphas": [0, 2.0]}, {"retrain": False}):
        search = PrunedRegressorCV(sparsities=SIZES, criterion=name, **params)
        assert_is_joint(search, X, Y, weights, given=(batches,))


def test_a_saliency_of_each_target():
    X, Y = make_data((40, 12))
    saliency = np.random.default_rng(2).random((3, 12))
    options = {"strategy": "oracle", "criterion": "gcv"}
    search = PrunedRegressorCV(saliency=saliency, per_target=True, **options).fit(X, Y)
    each = [
        PrunedRegressorCV(saliency=own, **options).fit(X, y).cv_results_["gcv"]
        for own, y in zip(saliency, Y.T, strict=True)
    ]
    assert_allclose(search.cv_results_["gcv"], np.mean(each, axis=0), rtol=1e-10)


@pytest.mark.parametrize("shape", [(40, 12), (400, 12)])
def test_random_orders_are_those_of_the_model(shape):
    X, Y = make_data(shape)
    options = {"strategy": "random", "random_state": 5, "per_target": True}
    search = PrunedRegressorCV(criterion="aic", **options).fit(X, Y)
    model = PrunedRegressor(sparsity=search.sparsity_, **options).fit(X, Y)
    assert_array_equal(search.support_, model.support_)
    rss = ((Y - model.predict(X)) ** 2).mean(axis=0)
    aic = len(X) * (np.log(2 * np.pi * rss) + 1) + 2 * (search.sparsity_ + 1)
    assert_allclose(-search.best_score_, aic.sum(), rtol=1e-10)


def test_a_vector_or_one_target_changes_nothing():
    X, Y = make_data((40, 12))
    expected = PrunedRegressorCV(criterion="ebic").fit(X, Y[:, 0])
    for y in (Y[:, 0], Y[:, :1]):
        search = PrunedRegressorCV(criterion="ebic", per_target=True).fit(X, y)
        assert_allclose(search.cv_results_["ebic"], expected.cv_results_["ebic"], rtol=1e-12)
        assert_array_equal(search.get_support(), expected.get_support())


@pytest.mark.parametrize("name", ["aic", "gcv"])
def test_classes_are_targets(name):
    X, y = load_iris(return_X_y=True)
    options = {"criterion": name, "per_target": True}
    search = PrunedClassifierCV(**options).fit(X, y)
    codes = PrunedRegressorCV(**options).fit(X, 1.0 * (y[:, np.newaxis] == np.arange(3)))
    assert_array_equal(search.support_, codes.support_)
    assert_allclose(search.cv_results_[name], codes.cv_results_[name], rtol=1e-8)


def test_classifiers_are_refused():
    X, y = load_iris(return_X_y=True)
    search = PrunedClassifierCV(estimator=LogisticRegression(), criterion="bic", per_target=True)
    with pytest.raises(ValueError, match="LogisticRegression fits all classes at once"):
        search.fit(X, y)


def test_features_are_scored_once(monkeypatch):
    X, Y = make_data((40, 12))
    calls, scores = [], Recipe._score
    monkeypatch.setattr(Recipe, "_score", lambda *given: calls.append(1) or scores(*given))
    PrunedRegressorCV("obs", criterion="bic", per_target=True).fit(X, Y)
    assert len(calls) == 3
