import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_prune import (
    DoubleDescentDisplay,
    PrunedClassifier,
    PrunedClassifierCV,
    PrunedRandomFeaturesClassifier,
    PruningPathDisplay,
    RandomFeatures,
    pruning_path,
    width_path,
)
from sklearn_prune._displays.cross_validated_errors import cross_validate
from sklearn_prune._displays.shared_widths import cross_validate_widths, shares_widths

WIDTHS, BUDGETS = [5, 39, 40, 90], [5, 60]
P, S = "randomfeatures__n_components", "prunedclassifier__sparsity"
SETTINGS = {
    (i, j): {S: b, P: w} for i, b in enumerate(BUDGETS) for j, w in enumerate(WIDTHS) if b <= w
}
LOGISTIC = LogisticRegression(tol=1e-10, max_iter=10_000, solver="newton-cholesky")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 6))
    scores = X[:, :3] + 0.3 * rng.gumbel(size=(60, 3))
    return X, np.array(["no", "yes", "perhaps"])[scores.argmax(axis=1)]


@pytest.fixture(autouse=True)
def agg():
    with plt.rc_context():
        mpl.use("Agg")
        yield
        plt.close("all")


def pipeline(**params):
    return make_pipeline(
        StandardScaler(), RandomFeatures(random_state=0), PrunedClassifier(**params)
    )


def assert_shared_equals_separate(model, X, y, scoring="accuracy"):
    splits = list(StratifiedKFold(3).split(X, y))
    shape = len(BUDGETS), len(WIDTHS)
    assert shares_widths(model, SETTINGS, scoring)
    shared, separate = (
        validate(model, X, y, SETTINGS, shape, splits, scoring, None)
        for validate in (cross_validate_widths, cross_validate)
    )
    assert_allclose(shared, separate, rtol=1e-7, atol=1e-12)
    assert np.isfinite(shared).sum() == 3 * len(SETTINGS)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"retrain": False},
        {"retrain": RidgeClassifier(2.0)},
        {"class_weight": "balanced", "strategy": "hessian"},
        {"strategy": "random", "random_state": 3},
    ],
    ids=range(5),
)
def test_classifiers_of_all_widths_share_their_work(data, params):
    assert_shared_equals_separate(pipeline(**params), *data)


@pytest.mark.parametrize("scoring", [None, "balanced_accuracy", "f1_macro"])
def test_scores_of_labels(data, scoring):
    assert_shared_equals_separate(pipeline(), *data, scoring)


def test_scores_of_decisions_and_probabilities(data):
    X, y = data
    assert_shared_equals_separate(pipeline(), X, y == "yes", "roc_auc")
    assert_shared_equals_separate(pipeline(retrain=LOGISTIC), X, y, "neg_log_loss")
    other = pipeline(retrain=SGDClassifier(loss="modified_huber"))
    assert not shares_widths(other, SETTINGS, "neg_log_loss")


def test_double_descent_shows_error_rates(data):
    X, y = data
    model = pipeline()
    display = DoubleDescentDisplay.from_estimator(
        model, X, y, widths=[5, 40, 90], budgets=[5, 60], cv=3
    )
    model.set_params(**{P: 90, S: 60})
    scores = cross_val_score(model, X, y, cv=StratifiedKFold(3))
    assert_allclose(display.errors[1, 2], 1 - scores, atol=1e-12)
    assert display.ax_.get_ylabel() == "Error rate"
    assert display.threshold == 40
    texts = [text.get_text() for text in display.legend_.get_texts()]
    assert texts == ["s = 5", "s = 60", "10% to 90%"]


def test_pruned_random_features(data):
    model = PrunedRandomFeaturesClassifier(random_state=0)
    display = DoubleDescentDisplay.from_estimator(
        model, *data, widths=[5, 40, 90], budgets=[5, 60], cv=3
    )
    shared = DoubleDescentDisplay.from_estimator(
        make_pipeline(RandomFeatures(random_state=0), PrunedClassifier()),
        *data,
        widths=[5, 40, 90],
        budgets=[5, 60],
        cv=3,
    )
    assert_allclose(display.errors, shared.errors, atol=1e-12)


@pytest.mark.parametrize("model", [PrunedClassifier(), PrunedClassifier(estimator=LOGISTIC)])
def test_pruning_path_shows_error_rates(data, model):
    X, y = data
    display = PruningPathDisplay.from_estimator(
        make_pipeline(StandardScaler(), model), X, y, sparsities=[1, 4], cv=3
    )
    dense = make_pipeline(StandardScaler(), clone(model).set_params(sparsity=1.0, retrain=False))
    scores = cross_val_score(dense, X, y, cv=StratifiedKFold(3))
    assert_allclose(display.dense_error, 1 - scores, atol=1e-12)
    assert display.ax_.get_ylabel() == "Error rate"
    assert display.labels == ["not retrained", "retrained"]


@pytest.mark.parametrize("scoring", ["neg_log_loss", "f1_macro"])
def test_other_scores_have_their_names(data, scoring):
    display = PruningPathDisplay.from_estimator(
        PrunedClassifier(estimator=LOGISTIC), *data, sparsities=[2], cv=3, scoring=scoring
    )
    assert display.error_name == {"neg_log_loss": "Log loss", "f1_macro": "1 - f1_macro"}[scoring]


@pytest.mark.parametrize("params", [{"cv": None}, {"estimator": LOGISTIC, "cv": 3}], ids=str)
def test_a_search(data, params):
    X, y = data
    X = np.column_stack([X, np.random.default_rng(1).standard_normal((60, 20))])
    search = PrunedClassifierCV(["magnitude", "random"], random_state=0, **params).fit(X, y)
    display = PruningPathDisplay.from_estimator(search)
    table = search.cv_results_
    assert display.labels.count("magnitude") == 1
    assert display.chosen == search.sparsity_
    assert display.ax_.get_ylabel() == "Error rate"
    for label, errors in zip(display.labels, display.errors, strict=True):
        for size, error in zip(display.sparsities, errors, strict=True):
            row = (table["sparsity"] == size) & (table["strategy"] == label)
            assert_allclose(error, 1 - table["mean_test_score"][row], atol=1e-12)


def test_paths_are_drawn(data):
    X, y = data
    F = RandomFeatures(90, random_state=0).fit_transform(X)
    path = width_path(F, y, widths=WIDTHS, sparsities=[5], cv=3, classification=True)
    display = DoubleDescentDisplay(
        widths=path.widths,
        errors=np.stack([path.dense_errors, path.retrained_errors[0]]),
        labels=["dense", "retrained"],
        threshold=40,
        error_name="Error rate",
    ).plot()
    shared = DoubleDescentDisplay.from_estimator(
        make_pipeline(RandomFeatures(random_state=0), PrunedClassifier()),
        X,
        y,
        widths=WIDTHS,
        budgets=[5],
        cv=3,
    )
    assert_allclose(display.errors[1], shared.errors[0], atol=1e-12)

    path = pruning_path(X[:40], y[:40], sparsities=[1, 3, 5], classification=True)
    predictions = path.predict(X[40:]).T
    display = PruningPathDisplay.from_predictions(
        y[40:],
        predictions,
        sparsities=[1, 3, 5],
        y_pred_dense=predictions[-1],
        classification=True,
    )
    expected = (predictions != y[40:]).mean(axis=1)
    assert_array_equal(display.errors[0, :, 0], expected)
    assert_array_equal(display.dense_error, expected[np.newaxis, np.newaxis, -1:])
    assert display.ax_.get_ylabel() == "Error rate"


def test_labels_that_are_missing():
    y_pred = [[[1.0, np.nan], [1.0, 1.0]]]
    display = DoubleDescentDisplay.from_predictions(
        [1, 0], y_pred, widths=[1, 2], classification=True
    )
    assert_array_equal(display.errors[0, :, 0], [np.nan, 0.5])
