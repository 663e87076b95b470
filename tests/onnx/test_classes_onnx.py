"""Labels, scores and probabilities in ONNX are those of Python."""

import numpy as np
import pytest
from serving import assert_same, serve
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier

from sklearn_prune import (
    PrunedClassifier,
    PrunedClassifierCV,
    PrunedRandomFeaturesClassifier,
    to_onnx,
)

LOGISTIC = LogisticRegression(C=0.1, tol=1e-6)
ONE_AGAINST_REST = SGDClassifier(loss="log_loss", alpha=1.0, random_state=0)
LABELS = [["no", "yes"], [0, 1], [False, True], [1.0, 2.0], ["ä", "b", "c"], [-1, 3, 7]]


@pytest.fixture
def X(rng):
    return rng.standard_normal((120, 8))


def classes(X, labels):
    scores = X[:, 0] - X[:, 1]
    edges = np.quantile(scores, np.arange(1, len(labels)) / len(labels))
    return np.array(labels)[np.digitize(scores, edges)]


@pytest.mark.parametrize("labels", LABELS, ids=str)
@pytest.mark.parametrize("model", [PrunedClassifier(sparsity=3), PrunedClassifierCV(cv=2)])
def test_least_squares_has_labels_and_scores(model, labels, X):
    assert_same(model.fit(X, classes(X, labels)), X, "predict", "decision_function")


@pytest.mark.parametrize("labels", LABELS[:1] + LABELS[-1:], ids=str)
@pytest.mark.parametrize(
    "model",
    [
        PrunedClassifier(sparsity=3, retrain=LOGISTIC),
        PrunedClassifier(sparsity=3, estimator=LOGISTIC, retrain=False),
        PrunedClassifier(sparsity=3, estimator=ONE_AGAINST_REST),
        PrunedClassifier(sparsity=3, estimator=LinearDiscriminantAnalysis()),
        PrunedClassifierCV(sparsities=[2, 4], estimator=LOGISTIC, cv=2),
        PrunedRandomFeaturesClassifier(300, sparsity=5, retrain=LOGISTIC, random_state=0),
        LOGISTIC,
    ],
)
def test_probabilities(model, labels, X):
    fitted = model.fit(X, classes(X, labels))
    assert_same(fitted, X, "predict", "decision_function", "predict_proba")


def test_an_absent_class_has_no_probability(X):
    y, weights = classes(X, [0, 1, 2]), {0: 1.0, 1: 1.0, 2: 0.0}
    model = PrunedClassifier(sparsity=3, retrain=LOGISTIC, class_weight=weights).fit(X, y)
    probabilities = serve(model, {"X": X})["predict_proba"]
    np.testing.assert_allclose(probabilities, model.predict_proba(X), atol=1e-12)


@pytest.mark.parametrize("labels", LABELS[:1] + LABELS[-1:], ids=str)
@pytest.mark.parametrize("inner", [PrunedClassifier(sparsity=3), RidgeClassifier()])
def test_one_temperature(inner, labels, X):
    model = CalibratedClassifierCV(inner, method="temperature", ensemble=False, cv=3)
    assert_same(model.fit(X, classes(X, labels)), X, "predict", "predict_proba")


@pytest.mark.parametrize("options", [{}, {"method": "temperature"}, {"ensemble": False}])
def test_other_calibrations_are_refused(options, X):
    pytest.importorskip("onnx")
    model = CalibratedClassifierCV(PrunedClassifier(), **options).fit(X, classes(X, [0, 1]))
    with pytest.raises(ValueError, match="give method='temperature' and ensemble=False"):
        to_onnx(model)


def test_probabilities_of_another_kind_are_left_out(X):
    pytest.importorskip("onnx")
    estimator = SGDClassifier(loss="modified_huber", random_state=0)
    model = PrunedClassifier(estimator=estimator, sparsity=3).fit(X, classes(X, [0, 1]))
    with pytest.warns(UserWarning, match="neither a softmax nor logistic"):
        exported = to_onnx(model)
    assert [x.name for x in exported.graph.output] == ["predict", "decision_function"]


def test_probabilities_against_the_rest_do_not_underflow(X):
    model = ONE_AGAINST_REST.fit(X, classes(X, [0, 1, 2]))
    far = -1e6 * np.linalg.pinv(model.coef_) @ [1, 2, 3]
    found = serve(model, {"X": far[np.newaxis]})["predict_proba"]
    np.testing.assert_allclose(found, [[1, 0, 0]], atol=1e-12)
