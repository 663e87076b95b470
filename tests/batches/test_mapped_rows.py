import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone

from sklearn_prune import MinNormRegressor, PrunedRegressor, PrunedRegressorCV

N_ROWS, N_COLUMNS = 100_000, 20


@pytest.fixture(params=["float64", "float32", "int16"])
def mapped(request, rng, tmp_path):
    X = np.memmap(tmp_path / "X", dtype=request.param, mode="w+", shape=(N_ROWS, N_COLUMNS))
    X[:] = 10 * rng.standard_normal(X.shape)
    X.flush()
    return np.memmap(tmp_path / "X", dtype=request.param, mode="r", shape=X.shape)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(
    "model", [MinNormRegressor(), PrunedRegressor("hessian", 15), PrunedRegressor("obs", 15)]
)
def test_nothing_copies_a_memory_map(mapped, rng, tmp_path, model, order):
    X = mapped
    if order == "F":
        X = np.memmap(tmp_path / "X", dtype=X.dtype, mode="r", shape=X.shape, order="F")
    y = X[:, 0] + rng.standard_normal(N_ROWS)
    weights = rng.uniform(0, 1, N_ROWS) * (rng.random(N_ROWS) < 0.9)
    tracemalloc.start()
    model.fit(X, y, weights)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    expected = clone(model).fit(np.array(X), y, weights)
    rtol = 1e-5 if X.dtype == np.float32 else 1e-11
    assert_allclose(model.coef_, expected.coef_, rtol=rtol, atol=rtol)
    assert model.n_samples_fit_ == expected.n_samples_fit_
    # Batches take 8 MB, as floats.
    assert peak < 22e6


def test_folds_of_a_memory_map(mapped, rng):
    if mapped.dtype.kind == "i":
        pytest.skip("integers are converted")
    y = mapped[:, 0] + rng.standard_normal(N_ROWS)
    tracemalloc.start()
    PrunedRegressorCV(cv=3).fit(mapped, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 18 * y.nbytes  # positions and weights of the rows, but not their features


def test_what_needs_the_rows_still_gets_them(mapped, rng):
    y = rng.standard_normal(N_ROWS)
    PrunedRegressor(lambda coef, X, y: np.abs(X[:50]).sum(axis=0), 2).fit(mapped, y)


def test_bad_input(mapped, rng):
    y = rng.standard_normal(N_ROWS)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        MinNormRegressor().fit(mapped, y[:-1])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        MinNormRegressor().fit(mapped, y, y[:-1] ** 2)
    with pytest.raises(ValueError, match="requires y to be passed"):
        MinNormRegressor().fit(mapped)
    y[60_000] = np.inf
    with pytest.raises(ValueError, match="Rows from 52428: y has inf, row 7572"):
        PrunedRegressor().fit(mapped, y)
