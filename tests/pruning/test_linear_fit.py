import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import LeaveOneOut

from sklearn_prune import PrunedRegressor, PrunedRegressorCV, pruning_path, width_path


@pytest.fixture
def kelvin(rng):
    """Temperatures in float32, of which two matter: their sum is beyond its digits."""
    X = (293 + rng.standard_normal((400_000, 3))).astype(np.float32)
    return X, X[:, 0] + 2.0 * X[:, 2] + rng.standard_normal(400_000)


def test_means_of_single_precision_are_exact(kelvin):
    X, y = kelvin
    model = PrunedRegressorCV(alphas=[1e-3], sparsities=[2], cv=2).fit(X, y)
    assert_array_equal(model.get_support(indices=True), [0, 2])
    error = np.mean((y - model.predict(X)) ** 2)
    assert error == pytest.approx(1, abs=0.02)
    assert -model.best_score_ == pytest.approx(error, rel=1e-3)
    for estimator in (Ridge(1e-3), LinearRegression()):
        pruned = PrunedRegressor(sparsity=2, estimator=estimator).fit(X, y)
        assert_allclose(pruned.coef_, model.coef_, atol=1e-4)
    path = pruning_path(X, y, sparsities=[2], estimator=Ridge(1e-3))
    assert_allclose(path.coef(0), model.coef_, atol=1e-4)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize(
    "estimator",
    [Ridge(), LinearRegression()],
    ids=str,
)
def test_twins_of_single_precision_tie(estimator, container):
    for seed in range(20):
        rng = np.random.default_rng(seed)
        half = rng.standard_normal((30, 4)).astype(np.float32)
        X, y = container(np.hstack([half, half])), rng.standard_normal(30)
        kept = PrunedRegressor(sparsity=3, estimator=estimator).fit(X, y).get_support(indices=True)
        assert set(kept[kept >= 4] - 4) <= set(kept)


def test_the_dtype_of_the_model_is_that_of_the_data(rng):
    X, y = rng.standard_normal((30, 8)).astype(np.float32), rng.standard_normal(30)
    model = PrunedRegressor(sparsity=3, estimator=Ridge()).fit(X, y)
    assert model.coef_.dtype == model.predict(X).dtype == np.float32
    path = width_path(X, y, widths=[4, 8], sparsities=[2], estimator=Ridge(), cv=3)
    assert np.isfinite(path.retrained_errors).all()


def test_coefficients_of_several_targets_are_stored_by_rows(rng):
    X, y = rng.standard_normal((20, 8)), rng.standard_normal((20, 3))
    for model in (
        PrunedRegressor(sparsity=3),
        PrunedRegressor(sparsity=3, retrain=False),
        PrunedRegressor(sparsity=3, estimator=Ridge()),
        PrunedRegressorCV(sparsities=[3], cv=3),
        PrunedRegressorCV(sparsities=[3]),
    ):
        model.fit(X, y)
        inner = getattr(model, "best_estimator_", model)
        assert model.coef_.flags.c_contiguous
        if not isinstance(inner.estimator_, Ridge):
            assert inner.estimator_.coef_.flags.c_contiguous


@pytest.mark.parametrize("alpha", [1e-12, 1e-14])
@pytest.mark.parametrize("shape", [(20, 40), (12, 11), (30, 8)], ids=str)
@pytest.mark.parametrize("n_targets", [1, 2])
def test_tiny_penalties_of_equal_rows_of_different_targets(shape, alpha, n_targets):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal(shape), rng.standard_normal((shape[0], n_targets)).squeeze()
    X[[5, 7]] = X[3]
    model = PrunedRegressor(sparsity=5, retrain=False, estimator=Ridge(alpha)).fit(X, y)
    limit = PrunedRegressor(sparsity=5, retrain=False).fit(X, y)
    assert_allclose(model.coef_, limit.coef_, rtol=1e-8)
    assert model.estimator_.get_params() == Ridge(alpha).get_params()
    for cv in (None, LeaveOneOut()):
        scores = [
            PrunedRegressorCV(sparsities=[5], retrain=retrain, alphas=[penalty], cv=cv)
            .fit(X, y)
            .cv_results_["mean_test_score"]
            for penalty in (alpha, 0.0)
            for retrain in (True, False)
        ]
        assert_allclose(scores[:2], scores[2:], rtol=1e-7)
