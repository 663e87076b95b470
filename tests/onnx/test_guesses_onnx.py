"""Guesses, which a report may recommend, are the same in ONNX for each sample."""

import numpy as np
import pytest
from serving import assert_same
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_prune import to_onnx

X = np.random.default_rng(0).standard_normal((30, 3))


@pytest.mark.parametrize("shape", [(30,), (30, 1), (30, 2)])
def test_means(shape):
    y = np.resize(X[:, 0], shape)
    assert_same(make_pipeline(StandardScaler(), DummyRegressor()).fit(X, y), X, "predict")


@pytest.mark.parametrize("strategy", ["prior", "most_frequent"])
@pytest.mark.parametrize("labels", [["no", "yes", "yes"], [3, 1, 2, 1]])
def test_shares_of_classes(strategy, labels):
    model = DummyClassifier(strategy=strategy).fit(X, np.resize(labels, 30))
    assert_same(model, X, "predict", "predict_proba")


def test_random_guesses_are_refused():
    pytest.importorskip("onnx")
    model = DummyClassifier(strategy="uniform").fit(X, np.resize([0, 1], 30))
    with pytest.raises(ValueError, match="strategies that are not random"):
        to_onnx(model)
