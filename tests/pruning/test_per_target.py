import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import (
    Lasso,
    LassoCV,
    LogisticRegression,
    MultiTaskLasso,
    Ridge,
    RidgeClassifier,
)

from sklearn_prune import MinNormRegressor, PrunedClassifier, PrunedRegressor, RowBatches

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
    if strategy == "obs" and rule != "free":
        pytest.skip("elimination knows no groups yet")
    options = {"sparsity": 4, **RULES[rule]}
    assert_equals_loop(PrunedRegressor(strategy, per_target=True, **options), *data)


@pytest.mark.parametrize("retrain", [True, False, Ridge(3), LassoCV(alphas=5)])
@pytest.mark.parametrize("estimator", [None, Ridge(2), MinNormRegressor(fit_intercept=False)])
@pytest.mark.parametrize("n_rounds", [1, 3])
def test_every_refit_with_weights(data, rng, retrain, estimator, n_rounds):
    model = PrunedRegressor(
        "hessian", 3, retrain, estimator=estimator, n_rounds=n_rounds, per_target=True
    )
    assert_equals_loop(model, *data, rng.integers(0, 4, N_SAMPLES))
    refits = model.retrained_estimator_
    assert refits is None or [len(refit.coef_) for refit in refits] == [3] * N_TARGETS
