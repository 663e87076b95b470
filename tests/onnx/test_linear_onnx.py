"""Linear models in ONNX predict what they do in Python, from the columns that they keep."""

import sys

import numpy as np
import pytest
from serving import assert_same, serve
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Lasso, LinearRegression, PoissonRegressor
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeRegressor

from sklearn_prune import (
    MinNormRegressor,
    PrunedRegressor,
    PrunedRegressorCV,
    TargetedRidge,
    to_onnx,
)

REGRESSORS = [
    MinNormRegressor(),
    MinNormRegressor(fit_intercept=False),
    TargetedRidge(1.0),
    PrunedRegressor(sparsity=3),
    PrunedRegressor(sparsity=3, retrain=False),
    PrunedRegressor("obs", 3, estimator=LinearRegression()),
    PrunedRegressorCV(sparsities=[2, 4], cv=3),
    GridSearchCV(PrunedRegressor(), {"sparsity": [2, 5]}, cv=2),
    LinearRegression(fit_intercept=False),
]


@pytest.fixture
def X(rng):
    return 10 * rng.standard_normal((60, 12)) + 5


@pytest.fixture
def y(X, rng):
    return X @ [3, -2, 1, *[0] * 9] + rng.standard_normal(60)


@pytest.mark.parametrize("model", REGRESSORS, ids=lambda model: type(model).__name__)
@pytest.mark.parametrize("n_targets", [None, 1, 3])
def test_predictions(model, n_targets, X, y):
    targets = y if n_targets is None else np.outer(y, np.arange(1, n_targets + 1)) + X[:, :1] ** 2
    assert_same(model.fit(X, targets), X, "predict")


def test_each_target_keeps_its_own(X, y):
    targets = np.column_stack([y, X[:, 7] - X[:, 8]])
    assert_same(PrunedRegressor(sparsity=2, per_target=True).fit(X, targets), X, "predict")


@pytest.mark.parametrize("n_targets", [1, 2])
def test_sparse_coefficients(n_targets, X, y):
    targets = y if n_targets == 1 else np.column_stack([y, -X[:, 4]])
    assert_same(PrunedRegressor(sparsity=2).fit(X, targets).sparsify(), X, "predict")


def test_a_model_without_coefficients_predicts_its_intercept(X):
    assert_same(Lasso(1e9).fit(X, np.arange(60.0)), X, "predict")


def test_a_frozen_model(X, y):
    assert_same(FrozenEstimator(PrunedRegressor(sparsity=2).fit(X, y)), X, "predict")


def test_pruned_columns_may_hold_anything(X, y):
    model = PrunedRegressor(sparsity=3).fit(X, y)
    other = np.where(model.support_, X, np.nan)
    np.testing.assert_allclose(serve(model, {"X": other})["predict"], model.predict(X))


def test_size_is_that_of_the_kept_columns(rng):
    pytest.importorskip("onnx")
    X = rng.standard_normal((30, 2000))
    sizes = [
        len(to_onnx(PrunedRegressor(sparsity=s).fit(X, X[:, 0]), dtype=dtype).SerializeToString())
        for dtype, s in [("float64", 2000), ("float64", 2), ("float32", 2000)]
    ]
    assert sizes[0] > 8 * 2000
    assert sizes[1] < 500
    assert 4 * 2000 < sizes[2] < sizes[0] - 4 * 1900


def test_without_onnx_the_extra_is_named(X, y, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match="pip install onnx"):
        to_onnx(PrunedRegressor().fit(X, y))


def test_a_model_that_is_not_fitted(X):
    pytest.importorskip("onnx")
    with pytest.raises(NotFittedError, match="PrunedRegressor"):
        to_onnx(PrunedRegressor())


def test_a_file_is_written(X, y, tmp_path):
    onnx = pytest.importorskip("onnx")
    exported = to_onnx(PrunedRegressor().fit(X, y), tmp_path / "model.onnx")
    assert onnx.load(tmp_path / "model.onnx") == exported


@pytest.mark.parametrize("dtype", [np.float64, np.dtype("float64"), "float64"])
def test_precision_by_any_name(dtype, X, y):
    pytest.importorskip("onnx")
    model = PrunedRegressor().fit(X, y)
    assert to_onnx(model, dtype=dtype) == to_onnx(model, dtype="float64")


@pytest.mark.parametrize("dtype", ["float16", int, None, "double precision"])
def test_other_precisions_are_refused(dtype, X, y):
    pytest.importorskip("onnx")
    with pytest.raises(ValueError, match="give 'float32' or 'float64'"):
        to_onnx(PrunedRegressor().fit(X, y), dtype=dtype)


def test_too_large_for_single_precision(X, y):
    pytest.importorskip("onnx")
    model = MinNormRegressor().fit(X * 1e-42, y)
    with pytest.raises(ValueError, match="too large for float32"):
        to_onnx(model)


@pytest.mark.parametrize("model", [PoissonRegressor(), DecisionTreeRegressor()])
def test_other_models_are_refused(model, X, y):
    pytest.importorskip("onnx")
    with pytest.raises(TypeError, match=f"{type(model).__name__} is no linear model"):
        to_onnx(model.fit(X, np.abs(y)))
