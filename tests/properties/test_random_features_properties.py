import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special
from sklearn.linear_model import Ridge
from tables import tables

from sklearn_prune import MinNormRegressor, PrunedRandomFeatures, PrunedRegressor, RandomFeatures

FORMULAS = {
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "abs": np.abs,
    "step": lambda z: (z > 0).astype(float),
    "sign": np.sign,
    "erf": special.erf,
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "square": lambda z: z**2,
    "identity": lambda z: z,
}
LAWS = st.sampled_from(["gaussian", "unit", "orthogonal"])
TABLES = tables(n=(3, 9), p=(1, 4), most=0)


@pytest.mark.parametrize("activation", FORMULAS)
@given(TABLES, LAWS, st.integers(1, 40))
def test_random_features_are_their_formula(activation, table, law, width):
    layer = {"activation": activation, "weights": law, "random_state": 0, "scale": 0.5}
    features = RandomFeatures(width, **layer).fit(table.given)
    W = features.random_weights_
    assert W.dtype == table.X.dtype
    assert W.shape == (table.X.shape[1], width)
    Z = table.X.astype(np.float64) @ W.astype(np.float64)
    expected = FORMULAS[activation](Z)
    if activation in ("step", "sign"):  # rounding of zero has either sign
        expected = np.where(np.abs(Z) > 1e-3, expected, features.transform(table.given))
    precision = 1e-12 if W.dtype == np.float64 else 1e-5
    scale = 1 + np.abs(Z).max() ** (1 + (activation == "square"))
    assert_allclose(features.transform(table.given), expected, atol=precision * scale)
    wider = RandomFeatures(width + 300, **layer).fit(table.given)
    assert_array_equal(wider.random_weights_[:, :width], W)


@given(
    TABLES,
    st.sampled_from(["magnitude", "hessian", "random"]),
    st.sampled_from([True, False, Ridge(2.0)]),
    st.sampled_from([(5, 2), (30, 3), (300, 8)]),
)
def test_pruned_random_features_are_their_pipeline(table, strategy, retrain, sizes):
    width, size = sizes
    X, y, weights, fit_intercept, container = table
    X = X.astype(np.float64)
    layer = {"activation": "tanh", "scale": 0.3, "random_state": 0}
    model = PrunedRandomFeatures(
        width, size, strategy, retrain, fit_intercept=fit_intercept, **layer
    ).fit(container(X), y, weights)
    features = RandomFeatures(width, **layer).fit_transform(X)
    kept = model.component_indices_
    assert len(kept) == size
    dense = MinNormRegressor(fit_intercept=fit_intercept)
    pruned = PrunedRegressor(strategy, size, retrain, estimator=dense, random_state=0)
    expected = pruned.fit(features, y, weights)
    if strategy != "random":  # the stream draws for itself
        assert_array_equal(kept, expected.get_support(indices=True))
        scale = np.abs(y).max() + np.abs(expected.coef_).max()
        assert_allclose(model.predict(X), expected.predict(features), rtol=1e-7, atol=1e-8 * scale)
