import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import (
    LassoCV,
    LogisticRegression,
    MultiTaskLasso,
    Ridge,
    RidgeClassifier,
)

from sklearn_prune import MinNormRegressor, PrunedClassifier, PrunedRegressor, RowBatches
from sklearn_prune._checks.class_codes import encode_classes

N_SAMPLES, N_FEATURES, N_TARGETS = 40, 12, 3

RULES = {
    "free": {},
    "groups": {"feature_groups": np.arange(N_FEATURES) // 2, "sparsity": 3},
    "stays": {"always_keep": [11, 4]},
    "costs": {"feature_costs": np.linspace(1, 3, N_FEATURES)},
    "total cost": {
        "feature_costs": np.linspace(1, 3, N_FEATURES),
        "sparsity_unit": "cost",
        "sparsity": 0.4,
    },
    "columns": {
        "feature_groups": [[0, 1, 2], [5, 9]],
        "sparsity_unit": "columns",
        "sparsity": 6,
        "always_keep": [9],
    },
}


def shown(coef, X, y):
    assert coef.shape == (X.shape[1],)
    assert y.shape == (X.shape[0],)
    return np.abs(X.T @ y) * np.abs(coef)


@pytest.fixture
def data(rng):
    X = rng.standard_normal((N_SAMPLES, N_FEATURES)) + rng.standard_normal(N_FEATURES)
    coef = np.where(rng.random((N_FEATURES, N_TARGETS)) < 0.3, 1.0, 0.1)
    return X, X @ coef + 0.3 * rng.standard_normal((N_SAMPLES, N_TARGETS)) + 5


def assert_equals_loop(model, X, Y, sample_weight=None, rtol=1e-8, **fit):
    """Fit a model of all targets, and one a target."""
    model.fit(X, Y, sample_weight, **fit)
    for t, y in enumerate(Y.T):
        single = type(model)(**{**model.get_params(deep=False), "per_target": False})
        single.fit(X, y, sample_weight, **fit)
        assert_array_equal(model.support_[t], single.support_)
        assert_allclose(model.coef_[t], single.coef_, rtol=rtol, atol=rtol)
        assert_allclose(model.intercept_[t], single.intercept_, rtol=rtol, atol=rtol)
        assert_allclose(model.scores_[t], single.scores_, rtol=rtol, atol=rtol)
        assert_allclose(model.threshold_[t], single.threshold_, rtol=rtol)
        assert_array_equal(model.group_support_[t], single.group_support_)
        assert model.n_nonzero_[t] == single.n_nonzero_
        assert_allclose(model.predict(X)[:, t], single.predict(X), rtol=rtol, atol=rtol)
    assert_array_equal(model.get_support(), model.support_.any(axis=0))
    assert model.transform(X).shape[1] == len(model.get_feature_names_out())
    assert model.coef_.dtype == X.dtype
    return model


@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "obs", shown])
@pytest.mark.parametrize("rule", RULES)
def test_equals_a_loop_over_targets(data, strategy, rule):
    options = {"sparsity": 4, **RULES[rule]}
    assert_equals_loop(PrunedRegressor(strategy, per_target=True, **options), *data)


@pytest.mark.parametrize("retrain", [True, False, Ridge(3)])
@pytest.mark.parametrize("estimator", [None, Ridge(2), MinNormRegressor(fit_intercept=False)])
@pytest.mark.parametrize("n_rounds", [1, 3])
def test_every_refit_with_weights(data, rng, retrain, estimator, n_rounds):
    model = PrunedRegressor(
        "hessian", 3, retrain, estimator=estimator, n_rounds=n_rounds, per_target=True
    )
    assert_equals_loop(model, *data, rng.integers(0, 4, N_SAMPLES))
    refits = model.retrained_estimator_
    assert refits is None or [len(refit.coef_) for refit in refits] == [3] * N_TARGETS


@pytest.mark.parametrize("make", [sparse.csr_array, sparse.csc_matrix])
def test_sparse_samples(data, make):
    X, Y = data
    X = make(np.where(X > 0.5, X, 0))
    assert_equals_loop(PrunedRegressor("hessian", 3, estimator=Ridge(1), per_target=True), X, Y)


def test_single_precision(data):
    X, Y = data
    model = PrunedRegressor("obs", 3, per_target=True)
    assert_equals_loop(model, X.astype(np.float32), Y, rtol=1e-5)


def test_more_features_than_samples(data):
    X, Y = data
    for strategy in ("obs", "magnitude"):
        assert_equals_loop(PrunedRegressor(strategy, 3, per_target=True), X[:9], Y[:9])


def test_distillation(data, rng):
    more = rng.standard_normal((25, N_FEATURES))
    model = PrunedRegressor(sparsity=4, retrain="distill", per_target=True)
    assert_equals_loop(model, *data, X_unlabeled=more)
    assert model.n_unlabeled_ == 25


def test_targets_that_need_different_features(rng):
    X = rng.standard_normal((60, 10))
    Y = X[:, [8, 2]]
    model = PrunedRegressor(sparsity=1, per_target=True).fit(X, Y)
    assert_array_equal(np.nonzero(model.support_)[1], [8, 2])
    assert_array_equal(model.get_support(indices=True), [2, 8])
    assert_array_equal(model.get_feature_names_out(), ["x2", "x8"])
    assert_array_equal(model.transform(X), X[:, [2, 8]])
    assert_allclose(model.predict(X), Y, atol=1e-12)
    assert_allclose(model.sparsify().predict(X), Y, atol=1e-12)
    assert_array_equal(model.n_nonzero_, [1, 1])


def test_a_column_is_a_target_and_a_vector_changes_nothing(data):
    X, Y = data
    model = PrunedRegressor(sparsity=3, per_target=True).fit(X, Y[:, :1])
    assert model.support_.shape == model.coef_.shape == (1, N_FEATURES)
    vector = PrunedRegressor(sparsity=3, per_target=True).fit(X, Y[:, 0])
    assert vector.support_.shape == (N_FEATURES,)
    assert isinstance(vector.n_nonzero_, int)
    assert isinstance(vector.threshold_, float)
    assert_array_equal(model.support_[0], vector.support_)


def test_draws_differ_and_are_those_of_one_generator(data):
    X, Y = data
    model = PrunedRegressor("random", 4, random_state=5, per_target=True).fit(X, Y)
    assert len(np.unique(model.support_, axis=0)) == N_TARGETS
    seeds = np.random.RandomState(5).randint(np.iinfo(np.int32).max, size=N_TARGETS)
    for t, seed in enumerate(seeds):
        single = PrunedRegressor("random", 4, random_state=int(seed)).fit(X, Y[:, t])
        assert_array_equal(model.support_[t], single.support_)
        assert_allclose(model.coef_[t], single.coef_, atol=1e-10)


def test_saliency_of_all_targets_or_of_each(data, rng):
    saliency = rng.random((N_TARGETS, N_FEATURES))
    model = PrunedRegressor("oracle", 2, saliency=saliency, per_target=True).fit(*data)
    best = np.argsort(saliency, axis=1)[:, -2:]
    assert_array_equal(np.nonzero(model.support_)[1].reshape(-1, 2), np.sort(best))
    assert_equals_loop(PrunedRegressor("oracle", 2, saliency=saliency[0], per_target=True), *data)
    with pytest.raises(ValueError, match="saliency has 2 rows, but y has 3 targets"):
        PrunedRegressor("oracle", 2, saliency=saliency[:2], per_target=True).fit(*data)


def test_a_joint_model_is_fitted_once(data):
    X, Y = data
    joint = MultiTaskLasso(0.1)
    model = PrunedRegressor("magnitude", 3, estimator=joint, per_target=True).fit(X, Y)
    dense = joint.fit(X, Y)
    assert_allclose(model.estimator_.coef_, dense.coef_)
    for t in range(N_TARGETS):
        frozen = MultiTaskLasso(0.1).fit(X[:, model.support_[t]], Y[:, [t]])
        assert_array_equal(model.scores_[t], np.abs(dense.coef_[t]))
        assert_allclose(model.coef_[t, model.support_[t]], frozen.coef_[0])


def test_a_frozen_model_of_all_targets(data):
    X, Y = data
    dense = Ridge(1).fit(X, Y)
    frozen = PrunedRegressor(
        sparsity=3, retrain=False, estimator=FrozenEstimator(dense), per_target=True
    ).fit(X, Y)
    assert frozen.retrained_estimator_ is None
    assert_allclose(frozen.coef_, np.where(frozen.support_, dense.coef_, 0))
    assert_allclose(frozen.predict(X).mean(axis=0), Y.mean(axis=0))


def test_refits_by_models_of_one_target(data):
    X, Y = data
    model = PrunedRegressor(sparsity=3, retrain=LassoCV(alphas=5), per_target=True).fit(X, Y)
    for t, refit in enumerate(model.retrained_estimator_):
        expected = LassoCV(alphas=5).fit(X[:, model.support_[t]], Y[:, t])
        assert_allclose(refit.coef_, expected.coef_)


def test_a_penalty_for_each_target(data):
    X, Y = data
    alphas = np.array([1.0, 10.0, 100.0])
    model = PrunedRegressor(sparsity=3, estimator=Ridge(alphas), n_rounds=2, per_target=True)
    model.fit(X, Y)
    for t, alpha in enumerate(alphas):
        single = PrunedRegressor(sparsity=3, estimator=Ridge(alpha), n_rounds=2).fit(X, Y[:, t])
        assert_allclose(model.coef_[t], single.coef_, atol=1e-10)


@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("strategy", ["hessian", "obs"])
def test_streams_of_rows(data, strategy, retrain):
    X, Y = data
    X = X + 1e3
    options = {"estimator": Ridge(1), "always_keep": [3] if strategy == "hessian" else None}
    expected = PrunedRegressor(strategy, 3, retrain, per_target=True, **options).fit(X, Y)
    stream = PrunedRegressor(strategy, 3, retrain, per_target=True, **options)
    for part in np.array_split(np.arange(N_SAMPLES), 3):
        stream.partial_fit(X[part], Y[part])
    batches = RowBatches(lambda: ((X[rows], Y[rows]) for rows in np.array_split(range(40), 2)))
    source = PrunedRegressor(strategy, 3, retrain, per_target=True, **options).fit(batches)
    for model in (stream, source):
        assert_array_equal(model.support_, expected.support_)
        assert_allclose(model.coef_, expected.coef_, rtol=1e-6)
        assert_allclose(model.predict(X), expected.predict(X), rtol=1e-7)
        assert_allclose(model.estimator_.predict(X), expected.estimator_.predict(X), rtol=1e-7)
        for t, refit in enumerate(model.retrained_estimator_ or []):
            part = X[:, model.support_[t]]
            assert_allclose(refit.predict(part), expected.predict(X)[:, t], rtol=1e-7)


@pytest.mark.parametrize("retrain", [True, False, "distill", "distill-labels"])
def test_classes_that_keep_features_of_their_own(retrain):
    X, y = load_iris(return_X_y=True)
    model = PrunedClassifier(
        "hessian", 2, retrain, estimator=Ridge(1), class_weight="balanced", per_target=True
    )
    model.fit(X, y, X_unlabeled=X[::2] + 0.1)
    assert model.support_.shape == model.coef_.shape == (3, 4)
    assert_array_equal(model.n_nonzero_, [2, 2, 2])
    codes = encode_classes(y, 3)
    if retrain == "distill-labels":
        dense = Ridge(1).fit(X, codes)
        taught = np.vstack([X, X[::2] + 0.1])
        labels = encode_classes(dense.predict(taught).argmax(axis=1), 3)
        for t, support in enumerate(model.support_):
            refit = Ridge(1).fit(taught[:, support], labels[:, t])
            assert_allclose(model.coef_[t, support], refit.coef_, atol=1e-10)
        return
    numbers = PrunedRegressor("hessian", 2, retrain, estimator=Ridge(1), per_target=True)
    numbers.fit(X, codes, X_unlabeled=X[::2] + 0.1)
    assert_array_equal(model.support_, numbers.support_)
    assert_allclose(model.decision_function(X), numbers.predict(X), atol=1e-10)


@pytest.mark.parametrize(
    "options", [{"estimator": LogisticRegression()}, {"retrain": RidgeClassifier()}]
)
def test_classifiers_fit_all_classes_at_once(options):
    X, y = load_iris(return_X_y=True)
    model = PrunedClassifier(sparsity=2, per_target=True, **options)
    with pytest.raises(ValueError, match="fits all classes at once"):
        model.fit(X, y)
    assert model.fit(X[:100], y[:100]).support_.shape == (4,)


def test_it_is_a_bool(data):
    with pytest.raises(ValueError, match="per_target is 'yes': give True or False"):
        PrunedRegressor(per_target="yes").fit(*data)
