"""Paths of tall data from the moments of the rows, which are those of the rows themselves."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import Lasso, Ridge
from sklearn.model_selection import KFold, ShuffleSplit

from sklearn_prune import MinNormRegressor, PrunedRegressor, pruning_path, width_path
from sklearn_prune._checks import training_data
from sklearn_prune._paths import summed_rows


def make_data(n_targets=None, *, dtype=np.float64):
    rng = np.random.default_rng(0)
    X = (rng.standard_normal((60, 9)) + rng.uniform(-2, 2, 9)).astype(dtype)
    coef = np.r_[3.0, 2, 1, 1, 0.5, np.zeros(4)]
    if n_targets is not None:
        coef = np.column_stack([np.roll(coef, k) for k in range(n_targets)])
    return X, X @ coef + rng.standard_normal((60, n_targets) if n_targets else 60) + 5


@pytest.fixture
def ways(monkeypatch):
    """Call a function where its data are tall, with rows only for what `needed` says, and not."""

    def both(function, *args, by_moments=True, **params):
        monkeypatch.setattr(training_data, "LEAST_ENTRIES", 10**9)
        expected = function(*args, **params)
        monkeypatch.setattr(training_data, "LEAST_ENTRIES", 0)
        if by_moments:
            for name in ("pruning_path.path_models", "width_path.predict_widths"):
                monkeypatch.delattr(f"sklearn_prune._paths.{name}")
        return function(*args, **params), expected

    return both


MODELS = [
    {},
    {"strategy": "hessian"},
    {"strategy": "obs"},
    {"strategy": "obs", "estimator": Ridge(2.0)},
    {"strategy": "random", "random_state": np.random.RandomState(0)},
    {"strategy": "oracle", "saliency": np.arange(9) % 4},
    {"retrain": False},
    {"retrain": Ridge(2.0)},
    {"estimator": Ridge(2.0)},
    {"estimator": MinNormRegressor(fit_intercept=False)},
    {"estimator": Ridge(1.0, fit_intercept=False), "retrain": False},
]
BY_ROWS = [
    {"strategy": lambda coef, X, y: np.abs(X.T @ y)},
    {"estimator": Lasso(0.01, tol=1e-12)},
]


def copied(params):
    """Return the parameters with a random state of their own."""
    state = {"random_state": np.random.RandomState(0)}
    return (
        params | state if isinstance(params.get("random_state"), np.random.RandomState) else params
    )


def assert_same_path(ways, params, X, y, *, by_moments=True, rtol=1e-8, **options):
    def function(*args, **options):
        return pruning_path(*args, **options, **copied(params))

    path, expected = ways(function, X, y, by_moments=by_moments, **options)
    assert_array_equal(path.order, expected.order)
    assert_array_equal(path.sparsities, expected.sparsities)
    assert_array_equal(path.coefs.indices, expected.coefs.indices)
    assert_allclose(path.coefs.data, expected.coefs.data, rtol=rtol, atol=1e-12)
    assert_allclose(path.intercepts, expected.intercepts, rtol=rtol)
    assert_allclose(path.train_mse, expected.train_mse, rtol=rtol)


@pytest.mark.parametrize(("n_targets", "weighted"), [(None, False), (1, False), (2, True)])
@pytest.mark.parametrize("params", MODELS, ids=lambda params: "-".join(params) or "plain")
def test_pruning_path(ways, params, n_targets, weighted):
    X, y = make_data(n_targets)
    weights = np.random.default_rng(1).integers(0, 3, 60) if weighted else None
    assert_same_path(ways, params, X, y, sample_weight=weights)


@pytest.mark.parametrize("params", BY_ROWS, ids=lambda params: "-".join(params) or "plain")
def test_pruning_path_that_needs_rows(ways, params):
    assert_same_path(ways, params, *make_data(), by_moments=False)


@pytest.mark.parametrize("params", MODELS[:3], ids=lambda params: "-".join(params) or "plain")
def test_pruning_path_of_sparse_data(ways, params):
    X, y = make_data()
    X[np.random.default_rng(0).random(X.shape) < 0.5] = 0
    assert_same_path(ways, params, sparse.csr_array(X), y)


def test_pruning_path_of_float32(ways):
    assert_same_path(ways, {}, *make_data(dtype=np.float32), rtol=1e-5)


@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize(
    "column", [lambda X: X[:, 0] + X[:, 1], lambda X: 3.0, lambda X: 1e-170 * np.sign(X[:, 0])]
)
def test_pruning_path_of_columns_without_news(ways, column, retrain):
    X, y = make_data()
    X[:, 6] = column(X)
    assert_same_path(ways, {"retrain": retrain}, X, y, by_moments=False)


def test_pruning_path_of_an_exact_fit(ways):
    X, _ = make_data()
    path, expected = ways(pruning_path, X, X[:, 0] + X[:, 1], by_moments=False)
    assert_array_equal(path.order, expected.order)
    assert path.train_mse[2] < 1e-24


def test_the_dense_fit_is_that_of_the_rows(monkeypatch):
    monkeypatch.setattr(training_data, "LEAST_ENTRIES", 0)
    monkeypatch.setattr(summed_rows, "EXTENDED_SIZE", 0)
    X, y = make_data()
    path = pruning_path(X, y, retrain=False, sparsities=[4, 9])
    model = PrunedRegressor(sparsity=4, retrain=False).fit(X, y)
    assert_allclose(path.coef(0), model.coef_, rtol=1e-13)
    assert_allclose(path.coef(1), MinNormRegressor().fit(X, y).coef_, rtol=1e-13)


def assert_same_widths(ways, params, X, y, *, rtol=1e-8, **options):
    def function(*args, **options):
        return width_path(*args, **options, **copied(params))

    params = {"random_state": 3} | params
    options = {"widths": [2, 5, 9], "sparsities": [2, 5], "cv": 3} | options
    path, expected = ways(function, X, y, **options)
    for name, errors in vars(expected).items():
        if errors is not None:
            assert_allclose(getattr(path, name), errors, rtol=rtol, err_msg=name)


@pytest.mark.parametrize(("n_targets", "weighted"), [(None, False), (2, True)])
@pytest.mark.parametrize("params", MODELS, ids=lambda params: "-".join(params) or "plain")
def test_width_path(ways, params, n_targets, weighted):
    X, y = make_data(n_targets)
    weights = np.random.default_rng(1).integers(0, 3, 60) if weighted else None
    assert_same_widths(ways, params, X, y, sample_weight=weights)


@pytest.mark.parametrize("cv", [KFold(4, shuffle=True, random_state=0), ShuffleSplit(3)], ids=str)
def test_width_path_of_other_folds(ways, cv):
    X, y = make_data()
    splits = list(cv.split(X))
    assert_same_widths(ways, {}, X, y, cv=splits, sparsities=[0.25, 0.6])


@pytest.mark.parametrize("params", BY_ROWS, ids=lambda params: "-".join(params) or "plain")
def test_width_path_that_needs_rows(ways, params):
    assert_same_widths(ways, params, *make_data(), by_moments=False)


def test_width_path_from_tall_to_wide(ways):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 80))
    y = X[:, :3].sum(axis=1) + rng.standard_normal(60)
    widths = [4, 20, 38, 39, 40, 41, 80]
    assert_same_widths(ways, {}, X, y, widths=widths, by_moments=False)


def test_width_path_of_dependent_columns(ways):
    X, y = make_data()
    X[:, 6] = X[:, 2]
    assert_same_widths(ways, {}, X, y, by_moments=False)


def test_width_path_of_sparse_and_float32_data(ways):
    X, y = make_data(dtype=np.float32)
    X[np.random.default_rng(0).random(X.shape) < 0.5] = 0
    assert_same_widths(ways, {"strategy": "hessian"}, sparse.csr_array(X), y, rtol=1e-5)
