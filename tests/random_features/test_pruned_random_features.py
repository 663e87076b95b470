import pickle
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks, get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_prune import MinNormRegressor, PrunedRandomFeatures, PrunedRegressor, RandomFeatures
from sklearn_prune._random_features import dual_fit
from sklearn_prune._random_features import stream as feature_stream
from sklearn_prune._random_features.stream import FeatureStream

LAYER = ("activation", "scale", "weights", "bias")


@parametrize_with_checks([PrunedRandomFeatures()])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    "check",
    [
        "check_set_output_transform",
        "check_set_output_transform_pandas",
        "check_set_output_transform_polars",
        "check_global_output_transform_pandas",
        "check_global_set_output_transform_polars",
        "check_dataframe_column_names_consistency",
        "check_transformer_get_feature_names_out",
        "check_transformer_get_feature_names_out_pandas",
        "check_get_feature_names_out_error",
    ],
)
@pytest.mark.filterwarnings("ignore:X .* feature names, but PrunedRandomFeatures was fitted")
def test_output_checks_that_the_contract_leaves_out(check):
    getattr(estimator_checks, check)("PrunedRandomFeatures", PrunedRandomFeatures(500, 5))


def test_tags():
    tags = get_tags(PrunedRandomFeatures())
    assert tags.input_tags.sparse
    assert tags.target_tags.multi_output
    assert tags.transformer_tags.preserves_dtype == ["float64", "float32"]


@pytest.fixture
def X(rng):
    return rng.standard_normal((60, 6)) + 0.3


@pytest.fixture
def y(rng, X):
    return np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * rng.standard_normal(60) + 5


@pytest.fixture
def _as_if_large(monkeypatch):
    """Go the way of more samples and features than there are here."""
    monkeypatch.setattr(feature_stream, "TASK_ENTRIES", 1)
    monkeypatch.setattr(dual_fit, "SINGLE_ROWS", 1)


def pipeline_of(model):
    """The pipeline with the parameters of the model, which holds all features."""
    params = model.get_params()
    return make_pipeline(
        RandomFeatures(
            model.n_components,
            **{name: params[name] for name in LAYER},
            random_state=model.random_state,
        ),
        PrunedRegressor(
            model.strategy,
            model.sparsity,
            model.retrain,
            estimator=MinNormRegressor(fit_intercept=model.fit_intercept),
            random_state=model.random_state,
        ),
    )


def assert_same(model, pipeline, X, rtol=1e-8):
    """The same features are kept, with the same coefficients and predictions."""
    random, pruned = pipeline
    kept = pruned.get_support(indices=True)
    assert_array_equal(model.component_indices_, kept)
    assert_array_equal(model.random_weights_, random.random_weights_[:, kept])
    if random.random_offset_ is None:
        assert model.random_offset_ is None
    else:
        assert_array_equal(model.random_offset_, random.random_offset_[kept])
    coef = pruned.coef_[..., kept]
    assert_allclose(model.coef_, coef, rtol=0, atol=rtol * np.abs(coef).max())
    prediction = pipeline.predict(X)
    size = np.abs(prediction).max()
    assert_allclose(model.intercept_, pruned.intercept_, rtol=0, atol=rtol * size)
    assert_allclose(model.predict(X), prediction, rtol=0, atol=rtol * size)
    assert_allclose(model.transform(X), pipeline.transform(X), atol=rtol * np.abs(X).max())
    assert model.coef_.dtype == pruned.coef_.dtype
    assert model.seed_ == random.seed_
    assert model.n_samples_fit_ == pruned.n_samples_fit_


def fit_both(model, X, y, sample_weight=None):
    pipeline = pipeline_of(model).fit(X, y, prunedregressor__sample_weight=sample_weight)
    return model.fit(X, y, sample_weight), pipeline


# --- it is the pipeline ------------------------------------------------------------------


@pytest.mark.usefixtures("_as_if_large")
@pytest.mark.parametrize("fit_intercept", [False, True])
@pytest.mark.parametrize("retrain", [False, True, RidgeCV()], ids=["no", "yes", "ridge"])
@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "random"])
def test_strategies_and_retraining(X, y, strategy, retrain, fit_intercept):
    model = PrunedRandomFeatures(
        1000, 30, strategy, retrain, fit_intercept=fit_intercept, random_state=0
    )
    assert_same(*fit_both(model, X, y), X)
    assert (model.retrained_estimator_ is None) == (retrain is False)


@pytest.mark.usefixtures("_as_if_large")
@pytest.mark.parametrize(
    "layer",
    [
        {"weights": "orthogonal"},
        {"weights": "unit", "scale": 2.0},
        {"activation": "cos", "bias": True, "scale": 0.5},
        {"activation": "tanh"},
        {"activation": np.abs},
        {"activation": lambda z: np.maximum(z, 0, out=z)},
    ],
)
@pytest.mark.parametrize("retrain", [False, True])
def test_layers(X, y, layer, retrain):
    model = PrunedRandomFeatures(900, 0.05, retrain=retrain, random_state=1, **layer)
    assert_same(*fit_both(model, X, y), X)


@pytest.mark.parametrize("n_components", [1, 7, 58, 59, 60, 61, 256, 257, 513])
@pytest.mark.parametrize("retrain", [False, True])
def test_widths_on_both_sides_of_the_number_of_samples(X, y, n_components, retrain):
    model = PrunedRandomFeatures(
        n_components, 0.4, "hessian", retrain, activation="tanh", random_state=0
    )
    assert_same(*fit_both(model, X, y), X, rtol=1e-7 if 58 < n_components < 61 else 1e-8)


@pytest.mark.usefixtures("_as_if_large")
@pytest.mark.parametrize("n_components", [30, 800])
@pytest.mark.parametrize("strategy", ["magnitude", "hessian"])
@pytest.mark.parametrize("retrain", [False, True])
def test_sample_weight_and_several_targets(X, y, rng, strategy, retrain, n_components):
    Y = np.column_stack([y, rng.standard_normal(60), X[:, 3]])
    weights = rng.integers(3, size=60) * rng.uniform(0.5, 2, 60)
    model = PrunedRandomFeatures(n_components, 25, strategy, retrain, random_state=0)
    assert_same(*fit_both(model, X, Y, weights), X)
    assert model.coef_.shape == (3, 25)
    assert model.intercept_.shape == (3,)
    assert model.n_samples_fit_ == np.sum(weights > 0) < 60


def test_one_target_in_a_column(X, y):
    model = PrunedRandomFeatures(800, 25, random_state=0)
    assert_same(*fit_both(model, X, y[:, np.newaxis]), X)
    assert model.predict(X).shape == (60, 1)


@pytest.mark.usefixtures("_as_if_large")
@pytest.mark.parametrize("retrain", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("fit_intercept", [False, True])
def test_duplicate_rows_are_merged(X, y, rng, monkeypatch, weighted, retrain, fit_intercept):
    # Otherwise their Gram matrix would be singular, and the slow factorisation be needed.
    monkeypatch.setattr(FeatureStream, "triangular_factor", None)
    weights = rng.uniform(0.5, 2, 60) if weighted else None
    X = X[rng.integers(40, size=60)]
    model = PrunedRandomFeatures(
        800, 20, "hessian", retrain, fit_intercept=fit_intercept, random_state=0
    )
    assert_same(*fit_both(model, X, y, weights), X)


@pytest.mark.usefixtures("_as_if_large")
@pytest.mark.parametrize("n_components", [20, 800])
@pytest.mark.parametrize("as_sparse", [sparse.csr_array, sparse.csc_array, sparse.csr_matrix])
def test_sparse_X(X, y, as_sparse, n_components):
    X[X < 0] = 0
    model = PrunedRandomFeatures(n_components, 15, random_state=0)
    sparse_X = as_sparse(X)
    assert_same(*fit_both(model, sparse_X, y), sparse_X)
    assert_allclose(model.predict(sparse_X), clone(model).fit(X, y).predict(X))


@pytest.mark.usefixtures("_as_if_large")
@pytest.mark.parametrize("n_components", [20, 800])
@pytest.mark.parametrize("shift", [0, 2])
@pytest.mark.parametrize("strategy", ["magnitude", "hessian"])
@pytest.mark.parametrize("retrain", [False, True])
def test_float32(X, y, strategy, retrain, shift, n_components):
    X = (X + shift).astype(np.float32)
    model = PrunedRandomFeatures(
        n_components, 15, strategy, retrain, activation="tanh", scale=0.3, random_state=0
    )
    assert_same(*fit_both(model, X, y), X, rtol=1e-4)
    assert model.coef_.dtype == model.transform(X).dtype == model.predict(X).dtype == np.float32


@pytest.mark.usefixtures("_as_if_large")
@pytest.mark.parametrize("activation", ["step", "sign"])
@pytest.mark.parametrize("strategy", ["magnitude", "hessian"])
def test_equal_features_are_ties_that_the_lower_index_wins(rng, activation, strategy):
    # Twelve points on a line through the origin: features take two values, and the kept
    # ones are the first of the thousand.
    X, y = np.linspace(-1, 1, 12)[:, np.newaxis], rng.standard_normal(12)
    model = PrunedRandomFeatures(1000, 9, strategy, False, activation=activation, random_state=0)
    assert_same(*fit_both(model, X, y), X)
    assert model.component_indices_[-1] < 30


@pytest.mark.usefixtures("_as_if_large")
@pytest.mark.parametrize("activation", ["identity", "square"])
@pytest.mark.parametrize("retrain", [False, True])
def test_features_of_low_rank(X, y, activation, retrain):
    # 6 of 60 dimensions, and 21.
    model = PrunedRandomFeatures(800, 4, retrain=retrain, activation=activation, random_state=0)
    assert_same(*fit_both(model, X, y), X)


@pytest.mark.parametrize("n_samples", [1, 2, 3])
@pytest.mark.parametrize("retrain", [False, True])
def test_few_samples(X, y, n_samples, retrain):
    model = PrunedRandomFeatures(300, 5, retrain=retrain, random_state=0)
    assert_same(*fit_both(model, X[:n_samples], y[:n_samples]), X)


@pytest.mark.parametrize("n_components", [20, 300])
@pytest.mark.parametrize("retrain", [False, True])
def test_targets_without_variation(X, n_components, retrain):
    model = PrunedRandomFeatures(n_components, 5, retrain=retrain, random_state=0)
    assert_allclose(model.fit(X, np.full(60, 7.0)).predict(X), 7)
    assert_array_equal(model.fit(X, np.zeros(60)).coef_, 0)
    assert_array_equal(model.component_indices_, np.arange(5))


@pytest.mark.parametrize("retrain", [False, True])
def test_features_without_variation(X, y, retrain):
    model = PrunedRandomFeatures(300, 5, retrain=retrain, random_state=0)
    model.fit(np.ones_like(X), y)
    assert_array_equal(model.component_indices_, np.arange(5))
    assert_allclose(model.coef_, 0)
    assert_allclose(model.predict(X), y.mean())


@pytest.mark.parametrize("strategy", ["magnitude", "random"])
def test_a_generator_as_random_state_is_used_in_the_same_order(X, y, strategy):
    model = PrunedRandomFeatures(500, 20, strategy, random_state=0)
    rng = np.random.RandomState(3)
    pipeline = pipeline_of(model).set_params(
        randomfeatures__random_state=rng, prunedregressor__random_state=rng
    )
    model.set_params(random_state=np.random.RandomState(3))
    assert_same(model.fit(X, y), pipeline.fit(X, y), X)


# --- what the dense model is -------------------------------------------------------------


@pytest.mark.usefixtures("_as_if_large")
@pytest.mark.parametrize("fit_intercept", [False, True])
def test_the_dense_coefficients_are_those_of_the_pseudo_inverse(X, y, fit_intercept):
    model = PrunedRandomFeatures(
        700, 1.0, retrain=False, fit_intercept=fit_intercept, random_state=0
    ).fit(X, y)
    F = RandomFeatures(700, random_state=0).fit_transform(X)
    F_mean, y_mean = fit_intercept * F.mean(axis=0), fit_intercept * y.mean()
    coef = np.linalg.pinv(F - F_mean) @ (y - y_mean)
    assert_allclose(model.coef_, coef, atol=1e-10 * np.abs(coef).max())
    assert_allclose(model.intercept_, y_mean - F_mean @ coef, atol=1e-9)
    assert_allclose(model.predict(X), y)
    assert_array_equal(model.component_indices_, np.arange(700))


def test_wide_models_approach_kernel_interpolation(X, y):
    # Ridgeless regression with the arc-cosine kernel of order one, on new points.
    new = X[:20] + 0.1

    def kernel(A, B):
        norms = np.outer(np.linalg.norm(A, axis=1), np.linalg.norm(B, axis=1))
        angle = np.arccos(np.clip(A @ B.T / norms, -1, 1))
        return norms * (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / (2 * np.pi)

    limit = kernel(new, X) @ np.linalg.solve(kernel(X, X), y)
    errors = []
    for width in [2000, 50_000]:
        model = PrunedRandomFeatures(width, 1.0, retrain=False, fit_intercept=False, random_state=0)
        errors.append(np.sqrt(np.mean((model.fit(X, y).predict(new) - limit) ** 2)))
    assert errors[1] < 0.05 * np.std(limit)
    assert errors[1] < errors[0] / 3


# --- jobs and memory ---------------------------------------------------------------------


@pytest.mark.usefixtures("_as_if_large")
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_the_result_does_not_depend_on_n_jobs(X, y, backend):
    model = PrunedRandomFeatures(2000, 30, "hessian", False, random_state=0)
    serial = clone(model).fit(X, y)
    with parallel_config(backend):
        parallel = clone(model).set_params(n_jobs=2).fit(X, y)
    assert_array_equal(parallel.component_indices_, serial.component_indices_)
    assert_allclose(parallel.coef_, serial.coef_, rtol=1e-12)
    assert_allclose(parallel.intercept_, serial.intercept_, rtol=1e-12)


@pytest.mark.usefixtures("_as_if_large")
def test_dask_spreads_the_blocks_over_processes(X, y):
    distributed = pytest.importorskip("distributed")
    model = PrunedRandomFeatures(2000, 30, "hessian", False, random_state=0)
    serial = clone(model).fit(X, y)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
        parallel_config("dask"),
    ):
        assert len(client.ncores()) == 2
        spread = clone(model).fit(X, y)
        steps = client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.transition_log))
    assert steps > 0
    assert_array_equal(spread.component_indices_, serial.component_indices_)
    assert_allclose(spread.coef_, serial.coef_, rtol=1e-12)
    assert_allclose(spread.predict(X), serial.predict(X), rtol=1e-12)


@pytest.mark.usefixtures("_as_if_large")
@pytest.mark.parametrize("retrain", [False, True])
@pytest.mark.parametrize("strategy", ["magnitude", "hessian"])
def test_memory_does_not_grow_with_the_width(X, y, strategy, retrain):
    def peak(n_components):
        tracemalloc.start()
        PrunedRandomFeatures(n_components, 50, strategy, retrain, random_state=0).fit(X, y)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(1000)  # what is imported or cached at first use does not count
    small, large = peak(10_000), peak(100_000)
    assert large < small + 2**20
    assert large < 60 * 100_000 * 8 / 10


def test_a_narrow_layer_needs_no_gram_matrix(X, y, monkeypatch):
    monkeypatch.setattr(FeatureStream, "gram", None)
    for n_components, fit_intercept in [(59, True), (60, False)]:
        PrunedRandomFeatures(n_components, 9, fit_intercept=fit_intercept).fit(X, y)
    with pytest.raises(TypeError):
        PrunedRandomFeatures(60, 9).fit(X, y)


# --- a transformer, and a citizen --------------------------------------------------------


def test_feature_names_are_those_of_the_pipeline(X, y):
    frame = pd.DataFrame(X, columns=list("abcdef"))
    model = PrunedRandomFeatures(500, 5, random_state=0).set_output(transform="pandas")
    pipeline = pipeline_of(model).fit(frame, y)
    transformed = model.fit_transform(frame, y)
    assert_array_equal(model.get_feature_names_out(), pipeline.get_feature_names_out())
    assert list(transformed.columns) == [f"randomfeatures{i}" for i in model.component_indices_]
    assert_allclose(transformed @ model.coef_ + model.intercept_, model.predict(frame))
    with pytest.raises(ValueError, match="input_features"):
        model.get_feature_names_out(["a", "b"])


def test_it_is_pickled_without_the_features_it_dropped(X, y):
    model = PrunedRandomFeatures(50_000, 10, random_state=0).fit(X, y)
    data = pickle.dumps(model)
    assert len(data) < 10_000
    assert_array_equal(pickle.loads(data).predict(X), model.predict(X))


def test_grid_search(X, y):
    search = GridSearchCV(
        PrunedRandomFeatures(600, random_state=0), {"sparsity": [5, 10], "retrain": [RidgeCV()]}
    )
    assert search.fit(X, y).best_params_["sparsity"] in (5, 10)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_components": 0}, "n_components=0 must be an integer of at least 1"),
        ({"n_components": 1e3}, "n_components=1000.0 must be an integer"),
        ({"sparsity": 501}, "sparsity is 501: give the number of features to KEEP"),
        ({"sparsity": True}, "sparsity is True"),
        ({"strategy": "obs"}, r"strategy is 'obs': give one of 'magnitude', .* make_pipeline"),
        ({"strategy": "oracle"}, "For the others, which need all features in memory"),
        (
            {"strategy": lambda coef, _X, _y: coef},
            "For the others, which need all features in memory",
        ),
        ({"retrain": "distill"}, r'retrain="distill" needs .* make_pipeline'),
        ({"retrain": "yes"}, "retrain is 'yes'"),
        ({"retrain": LogisticRegression()}, "LogisticRegression is a classifier"),
        ({"activation": "softmax"}, "activation='softmax' is unknown"),
        ({"bias": True}, "bias=True with activation='relu'"),
        ({"scale": -1.0}, "scale=-1.0 must be a finite number above 0"),
        ({"weights": "cauchy"}, "weights='cauchy' is unknown"),
    ],
)
def test_parameters_out_of_range(X, y, params, message):
    model = PrunedRandomFeatures(**({"n_components": 500, "sparsity": 5} | params))
    with pytest.raises(ValueError, match=message):
        model.fit(X, y)


def test_overflow_is_an_error(X, y):
    with pytest.raises(ValueError, match="give a smaller scale, or standardise X"):
        PrunedRandomFeatures(500, 5, scale=1e160).fit(X, y)


def test_sample_weight_of_another_length(X, y):
    with pytest.raises(ValueError, match=r"sample_weight has shape \(3,\)"):
        PrunedRandomFeatures(500, 5).fit(X, y, np.ones(3))
