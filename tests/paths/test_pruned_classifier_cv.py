import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.metrics import make_scorer, matthews_corrcoef
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    LeaveOneOut,
    StratifiedKFold,
)
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_prune import PrunedClassifier, PrunedClassifierCV, PrunedRegressorCV

LOGISTIC = LogisticRegression(tol=1e-9, max_iter=10_000)
SIZES = [2, 5, 9, 20]


@parametrize_with_checks(
    [
        PrunedClassifierCV(sparsities=[0.5, 1.0], cv=3),
        PrunedClassifierCV("hessian", [0.5], estimator=LOGISTIC, cv=2),
    ]
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def classes(k, n=60, p=100):
    X, y = make_classification(
        n, p, n_informative=6, n_redundant=0, n_classes=k, class_sep=0.6, random_state=1
    )
    return X, np.array(["a", "bb", "ccc"])[y]


def grid(model, X, y, cv, **options):
    search = GridSearchCV(model, {"sparsity": SIZES}, cv=cv, **options)
    return search.fit(X, y).cv_results_["mean_test_score"]


@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("shape", [(60, 100), (600, 30)])
@pytest.mark.parametrize(
    ("k", "scoring"),
    [(2, None), (2, "roc_auc"), (2, "balanced_accuracy"), (3, None), (3, "f1_macro")],
)
def test_least_squares_is_the_grid_search(retrain, shape, k, scoring):
    X, y = classes(k, *shape)
    model = PrunedClassifierCV("hessian", SIZES, retrain, cv=4, scoring=scoring).fit(X, y)
    expected = grid(PrunedClassifier("hessian", retrain=retrain), X, y, 4, scoring=scoring)
    assert_allclose(model.cv_results_["mean_test_score"], expected, rtol=1e-12)


@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("strategy", ["magnitude", "obs", "random"])
def test_leave_one_out_is_exact(strategy, retrain):
    X, y = classes(2, 40, 30)
    model = PrunedClassifierCV(strategy, SIZES, retrain, random_state=0).fit(X, y)
    each = PrunedClassifier(strategy, retrain=retrain, random_state=0)
    assert_allclose(model.cv_results_["mean_test_score"], grid(each, X, y, LeaveOneOut()))
    assert model.cv is None
    assert model.n_splits_ == 40


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("scoring", ["neg_log_loss", None, "roc_auc_ovr"])
@pytest.mark.parametrize(("strategy", "retrain"), [("hessian", True), ("magnitude", False)])
def test_logistic_paths_are_the_grid_search(k, scoring, strategy, retrain):
    X, y = classes(k)
    model = PrunedClassifierCV(strategy, SIZES, retrain, estimator=LOGISTIC, scoring=scoring)
    model.fit(X, y)
    each = PrunedClassifier(strategy, retrain=retrain, estimator=LOGISTIC)
    expected = grid(each, X, y, StratifiedKFold(5), scoring=scoring)
    assert_allclose(model.cv_results_["mean_test_score"], expected, rtol=1e-6)
    assert model.n_splits_ == 5
    assert_allclose(model.predict_proba(X), model.best_estimator_.predict_proba(X))


@pytest.mark.parametrize("scoring", ["neg_log_loss", "accuracy"])
def test_other_classifiers_are_asked_themselves(scoring):
    X, y = classes(3)
    inner = SGDClassifier("modified_huber", random_state=0)
    model = PrunedClassifierCV("magnitude", SIZES, estimator=inner, cv=3, scoring=scoring)
    expected = grid(PrunedClassifier("magnitude", estimator=inner), X, y, 3, scoring=scoring)
    assert_allclose(model.fit(X, y).cv_results_["mean_test_score"], expected)


def test_a_fold_by_hand():
    X, y = classes(2)
    model = PrunedClassifierCV("magnitude", SIZES, cv=3).fit(X, y)
    train, test = next(StratifiedKFold(3).split(X, y))
    centre, shift = X[train].mean(axis=0), np.where(y[train] == "bb", 1.0, -1.0)
    dense = np.linalg.pinv(X[train] - centre) @ (shift - shift.mean())
    for size, score in zip(SIZES, model.cv_results_["split0_test_score"], strict=True):
        kept = np.argsort(-np.abs(dense))[:size]
        A = np.column_stack([np.ones(len(train)), X[np.ix_(train, kept)]])
        b = np.linalg.lstsq(A, shift, rcond=None)[0]
        predicted = np.where(b[0] + X[np.ix_(test, kept)] @ b[1:] > 0, "bb", "a")
        assert score == pytest.approx(np.mean(predicted == y[test]))


def test_penalties_are_inverses_of_C():
    X, y = classes(2)
    model = PrunedClassifierCV(
        sparsities=[5], estimator=LOGISTIC, alphas=[0.5, 8], retrain_alphas=[1], cv=3
    ).fit(X, y)
    assert model.cv_results_["alpha"].tolist() == [0.5, 8]
    for alpha, score in zip([0.5, 8], model.cv_results_["mean_test_score"], strict=True):
        dense = LogisticRegression(C=1 / alpha, tol=1e-9, max_iter=10_000)
        each = PrunedClassifier(retrain=LOGISTIC, estimator=dense, sparsity=5)
        search = GridSearchCV(each, {"sparsity": [5]}, cv=3).fit(X, y)
        assert score == pytest.approx(search.best_score_)
    assert 1 / model.alpha_ == model.best_estimator_.estimator_.C
    with pytest.raises(ValueError, match="alphas are for least squares and LogisticRegression"):
        PrunedClassifierCV(estimator=LinearSVC(), alphas=[1.0]).fit(X, y)


def test_the_chosen_model_is_fitted_to_all_data():
    X, y = classes(3)
    model = PrunedClassifierCV("hessian", SIZES, cv=3).fit(X, y)
    best = PrunedClassifier("hessian", model.sparsity_).fit(X, y)
    assert_allclose(model.coef_, best.coef_)
    assert_array_equal(model.predict(X), best.predict(X))
    assert model.transform(X).shape == (60, model.sparsity_)
    assert model.classes_.tolist() == ["a", "bb", "ccc"]


def test_ties_and_one_standard_error_prefer_few_features():
    X, y = classes(2)
    best = PrunedClassifierCV(sparsities=range(1, 40), cv=3).fit(X, y)
    scores = best.cv_results_["mean_test_score"]
    assert best.sparsity_ == 1 + np.argmax(scores >= scores.max() - 1e-12)
    few = PrunedClassifierCV(sparsities=range(1, 40), cv=3, one_standard_error=True).fit(X, y)
    assert few.sparsity_ <= best.sparsity_


def test_sizes_from_coarse_to_fine():
    X, y = classes(2, 100, 80)
    model = PrunedClassifierCV("hessian", estimator=LOGISTIC, cv=3, scoring="roc_auc").fit(X, y)
    tried = np.unique(model.cv_results_["sparsity"])
    assert tried[0] == 1
    assert len(tried) < 60
    assert len(tried) == len(model.cv_results_["sparsity"])
    near = tried[np.abs(np.searchsorted(tried, model.sparsity_) - np.arange(len(tried))) <= 1]
    assert np.all(np.diff(near) == 1)


def test_class_weights_are_no_weights_of_scores():
    X, y = classes(2)
    rows = np.append(np.flatnonzero(y == "a"), np.flatnonzero(y == "bb")[:12])
    model = PrunedClassifierCV(sparsities=SIZES, class_weight={"bb": 3, "a": 1}, cv=3)
    each = PrunedClassifier(class_weight={"bb": 3, "a": 1})
    expected = grid(each, X[rows], y[rows], 3)
    assert_allclose(model.fit(X[rows], y[rows]).cv_results_["mean_test_score"], expected)


def test_weights_of_rows_weigh_scores():
    X, y = classes(2)
    weights = np.where(np.arange(60) % 3, 1.0, 2.0)
    repeated = np.repeat(np.arange(60), weights.astype(int))
    folds = [(np.flatnonzero(np.arange(60) % 4 != k), np.arange(k, 60, 4)) for k in range(4)]
    again = [tuple(np.flatnonzero(np.isin(repeated, rows)) for rows in fold) for fold in folds]
    weighted = PrunedClassifierCV(sparsities=SIZES, cv=folds).fit(X, y, weights)
    plain = PrunedClassifierCV(sparsities=SIZES, cv=again).fit(X[repeated], y[repeated])
    for k in range(4):
        name = f"split{k}_test_score"
        assert_allclose(weighted.cv_results_[name], plain.cv_results_[name])


def test_sparse_labels_groups_and_custom_scorers():
    X, y = classes(2)
    X = np.where(np.abs(X) > 0.7, X, 0)
    options = {"cv": GroupKFold(3), "scoring": make_scorer(matthews_corrcoef)}
    groups = np.arange(60) % 3
    dense = PrunedClassifierCV(sparsities=SIZES, **options).fit(X, y, groups=groups)
    thin = PrunedClassifierCV(sparsities=SIZES, **options)
    thin.fit(sparse.csr_array(X), pd.Series(y, dtype="category"), groups=groups)
    assert_allclose(
        thin.cv_results_["mean_test_score"], dense.cv_results_["mean_test_score"], rtol=1e-9
    )


def test_distillation_is_that_of_every_fold():
    X, y = classes(2, 70)
    for retrain in ("distill", "distill-labels"):
        model = PrunedClassifierCV(sparsities=SIZES, retrain=retrain, cv=KFold(3))
        model.fit(X[:60], y[:60], X_unlabeled=X[60:])
        for k, (train, test) in enumerate(KFold(3).split(X[:60])):
            each = PrunedClassifier(sparsity=9, retrain=retrain)
            each.fit(X[train], y[train], X_unlabeled=X[60:])
            assert model.cv_results_[f"split{k}_test_score"][2] == each.score(X[test], y[test])


def test_a_squared_error_would_choose_otherwise_than_accuracy():
    X, y = classes(2, 600, 30)
    model = PrunedClassifierCV(cv=4).fit(X, y)
    twin = PrunedRegressorCV(cv=StratifiedKFold(4).split(X, y)).fit(X, np.where(y == "bb", 1, -1))
    assert set(model.cv_results_) == set(twin.cv_results_)
    assert_array_equal(model.cv_results_["sparsity"], twin.cv_results_["sparsity"])


@pytest.mark.parametrize("inner", [None, LOGISTIC])
def test_a_class_whose_class_weight_is_zero_is_as_if_absent(inner):
    X, y = classes(3, 90, 20)
    rest = y != "bb"
    folds = list(KFold(3).split(X))
    place = np.cumsum(rest) - 1
    without = [tuple(place[rows[rest[rows]]] for rows in fold) for fold in folds]
    options = {"strategy": "hessian", "sparsities": SIZES, "estimator": inner}
    model = PrunedClassifierCV(**options, class_weight={"bb": 0}, cv=folds).fit(X, y)
    twin = PrunedClassifierCV(**options, cv=without).fit(X[rest], y[rest])
    assert model.classes_.tolist() == ["a", "ccc"]
    for k in range(3):
        name = f"split{k}_test_score"
        assert_allclose(model.cv_results_[name], twin.cv_results_[name])


@pytest.mark.parametrize("retrain", [False, "distill", "distill-labels"])
@pytest.mark.parametrize(
    "inner", [LogisticRegression(class_weight="balanced"), LOGISTIC, RidgeClassifier()]
)
def test_a_fold_that_trains_without_a_class(retrain, inner):
    X, y = classes(3, 110, 20)
    more, rows = X[90:], np.argsort(y[:90] == "a", kind="stable")[:75]
    train, test = rows[:50], rows[50:]
    assert set(y[train]) == {"bb", "ccc"}
    assert set(y[test]) == {"a", "bb", "ccc"}
    model = PrunedClassifierCV(
        "hessian", [5], retrain, estimator=inner, cv=[(np.arange(50), np.arange(50, 75))]
    ).fit(X[rows], y[rows], X_unlabeled=more)
    each = PrunedClassifier("hessian", 5, retrain, estimator=inner)
    each.fit(X[train], y[train], X_unlabeled=more)
    assert model.best_score_ == each.score(X[test], y[test])


@pytest.mark.parametrize("cv", [None, 7])
@pytest.mark.parametrize("n", [20, 30, 60])
def test_perfect_models_have_accuracy_one(n, cv):
    X = np.random.default_rng(0).standard_normal((n, 3))
    X[:, 0] = np.where(np.arange(n) % 2, 9, -9)
    assert PrunedClassifierCV(sparsities=[1], cv=cv).fit(X, X[:, 0] > 0).best_score_ == 1


@pytest.mark.filterwarnings("error")
def test_probabilities_of_a_frame_are_those_of_the_best_model():
    X, y = classes(3, 60, 20)
    frame = pd.DataFrame(X).add_prefix("x")
    model = PrunedClassifierCV(sparsities=[4], estimator=LOGISTIC, cv=2).fit(frame, y)
    p = model.predict_proba(frame)
    assert_allclose(p, model.best_estimator_.predict_proba(frame))
    assert_allclose(np.exp(model.predict_log_proba(frame)), p)


def test_logistic_paths_keep_single_precision():
    X, y = classes(2, 60, 20)
    model = PrunedClassifierCV(sparsities=[4], retrain=False, estimator=LOGISTIC, cv=2)
    model.fit(X.astype(np.float32), y)
    assert model.coef_.dtype == model.intercept_.dtype == np.float32


@pytest.mark.parametrize("C", [49, 0.3, np.inf])
def test_the_penalty_is_that_of_the_estimator(C):
    X, y = classes(2, 60, 10)
    model = PrunedClassifierCV(sparsities=[4], estimator=LogisticRegression(C=C), cv=2).fit(X, y)
    assert model.best_estimator_.estimator.C == C
    assert model.alpha_ == 1 / C


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"scoring": "neg_log_loss"}, "and the model has none"),
        ({"scoring": "neg_log_loss", "cv": None}, "and the model has none"),
        ({"cv": [(np.arange(20), np.arange(20, 60))]}, "in fold 0 of cv are all of class"),
        ({"scoring": "neg_mean_squared_error"}, "could not convert|Cannot|dtype"),
        ({"retrain": LOGISTIC}, "search over a PrunedClassifier"),
        ({"estimator": 3}, "estimator is 3"),
        ({"estimator": LogisticRegression(C=0)}, "'C' parameter of LogisticRegression must be"),
        ({"estimator": LogisticRegression(C="1")}, "'C' parameter of LogisticRegression must be"),
    ],
)
def test_what_cannot_be_scored_is_refused(params, message):
    X, y = classes(2)
    order = np.argsort(y, kind="stable")
    model = PrunedClassifierCV(**{"sparsities": [3], "cv": 3} | params)
    with pytest.raises((ValueError, TypeError), match=message):
        model.fit(X[order], y[order])
