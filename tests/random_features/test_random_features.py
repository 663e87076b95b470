import pickle
import tracemalloc
from math import erf as scalar_erf

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse, stats
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.kernel_approximation import RBFSampler
from sklearn.utils import estimator_checks, get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_prune import RandomFeatures
from sklearn_prune._random_features.activations import ACTIVATIONS, LEAKY_SLOPE, activate
from sklearn_prune._random_features.layer import (
    block_rows,
    offset_block,
    weight_block,
)

WEIGHTS = ["gaussian", "unit", "orthogonal"]
SIZES = [1, 2, 255, 256, 257, 258, 512, 513, 600]


@pytest.fixture
def X():
    return np.random.default_rng(0).standard_normal((20, 5))


def weights_of(model):
    """Rows of the fitted W."""
    return model.random_weights_.T


def assert_mean(draws, expected, z=4.5):
    """Check that the mean of independent draws lies within z of its standard errors."""
    standard_error = draws.std(axis=0, ddof=1) / np.sqrt(len(draws))
    assert np.all(standard_error > 0)
    assert_array_equal(np.abs(draws.mean(axis=0) - expected) < z * standard_error, True)


# --- scikit-learn's own checks ---------------------------------------------------


@parametrize_with_checks([RandomFeatures()])
def test_estimator_checks(estimator, check):
    check(estimator)


# The output checks fit on a frame and transform its array, and back.
@pytest.mark.filterwarnings("ignore:X .* feature names, but RandomFeatures was fitted")
@pytest.mark.parametrize(
    "check",
    [
        # Not among those that parametrize_with_checks yields in scikit-learn 1.9.
        "check_dataframe_column_names_consistency",
        "check_get_feature_names_out_error",
        "check_global_output_transform_pandas",
        "check_global_set_output_transform_polars",
        "check_set_output_transform",
        "check_set_output_transform_pandas",
        "check_set_output_transform_polars",
        "check_transformer_get_feature_names_out",
        "check_transformer_get_feature_names_out_pandas",
    ],
)
def test_further_estimator_checks(check):
    getattr(estimator_checks, check)("RandomFeatures", RandomFeatures())


def test_tags():
    tags = get_tags(RandomFeatures())
    assert tags.input_tags.sparse
    assert tags.transformer_tags.preserves_dtype == ["float64", "float32"]
    assert not tags.non_deterministic
    assert tags.requires_fit
    assert not tags.target_tags.required


# --- nesting, blocks and the seed ------------------------------------------------


@pytest.mark.parametrize("n_features", [1, 3, 256, 300])
@pytest.mark.parametrize("weights", WEIGHTS)
def test_first_components_do_not_depend_on_their_number(weights, n_features):
    X = np.ones((2, n_features))
    params = {"activation": "cos", "bias": True, "weights": weights, "random_state": 7}
    largest = RandomFeatures(700, **params).fit(X)
    assert len(np.unique(largest.random_offset_)) == 700
    if (weights, n_features) != ("unit", 1):
        assert len(np.unique(largest.random_weights_[0])) == 700
    for k in SIZES:
        model = RandomFeatures(k, **params).fit(X)
        assert model.random_weights_.shape == (n_features, k)
        assert_array_equal(model.random_weights_, largest.random_weights_[:, :k])
        assert_array_equal(model.random_offset_, largest.random_offset_[:k])
        assert_allclose(model.transform(X), largest.transform(X)[:, :k], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("weights", "n_features", "rows"),
    [
        ("gaussian", 3, 256),
        ("unit", 300, 256),
        ("orthogonal", 1, 256),
        ("orthogonal", 3, 258),
        ("orthogonal", 255, 510),
        ("orthogonal", 256, 256),
        ("orthogonal", 257, 257),
    ],
)
def test_a_block_can_be_drawn_alone(weights, n_features, rows):
    model = RandomFeatures(
        2 * rows + 5,
        activation="sin",
        scale=0.3,
        weights=weights,
        bias=True,
        random_state=1,
    ).fit(np.ones((1, n_features)))
    assert block_rows(n_features, weights) == rows
    for j, kept in [(2, 5), (0, rows), (1, rows)]:
        block = slice(j * rows, (j + 1) * rows)
        W = weight_block(model.seed_, j, n_features, scale=0.3, weights=weights)
        b = offset_block(model.seed_, j, n_features, weights=weights)
        assert W.shape == (rows, n_features)
        assert b.shape == (rows,)
        assert_array_equal(weights_of(model)[block], W[:kept])
        assert_array_equal(model.random_offset_[block], b[:kept])


def test_streams_differ_from_each_other_and_from_the_plain_generator():
    d = 2
    weights = weight_block(0, 0, d)
    assert not np.any(weights == weight_block(0, 1, d))
    assert not np.any(weights == weight_block(1, 0, d))
    plain = np.random.default_rng(0).standard_normal(weights.shape)
    assert not np.any(weights == plain)

    phases = offset_block(0, 0, d)
    assert not np.any(phases == offset_block(0, 1, d))
    assert not np.any(phases == offset_block(1, 0, d))
    plain = np.random.default_rng(0).uniform(0, 2 * np.pi, size=256)
    assert not np.any(phases == plain)
    # Not the uniforms, either, of the generator of the weights.
    twin = np.random.default_rng([0, 1, 0])
    assert_array_equal(twin.standard_normal(weights.shape), weights)
    twin = np.random.default_rng([0, 1, 0])
    assert not np.any(phases == twin.uniform(0, 2 * np.pi, size=256))


def test_phases_are_uniform():
    phases = np.concatenate([offset_block(0, j, 3) for j in range(8)])
    assert stats.kstest(phases / (2 * np.pi), stats.uniform.cdf).pvalue > 1e-3


def test_weights_do_not_depend_on_activation_or_bias(X):
    plain = RandomFeatures(random_state=3).fit(X)
    phased = RandomFeatures(activation="cos", bias=True, random_state=3).fit(X)
    assert_array_equal(plain.random_weights_, phased.random_weights_)
    assert plain.random_offset_ is None


def test_random_state(X):
    def fitted(random_state):
        return RandomFeatures(8, random_state=random_state).fit(X).random_weights_

    assert_array_equal(fitted(0), fitted(0))
    assert not np.any(fitted(0) == fitted(1))
    assert_array_equal(fitted(0), fitted(np.random.RandomState(0)))
    shared = np.random.RandomState(0)
    assert not np.any(fitted(shared) == fitted(shared))
    assert not np.any(fitted(None) == fitted(None))


def test_fit_ignores_the_values_of_X(X):
    model = RandomFeatures(8, random_state=0)
    first = model.fit(X).random_weights_
    assert_array_equal(model.fit(-3 * X[:2]).random_weights_, first)


# --- activations -----------------------------------------------------------------

# Definitions, one number at a time.
DEFINITIONS = {
    "relu": lambda z: z if z > 0 else 0.0,
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "abs": lambda z: z if z > 0 else -z,
    "step": lambda z: 1.0 if z > 0 else 0.0,
    "sign": lambda z: float(z > 0) - float(z < 0),
    "erf": scalar_erf,
    "tanh": lambda z: 1 - 2 / (np.exp(2 * z) + 1),
    "sin": lambda z: np.exp(1j * z).imag,
    "cos": lambda z: np.exp(1j * z).real,
    "square": lambda z: z * z,
    "identity": lambda z: z,
}


def test_every_activation_is_defined_here():
    assert ACTIVATIONS.keys() == DEFINITIONS.keys()
    assert LEAKY_SLOPE == 0.01


@pytest.mark.parametrize("name", DEFINITIONS)
def test_activation(name, X):
    X[0] = 0  # the value at exactly 0
    model = RandomFeatures(30, activation=name, scale=0.7, random_state=0).fit(X)
    Z = X @ model.random_weights_
    expected = np.vectorize(DEFINITIONS[name], otypes=[float])(Z)
    assert_allclose(model.transform(X), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", DEFINITIONS)
def test_activation_works_in_place(name, dtype):
    Z = np.linspace(-2, 2, 12, dtype=dtype).reshape(3, 4)
    assert np.shares_memory(activate(Z, name), Z)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_transform_holds_one_array_of_features(name):
    X = np.random.default_rng(0).standard_normal((500, 3))
    model = RandomFeatures(1000, activation=name, bias=name in ("cos", "sin")).fit(X)
    tracemalloc.start()
    Phi = model.transform(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert Phi.nbytes < peak < 1.3 * Phi.nbytes


def test_bias_is_added_before_the_activation(X):
    model = RandomFeatures(30, activation="sin", bias=True, random_state=0).fit(X)
    Z = X @ model.random_weights_ + model.random_offset_
    assert_allclose(model.transform(X), np.sin(Z), rtol=1e-12, atol=1e-14)


def softplus(z):
    return np.logaddexp(0, z)


def test_callable(X):
    model = RandomFeatures(6, activation=softplus, random_state=0).fit(X)
    assert_allclose(model.transform(X), np.log1p(np.exp(X @ model.random_weights_)))


def test_callable_output_takes_the_dtype_of_the_features(X):
    model = RandomFeatures(6, activation=lambda z: z > 0, random_state=0)
    step = clone(model).set_params(activation="step")
    for dtype in (np.float32, np.float64):
        Phi = model.fit_transform(X.astype(dtype))
        assert Phi.dtype == dtype
        assert_array_equal(Phi, step.fit_transform(X.astype(dtype)))


@pytest.mark.parametrize("reduce", [np.sum, lambda z: z[:, :1], lambda z: None])
def test_callable_of_another_shape(reduce, X):
    model = RandomFeatures(6, activation=reduce).fit(X)
    with pytest.raises(ValueError, match=r"shape .* for pre-activations .*\(20, 6\)"):
        model.transform(X)


def test_transform_leaves_X_alone(X):
    copy = X.copy()
    RandomFeatures(activation="square").fit_transform(X)
    assert_array_equal(X, copy)


# --- laws of the weights ---------------------------------------------------------


@pytest.mark.parametrize("weights", WEIGHTS)
def test_moments_of_the_rows(weights):
    d, scale = 3, 2.5
    # Groups of d rows are independent of each other under every law.
    blocks = [weight_block(5, j, d, scale=scale, weights=weights) for j in range(40)]
    W = np.concatenate(blocks)
    W = W[: len(W) // d * d].reshape(-1, d, d)
    variance = scale**2 / d if weights == "unit" else scale**2
    for i in range(d):  # the row in its group
        rows = W[:, i]
        assert_mean(rows, np.zeros(d))
        products = rows[:, :, np.newaxis] * rows[:, np.newaxis, :]
        assert_mean(products.reshape(-1, d * d), variance * np.eye(d).ravel())


@pytest.mark.parametrize("weights", ["gaussian", "orthogonal"])
@pytest.mark.parametrize("d", [1, 2, 5, 300])
def test_each_entry_is_gaussian_and_each_length_is_chi(weights, d):
    n_blocks = 8 if d < 300 else 3
    W = np.concatenate([weight_block(2, j, d, scale=0.5, weights=weights) for j in range(n_blocks)])
    lengths = np.linalg.norm(W, axis=1)
    assert stats.kstest(lengths / 0.5, stats.chi(d).cdf).pvalue > 1e-3
    # One column: its entries are independent, or nearly so in long orthogonal rows.
    for column in (0, d - 1):
        assert stats.kstest(W[:, column] / 0.5, stats.norm.cdf).pvalue > 1e-3


@pytest.mark.parametrize("d", [2, 5, 100, 256, 300])
def test_orthogonal_groups(d):
    W = weights_of(RandomFeatures(600, weights="orthogonal", random_state=0).fit(np.ones((1, d))))
    for start in range(0, 600, d):
        group = W[start : start + d]
        gram = group @ group.T
        lengths = np.sqrt(np.diag(gram))
        cosines = gram / np.outer(lengths, lengths)
        assert_allclose(cosines, np.eye(len(group)), rtol=0, atol=1e-12)
        assert len(np.unique(lengths)) == len(group)
    # One group is not orthogonal to the next.
    assert np.abs(W[:d] @ W[d : d + 1].T).max() > 1e-3


def test_orthogonal_lengths_are_independent_of_each_other_and_of_directions():
    d = 4
    W = np.concatenate([weight_block(3, j, d, weights="orthogonal") for j in range(40)]).reshape(
        -1, d, d
    )
    lengths = np.linalg.norm(W, axis=2)
    centred = lengths - stats.chi(d).mean()
    for i in range(1, d):
        assert_mean(centred[:, 0] * centred[:, i], 0)
    squared_directions = (W / lengths[:, :, np.newaxis]) ** 2 - 1 / d
    for i in range(d):
        assert_mean(centred[:, [i]] * squared_directions[:, 0], np.zeros(d))


@pytest.mark.parametrize("d", [1, 3, 300])
def test_unit_rows(d):
    model = RandomFeatures(300, weights="unit", scale=3.0).fit(np.ones((1, d)))
    assert_allclose(np.linalg.norm(weights_of(model), axis=1), 3.0, rtol=1e-12)


@pytest.mark.parametrize("weights", WEIGHTS)
def test_scale_multiplies(weights, X):
    one = RandomFeatures(9, weights=weights, random_state=0).fit(X)
    two = RandomFeatures(9, weights=weights, scale=2.0, random_state=0).fit(X)
    assert_array_equal(two.random_weights_, 2 * one.random_weights_)


# --- kernels ---------------------------------------------------------------------

POINTS = np.array([[1.0, 0.0, 0.5], [0.3, -0.8, 0.2], [-0.9, 0.1, 0.4], [2.0, 0, 1]])
S = 0.8
INNER = POINTS @ POINTS.T
NORMS = np.sqrt(np.diag(INNER))
COSINE = np.clip(INNER / np.outer(NORMS, NORMS), -1, 1)
THETA = np.arccos(COSINE)
SQUARED_DISTANCE = ((POINTS[:, np.newaxis] - POINTS) ** 2).sum(axis=2)

RELU_KERNEL = (
    S**2 * np.outer(NORMS, NORMS) * (np.sin(THETA) + (np.pi - THETA) * np.cos(THETA)) / (2 * np.pi)
)
GAUSSIAN_KERNEL = np.exp(-(S**2) * SQUARED_DISTANCE / 2)


def assert_kernel(kernel, D=30_000, **params):
    """Check that phi phi' has the kernel for mean over features, at each pair."""
    model = RandomFeatures(D, scale=S, random_state=0, **params)
    Phi = model.fit_transform(POINTS)
    i, j = np.triu_indices(len(POINTS))
    # Means over groups of d features, the independent unit of orthogonal weights.
    groups = (Phi[i] * Phi[j]).reshape(len(i), -1, POINTS.shape[1]).mean(axis=2)
    assert_mean(groups.T, kernel[i, j])


@pytest.mark.parametrize("weights", ["gaussian", "orthogonal"])
@pytest.mark.parametrize("activation", ["cos", "sin"])
def test_gaussian_kernel(activation, weights):
    assert_kernel(GAUSSIAN_KERNEL / 2, activation=activation, bias=True, weights=weights)


def test_gaussian_kernel_as_documented():
    D = 30_000
    model = RandomFeatures(D, activation="cos", scale=S, bias=True, random_state=1)
    Phi = model.fit_transform(POINTS)
    # The variance of 2 cos(.) cos(.) is at most 2.
    assert np.abs(2 / D * Phi @ Phi.T - GAUSSIAN_KERNEL).max() < 4.5 * np.sqrt(2 / D)


def test_same_equation_as_RBFSampler():
    D = 50
    model = RandomFeatures(D, activation="cos", bias=True, random_state=0).fit(POINTS)
    sampler = RBFSampler(n_components=D).fit(POINTS)
    sampler.random_weights_ = model.random_weights_
    sampler.random_offset_ = model.random_offset_
    assert_allclose(np.sqrt(2 / D) * model.transform(POINTS), sampler.transform(POINTS), rtol=1e-10)


@pytest.mark.parametrize("weights", ["gaussian", "orthogonal"])
def test_arc_cosine_kernel_of_relu(weights):
    assert_kernel(RELU_KERNEL, activation="relu", weights=weights)


def test_arc_cosine_kernel_of_relu_with_unit_rows():
    assert_kernel(RELU_KERNEL / 3, activation="relu", weights="unit")


@pytest.mark.parametrize("weights", WEIGHTS)
def test_arc_cosine_kernel_of_step(weights):
    assert_kernel(
        (np.pi - THETA) / (2 * np.pi),
        activation="step",
        weights=weights,
    )


@pytest.mark.parametrize(
    ("activation", "kernel"),
    [
        ("identity", S**2 * INNER),
        ("square", S**4 * (np.outer(NORMS, NORMS) ** 2 + 2 * INNER**2)),
        (
            "abs",
            S**2
            * np.outer(NORMS, NORMS)
            * (np.sin(THETA) + np.cos(THETA) * np.arcsin(COSINE))
            * (2 / np.pi),
        ),
        (
            "erf",  # Williams (1997)
            (2 / np.pi)
            * np.arcsin(
                2
                * S**2
                * INNER
                / np.sqrt(np.outer(1 + 2 * S**2 * NORMS**2, 1 + 2 * S**2 * NORMS**2))
            ),
        ),
    ],
)
def test_other_kernels(activation, kernel):
    assert_kernel(kernel, activation=activation)


def test_kernel_of_sign():
    # On the diagonal every product is 1, without error.
    kernel = 1 - 2 * THETA / np.pi
    distinct = POINTS[:3]
    Phi = RandomFeatures(30_000, activation="sign", random_state=0).fit_transform(distinct)
    i, j = np.triu_indices(3, k=1)
    assert_mean((Phi[i] * Phi[j]).T, kernel[i, j])
    assert_array_equal((Phi * Phi).mean(axis=1), 1)


# --- dtypes and sparse input -----------------------------------------------------


@pytest.mark.parametrize("weights", WEIGHTS)
def test_float32_rounds_the_float64_weights(weights, X):
    params = {"activation": "cos", "bias": True, "weights": weights, "random_state": 0}
    double = RandomFeatures(300, **params).fit(X)
    single = RandomFeatures(300, **params).fit(X.astype(np.float32))
    for name in ("random_weights_", "random_offset_"):
        assert getattr(double, name).dtype == np.float64
        assert getattr(single, name).dtype == np.float32
        rounded = getattr(double, name).astype(np.float32)
        assert np.any(rounded != getattr(double, name))
        assert_array_equal(getattr(single, name), rounded)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("name", DEFINITIONS)
def test_float32_is_kept(name, bias, X):
    if bias and name not in ("cos", "sin"):
        name = "cos"
    model = RandomFeatures(20, activation=name, bias=bias, random_state=0)
    single = model.fit_transform(X.astype(np.float32))
    double = model.fit_transform(X)
    assert single.dtype == np.float32
    assert double.dtype == np.float64
    if name not in ("step", "sign"):
        assert_allclose(single, double, rtol=1e-4, atol=1e-5)


def test_mixed_dtypes_give_float64(X):
    model = RandomFeatures(20, activation="cos", bias=True, random_state=0)
    assert model.fit(X.astype(np.float32)).transform(X).dtype == np.float64
    assert model.fit(X).transform(X.astype(np.float32)).dtype == np.float64


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.float16, bool])
def test_other_dtypes_become_float64(dtype):
    X = np.eye(4, 3, dtype=dtype)
    model = RandomFeatures(5, random_state=0).fit(X)
    assert model.random_weights_.dtype == np.float64
    Phi = model.transform(X)
    assert Phi.dtype == np.float64
    assert_array_equal(Phi, model.transform(X.astype(float)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "container",
    [sparse.csr_array, sparse.csc_array, sparse.csr_matrix, sparse.csc_matrix],
)
def test_sparse_equals_dense(container, dtype, X):
    X = np.where(X > 0.5, X, 0).astype(dtype)
    model = RandomFeatures(300, activation="cos", bias=True, random_state=0)
    dense = model.fit_transform(X)
    Phi = model.fit_transform(container(X))
    assert type(Phi) is np.ndarray
    assert Phi.dtype == dtype
    tolerance = 1e-12 if dtype == np.float64 else 1e-5
    assert_allclose(Phi, dense, rtol=0, atol=tolerance)
    assert_allclose(model.transform(X), dense, rtol=0, atol=tolerance)


# --- errors ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_components": 0}, "n_components=0 must be an integer of at least 1"),
        ({"n_components": -2}, "n_components=-2 "),
        ({"n_components": 3.0}, "n_components=3.0 "),
        ({"n_components": True}, "n_components=True "),
        ({"n_components": "auto"}, "n_components='auto' "),
        ({"n_components": None}, "n_components=None "),
        ({"scale": 0}, "scale=0 must be a finite number above 0"),
        ({"scale": -1.0}, "scale=-1.0 "),
        ({"scale": np.inf}, "scale=inf "),
        ({"scale": float("nan")}, "scale=nan "),
        ({"scale": "1"}, "scale='1' "),
        ({"weights": "uniform"}, "weights='uniform' .*gaussian.*orthogonal.*unit"),
        ({"weights": ["unit"]}, r"weights=\['unit'\] is unknown"),
        ({"activation": "elu"}, "activation='elu' .*" + ".*".join(sorted(DEFINITIONS))),
        ({"activation": None}, "activation=None is unknown"),
        ({"activation": ["relu"]}, r"activation=\['relu'\] is unknown"),
        ({"bias": "auto", "activation": "cos"}, "bias='auto' must be True or False"),
        ({"bias": 1, "activation": "cos"}, "bias=1 must be True or False"),
        ({"bias": True}, "bias=True with activation='relu': .*'cos', 'sin'.*Set"),
        ({"bias": True, "activation": np.cos}, "bias=True with activation=<ufunc"),
    ],
)
def test_parameter_errors(params, message, X):
    model = RandomFeatures(**params)
    with pytest.raises(ValueError, match=message):
        model.fit(X)
    assert not hasattr(model, "random_weights_")


def test_activation_set_after_fit_is_checked(X):
    model = RandomFeatures().fit(X).set_params(activation="elu")
    with pytest.raises(ValueError, match="activation='elu' is unknown"):
        model.transform(X)


def test_numpy_scalars_are_numbers(X):
    model = RandomFeatures(np.int64(7), activation="cos", scale=np.float32(0.5), bias=np.True_)
    assert model.fit_transform(X).shape == (20, 7)


def test_unfitted(X):
    with pytest.raises(NotFittedError):
        RandomFeatures().transform(X)


# --- conventions -----------------------------------------------------------------


def test_feature_names(X):
    columns = list("abcde")
    frame = pd.DataFrame(X, columns=columns)
    model = RandomFeatures(3, random_state=0).set_output(transform="pandas")
    Phi = model.fit_transform(frame)
    names = ["randomfeatures0", "randomfeatures1", "randomfeatures2"]
    assert list(Phi.columns) == names
    assert_array_equal(model.get_feature_names_out(), names)
    assert_array_equal(model.feature_names_in_, columns)
    assert model.n_features_in_ == 5
    plain = RandomFeatures(3, random_state=0).fit_transform(X)
    assert_array_equal(Phi.to_numpy(), plain)


@pytest.mark.parametrize("activation", ["erf", softplus])
def test_clone_and_pickle(activation, X):
    model = RandomFeatures(
        300, activation=activation, scale=0.5, weights="orthogonal", random_state=4
    ).fit(X)
    expected = model.transform(X)
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    assert not hasattr(copy, "random_weights_")
    assert_array_equal(copy.fit_transform(X), expected)
    assert_array_equal(pickle.loads(pickle.dumps(model)).transform(X), expected)


def test_html_repr(X):
    model = RandomFeatures(activation="tanh")
    for estimator in (model, model.fit(X)):
        html = estimator._repr_html_()
        assert "RandomFeatures" in html
        assert "tanh" in html
