from itertools import product

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.model_selection import KFold, ShuffleSplit, StratifiedKFold

from sklearn_prune import MinNormRegressor, PrunedClassifier, width_path
from sklearn_prune._paths import tall_widths

# 40 rows train: fewer columns, as many as interpolate, as many as rows, and more.
WIDTHS, BUDGETS = [12, 39, 40, 90], [5, 60]
ONE_FOLD = ShuffleSplit(1, train_size=40, random_state=0)
LOGISTIC = LogisticRegression(tol=1e-10, max_iter=10_000, solver="newton-cholesky")


class Folds(list):
    """Folds that splitters of scikit-learn would not make."""

    def split(self, X, y=None, groups=None):
        return iter(self)

    def get_n_splits(self, X=None, y=None, groups=None):
        return len(self)


LABELS = np.array(["no", "yes", "perhaps"])


def make_data(n_classes=2, shape=(60, 90)):
    rng = np.random.default_rng(0)
    X = rng.standard_normal(shape) + 0.5
    scores = X[:, :n_classes] @ rng.standard_normal((n_classes, n_classes))
    return X, LABELS[(scores + rng.gumbel(size=scores.shape)).argmax(axis=1)]


def error_rate(model, X, y, split, weights):
    """Return the error rate of a PrunedClassifier on one fold."""
    train, test = split
    model.fit(X[train], y[train], sample_weight=weights[train])
    return 1 - model.score(X[test], y[test], weights[test])


def assert_path_is_refits(
    X, y, *, cv=ONE_FOLD, widths=WIDTHS, sample_weight=None, retrain=True, **params
):
    """Compare every error rate of a path with that of a classifier that is fitted for it."""
    params = {"random_state": 3} | params
    path = width_path(
        X,
        y,
        widths=widths,
        sparsities=BUDGETS,
        cv=cv,
        sample_weight=sample_weight,
        retrain=retrain,
        classification=True,
        **params,
    )
    weights = np.ones(len(y)) if sample_weight is None else sample_weight
    splits = list(cv.split(X, y))
    models = [
        (path.pruned_errors, PrunedClassifier(retrain=False, **params)),
        (path.retrained_errors, PrunedClassifier(retrain=retrain, **params)),
        (path.random_errors, PrunedClassifier("random", retrain=retrain, **params)),
    ]
    for j, k in np.ndindex(path.dense_errors.shape):
        columns = X[:, : widths[j]]
        dense = PrunedClassifier(sparsity=1.0, retrain=False, **params)
        expected = error_rate(dense, columns, y, splits[k], weights)
        assert_allclose(path.dense_errors[j, k], expected, atol=1e-12)
        for i, (errors, model) in product(range(len(BUDGETS)), models):
            if BUDGETS[i] > widths[j]:
                assert np.isnan(errors[i, j, k])
                continue
            model.set_params(sparsity=BUDGETS[i])
            expected = error_rate(model, columns, y, splits[k], weights)
            where = f"width {widths[j]}, sparsity {BUDGETS[i]}, {model}"
            assert_allclose(errors[i, j, k], expected, atol=1e-12, err_msg=where)
    return path


SETTINGS = {
    "default": {},
    "no intercept": {"estimator": MinNormRegressor(fit_intercept=False)},
    "ridge": {"estimator": Ridge(1.0)},
    "weights of classes": {"class_weight": "balanced"},
}


@pytest.mark.parametrize("params", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_every_error_rate_is_that_of_a_refit(n_classes, params):
    weights = np.random.default_rng(1).choice([0, 0.5, 1, 2], 60)
    X, y = make_data(n_classes)
    assert_path_is_refits(X, y, sample_weight=weights, **params)


@pytest.mark.parametrize("estimator", [LOGISTIC, RidgeClassifier(1.0)], ids=["logistic", "ridge"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_classifiers(n_classes, estimator):
    X, y = make_data(n_classes)
    assert_path_is_refits(X, y, widths=[12, 60], estimator=estimator)
    assert_path_is_refits(X, y, widths=[60], retrain=estimator)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("params", [{}, {"estimator": Ridge(1.0)}, {"class_weight": "balanced"}])
def test_tall_data(n_classes, params, monkeypatch):
    judged = []
    monkeypatch.setattr(
        tall_widths,
        "_error_rates",
        lambda models, rows: judged.append(1) or models.error_rates(rows)[:, np.newaxis],
    )
    X, y = make_data(n_classes, (400, 60))
    weights = np.random.default_rng(1).choice([0, 0.5, 1, 2], 400)
    cv = KFold(3)
    assert_path_is_refits(X, y, widths=[10, 60], cv=cv, sample_weight=weights, **params)
    assert bool(judged) == ("class_weight" not in params)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("shape", [(60, 90), (400, 60)], ids=str)
def test_a_class_that_no_sample_of_a_fold_has(shape, fit_intercept):
    X, y = make_data(3, shape)
    last = np.arange(len(y)) >= len(y) - 15
    y = np.where(last, "unheard of", y)
    cv = Folds([(np.flatnonzero(~last), np.flatnonzero(last)), *KFold(2).split(X)])
    estimator = MinNormRegressor(fit_intercept=fit_intercept)
    path = assert_path_is_refits(X, y, widths=[10, 60], cv=cv, estimator=estimator)
    assert_array_equal(path.dense_errors[:, 0], 1.0)


def test_folds_are_stratified_and_many_classes_are_told_apart():
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(50), 8)
    centres = 10 * rng.standard_normal((50, 60))
    X = centres[y] + rng.standard_normal((400, 60))
    path = assert_path_is_refits(X, y, widths=[10, 60], cv=StratifiedKFold(2))
    by_int = width_path(X, y, widths=[10, 60], sparsities=BUDGETS, cv=2, classification=True)
    assert_array_equal(by_int.dense_errors, path.dense_errors)
    assert path.dense_errors[1].max() == 0


@pytest.mark.parametrize(
    "cast",
    [
        list,
        lambda y: y == "yes",
        lambda y: pd.Series(y == "yes", dtype="boolean"),
        lambda y: pd.Series(y == "yes").astype("Int64"),
        lambda y: pd.Series(y, dtype="string"),
        pd.Categorical,
    ],
    ids=["list", "bool", "boolean", "Int64", "string", "category"],
)
def test_labels_of_any_kind(cast):
    X, y = make_data()
    options = {"widths": [12, 50], "sparsities": [5], "classification": True}
    expected, path = (width_path(X, labels, **options) for labels in (y, cast(y)))
    assert_array_equal(path.dense_errors, expected.dense_errors)
    assert_array_equal(path.retrained_errors, expected.retrained_errors)


def test_sparse_rows():
    X, y = make_data(3)
    X = sparse.csr_array(np.where(X > 0.5, X, 0))
    assert_path_is_refits(X, y, widths=[12, 90], cv=KFold(2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "y is labels, such as '.*': give classification=True"),
        ({"y": [True, False] * 30}, "y is labels, such as True: give classification=True"),
        ({"y": np.arange(60.0), "estimator": LOGISTIC}, "is a classifier: give classification"),
        ({"y": np.arange(60.0), "class_weight": "balanced"}, "class_weight is 'balanced'"),
        ({"classification": "yes"}, "classification is 'yes': give True or False"),
        ({"classification": True, "class_weight": "heavy"}, "class_weight"),
        ({"classification": True, "y": np.arange(60) / 7}, "y has to be classes"),
        (
            {"classification": True, "cv": KFold(2), "y": ["a"] * 30 + ["b"] * 30},
            "are all of class b",
        ),
        ({"classification": True, "retrain": "distill-labels"}, "needs unlabelled samples"),
    ],
)
def test_bad_input(arguments, message):
    X, y = make_data()
    options = {"y": y, "widths": [12], "sparsities": [2], **arguments}
    with pytest.raises(ValueError, match=message):
        width_path(X, **options)


def test_a_fold_may_train_without_a_class_that_has_a_weight():
    X = np.random.default_rng(0).standard_normal((60, 6))
    y = np.repeat(["a", "bb", "ccc"], [25, 25, 10])[np.r_[:5, 30:50, 5:30, 50:60]]
    options = {"widths": [3, 6], "sparsities": [2], "classification": True}
    folds = [(np.arange(50), np.arange(50, 60)), (np.arange(10, 60), np.arange(10))]
    path = width_path(X, y, class_weight={"ccc": 2}, cv=folds, **options)
    every = width_path(X, y, class_weight={"a": 1, "bb": 1, "ccc": 2}, cv=folds, **options)
    assert_allclose(path.dense_errors, every.dense_errors)
    assert_allclose(path.pruned_errors, every.pruned_errors)
