import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_prune import RandomFeatures
from sklearn_prune._random_features.layer import RandomLayer, random_features


@pytest.fixture
def X(rng):
    return rng.standard_normal((30, 4)) + 0.5


def model_and_layer(X, n_components=700, **params):
    model = RandomFeatures(n_components, activation="cos", scale=0.8, random_state=0, **params)
    return model.fit(X), RandomLayer.of(model, X)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n_components", [1, 255, 256, 257, 700])
@pytest.mark.parametrize("law", ["gaussian", "unit", "orthogonal"])
def test_blocks_are_those_of_random_features(X, law, n_components, dtype):
    X = X.astype(dtype)
    model, layer = model_and_layer(X, n_components, weights=law, bias=True)
    weights, offsets = zip(*(layer.draw(j) for j in range(layer.n_blocks)), strict=True)
    assert_array_equal(np.hstack(weights), model.random_weights_)
    assert_array_equal(np.hstack(offsets), model.random_offset_)
    features = np.hstack([layer.features(X, j) for j in range(layer.n_blocks)])
    assert features.dtype == dtype
    assert_allclose(features, model.transform(X), atol=20 * np.finfo(dtype).eps)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("law", ["gaussian", "orthogonal"])
def test_some_components_of_several_blocks(X, law, bias):
    model, layer = model_and_layer(X, weights=law, bias=bias)
    some = np.array([0, 3, 255, 256, 257, 260, 600, 699])
    weights, offset = layer.draw_some(some)
    assert_array_equal(weights, model.random_weights_[:, some])
    if bias:
        assert_array_equal(offset, model.random_offset_[some])
    else:
        assert offset is None
    features = random_features(X, weights, offset, "cos")
    assert_allclose(features, model.transform(X)[:, some], atol=1e-14)


def test_the_seed_is_the_first_number_of_the_generator(X):
    rng = np.random.RandomState(7)
    layer = RandomLayer.of(RandomFeatures(1000, random_state=rng), X)
    again = np.random.RandomState(7)
    assert layer.seed == RandomFeatures(3, random_state=again).fit(X).seed_
    assert rng.randint(1000) == again.randint(1000)


def test_parameters_out_of_range(X):
    with pytest.raises(ValueError, match="n_components=0 must be"):
        RandomLayer.of(RandomFeatures(0), X)
