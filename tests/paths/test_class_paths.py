import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, RidgeClassifier

from sklearn_prune import MinNormRegressor, PrunedClassifier, pruning_path

LOGISTIC = LogisticRegression(tol=1e-12, max_iter=10_000, solver="newton-cholesky")
MODELS = {"least squares": None, "ridge": RidgeClassifier(1.0), "logistic": LOGISTIC}
RETRAINS = [False, True, "distill", "distill-labels"]
LABELS = np.array(["no", "yes", "perhaps"])


def make_data(shape=(60, 12), *, n_classes=2, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal(shape) + 0.5
    scores = X[:, :n_classes] @ rng.standard_normal((n_classes, n_classes))
    scores += rng.gumbel(size=scores.shape)
    return X, LABELS[scores.argmax(axis=1)]


def assert_path_is_refits(X, y, *, sample_weight=None, X_unlabeled=None, **params):
    """Compare every model of a path with the classifier that is fitted at its sparsity."""
    fit_params = {"sample_weight": sample_weight, "X_unlabeled": X_unlabeled}
    sparsities = params.pop("sparsities", [1, 4, 9])
    path = pruning_path(X, y, sparsities=sparsities, classification=True, **fit_params, **params)
    predictions, decisions = path.predict(X), path.decision_function(X)
    for k, size in enumerate(path.sparsities):
        model = PrunedClassifier(sparsity=int(size), **params).fit(X, y, **fit_params)
        assert_array_equal(path.support(k), model.get_support(indices=True))
        scale = np.abs(model.coef_).max()
        assert path.coef(k).shape == model.coef_.shape
        assert_allclose(path.coef(k), model.coef_, rtol=1e-8, atol=1e-8 * scale)
        intercept = np.atleast_1d(path.intercepts[k])
        assert_allclose(intercept, model.intercept_, rtol=1e-8, atol=1e-8 * scale)
        expected = model.decision_function(X)
        assert_allclose(decisions[:, k], expected, rtol=1e-8, atol=1e-8 * np.abs(expected).max())
        assert_array_equal(predictions[:, k], model.predict(X))
        accuracy = model.score(X, y, sample_weight)
        assert_allclose(path.train_error_rate[k], 1 - accuracy, atol=1e-12)
    assert_array_equal(path.classes, model.classes_)
    return path


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("retrain", RETRAINS)
@pytest.mark.parametrize("estimator", MODELS.values(), ids=MODELS)
def test_every_model_is_the_refitted_one(n_classes, retrain, estimator):
    X, y = make_data(n_classes=n_classes)
    unlabeled = np.random.default_rng(1).standard_normal((30, 12))
    path = assert_path_is_refits(X, y, X_unlabeled=unlabeled, retrain=retrain, estimator=estimator)
    assert (path.train_mse is None) == (estimator is not None)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("retrain", [False, True])
@pytest.mark.parametrize("estimator", MODELS.values(), ids=MODELS)
def test_sparse_rows_with_weights(n_classes, retrain, estimator):
    X, y = make_data(n_classes=n_classes)
    weights = np.random.default_rng(1).choice([0, 0.5, 1, 2], len(y))
    X = sparse.csr_array(np.where(X > 0, X, 0))
    assert_path_is_refits(X, y, sample_weight=weights, retrain=retrain, estimator=estimator)


@pytest.mark.parametrize("retrain", [False, True], ids=["as it was", "retrained"])
@pytest.mark.parametrize("shape", [(40, 90), (700, 20)], ids=str)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_wide_and_tall_data(shape, n_classes, retrain, monkeypatch):
    monkeypatch.setattr("sklearn_prune._paths.path_models.BLOCK_ENTRIES", 1000)
    X, y = make_data(shape, n_classes=n_classes)
    path = assert_path_is_refits(X, y, retrain=retrain, sparsities=[1, 5, 0.9], strategy="hessian")
    codes = y == "yes" if n_classes == 2 else y[:, np.newaxis] == path.classes
    codes = 2.0 * codes - 1 if n_classes == 2 else codes.astype(float)
    residuals = codes[:, np.newaxis] - path.decision_function(X)
    assert_allclose(path.train_mse, (residuals**2).mean(axis=0), rtol=1e-8, atol=1e-20)
    assert path.train_mse.shape == path.intercepts.shape


@pytest.mark.parametrize(
    "params",
    [
        {"class_weight": "balanced"},
        {"class_weight": {"no": 5, "yes": 1, "perhaps": 0.5}},
        {"class_weight": "balanced", "retrain": LOGISTIC},
        {"estimator": LinearRegression(), "retrain": False},
        {"estimator": LOGISTIC, "retrain": MinNormRegressor()},
        {"estimator": LogisticRegression(class_weight="balanced"), "retrain": False},
        {"estimator": RidgeClassifier(fit_intercept=False)},
        {"estimator": Ridge(2.0), "n_rounds": 2},
        {"estimator": LOGISTIC, "n_rounds": 2, "strategy": "hessian"},
        {"strategy": "random", "random_state": 3},
        {"strategy": "obs"},
        {"strategy": lambda coef, X, y: np.abs(X).sum(axis=0)},
    ],
    ids=range(12),
)
def test_parameters(params):
    X, y = make_data(n_classes=3)
    weights = np.random.default_rng(1).uniform(0.5, 2, len(y))
    assert_path_is_refits(X, y, sample_weight=weights, **params)


def test_a_frozen_classifier():
    X, y = make_data(n_classes=3)
    frozen = FrozenEstimator(LOGISTIC.fit(*make_data(n_classes=3, seed=1)))
    assert_path_is_refits(X, y, estimator=frozen, retrain=False)
    assert_path_is_refits(X, y, estimator=frozen, retrain=RidgeClassifier())


def test_many_classes_with_labels_of_different_lengths():
    y = np.repeat([f"{'x' * (k % 7)}{k}" for k in range(50)], 8)
    centres = 10 * np.random.default_rng(0).standard_normal((50, 60))
    X = np.repeat(centres, 8, axis=0) + np.random.default_rng(1).standard_normal((400, 60))
    path = assert_path_is_refits(X, y, sparsities=[2, 60])
    assert path.train_error_rate[1] == 0 < path.train_error_rate[0]


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
    path = pruning_path(X, cast(y), classification=True)
    expected = pruning_path(X, y, classification=True)
    assert_array_equal(path.decision_function(X), expected.decision_function(X))
    labels = PrunedClassifier(sparsity=1.0).fit(X, cast(y)).predict(X)
    assert_array_equal(path.predict(X)[:, -1] == path.classes[1], labels == path.classes[1])
    assert path.classes.dtype == labels.dtype


def test_all_sparsities_up_to_those_that_interpolate():
    X, y = make_data((15, 40))
    assert_array_equal(pruning_path(X, y, classification=True).sparsities, np.arange(1, 14))
    options = {"classification": True, "estimator": LOGISTIC}
    assert_array_equal(pruning_path(X, y, **options).sparsities, np.arange(1, 14))
    assert len(pruning_path(X, y, retrain=False, **options).sparsities) == 40


def test_numbers_have_no_classes():
    X, y = make_data()
    path = pruning_path(X, y == "no", classification=True)
    numbers = pruning_path(X, np.where(y == "no", 1.0, -1.0))
    assert_allclose(path.coefs.toarray(), numbers.coefs.toarray(), atol=1e-12)
    assert numbers.coef(2).shape == (12,)
    assert numbers.classes is None
    assert numbers.train_error_rate is None
    assert not hasattr(numbers, "decision_function")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "y is labels, such as 'yes': give classification=True"),
        ({"y": [True, False] * 30}, "y is labels, such as True: give classification=True"),
        ({"y": pd.Series([True] * 60, dtype="boolean")}, "y is labels, such as True"),
        ({"y": np.arange(60.0), "estimator": LOGISTIC}, "is a classifier: give classification"),
        ({"y": np.arange(60.0), "retrain": LOGISTIC}, "is a classifier: give classification"),
        ({"y": np.arange(60.0), "class_weight": "balanced"}, "class_weight is 'balanced'"),
        ({"classification": 1}, "classification is 1: give True or False"),
        ({"classification": True, "class_weight": "heavy"}, "class_weight"),
        ({"classification": True, "y": np.arange(60) / 7}, "y has to be classes"),
        ({"classification": True, "y": ["a"] * 60}, "one class only, a"),
        ({"classification": True, "retrain": "distil"}, 'give True, False, "distill"'),
        ({"classification": True, "retrain": "distill-labels"}, "needs unlabelled samples"),
        ({"classification": True, "n_rounds": 0}, "n_rounds is 0"),
    ],
)
def test_bad_input(arguments, message):
    X, y = make_data()
    with pytest.raises(ValueError, match=message):
        pruning_path(X, **{"y": y, **arguments})
