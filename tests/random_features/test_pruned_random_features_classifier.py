import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import LogisticRegression, RidgeClassifier, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks, get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_prune import (
    MinNormRegressor,
    PrunedClassifier,
    PrunedRandomFeaturesClassifier,
    RandomFeatures,
)

LOGISTIC = LogisticRegression(tol=1e-10, max_iter=10_000)
LABELS = np.array(["no", "yes", "perhaps"])


@parametrize_with_checks([PrunedRandomFeaturesClassifier(300)])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    "check",
    [
        "check_set_output_transform_pandas",
        "check_dataframe_column_names_consistency",
        "check_transformer_get_feature_names_out_pandas",
        "check_get_feature_names_out_error",
    ],
)
@pytest.mark.filterwarnings("ignore:X .* feature names, but PrunedRandomFeaturesClassifier was")
def test_output_checks_that_the_contract_leaves_out(check):
    name = "PrunedRandomFeaturesClassifier"
    getattr(estimator_checks, check)(name, PrunedRandomFeaturesClassifier(300, 5))


def test_tags():
    tags = get_tags(PrunedRandomFeaturesClassifier())
    assert tags.input_tags.sparse
    assert tags.classifier_tags.multi_class
    assert not tags.target_tags.multi_output
    assert tags.transformer_tags.preserves_dtype == ["float64", "float32"]


def make_data(n_classes=3, n_samples=60):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n_samples, 6)) + 0.3
    scores = np.abs(X[:, :n_classes]) + 0.2 * rng.standard_normal((n_samples, n_classes))
    return X, LABELS[scores.argmax(axis=1)]


def assert_is_pipeline(model, X, y, sample_weight=None, rtol=1e-8):
    """Compare a model with the pipeline that holds all features."""
    random = RandomFeatures(model.n_components, random_state=model.random_state)
    pruned = PrunedClassifier(
        model.strategy,
        model.sparsity,
        model.retrain,
        estimator=MinNormRegressor(fit_intercept=model.fit_intercept),
        class_weight=model.class_weight,
        random_state=model.random_state,
    )
    pipeline = make_pipeline(random, pruned).fit(
        X, y, prunedclassifier__sample_weight=sample_weight
    )
    model.fit(X, y, sample_weight)
    kept = pruned.get_support(indices=True)
    assert_array_equal(model.classes_, pruned.classes_)
    assert_array_equal(model.component_indices_, kept)
    atol = rtol * np.abs(pruned.coef_).max()
    assert_allclose(model.coef_, pruned.coef_[:, kept], rtol=0, atol=atol)
    scores = pipeline.decision_function(X)
    size = np.abs(scores).max()
    assert model.intercept_.shape == pruned.intercept_.shape
    assert_allclose(model.intercept_, pruned.intercept_, rtol=0, atol=rtol * size)
    assert_allclose(model.decision_function(X), scores, rtol=0, atol=rtol * size)
    assert_array_equal(model.predict(X), pipeline.predict(X))
    assert model.coef_.dtype == pruned.coef_.dtype
    return pipeline


REFITS = {
    "no": False,
    "yes": True,
    "logistic": LOGISTIC,
    "ridge": RidgeClassifier(2.0),
    "regressor": RidgeCV(),
}


@pytest.mark.parametrize("n_components", [40, 800])
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("retrain", REFITS.values(), ids=REFITS)
def test_it_is_the_pipeline(n_classes, retrain, n_components):
    X, y = make_data(n_classes)
    model = PrunedRandomFeaturesClassifier(n_components, 12, "hessian", retrain, random_state=0)
    assert_is_pipeline(model, X, y)
    assert (model.retrained_estimator_ is None) == (retrain is False)


@pytest.mark.parametrize("n_components", [40, 800])
@pytest.mark.parametrize("retrain", [False, True])
@pytest.mark.parametrize("params", [{"fit_intercept": False}, {"strategy": "random"}], ids=str)
def test_weights_of_samples_and_classes(params, retrain, n_components):
    X, y = make_data()
    weights = np.random.default_rng(1).choice([0, 0.5, 1, 2], len(y))
    model = PrunedRandomFeaturesClassifier(
        n_components, 12, retrain=retrain, class_weight="balanced", random_state=0, **params
    )
    assert_is_pipeline(model, X, y, weights)


@pytest.mark.parametrize("retrain", [False, True])
def test_sparse_rows_and_single_precision(retrain):
    X, y = make_data()
    X[X < 0] = 0
    model = PrunedRandomFeaturesClassifier(800, 12, retrain=retrain, random_state=0)
    assert_is_pipeline(model, sparse.csr_array(X), y)
    assert_is_pipeline(model, X.astype(np.float32), y, rtol=1e-3)
    assert model.intercept_.dtype == np.float32


def test_probabilities_of_a_logistic_refit():
    X, y = make_data()
    model = PrunedRandomFeaturesClassifier(800, 12, retrain=LOGISTIC, random_state=0)
    pipeline = assert_is_pipeline(model, X, y)
    p = model.predict_proba(X)
    assert_allclose(p, pipeline.predict_proba(X), rtol=1e-7)
    assert_allclose(np.exp(model.predict_log_proba(X)), p)
    assert_array_equal(model.classes_[p.argmax(axis=1)], model.predict(X))


@pytest.mark.parametrize("retrain", [False, True, RidgeClassifier(), RidgeCV(), LogisticRegression])
def test_other_refits_have_none(retrain):
    assert not hasattr(PrunedRandomFeaturesClassifier(retrain=retrain), "predict_proba")


@pytest.mark.parametrize(
    "cast",
    [
        list,
        lambda y: y == "yes",
        lambda y: pd.Series(y == "yes", dtype="boolean"),
        lambda y: pd.Series(y == "yes").astype("Int64"),
        pd.Categorical,
    ],
    ids=["list", "bool", "boolean", "Int64", "category"],
)
def test_labels_of_any_kind(cast):
    X, y = make_data(2)
    labels = np.asarray(cast(y))
    model = PrunedRandomFeaturesClassifier(300, 40, random_state=0).fit(X, cast(y))
    assert_array_equal(model.classes_, np.unique(labels))
    expected = PrunedRandomFeaturesClassifier(300, 40, random_state=0).fit(X, y)
    assert_array_equal(model.decision_function(X), expected.decision_function(X))
    second = model.predict(X) == model.classes_[1]
    assert_array_equal(second, expected.predict(X) == "yes")


def test_many_classes_with_labels_of_different_lengths():
    y = np.repeat([f"{'x' * (k % 7)}{k}" for k in range(50)], 8)
    centres = 3 * np.random.default_rng(0).standard_normal((50, 20))
    X = np.repeat(centres, 8, axis=0) + 0.1 * np.random.default_rng(1).standard_normal((400, 20))
    model = PrunedRandomFeaturesClassifier(1000, 200, random_state=0)
    assert_is_pipeline(model, X, y)
    assert model.score(X, y) == 1


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"strategy": "obs"}, r"make_pipeline\(RandomFeatures\(...\), PrunedClassifier\(...\)\)"),
        ({"retrain": "distill-labels"}, 'retrain="distill-labels" needs predictions'),
        ({"retrain": "distil"}, "give True, False"),
        ({"class_weight": "heavy"}, "class_weight"),
        ({"sparsity": 0}, "sparsity is 0"),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        PrunedRandomFeaturesClassifier(**params).fit(*make_data())
