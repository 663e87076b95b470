import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import linalg, sparse
from sklearn.base import clone

from sklearn_prune import MinNormRegressor


def stream(model, X, y, weights=None, *, batch=7):
    for i in range(0, X.shape[0], batch):
        part = slice(i, i + batch)
        model.partial_fit(X[part], y[part], None if weights is None else weights[part])
    return model


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize(("n", "p"), [(5, 12), (12, 12), (13, 12), (14, 12), (15, 12), (200, 12)])
@pytest.mark.parametrize("n_targets", [0, 2])
def test_every_batch_leaves_what_fit_to_all_would(rng, n, p, n_targets, fit_intercept):
    X, y = rng.standard_normal((n, p)) + 2, rng.standard_normal((n, n_targets) if n_targets else n)
    weights = rng.integers(0, 3, n) + (np.arange(n) % 7 == 0)
    model = MinNormRegressor(fit_intercept=fit_intercept)
    for i in range(0, n, 7):
        model.partial_fit(X[i : i + 7], y[i : i + 7], weights[i : i + 7])
        whole = clone(model).fit(X[: i + 7], y[: i + 7], weights[: i + 7])
        assert_allclose(model.coef_, whole.coef_, rtol=1e-9, atol=1e-10)
        assert_allclose(model.intercept_, whole.intercept_, rtol=1e-9, atol=1e-10)
        for name in ("rank_", "n_samples_fit_", "weight_range_", "n_features_in_"):
            assert getattr(model, name) == getattr(whole, name)


def test_copies_constants_and_means_of_any_size(rng):
    X = rng.standard_normal((300, 6)) * [1, 1e-8, 1e8, 1, 1, 1]
    X[:, 3], X[:, 4] = 7e8 + 0.1, X[:, 0]
    X[:, 0] += 1e8
    X[:, 4] += 1e8
    y = X[:, 1] * 1e8 + rng.standard_normal(300)
    model, whole = stream(MinNormRegressor(), X, y), MinNormRegressor().fit(X, y)
    assert model.rank_ == whole.rank_ == 4
    assert model.coef_[3] == 0
    assert_allclose(model.coef_, whole.coef_, rtol=1e-7, atol=1e-16)


def test_ill_conditioned_rows_keep_the_digits_of_a_factorisation(rng):
    U = linalg.qr(rng.standard_normal((400, 5)), mode="economic")[0]
    X = U * np.geomspace(1, 1e-9, 5) @ linalg.qr(rng.standard_normal((5, 5)))[0]
    y = X @ np.ones(5)
    model = stream(MinNormRegressor(fit_intercept=False), X, y)
    assert model.rank_ == 5
    assert_allclose(model.coef_, 1, rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_coefficients_have_the_dtype_of_the_features(rng, dtype):
    X, y = rng.standard_normal((60, 4)).astype(dtype), rng.standard_normal(60)
    model = stream(MinNormRegressor(), sparse.csr_array(X), y)
    assert model.coef_.dtype == model.intercept_.dtype == dtype
    tolerance = 10 * np.finfo(dtype).eps
    assert_allclose(model.coef_, MinNormRegressor().fit(X, y).coef_, rtol=tolerance, atol=tolerance)


def test_memory_does_not_grow_with_the_rows(rng):
    model, sizes = MinNormRegressor(), []
    for _ in range(4):
        stream(model, rng.standard_normal((500, 9)), rng.standard_normal(500))
        sizes.append(len(pickle.dumps(model)))
    assert len(set(sizes)) == 1
    assert model.n_samples_fit_ == 2000


def test_a_batch_that_fails_changes_nothing(rng):
    X, y = rng.standard_normal((20, 3)), rng.standard_normal(20)
    with pytest.raises(ValueError, match="NaN"):
        MinNormRegressor().partial_fit(np.full((2, 3), np.nan), y[:2])
    model = MinNormRegressor().partial_fit(X, y)
    before = pickle.dumps(model)
    for bad in (
        (X[:, :2], y),
        (X, y[:-1]),
        (X, np.column_stack([y, y])),
        (np.where(X > 1, np.nan, X), y),
        (X, y, -np.ones(20)),
        (X, y, np.zeros(20)),
    ):
        with pytest.raises(ValueError, match=r"features|samples|targets|NaN|[Nn]egative|zero"):
            model.partial_fit(*bad)
        assert pickle.dumps(model) == before
    fresh = MinNormRegressor()
    with pytest.raises(ValueError, match="NaN"):
        fresh.partial_fit(np.full((2, 3), np.nan), y[:2])
    assert vars(fresh) == vars(MinNormRegressor())


def test_fit_ends_a_stream_and_begins_anew(rng):
    X, y = rng.standard_normal((30, 3)), rng.standard_normal(30)
    model = stream(MinNormRegressor(), X, y).fit(X[:10], y[:10])
    assert_array_equal(model.coef_, MinNormRegressor().fit(X[:10], y[:10]).coef_)
    stream(model, X[10:], y[10:])
    assert_allclose(model.coef_, MinNormRegressor().fit(X[10:], y[10:]).coef_, rtol=1e-12)
