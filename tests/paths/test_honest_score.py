"""The score of the chosen model that had no part in the choice."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer, mean_squared_error
from sklearn.model_selection import GridSearchCV, KFold, LeaveOneOut

from sklearn_prune import (
    PrunedClassifier,
    PrunedClassifierCV,
    PrunedRegressor,
    PrunedRegressorCV,
    RowBatches,
)


def make_data(shape=(60, 12), *, n_true=3, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal(shape)
    return X, X[:, :n_true].sum(axis=1) + rng.standard_normal(len(X))


def by_loops(models, X, y, splits, scorer, weights=None):
    """Fit every model to every fold; each fold scores the model that the others choose.

    The score and its standard error. `models` are in the order in which ties are decided.
    """
    parts = np.ones(len(y)) if weights is None else weights
    scores = np.empty((len(splits), len(models)))
    for k, (train, test) in enumerate(splits):
        for m, model in enumerate(models):
            fitted = clone(model).fit(X[train], y[train], sample_weight=parts[train])
            extra = {} if weights is None else {"sample_weight": parts[test]}
            scores[k, m] = scorer(fitted, X[test], y[test], **extra)
    shares = np.array([parts[test].sum() if weights is not None else 1 for _, test in splits])
    honest = []
    for k in range(len(splits)):
        others = np.arange(len(splits)) != k
        mean = np.average(scores[others], axis=0, weights=shares[others])
        honest.append(scores[k, np.argmax(np.round(mean, 12))])
    mean = np.average(honest, weights=shares)
    variance = np.average((np.array(honest) - mean) ** 2, weights=shares)
    n_folds = shares.sum() ** 2 / np.sum(shares**2)
    return mean, np.sqrt(variance / (n_folds - 1))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", [(60, 12), (40, 90), (700, 14)], ids=str)
@pytest.mark.parametrize("retrain", [True, False])
def test_it_is_that_of_loops_over_models_and_folds(shape, retrain, weighted):
    X, y = make_data(shape)
    weights = np.random.default_rng(1).uniform(0.5, 2, len(y)) if weighted else None
    sizes, strategies = [1, 2, 3, 5, 8], ["magnitude", "hessian"]
    search = PrunedRegressorCV(strategies, sizes, retrain, cv=4).fit(X, y, weights)
    models = [PrunedRegressor(name, s, retrain) for s in sizes for name in strategies]
    splits = list(KFold(4).split(X))
    wanted = by_loops(models, X, y, splits, get_scorer("neg_mean_squared_error"), weights)
    assert_allclose((search.honest_score_, search.honest_score_std_error_), wanted, rtol=1e-8)
    assert search.honest_score_ <= search.best_score_


def test_other_scores():
    X, y = make_data()
    search = PrunedRegressorCV("obs", [1, 3, 6], cv=KFold(5), scoring="r2").fit(X, y)
    models = [PrunedRegressor("obs", s) for s in (1, 3, 6)]
    wanted = by_loops(models, X, y, list(KFold(5).split(X)), get_scorer("r2"))
    assert_allclose((search.honest_score_, search.honest_score_std_error_), wanted, rtol=1e-8)


@pytest.mark.parametrize("estimator", [None, LogisticRegression(tol=1e-10, max_iter=1000)])
def test_classes(estimator):
    X, y = load_iris(return_X_y=True)
    X = np.column_stack([X, np.random.default_rng(0).standard_normal((150, 3))])
    of_two = np.random.default_rng(1).permutation(np.arange(50, 150))
    X, y = X[of_two], y[of_two]
    splits = list(KFold(4).split(X))
    search = PrunedClassifierCV("hessian", [1, 2, 5], estimator=estimator, cv=splits).fit(X, y)
    models = [PrunedClassifier("hessian", s, estimator=estimator) for s in (1, 2, 5)]
    wanted = by_loops(models, X, y, splits, get_scorer("accuracy"))
    assert_allclose((search.honest_score_, search.honest_score_std_error_), wanted, atol=1e-10)


def test_the_fewest_features_within_a_standard_error_are_chosen_without_each_fold_too():
    X, y = make_data()
    search = PrunedRegressorCV(cv=5, one_standard_error=True).fit(X, y)
    table, splits = search.cv_results_, list(KFold(5).split(X))
    scores = np.array([table[f"split{k}_test_score"] for k in range(5)])
    honest = []
    for k in range(5):
        others = [split for j, split in enumerate(splits) if j != k]
        part = clone(search).set_params(cv=others).fit(X, y)
        honest.append(scores[k, part.best_index_])
    assert_allclose(search.honest_score_, np.mean(honest), rtol=1e-10)


def test_batches():
    X, y = make_data((400, 25))
    search = PrunedRegressorCV(cv=5)
    names = "honest_score_", "honest_score_std_error_"
    wanted = [getattr(clone(search).fit(X, y), name) for name in names]
    read = search.fit(RowBatches([(X[:150], y[:150]), (X[150:], y[150:])]))
    assert_allclose([getattr(read, name) for name in names], wanted, rtol=1e-8)


def nested(X, y, grid, splits):
    """The score of nested folds: a grid search without each of the outer ones."""
    scores = []
    for k, (train, test) in enumerate(splits):
        place = np.cumsum(np.isin(np.arange(len(y)), train)) - 1
        inner = [
            (place[np.setdiff1d(train, others)], place[others])
            for j, (_, others) in enumerate(splits)
            if j != k
        ]
        search = clone(grid).set_params(cv=inner).fit(X[train], y[train])
        scores.append(-mean_squared_error(y[test], search.predict(X[test])))
    return np.mean(scores)


def test_nested_folds_are_nested_grid_searches():
    X, y = make_data((50, 8))
    splits, score = list(KFold(5).split(X)), "neg_mean_squared_error"
    slow = GridSearchCV(PrunedRegressor(), {"sparsity": [1, 2, 3, 4]}, scoring=score)
    fast = PrunedRegressorCV(sparsities=[1, 2, 3, 4])
    assert_allclose(nested(X, y, slow, splits), nested(X, y, fast, splits), rtol=1e-8)


def test_it_agrees_with_nested_folds_where_the_best_score_does_not():
    rows, splits = [], list(KFold(5).split(np.empty(50)))
    for seed in range(30):
        X, y = make_data((50, 20), n_true=0, seed=seed)
        search = PrunedRegressorCV("magnitude", cv=splits).fit(X, y)
        outer = nested(X, y, search, splits)
        rows.append((search.best_score_ - outer, search.honest_score_ - outer))
    best, honest = np.transpose(rows)
    noise = 1 / np.sqrt(30)  # of the mean of so many draws, in standard deviations
    assert abs(np.mean(honest)) < 2 * noise * np.std(honest)
    assert np.mean(best) > 4 * noise * np.std(best)


def test_where_there_is_none():
    X, y = make_data()
    search = PrunedRegressorCV(cv=5).fit(X, y)
    assert hasattr(search, "honest_score_")
    for params in ({"cv": None}, {"cv": None, "criterion": "bic"}):
        search.set_params(**params).fit(X, y)
        assert not hasattr(search, "honest_score_")
        assert not hasattr(search, "honest_score_std_error_")
    one = PrunedRegressorCV(cv=[next(KFold(5).split(X))]).fit(X, y)
    assert np.isnan(one.honest_score_)
    assert np.isnan(one.honest_score_std_error_)
    two = PrunedRegressorCV(cv=2, one_standard_error=True).fit(X, y)
    assert np.isnan(two.honest_score_)
    assert np.isfinite(PrunedRegressorCV(cv=LeaveOneOut()).fit(X, y).honest_score_)
