import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_diabetes
from sklearn.metrics import make_scorer, mean_squared_error
from sklearn.model_selection import GridSearchCV, LeaveOneOut

from sklearn_prune import PrunedRegressor, PrunedRegressorCV, width_path

SCORES = [None, "r2", "neg_mean_absolute_error", "neg_max_error"]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("scoring", SCORES)
@pytest.mark.parametrize(("strategy", "cv"), [("obs", 5), ("magnitude", 3), ("magnitude", None)])
def test_without_noise_the_smallest_exact_model_wins(strategy, cv, scoring, dtype):
    for seed in range(3, 8):
        X = np.random.default_rng(seed).standard_normal((120, 12)).astype(dtype)
        y = 10 + X[:, :3].sum(axis=1)
        model = PrunedRegressorCV(strategy, cv=cv, scoring=scoring).fit(X, y)
        assert model.sparsity_ == 3
        assert model.cv_results_["rank_test_score"][model.best_index_] == 1
        assert (model.cv_results_["rank_test_score"][2:] == 1).all()


def test_copies_of_features_add_nothing():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 3))
    y = 1000 + X.sum(axis=1) + rng.standard_normal(60)
    model = PrunedRegressorCV(retrain=False, cv=4).fit(np.hstack([X, np.zeros((60, 5))]), y)
    assert model.sparsity_ <= 3


def test_differences_above_rounding_are_none():
    X, y = load_diabetes(return_X_y=True)
    model = PrunedRegressorCV(cv=5).fit(X, y)
    assert (model.cv_results_["rank_test_score"] == 1).sum() == 1
    assert model.best_score_ == model.cv_results_["mean_test_score"].max()


@pytest.fixture
def weighted(rng):
    X = rng.standard_normal((90, 10))
    y = X[:, 0] + rng.standard_normal(90)
    y[60:] *= 100
    return X, y, np.repeat([1.0, 1e-9], [60, 30])


def test_folds_count_by_their_weight(weighted):
    X, y, weights = weighted
    scores = [
        PrunedRegressorCV(sparsities=[2, 5], cv=cv).fit(X, y, weights).cv_results_
        for cv in (None, LeaveOneOut())
    ]
    for key in ("mean_test_score", "std_test_score"):
        assert_allclose(scores[0][key], scores[1][key], rtol=1e-7)
    results = PrunedRegressorCV(sparsities=[2], cv=3).fit(X, y, weights).cv_results_
    splits = [results[f"split{k}_test_score"][0] for k in range(3)]
    share = [weights[30 * k : 30 * k + 30].sum() for k in range(3)]
    assert_allclose(results["mean_test_score"], [np.average(splits, weights=share)])


def test_equal_weights_of_folds_are_none():
    X, y = load_diabetes(return_X_y=True)
    for scoring in ("r2", None):
        plain, equal = (
            PrunedRegressorCV(sparsities=[2, 5], cv=4, scoring=scoring).fit(X[:440], y[:440], w)
            for w in (None, np.full(440, 3.0))
        )
        for key in ("mean_test_score", "std_test_score"):
            assert_allclose(plain.cv_results_[key], equal.cv_results_[key], rtol=1e-10)


def test_folds_without_weight_are_absent(weighted):
    X, y, weights = weighted
    weights = np.where(weights < 1, 0, weights)
    kept = weights > 0
    model = PrunedRegressorCV(sparsities=[2, 5], cv=LeaveOneOut()).fit(X, y, weights)
    expected = PrunedRegressorCV(sparsities=[2, 5], cv=LeaveOneOut()).fit(X[kept], y[kept])
    assert model.n_splits_ == 60
    for key in ("mean_test_score", "std_test_score"):
        assert_allclose(model.cv_results_[key], expected.cv_results_[key], rtol=1e-9)
    path = width_path(X, y, widths=[4, 10], sparsities=[2], cv=3, sample_weight=weights)
    assert path.dense_errors.shape == (2, 2)
    assert_allclose(path.fold_weights, [30, 30])


def by_column(model, X, y):
    return -float(((y - model.predict(X)) ** 2)[X["sex"] > 0].mean())


def by_index(model, X, y):
    return -float(((y - model.predict(X)) ** 2 * (y.index % 7)).mean())


def by_size(model, X, y):
    return -float(np.abs(model.coef_).sum() + model.n_nonzero_ + len(model.feature_names_in_))


SCORERS = {
    "column": by_column,
    "index": by_index,
    "model": by_size,
    "metric": make_scorer(mean_squared_error, greater_is_better=False),
}


@pytest.mark.parametrize("scorer", SCORERS.values(), ids=SCORERS)
def test_scorers_see_what_grid_search_shows_them(scorer):
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    y = pd.Series(y.to_numpy(), index=y.index + 1000)
    X.index = y.index
    model = PrunedRegressorCV(sparsities=[2, 5], cv=3, scoring=scorer).fit(X, y)
    search = GridSearchCV(PrunedRegressor(), {"sparsity": [2, 5]}, cv=3, scoring=scorer)
    expected = search.fit(X, y).cv_results_["mean_test_score"]
    assert_allclose(model.cv_results_["mean_test_score"], expected, rtol=1e-9)


def test_scorers_of_rows_of_positive_weight(rng):
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    weights = np.ones(len(y))
    weights[::5] = 0
    seen = []

    def scorer(model, X, y):
        seen.extend(X.index)
        assert (X.index == y.index).all()
        return 0.0

    PrunedRegressorCV(sparsities=[2], cv=3, scoring=scorer).fit(X, y, weights)
    assert sorted(seen) == np.flatnonzero(weights).tolist()


def test_what_scorers_return():
    X, y = load_diabetes(return_X_y=True)
    with pytest.raises(ValueError, match="The scorer returned 'good': it has to return a number"):
        PrunedRegressorCV(cv=3, scoring=lambda *_: "good").fit(X, y)
    with pytest.raises(ValueError, match="with cv=None there is none that predicts all rows"):
        PrunedRegressorCV(scoring=by_size).fit(X, y)
