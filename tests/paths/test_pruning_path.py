import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import Lasso, Ridge

from sklearn_prune import MinNormRegressor, PrunedRegressor, pruning_path


def name_of(params):
    return str({key: getattr(value, "__name__", value) for key, value in params.items()})


SHAPES = [(40, 100), (100, 30), (40, 40), (40, 39)]


def make_data(shape, *, n_targets=None, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    n, p = shape
    X = rng.standard_normal((n, p)) + 1
    signal = X[:, :5].sum(axis=1) if n_targets is None else X[:, :n_targets]
    return X.astype(dtype), signal + rng.standard_normal(signal.shape)


def assert_path_is_refits(X, y, *, sample_weight=None, X_unlabeled=None, sparsities=None, **params):
    """Compare every model of a path with the estimator that is fitted at its sparsity."""
    fit_params = {"sample_weight": sample_weight, "X_unlabeled": X_unlabeled}
    path = pruning_path(X, y, sparsities=sparsities, **fit_params, **params)
    predictions = path.predict(X)
    scale = np.abs(y).max()
    rtol = 1e-8 if X.dtype == np.float64 else 2e-3
    every = max(1, len(path.sparsities) // 12)
    for k in range(0, len(path.sparsities), every):
        model = PrunedRegressor(sparsity=int(path.sparsities[k]), **params).fit(X, y, **fit_params)
        expected = model.predict(X)
        mse = np.average((y - expected) ** 2, axis=0, weights=sample_weight)
        assert_array_equal(path.support(k), model.get_support(indices=True))
        size = np.abs(model.coef_).max()
        assert_allclose(path.coef(k), model.coef_, rtol=rtol, atol=rtol * size)
        assert_allclose(path.intercepts[k], model.intercept_, rtol=rtol, atol=rtol * scale)
        assert_allclose(predictions[:, k], expected, rtol=rtol, atol=rtol * scale)
        assert_allclose(path.train_mse[k], mse, rtol=rtol, atol=rtol * scale**2)
    assert path.coefs.dtype == X.dtype
    return path


def correlation(coef, X, y):
    return np.abs(X.T @ y)


SETTINGS = [
    {},
    {"retrain": False},
    {"retrain": Ridge(2.0)},
    {"estimator": Ridge(1.0)},
    {"estimator": MinNormRegressor(fit_intercept=False)},
    {"estimator": Ridge(0.5, fit_intercept=False), "retrain": False},
    {"strategy": "hessian"},
    {"strategy": "random", "random_state": 3},
    {"strategy": "obs"},
    {"strategy": correlation},
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("params", SETTINGS, ids=name_of)
def test_every_model_is_the_refitted_one(shape, params):
    assert_path_is_refits(*make_data(shape), **params)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize(
    "params", [{}, {"retrain": False}, {"retrain": Ridge(1e-3)}, {"strategy": "obs"}], ids=str
)
def test_all_sparsities_with_repeated_and_constant_columns(shape, params):
    # Supports that are dependent, interpolate, or hold more features than samples.
    X, y = make_data(shape, n_targets=3)
    X[:, 3], X[:, 7] = X[:, 1], 2.0
    weights = np.random.default_rng(1).choice([0, 0.5, 1, 2], shape[0])
    sparsities = range(1, shape[1] + 1)
    assert_path_is_refits(X, y, sparsities=sparsities, sample_weight=weights, **params)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("params", [{}, {"retrain": False}, {"retrain": Ridge(1.0)}], ids=str)
def test_float32(shape, params):
    path = assert_path_is_refits(*make_data(shape, dtype=np.float32), **params)
    assert path.intercepts.dtype == np.float32


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("params", [{}, {"retrain": False}, {"strategy": "hessian"}], ids=str)
@pytest.mark.parametrize("container", [sparse.csr_array, sparse.csc_array])
def test_sparse_data(shape, params, container):
    X, y = make_data(shape)
    X[np.random.default_rng(2).random(shape) < 0.5] = 0
    assert_path_is_refits(container(X), y, **params)


@pytest.mark.parametrize("estimator", [None, Ridge(0.1)], ids=str)
@pytest.mark.parametrize("weighted", [False, True])
def test_distillation(estimator, weighted):
    X, y = make_data((40, 100))
    rng = np.random.default_rng(4)
    weights = rng.uniform(0.5, 2, 40) if weighted else None
    unlabeled = rng.standard_normal((70, 100)) + 1
    assert_path_is_refits(
        X,
        y,
        retrain="distill",
        estimator=estimator,
        X_unlabeled=unlabeled,
        sample_weight=weights,
        sparsities=range(1, 101),
    )


@pytest.mark.filterwarnings("ignore:Rounds from")
@pytest.mark.parametrize("retrain", [False, True, Ridge(1.0)], ids=str)
@pytest.mark.parametrize("n_rounds", [2, 3])
def test_rounds(retrain, n_rounds):
    X, y = make_data((40, 100))
    path = assert_path_is_refits(
        X, y, n_rounds=n_rounds, retrain=retrain, sparsities=[3, 20, 0.5, 100]
    )
    assert_array_equal(path.sparsities, [3, 20, 50, 100])
    assert path.order is None


def test_regressors_without_a_shared_factor():
    X, y = make_data((60, 20))
    assert_path_is_refits(X, y, estimator=Lasso(0.1), sparsities=[2, 5, 9])
    X[::2] *= 1e3
    X[np.abs(X) < 1] = 0
    assert_path_is_refits(sparse.csr_array(X), y, retrain=Ridge(1.0, tol=1e-10), sparsities=[4, 9])


def test_extreme_scales():
    X, y = make_data((40, 100))
    assert_path_is_refits(X * 1e100, y, sparsities=[2, 20])
    assert_path_is_refits(X * 1e-100, y, sparsities=[2, 20])
    weights = np.ones(40)
    weights[3] = 1e-9
    assert_path_is_refits(X, y, sample_weight=weights, sparsities=[2, 20])


def test_nearly_dependent_columns_are_refitted():
    X, y = make_data((40, 12))
    X[:, 5] = X[:, 4] + 1e-9 * X[:, 6]
    assert_path_is_refits(X, y, sparsities=range(1, 13))


def test_default_sparsities():
    X, y = make_data((40, 100))
    assert_array_equal(pruning_path(X, y).sparsities, np.arange(1, 39))
    assert_array_equal(pruning_path(X, y, retrain=False).sparsities, np.arange(1, 101))
    X[20:] = X[:20]
    assert_array_equal(pruning_path(X, y).sparsities, np.arange(1, 19))
    assert_array_equal(pruning_path(np.ones((5, 1)), np.arange(5.0)).sparsities, [1])


def test_the_coefficients_store_the_support():
    X, y = make_data((40, 100), n_targets=2)
    path = pruning_path(X, y, sparsities=[4, 9])
    assert path.coefs.nnz == 2 * (4 + 9)
    assert_array_equal(path.coef(-1), path.coef(1))
    assert_array_equal(path.support(1), np.sort(path.order[:9]))
    with pytest.raises(IndexError):
        path.coef(2)


def test_the_data_are_left_alone():
    X, y = make_data((40, 100))
    before = X.copy(), y.copy()
    pruning_path(X, y)
    assert_array_equal(X, before[0])
    assert_array_equal(y, before[1])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"sparsities": []}, "sparsities is empty"),
        ({"sparsities": [3, 101]}, "sparsity is 101"),
        ({"sparsities": [True]}, "sparsity is True"),
        ({"strategy": "largest"}, "strategy is 'largest'"),
        ({"retrain": "distill"}, "needs unlabelled samples"),
        ({"n_rounds": 0}, "n_rounds is 0"),
        ({"n_rounds": "a"}, "n_rounds is 'a'"),
        ({"sparsities": 5}, "sparsities is 5: give a list"),
        ({"sample_weight": np.ones(3)}, "sample_weight has shape"),
    ],
)
def test_bad_arguments(params, message):
    X, y = make_data((40, 100))
    with pytest.raises(ValueError, match=message):
        pruning_path(X, y, **params)


def test_predict_wants_the_same_names():
    X, y = make_data((40, 20))
    frame = pd.DataFrame(X, columns=[f"x{k}" for k in range(20)])
    path = pruning_path(frame, y, sparsities=[3])
    assert_array_equal(path.predict(frame), pruning_path(X, y, sparsities=[3]).predict(X))
    with pytest.raises(ValueError, match="feature names should match"):
        path.predict(frame[frame.columns[::-1]])


def test_predict_wants_as_many_features():
    X, y = make_data((40, 100))
    path = pruning_path(X, y, sparsities=[3])
    with pytest.raises(ValueError, match="X has 7 features, but the path has 100"):
        path.predict(X[:, :7])
