import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from sklearn_prune import RandomFeatures
from sklearn_prune._random_features import stream as feature_stream
from sklearn_prune._random_features.layer import RandomLayer
from sklearn_prune._random_features.shortlist import Shortlist
from sklearn_prune._random_features.stream import FeatureStream


@pytest.fixture(params=[1, 2**23], ids=["many tasks", "one task"], autouse=True)
def _task_size(request, monkeypatch):
    monkeypatch.setattr(feature_stream, "TASK_ENTRIES", request.param)


@pytest.fixture
def X(rng):
    return rng.standard_normal((30, 4)) + 0.5


@pytest.fixture
def weights(rng):
    return rng.uniform(0.1, 2, 30)


def features_and_stream(X, weights, *, centred):
    model = RandomFeatures(700, scale=0.8, random_state=0)
    layer = RandomLayer.of(model, X)
    F = model.fit_transform(X).astype(np.float64)
    if centred:
        F -= weights / weights.sum() @ F
    return F, FeatureStream(X, layer, weights, centred=centred, n_jobs=None)


def magnitude(coef, _F):
    return np.abs(coef[0])


@pytest.mark.parametrize("centred", [False, True])
def test_gram_matrix(X, weights, centred):
    F, stream = features_and_stream(X, weights, centred=centred)
    gram, trace = stream.gram(np.float64)
    assert_allclose(gram, F @ F.T, atol=1e-13 * np.trace(gram))
    assert_allclose(trace, np.sum(features_and_stream(X, weights, centred=False)[0] ** 2))


def test_gram_matrix_of_single_precision(X, weights):
    F, stream = features_and_stream(X.astype(np.float32), weights, centred=False)
    single, double = stream.gram(np.float32)[0], stream.gram(np.float64)[0]
    assert_allclose(double, F @ F.T, rtol=1e-6)
    assert single.dtype == np.float64
    assert_allclose(single, double, rtol=1e-5)
    assert not np.array_equal(single, double)


def test_overflow_in_single_precision_is_none_in_double(X, weights):
    _, stream = features_and_stream((1e20 * X).astype(np.float32), weights, centred=True)
    assert not np.isfinite(stream.gram(np.float32)[1])
    assert np.isfinite(stream.gram(np.float64)[1])


def test_overflow_in_double_precision_is_an_error(X, weights):
    _, stream = features_and_stream(1e160 * X, weights, centred=True)
    with pytest.raises(ValueError, match=r"squares of the random features overflow: give a small"):
        stream.gram(np.float64)


@pytest.mark.parametrize("centred", [False, True])
def test_triangular_factor(X, weights, centred):
    F, stream = features_and_stream(X, weights, centred=centred)
    R = stream.triangular_factor()
    assert R.shape == (30, 30)
    assert_array_equal(R, np.triu(R))
    assert_allclose(R.T @ R, F @ F.T, atol=1e-13 * np.sum(F**2))


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("as_sparse", [np.asarray, sparse.csr_array, sparse.csc_matrix])
def test_products(X, weights, rng, as_sparse, centred):
    X[rng.uniform(size=X.shape) < 0.3] = 0
    F, stream = features_and_stream(X, weights, centred=centred)
    stream.X = as_sparse(X)
    dual, shortlist = rng.standard_normal((30, 2)), Shortlist(50)
    product = stream.multiply(dual, magnitude, shortlist)
    coef = F.T @ dual
    assert_allclose(product, F @ coef, atol=1e-12 * np.abs(F @ coef).max())
    assert_array_equal(shortlist.best(), np.sort(np.argsort(-np.abs(coef[:, 0]))[:50]))
    assert shortlist.n_seen == F.shape[1]
    uncentred, _ = features_and_stream(X, weights, centred=False)
    assert_allclose(uncentred.T @ stream.centre_dual(dual), coef, atol=1e-12)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("backend", ["sequential", "threading", "loky", "multiprocessing"])
def test_every_backend_gives_the_same(X, weights, rng, backend):
    _, stream = features_and_stream(X, weights, centred=True)
    dual, shortlist, other = rng.standard_normal((30, 1)), Shortlist(40), Shortlist(40)
    gram, product = stream.gram(np.float64)[0], stream.multiply(dual, magnitude, shortlist)
    with parallel_config(backend, n_jobs=2):
        assert_allclose(stream.gram(np.float64)[0], gram, rtol=1e-12)
        assert_allclose(stream.multiply(dual, magnitude, other), product, rtol=1e-12)
    assert_array_equal(other.best(), shortlist.best())
