"""Pipelines in ONNX: scalers, encoders, imputers and random features, of what is kept alone."""

import numpy as np
import pandas as pd
import pytest
from serving import TOLERANCES, assert_agree, assert_same, serve
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    PolynomialFeatures,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

from sklearn_prune import PrunedRandomFeatures, PrunedRegressor, RandomFeatures, to_onnx
from sklearn_prune._random_features.activations import ACTIVATIONS, PERIODIC

STEPS = [
    StandardScaler(),
    StandardScaler(with_mean=False),
    StandardScaler(with_std=False),
    RobustScaler(),
    RobustScaler(with_centering=False, with_scaling=False),
    MinMaxScaler((-1, 2)),
    MinMaxScaler(clip=True),
    MaxAbsScaler(),
    MaxAbsScaler(clip=True),
    QuantileTransformer(n_quantiles=7),
    PolynomialFeatures(1),
    PolynomialFeatures(3, interaction_only=True),
    PolynomialFeatures(2, include_bias=False),
    SimpleImputer(),
    SelectKBest(f_regression, k=3),
    FunctionTransformer(),
    "passthrough",
    PrunedRegressor(sparsity=4),
    PrunedRandomFeatures(100, sparsity=7, random_state=0),
    make_union(StandardScaler(), MinMaxScaler()),
    make_pipeline(StandardScaler(), MaxAbsScaler()),
    make_column_transformer((MinMaxScaler(), [4, 0]), ("drop", [1]), ("passthrough", slice(2, 4))),
    make_column_transformer((StandardScaler(), [True, False, True, False, True])),
]


@pytest.fixture
def X(rng):
    return rng.standard_normal((80, 5)) * [1, 2, 3, 4, 5] + 1


@pytest.fixture
def y(X):
    return X[:, 0] + np.abs(X[:, 2]) - X[:, 4]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: repr(step)[:40])
@pytest.mark.parametrize("model", [Ridge(), PrunedRegressor(sparsity=2)])
def test_steps(step, model, X, y):
    # Half of the samples lie beyond those that were fitted.
    assert_same(make_pipeline(step, model).fit(X, y), 2 * X, "predict")


def test_a_transformer_alone(X):
    assert_same(make_pipeline(StandardScaler(), RandomFeatures(9)).fit(X), X, "transform")


@pytest.mark.parametrize(
    ("activation", "bias"),
    [*((name, False) for name in sorted(ACTIVATIONS)), *((name, True) for name in PERIODIC)],
)
def test_activations(activation, bias, X, y):
    layer = {"activation": activation, "scale": 0.3, "bias": bias, "random_state": 0}
    # In double precision onnxruntime has no erf.
    dtypes = ["float32"] if activation == "erf" else TOLERANCES
    for model in (
        make_pipeline(RandomFeatures(50, **layer), PrunedRegressor(sparsity=9)),
        PrunedRandomFeatures(100, sparsity=9, **layer),
    ):
        assert_same(model.fit(X, y), X, "predict", dtypes=dtypes)


def test_erf_in_double_precision_is_refused(X, y):
    pytest.importorskip("onnx")
    model = make_pipeline(RandomFeatures(activation="erf"), Ridge()).fit(X, y)
    with pytest.raises(ValueError, match="onnxruntime has in float32 alone: give dtype='float32'"):
        to_onnx(model, dtype="float64")


def test_only_kept_random_features_are_made(X, y):
    pytest.importorskip("onnx")
    model = make_pipeline(RandomFeatures(4000, random_state=0), PrunedRegressor(sparsity=10))
    assert len(to_onnx(model.fit(X, y)).SerializeToString()) < 4 * 5 * 10 + 600


def test_ranks_on_repeated_values(rng):
    X = np.repeat([[0.0], [1.0], [2.0], [5.0]], [20, 30, 25, 25], axis=0)
    step = QuantileTransformer(n_quantiles=12).fit(X)
    between = np.array([[-1], [0], [0.3], [1], [1.5], [2], [3], [5], [6]])
    assert_same(step, between, "transform")


@pytest.fixture
def table(X, rng):
    frame = pd.DataFrame(X, columns=list("abcde"))
    frame["town"] = rng.choice([f"t{i}" for i in range(12)], 80)
    frame["kind"] = np.resize(["x", "y", "ü"], 80)
    frame["rooms"] = np.resize([1, 2, 2, 3], 80)
    return frame


def table_model(encoder, model):
    columns = make_column_transformer(
        (encoder, ["kind", "town", "rooms"]),
        (StandardScaler(), make_column_selector(dtype_include="float")),
    )
    return make_pipeline(columns, model)


def serve_table(model, table, dtype):
    """Return predictions for a table, and the columns that were needed."""
    onnx = pytest.importorskip("onnx")
    inputs = {}
    for x in to_onnx(model, dtype=dtype).graph.input:
        is_text = x.type.tensor_type.elem_type == onnx.TensorProto.STRING
        inputs[x.name] = table[[x.name]].to_numpy(object if is_text else dtype)
    return serve(model, inputs, dtype)["predict"], inputs.keys()


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize(
    "options",
    [
        {"handle_unknown": "ignore"},
        {"handle_unknown": "infrequent_if_exist", "max_categories": 3},
        {"handle_unknown": "infrequent_if_exist", "min_frequency": 8},
        {"handle_unknown": "ignore", "max_categories": 3},
        {"drop": "first"},
        {"drop": "if_binary"},
        {"drop": "first", "max_categories": 3},
    ],
    ids=str,
)
def test_categories(options, dtype, table, y):
    model = table_model(OneHotEncoder(**options), Ridge(0.1)).fit(table, y)
    if "handle_unknown" in options:
        table = table.assign(town=np.resize(["t1", "elsewhere"], 80))
    found, _ = serve_table(model, table, dtype)
    assert_agree(found, model.predict(table), TOLERANCES[dtype])


def test_a_pruned_table_needs_few_columns(table):
    y = table["a"] + 3 * (table["kind"] == "ü")
    model = table_model(OneHotEncoder(), PrunedRegressor(sparsity=2)).fit(table, y)
    found, inputs = serve_table(model, table, "float64")
    assert set(inputs) == {"a", "kind"}
    np.testing.assert_allclose(found, model.predict(table), atol=1e-12)


def test_missing_values(table, y):
    table.loc[::7, "a"], table.loc[::5, "town"] = np.nan, None
    text = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder())
    columns = make_column_transformer((SimpleImputer(), ["a", "b"]), (text, ["town", "kind"]))
    model = make_pipeline(columns, Ridge(0.1)).fit(table, y)
    found, _ = serve_table(model, table.assign(town=table["town"].fillna("")), "float64")
    np.testing.assert_allclose(found, model.predict(table), atol=1e-12)


def test_a_missing_text_is_the_empty_one(table, y):
    table.loc[::5, "town"] = None
    model = table_model(OneHotEncoder(), Ridge(0.1)).fit(table, y)
    found, _ = serve_table(model, table.assign(town=table["town"].fillna("")), "float64")
    np.testing.assert_allclose(found, model.predict(table), atol=1e-12)


@pytest.mark.filterwarnings("ignore:Skipping features without any observed values")
def test_an_empty_column_is_left_out(X, y):
    X[:, 1] = np.nan
    assert_same(make_pipeline(SimpleImputer(), Ridge()).fit(X, y), X, "predict")


REFUSED = [
    (PCA(2), TypeError, "PCA is no transformer that to_onnx knows"),
    (FunctionTransformer(np.cbrt), ValueError, "ONNX knows no functions of Python"),
    (RandomFeatures(activation=np.tanh), ValueError, "ONNX knows no functions of Python"),
    (QuantileTransformer(n_quantiles=9, output_distribution="normal"), ValueError, "'uniform'"),
    (SimpleImputer(add_indicator=True), ValueError, "add_indicator is False"),
    (SimpleImputer(missing_values=0), ValueError, "missing_values is NaN"),
    (make_union(StandardScaler()), ValueError, "transformer_weights cannot"),
]


@pytest.mark.parametrize(("step", "error", "message"), REFUSED, ids=lambda x: repr(x)[:30])
def test_what_cannot_be_exported_is_told(step, error, message, X, y):
    pytest.importorskip("onnx")
    if hasattr(step, "transformer_list"):
        step.set_params(transformer_weights={"standardscaler": 2.0})
    with pytest.raises(error, match=message):
        to_onnx(make_pipeline(step, Ridge()).fit(X, y))


def test_numbers_or_text(table, y):
    pytest.importorskip("onnx")
    encoder = make_column_transformer((OneHotEncoder(), ["kind"]), ("passthrough", ["a"]))
    model = make_pipeline(encoder, Ridge()).fit(table, y)
    model[0].transformers_[1] = ("passthrough", FunctionTransformer(), ["kind"])
    with pytest.raises(ValueError, match="kind is read both as numbers and as text"):
        to_onnx(model)


def test_a_missing_number_is_no_category(X, y):
    pytest.importorskip("onnx")
    X[::3, 0] = np.nan
    with pytest.raises(ValueError, match="impute it first"):
        to_onnx(make_pipeline(OneHotEncoder(), Ridge()).fit(X, y))


def test_a_column_of_the_name_of_an_output(table, y):
    pytest.importorskip("onnx")
    frame = table[["a", "b"]].set_axis(["predict", "b"], axis=1)
    columns = make_column_transformer((StandardScaler(), ["predict", "b"]))
    with pytest.raises(ValueError, match="'predict' has the name of an output"):
        to_onnx(make_pipeline(columns, Ridge()).fit(frame, y))
