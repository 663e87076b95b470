import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold, LeaveOneOut, ShuffleSplit

from sklearn_prune import (
    MinNormRegressor,
    PrunedClassifier,
    PrunedClassifierCV,
    PrunedRegressor,
    PrunedRegressorCV,
    RowBatches,
)
from sklearn_prune._paths import fold_moments, moment_scores
from sklearn_prune._paths.fold_search import FoldSearch
from sklearn_prune._paths.leave_one_out_formulas import LeftOutRows

SIZES = [1, 2, 5]
SHAPES = {"small": (32, 12), "wide": (24, 40), "tall": (900, 12)}


@pytest.fixture(params=SHAPES)
def data(rng, request):
    n_samples, n_features = SHAPES[request.param]
    X = rng.standard_normal((n_samples, n_features)) + rng.standard_normal(n_features)
    coef = np.where(rng.random((n_features, 3)) < 0.3, 1.0, 0.1)
    return X, X @ coef + 0.3 * rng.standard_normal((n_samples, 3)) + 5


def penalised(alpha):
    return Ridge(alpha, tol=1e-12) if alpha else MinNormRegressor()


def assert_equals_grid_search(
    X, Y, cv, *, alpha=0.0, scoring="neg_mean_squared_error", sizes=SIZES, rtol=1e-8, **options
):
    """Search by paths, and model by model."""
    search = PrunedRegressorCV(
        sparsities=sizes, cv=cv, alphas=[alpha], scoring=scoring, per_target=True, **options
    ).fit(X, Y)
    model = PrunedRegressor(estimator=penalised(alpha), per_target=True, **options)
    by_model = GridSearchCV(model, {"sparsity": sizes}, cv=cv or LeaveOneOut(), scoring=scoring)
    expected = by_model.fit(X, Y).cv_results_["mean_test_score"]
    assert_allclose(search.cv_results_["mean_test_score"], expected, rtol=rtol)
    if by_model.best_params_["sparsity"] == search.sparsity_:
        assert_array_equal(search.support_, by_model.best_estimator_.support_)
        assert_allclose(search.coef_, by_model.best_estimator_.coef_, rtol=rtol, atol=rtol)
    return search


def shown(coef, X, y):
    return np.abs(X.T @ y) * np.abs(coef)


@pytest.mark.parametrize(
    "strategy", ["magnitude", "hessian", "obs", "obs-one-shot", "random", shown]
)
@pytest.mark.parametrize("retrain", [True, False])
def test_folds(data, strategy, retrain):
    options = {"strategy": strategy, "retrain": retrain, "random_state": 3}
    search = assert_equals_grid_search(*data, KFold(3), **options)
    assert search.support_.shape == (3, data[0].shape[1])
    assert_array_equal(search.get_support(), search.support_.any(axis=0))


@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "obs", "obs-one-shot", "random"])
@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("shape", [(9, 4), (8, 12)], ids=["tall", "wide"])
def test_leave_one_out(rng, strategy, retrain, shape):
    X, Y = rng.standard_normal(shape) + 1, rng.standard_normal((shape[0], 2))
    options = {"strategy": strategy, "retrain": retrain, "random_state": 3, "sizes": [1, 3]}
    alpha = 2.0 if strategy == "magnitude" else 0.0
    assert_equals_grid_search(X, Y, None, alpha=alpha, **options)


def test_many_rows_are_summed_up_once(rng, monkeypatch):
    X = rng.standard_normal((900, 12))
    Y = X @ rng.standard_normal((12, 3)) + rng.standard_normal((900, 3))
    passes, equations = [], []
    for module, name, calls in (
        (fold_moments, "row_moments", passes),
        (moment_scores.NormalEquations, "of", equations),
    ):
        monkeypatch.setattr(module, name, counted(getattr(module, name), calls))
    monkeypatch.setattr(FoldSearch, "_predict_fold", None)
    PrunedRegressorCV("hessian", cv=3, per_target=True).fit(X, Y)
    assert len(passes) == 3
    assert len(equations) == 3


def counted(function, calls):
    return lambda *args, **options: calls.append(1) or function(*args, **options)


def test_rows_are_left_out_of_one_inverse(rng, monkeypatch):
    X, Y = rng.standard_normal((15, 30)), rng.standard_normal((15, 3))
    factored = []
    monkeypatch.setattr(LeftOutRows, "closed_form", counted(LeftOutRows.closed_form, factored))
    PrunedRegressorCV("hessian", per_target=True).fit(X, Y)
    assert len(factored) == 1


def test_penalties_of_both_fits(data):
    X, Y = data
    options = {"cv": KFold(3), "per_target": True}
    search = PrunedRegressorCV(
        "hessian", SIZES, alphas=[0.5, 2], retrain_alphas=[0, 1], **options
    ).fit(X, Y)
    for row in range(0, 12, 5):
        model = PrunedRegressor(
            "hessian",
            int(search.cv_results_["sparsity"][row]),
            penalised(search.cv_results_["retrain_alpha"][row]),
            estimator=penalised(search.cv_results_["alpha"][row]),
            per_target=True,
        )
        by_model = GridSearchCV(model, {}, cv=KFold(3), scoring="neg_mean_squared_error")
        expected = by_model.fit(X, Y).cv_results_["mean_test_score"][0]
        assert_allclose(search.cv_results_["mean_test_score"][row], expected, rtol=1e-8)


@pytest.mark.parametrize(
    "options",
    [
        {"feature_groups": [[0, 5], [1, 2, 3]], "always_keep": [1]},
        {"strategy": "hessian", "feature_costs": {3: 5.0, 4: 0.5}},
    ],
    ids=["groups", "costs"],
)
@pytest.mark.parametrize("cv", [None, KFold(3)], ids=["leave one out", "folds"])
def test_selection_rules(rng, options, cv):
    X, Y = rng.standard_normal((14, 8)), rng.standard_normal((14, 2))
    assert_equals_grid_search(X, Y, cv, **options)


@pytest.mark.parametrize("cv", [ShuffleSplit(3, random_state=0), KFold(2)])
def test_other_splits_and_scores(data, cv):
    assert_equals_grid_search(*data, cv, scoring="r2")


def count_kept(model, X, y):
    return -float(model.n_nonzero_.sum()) - abs(model.support_.shape[0] - 3)


def test_scorers_that_read_models(data):
    search = assert_equals_grid_search(*data, KFold(3), scoring=count_kept, sizes=[1, 2])
    assert_array_equal(search.cv_results_["mean_test_score"], [-3, -6])


@pytest.mark.parametrize("cv", [None, 3])
def test_sparse_samples_of_single_precision(rng, cv):
    X = np.where(rng.random((12, 5)) < 0.5, rng.standard_normal((12, 5)), 0).astype(np.float32)
    Y = X @ rng.standard_normal((5, 2)) + rng.standard_normal((12, 2))
    X, sizes = sparse.csr_array(X), [1, 3]
    assert_equals_grid_search(X, Y, cv and KFold(cv), sizes=sizes, rtol=1e-5)


@pytest.mark.parametrize("cv", [None, KFold(3)], ids=["leave one out", "folds"])
def test_distillation(rng, cv):
    X, Y = rng.standard_normal((12, 6)), rng.standard_normal((12, 2))
    more = rng.standard_normal((5, 6))
    options = {"retrain": "distill", "per_target": True}
    search = PrunedRegressorCV(sparsities=[2], cv=cv, **options).fit(X, Y, X_unlabeled=more)
    errors = []
    for train, held_out in (cv or LeaveOneOut()).split(X):
        model = PrunedRegressor(sparsity=2, **options).fit(X[train], Y[train], X_unlabeled=more)
        errors.append(((model.predict(X[held_out]) - Y[held_out]) ** 2).mean())
    assert_allclose(search.cv_results_["mean_test_score"], -np.mean(errors), rtol=1e-8)


def test_weights_are_repetitions(data, rng):
    X, Y = data
    weights = rng.integers(1, 4, len(X))
    folds = np.arange(len(X)) % 3
    splits = [(np.flatnonzero(folds != k), np.flatnonzero(folds == k)) for k in range(3)]
    options = {"strategy": "hessian", "sparsities": SIZES, "alphas": [1], "per_target": True}
    weighted = PrunedRegressorCV(cv=splits, **options).fit(X, Y, weights)
    again = np.repeat(np.arange(len(X)), weights)
    splits = [tuple(np.flatnonzero(np.isin(again, side)) for side in split) for split in splits]
    repeated = PrunedRegressorCV(cv=splits, **options).fit(X[again], Y[again])
    for k in range(3):
        name = f"split{k}_test_score"
        assert_allclose(weighted.cv_results_[name], repeated.cv_results_[name], rtol=1e-8)
    assert_array_equal(weighted.support_, repeated.support_)


def test_batches_of_rows(rng):
    X = rng.standard_normal((120, 6)) + 50
    Y = X[:, [4, 1]] + 0.1 * rng.standard_normal((120, 2))
    batches = RowBatches(lambda: ((X[rows], Y[rows]) for rows in np.array_split(range(120), 4)))
    options = {"sparsities": [1, 2], "cv": 3, "per_target": True}
    expected = PrunedRegressorCV(**options).fit(X, Y)
    search = PrunedRegressorCV(**options).fit(batches)
    name = "mean_test_score"
    assert_allclose(search.cv_results_[name], expected.cv_results_[name], rtol=1e-7)
    assert_array_equal(search.support_, expected.support_)
    assert_allclose(search.predict(X), expected.predict(X), rtol=1e-8)
    assert_allclose(search.best_estimator_.predict(X), expected.predict(X), rtol=1e-8)


def test_a_vector_changes_nothing(data):
    X, y = data[0], data[1][:, 0]
    options = {"sparsities": SIZES, "cv": 3}
    search = PrunedRegressorCV(per_target=True, **options).fit(X, y)
    expected = PrunedRegressorCV(**options).fit(X, y)
    assert_array_equal(search.support_, expected.support_)
    name = "mean_test_score"
    assert_array_equal(search.cv_results_[name], expected.cv_results_[name])


@pytest.mark.parametrize("retrain", [True, False, "distill-labels"])
@pytest.mark.parametrize("cv", [None, KFold(4, shuffle=True, random_state=0)])
def test_classes(retrain, cv):
    X, y = load_iris(return_X_y=True)
    few = np.r_[0:5, 50:55, 100:105]
    X, y, more = X[few], y[few], X[10:17]
    search = PrunedClassifierCV("hessian", [1, 2], retrain, alphas=[1], cv=cv, per_target=True)
    search.fit(X, y, X_unlabeled=more)
    assert search.support_.shape == (3, 4)
    right = np.zeros(2)
    for train, held_out in (cv or LeaveOneOut()).split(X):
        for k, size in enumerate([1, 2]):
            model = PrunedClassifier("hessian", size, retrain, estimator=Ridge(1), per_target=True)
            model.fit(X[train], y[train], X_unlabeled=more)
            right[k] += (model.predict(X[held_out]) == y[held_out]).sum() / len(held_out)
    n_splits = (cv or LeaveOneOut()).get_n_splits(X)
    assert_allclose(search.cv_results_["mean_test_score"], right / n_splits, rtol=1e-12)


def test_classifiers_are_refused():
    X, y = load_iris(return_X_y=True)
    search = PrunedClassifierCV(estimator=LogisticRegression(), per_target=True)
    with pytest.raises(ValueError, match="LogisticRegression fits all classes at once"):
        search.fit(X, y)
