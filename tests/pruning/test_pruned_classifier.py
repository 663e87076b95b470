import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.special import expit
from sklearn import config_context
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_iris, make_classification
from sklearn.feature_selection import SelectFromModel
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import scale
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_prune import PrunedClassifier, PrunedClassifierCV, PrunedRegressor

LOGISTIC = LogisticRegression(tol=1e-9, max_iter=10_000)


@parametrize_with_checks(
    [
        PrunedClassifier(),
        PrunedClassifier("obs", 0.5, LOGISTIC, n_rounds=2, class_weight="balanced"),
    ]
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def two_classes(n=60, p=100, seed=0):
    X, y = make_classification(n, p, n_informative=6, n_redundant=0, random_state=seed)
    return X, np.where(y == 1, "yes", "no")


def several_classes():
    X, y = load_iris(return_X_y=True)
    noise = np.random.default_rng(0).standard_normal((150, 10))
    return np.hstack([scale(X), noise]), np.array(["a", "bbb", "cc"])[y]


@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "obs"])
@pytest.mark.parametrize("retrain", [True, False])
def test_two_classes_are_a_regression_on_minus_and_plus_one(strategy, retrain):
    X, y = two_classes()
    model = PrunedClassifier(strategy, 7, retrain).fit(X, y)
    twin = PrunedRegressor(strategy, 7, retrain).fit(X, np.where(y == "yes", 1.0, -1.0))
    assert_array_equal(model.support_, twin.support_)
    assert_array_equal(model.coef_, twin.coef_[np.newaxis])
    assert_allclose(model.decision_function(X), twin.predict(X), rtol=1e-10)
    assert_array_equal(model.predict(X), np.where(twin.predict(X) > 0, "yes", "no"))
    assert not hasattr(model, "predict_proba")


@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "obs"])
def test_several_classes_are_a_regression_on_one_column_each(strategy):
    X, y = several_classes()
    model = PrunedClassifier(strategy, 4).fit(X, y)
    codes = (y[:, np.newaxis] == ["a", "bbb", "cc"]).astype(float)
    twin = PrunedRegressor(strategy, 4).fit(X, codes)
    assert_array_equal(model.coef_, twin.coef_)
    assert_array_equal(model.predict(X), model.classes_[twin.predict(X).argmax(axis=1)])
    assert model.transform(X).shape == (150, 4)


@pytest.mark.parametrize("classes", [two_classes, several_classes])
@pytest.mark.parametrize("inner", [LOGISTIC, RidgeClassifier(2.0), LinearSVC(random_state=0)])
def test_linear_classifiers_inside(classes, inner):
    X, y = classes()
    model = PrunedClassifier("magnitude", 6, estimator=inner).fit(X, y)
    dense = inner.fit(X, y)
    kept = np.sort(np.argsort(-np.linalg.norm(np.atleast_2d(dense.coef_), axis=0))[:6])
    assert_array_equal(model.get_support(indices=True), kept)
    refit = inner.fit(X[:, kept], y)
    assert_allclose(model.coef_[:, kept], np.atleast_2d(refit.coef_))
    assert_array_equal(model.predict(X), refit.predict(X[:, kept]))
    assert_allclose(model.decision_function(X), refit.decision_function(X[:, kept]))


@pytest.mark.parametrize("classes", [two_classes, several_classes])
def test_probabilities_are_those_of_the_refit(classes):
    X, y = classes()
    model = PrunedClassifier(sparsity=5, retrain=LOGISTIC).fit(X, y)
    kept = X[:, model.support_]
    assert_allclose(model.predict_proba(X), LOGISTIC.fit(kept, y).predict_proba(kept), rtol=1e-6)
    assert_allclose(np.exp(model.predict_log_proba(X)), model.predict_proba(X))


@pytest.mark.parametrize("classes", [two_classes, several_classes])
@pytest.mark.parametrize("weighted", [False, True])
def test_without_retraining_a_logistic_model_stays_right_on_average(classes, weighted):
    X, y = classes()
    weights = np.random.default_rng(0).uniform(0.5, 2, len(y)) if weighted else np.ones(len(y))
    model = PrunedClassifier("hessian", 3, retrain=False, estimator=LOGISTIC)
    model.fit(X, y, sample_weight=weights)
    mean = np.average(model.predict_proba(X), axis=0, weights=weights)
    share = [weights[y == label].sum() / weights.sum() for label in model.classes_]
    assert_allclose(mean, share, rtol=1e-8)
    assert_allclose(model.coef_[:, model.support_], model.estimator_.coef_[:, model.support_])


def test_without_retraining_the_mean_score_of_other_models_stays():
    X, y = two_classes()
    model = PrunedClassifier(sparsity=3, retrain=False, estimator=LinearSVC()).fit(X, y)
    mean = model.estimator_.decision_function(X).mean()
    assert_allclose(model.decision_function(X).mean(), mean)


def test_least_squares_of_classes_is_ridge_classifier():
    X, y = several_classes()
    ours = PrunedClassifier(sparsity=5, retrain=False, estimator=Ridge(3.0)).fit(X, y)
    theirs = PrunedClassifier(sparsity=5, retrain=False, estimator=RidgeClassifier(3.0)).fit(X, y)
    assert_array_equal(ours.support_, theirs.support_)
    assert_allclose(2 * ours.coef_, theirs.coef_, atol=1e-12)
    assert_array_equal(ours.predict(X), theirs.predict(X))


@pytest.mark.parametrize("multi", [False, True])
def test_hessian_scores_are_of_the_logistic_loss(multi):
    X, y = several_classes() if multi else two_classes(200, 8)
    model = PrunedClassifier("hessian", 3, estimator=LogisticRegression(C=0.5)).fit(X, y)
    dense = model.estimator_
    p = dense.predict_proba(X) if multi else dense.predict_proba(X)[:, 1:]
    squares = []
    for share, coef in zip((p * (1 - p)).T, dense.coef_, strict=True):
        centred = X - np.average(X, axis=0, weights=share)
        squares.append((share @ centred**2 + 1 / 0.5) * coef**2)
    assert_allclose(model.scores_, np.sqrt(np.sum(squares, axis=0)), rtol=1e-10)


def test_class_weights_multiply_those_of_samples():
    X, y = two_classes()
    weights = np.random.default_rng(1).uniform(size=60)
    given = {"yes": 3.0, "no": 0.5}
    model = PrunedClassifier(sparsity=9, class_weight=given).fit(X, y, weights)
    by_hand = weights * np.where(y == "yes", 3.0, 0.5)
    assert_allclose(model.coef_, PrunedClassifier(sparsity=9).fit(X, y, by_hand).coef_)
    balanced = PrunedClassifier(sparsity=9, class_weight="balanced").fit(X, y)
    assert_allclose(balanced.decision_function(X)[y == "yes"].mean() + 1, 1, atol=1)


def test_balanced_classes_have_equal_weights():
    X, y = two_classes()
    rare = np.flatnonzero(y == "yes")[:5]
    rows = np.append(np.flatnonzero(y == "no"), rare)
    model = PrunedClassifier(sparsity=3, class_weight="balanced").fit(X[rows], y[rows])
    scores = model.decision_function(X[rows])
    weights = np.where(y[rows] == "yes", 1 / len(rare), 1 / (len(rows) - len(rare)))
    assert_allclose(weights @ scores, 0, atol=1e-12)  # the weighted mean of -1 and +1


def test_labels_of_every_kind():
    X, names = several_classes()
    codes = np.unique(names, return_inverse=True)[1]
    expected = PrunedClassifier(sparsity=4).fit(X, codes).predict(X)
    for y in (
        names.astype(object),
        pd.Series(names, dtype="string"),
        pd.Series(names, dtype="category"),
        pd.array(codes, dtype="Int64"),
        codes.astype(np.int8),
        codes.astype(float),
    ):
        model = PrunedClassifier(sparsity=4).fit(X, y)
        assert_array_equal(np.searchsorted(model.classes_, model.predict(X)), expected)
    assert PrunedClassifier().fit(X, pd.array(codes, dtype="Int64")).classes_.dtype.kind == "i"
    truth = PrunedClassifier().fit(X, pd.array(codes == 1, dtype="boolean"))
    assert truth.classes_.tolist() == [False, True]
    assert truth.predict(X).dtype == bool


def test_fifty_classes_of_eight_rows():
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(50), 8)
    X = np.hstack([rng.standard_normal((50, 60))[y], rng.standard_normal((400, 40))])
    X += 0.3 * rng.standard_normal(X.shape)
    model = PrunedClassifier("hessian", 60).fit(X, y)
    assert np.count_nonzero(model.support_[:60]) >= 55
    assert model.score(X, y) > 0.95
    assert model.coef_.shape == (50, 100)


def test_distillation_to_scores_probabilities_and_labels():
    X, y = two_classes(80, 40)
    more = two_classes(300, 40, seed=0)[0] + 0.1
    scores = PrunedClassifier(sparsity=6, retrain="distill").fit(X, y, X_unlabeled=more)
    dense = scores.estimator_
    both = np.vstack([X, more])
    twin = LinearRegression().fit(both[:, scores.support_], dense.predict(both))
    assert_allclose(scores.coef_[0, scores.support_], twin.coef_)

    labels = PrunedClassifier(sparsity=6, retrain="distill-labels").fit(X, y, X_unlabeled=more)
    twin.fit(both[:, labels.support_], np.sign(dense.predict(both)))
    assert_allclose(labels.coef_[0, labels.support_], twin.coef_)

    soft = PrunedClassifier(sparsity=6, retrain="distill", estimator=LOGISTIC)
    soft.fit(X, y, X_unlabeled=more)
    p = soft.estimator_.predict_proba(both)[:, 1]
    kept = both[:, soft.support_]
    fitted = soft.predict_proba(both)[:, 1]
    gradient = kept.T @ (fitted - p) + soft.coef_[0, soft.support_]  # of the log-loss to p
    assert_allclose(gradient, 0, atol=1e-5)
    assert_allclose(fitted.mean(), p.mean(), rtol=1e-6)

    hard = PrunedClassifier(sparsity=6, retrain="distill-labels", estimator=LOGISTIC)
    hard.fit(X, y, X_unlabeled=more)
    again = LOGISTIC.fit(both[:, hard.support_], hard.estimator_.predict(both))
    assert_allclose(hard.coef_[:, hard.support_], again.coef_, rtol=1e-5)


def test_distillation_needs_probabilities():
    X, y = two_classes()
    model = PrunedClassifier(retrain="distill", estimator=LinearSVC())
    with pytest.raises(ValueError, match="LinearSVC has no probabilities to distil"):
        model.fit(X, y, X_unlabeled=X[:9])
    ridge = PrunedClassifier(sparsity=4, retrain="distill", estimator=RidgeClassifier())
    assert isinstance(ridge.fit(X, y, X_unlabeled=X[:9]).retrained_estimator_, Ridge)


@pytest.mark.parametrize("to", [sparse.csr_array, sparse.csc_array, sparse.csr_matrix])
def test_sparse_is_dense(to):
    X, y = two_classes()
    X = np.where(np.abs(X) > 1, X, 0)
    for inner in (None, LOGISTIC):
        dense = PrunedClassifier("hessian", 9, estimator=inner).fit(X, y)
        thin = PrunedClassifier("hessian", 9, estimator=inner).fit(to(X), y)
        assert_allclose(thin.coef_, dense.coef_, rtol=1e-4, atol=1e-6)
        assert_array_equal(thin.predict(to(X)), dense.predict(X))


def test_sparsified_and_pickled():
    X, y = several_classes()
    model = PrunedClassifier(sparsity=3).fit(X, y)
    thin = pickle.loads(pickle.dumps(model)).sparsify()
    assert sparse.issparse(thin.coef_)
    assert_array_equal(thin.predict(X), model.predict(X))


@pytest.mark.parametrize("sparse_interface", ["spmatrix", "sparray"])
@pytest.mark.parametrize("make", [two_classes, several_classes])
@pytest.mark.parametrize(
    "model", [PrunedClassifier(sparsity=3), PrunedClassifierCV(sparsities=[3], cv=3)]
)
def test_sparse_coefficients_are_read_by_selectors(model, make, sparse_interface):
    X, y = make()
    dense = clone(model).fit(X, y)
    with config_context(sparse_interface=sparse_interface):
        thin = clone(model).fit(X, y).sparsify()
        selected = SelectFromModel(thin, prefit=True, norm_order=2).transform(X)
    assert_array_equal(selected, SelectFromModel(dense, prefit=True, norm_order=2).transform(X))
    assert_array_equal(thin.decision_function(X), dense.decision_function(X))


def test_pipelines_searches_and_calibration():
    X, y = load_breast_cancer(return_X_y=True)
    X = scale(X)
    search = GridSearchCV(
        PrunedClassifier("hessian", estimator=LogisticRegression()), {"sparsity": [2, 8]}, cv=3
    )
    assert search.fit(X, y).best_params_ == {"sparsity": 8}
    calibrated = CalibratedClassifierCV(PrunedClassifier(sparsity=8), cv=3).fit(X, y)
    assert log_loss(y, calibrated.predict_proba(X)) < 0.2
    selected = make_pipeline(PrunedClassifier(sparsity=8), LogisticRegression()).fit(X, y)
    assert selected[-1].coef_.shape == (1, 8)


def test_metadata_reaches_the_distillation():
    X, y = two_classes()
    with config_context(enable_metadata_routing=True):
        model = PrunedClassifier(retrain="distill").set_fit_request(X_unlabeled=True)
        params = {"X_unlabeled": X[:30]}
        scores = cross_validate(model, X, y, cv=StratifiedKFold(3), params=params)
    assert np.isfinite(scores["test_score"]).all()


def test_a_frozen_classifier_is_pruned_as_it_is():
    X, y = two_classes()
    fitted = LogisticRegression().fit(X, y)
    model = PrunedClassifier(sparsity=4, retrain=False, estimator=FrozenEstimator(fitted))
    model.fit(X[:40], y[:40])
    kept = model.support_
    assert_array_equal(model.coef_[0, kept], fitted.coef_[0, kept])
    p = expit(X[:40, kept] @ model.coef_[0, kept] + model.intercept_[0])
    assert_allclose(model.predict_proba(X[:40])[:, 1], p)
    with pytest.raises(ValueError, match=r"was fitted to the classes \['no' 'yes'\]"):
        model.fit(X, np.where(y == "yes", "ja", "nein"))


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        (DecisionTreeClassifier(), "DecisionTreeClassifier has no coef_ after fit"),
        (SVC(kernel="linear"), "SVC does not decide by X @ coef_.T"),
        (7, "estimator is 7: give a linear classifier"),
    ],
)
def test_what_is_not_linear_is_refused(inner, message):
    X, y = several_classes()
    with pytest.raises(ValueError, match=message):
        PrunedClassifier(estimator=inner).fit(X, y)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.linspace(0, 1, 60), "Unknown label type: continuous.* use PrunedRegressor for numbers"),
        (np.full(60, "x"), "y is of one class only, x"),
        (np.arange(60), "y has 60 classes, one for each sample"),
        (np.array([None, *["a", "b"] * 29, "a"], dtype=object), "Unknown label type|NaN|None"),
        (pd.array([pd.NA, *[1, 2] * 29, 1], dtype="Int64"), "NaN"),
        (np.ones((60, 2)), "1d array"),
    ],
)
def test_what_is_no_class_is_refused(y, message):
    X, _ = two_classes()
    with pytest.raises(ValueError, match=message):
        PrunedClassifier().fit(X, y)


def test_a_class_of_weight_zero_is_as_if_absent():
    X, y = several_classes()
    weights = (y != "cc").astype(float)
    model = PrunedClassifier(sparsity=3).fit(X, y, weights)
    assert model.classes_.tolist() == ["a", "bbb"]
    assert_allclose(model.coef_, PrunedClassifier(sparsity=3).fit(X[y != "cc"], y[y != "cc"]).coef_)


@pytest.mark.parametrize(
    "inner",
    [
        SGDClassifier("log_loss", random_state=0),
        LogisticRegressionCV(
            Cs=3, cv=3, l1_ratios=(0.0,), use_legacy_attributes=False, scoring="neg_log_loss"
        ),
    ],
)
def test_probabilities_of_pruned_models_agree_with_their_decisions(inner):
    X, y = two_classes(200, 20)
    for retrain in (True, False):
        model = PrunedClassifier("hessian", 5, retrain, estimator=inner).fit(X, y)
        p = model.predict_proba(X)[:, 1]
        assert_allclose(p, expit(model.decision_function(X)), rtol=1e-10)


def test_polars_frames():
    polars = pytest.importorskip("polars")
    X, y = two_classes(60, 6)
    frame = polars.DataFrame(X, schema=list("uvwxyz"))
    model = PrunedClassifier("hessian", 3).fit(frame, polars.Series(y))
    assert model.feature_names_in_.tolist() == list("uvwxyz")
    assert_array_equal(model.predict(frame), PrunedClassifier("hessian", 3).fit(X, y).predict(X))
    assert model.set_output(transform="polars").transform(frame).shape == (60, 3)


@pytest.mark.parametrize("inner", [None, LOGISTIC])
def test_a_class_whose_class_weight_is_zero_is_as_if_absent(inner):
    X, y = several_classes()
    rest = y != "cc"
    weighted = PrunedClassifier("obs", 3, estimator=inner, class_weight={"cc": 0, "a": 2})
    absent = PrunedClassifier("obs", 3, estimator=inner, class_weight={"a": 2, "bbb": 1})
    model, twin = weighted.fit(X, y), absent.fit(X[rest], y[rest])
    assert model.classes_.tolist() == ["a", "bbb"]
    assert_allclose(model.coef_, twin.coef_)
    assert_allclose(model.intercept_, twin.intercept_)


@pytest.mark.parametrize("weight", [-1, np.nan, np.inf])
def test_class_weights_are_finite_and_not_negative(weight):
    X, y = two_classes()
    with pytest.raises(ValueError, match=r"class_weight is .*: give finite weights"):
        PrunedClassifier(class_weight={"no": weight}).fit(X, y)


@pytest.mark.parametrize("inner", [LOGISTIC, SGDClassifier("log_loss", random_state=0)])
def test_sparsified_probabilities(inner):
    X, y = several_classes()
    model = PrunedClassifier(sparsity=3, retrain=False, estimator=inner).fit(X, y)
    expected = model.predict_proba(X)
    assert_allclose(model.sparsify().predict_proba(X), expected)


@pytest.mark.filterwarnings("error")
def test_a_frozen_classifier_may_know_feature_names():
    X, y = several_classes()
    named = pd.DataFrame(X).add_prefix("x")
    frozen = FrozenEstimator(LOGISTIC.fit(named, y))
    model = PrunedClassifier(sparsity=3, retrain=False, estimator=frozen).fit(named, y)
    assert_array_equal(
        model.classes_[model.predict_proba(named).argmax(axis=1)], model.predict(named)
    )


def test_labels_that_lose_a_class_have_no_probability_of_it():
    X, y = several_classes()
    weights = np.where(y == "cc", 1e-6, 1)
    model = PrunedClassifier(sparsity=6, retrain="distill-labels", estimator=LOGISTIC)
    model.fit(X, y, weights, X_unlabeled=X[:10])
    assert set(model.estimator_.predict(X)) == {"a", "bbb"}
    p = model.predict_proba(X)
    assert_array_equal(p[:, 2], 0)
    assert_allclose(p[:, :2].sum(axis=1), 1)
    assert_array_equal(model.classes_[p.argmax(axis=1)], model.predict(X))


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore:Inconsistent values")
def test_the_penalty_of_logistic_regressions_is_the_one_of_squares():
    X, y = several_classes()
    options = {"solver": "saga", "max_iter": 5000, "random_state": 0}
    pure = LogisticRegression(l1_ratio=1, **options).fit(X, y)
    named = LogisticRegression(penalty="l1", **options).fit(X, y)
    mixed = LogisticRegression(l1_ratio=0.5, C=0.2, **options).fit(X, y)
    chosen = LogisticRegressionCV(Cs=[0.2], cv=2, scoring="neg_log_loss").fit(X, y)
    plain = LogisticRegression(C=0.2).fit(X, y)
    expected = {pure: 0, named: 0, mixed: 2.5, chosen: 5, plain: 5}
    for inner, alpha in expected.items():
        frozen = FrozenEstimator(inner)
        model = PrunedClassifier("hessian", 4, retrain=False, estimator=frozen).fit(X, y)
        p = inner.predict_proba(X)
        D = p * (1 - p)
        mean = D.T @ X / D.sum(axis=0)[:, np.newaxis]
        H = [d @ (X - m) ** 2 + alpha for d, m in zip(D.T, mean, strict=True)]
        assert_allclose(model.scores_, np.linalg.norm(np.sqrt(H) * inner.coef_, axis=0))


def test_the_value_that_is_no_class_is_shown():
    X, _ = two_classes()
    with pytest.raises(ValueError, match=r"a value of it is 0\.5"):
        PrunedClassifier().fit(X, np.tile([0, 0.5], 30))


class Binomial(RegressorMixin, BaseEstimator):
    """A regressor of probabilities, with the parameters and attributes of those of glum."""

    def __init__(self, family="binomial", fit_intercept=True):
        self.family, self.fit_intercept = family, fit_intercept

    def fit(self, X, y, sample_weight=None):
        assert set(np.unique(y)) == {0.0, 1.0}
        inner = clone(LOGISTIC).fit(X, y, sample_weight)
        self.coef_, self.intercept_ = inner.coef_[0], inner.intercept_[0]
        return self

    def predict(self, X):
        return expit(X @ self.coef_ + self.intercept_)


@pytest.mark.parametrize("retrain", [True, False])
def test_binomial_regressors_are_classifiers_of_two_classes(retrain):
    X, y = two_classes(200, 20)
    model = PrunedClassifier(sparsity=5, retrain=retrain, estimator=Binomial()).fit(X, y)
    twin = PrunedClassifier(sparsity=5, retrain=retrain, estimator=LOGISTIC).fit(X, y)
    assert_array_equal(model.support_, twin.support_)
    assert_allclose(model.coef_, twin.coef_, rtol=1e-6)
    if retrain:
        assert_array_equal(model.predict(X), twin.predict(X))
    else:  # the mean score stays
        dense = X @ model.estimator_.coef_ + model.estimator_.intercept_
        assert_allclose(model.decision_function(X).mean(), dense.mean())
    with pytest.raises(ValueError, match="Binomial is a model of two classes, and y has 3"):
        model.fit(*several_classes())
