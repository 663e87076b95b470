import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    parametrize_with_checks,
)

from sklearn_prune import (
    MinNormRegressor,
    PrunedClassifier,
    PrunedRandomFeatures,
    PrunedRegressor,
    PrunedRegressorCV,
    TargetedRidge,
    pruning_path,
    width_path,
)


@parametrize_with_checks([TargetedRidge(), TargetedRidge(0.0, fit_intercept=False)])
def test_estimator_checks(estimator, check):
    check(estimator)


def test_feature_names():
    check_dataframe_column_names_consistency("TargetedRidge", TargetedRidge())


@pytest.fixture
def data(rng):
    X = rng.standard_normal((30, 8)) + 1
    return X, X @ rng.standard_normal(8) + rng.standard_normal(30), rng.uniform(0.5, 2, 30)


def normal_equations(X, y, weights, alpha, start, *, centred):
    """The minimiser, from its definition."""
    A = X - centred * (weights @ X / weights.sum())
    b = y - centred * (weights @ y / weights.sum())
    H = (A.T * weights) @ A + alpha * np.eye(X.shape[1])
    return np.linalg.solve(H, (A.T * weights) @ b + alpha * start)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("alpha", [1e-9, 0.3, 1e6])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_solves_the_normal_equations(data, rng, centred, alpha, container):
    X, y, weights = data
    start = rng.standard_normal(8)
    model = TargetedRidge(alpha, fit_intercept=centred)
    model.fit(container(X), y, weights, coef_init=start)
    expected = normal_equations(X, y, weights, alpha, start, centred=centred)
    assert_allclose(model.coef_, expected, rtol=1e-8)
    means = weights @ np.column_stack([X, y]) / weights.sum()
    assert_allclose(model.intercept_, centred * (means[-1] - means[:-1] @ expected), rtol=1e-7)


def test_without_penalty_it_is_the_nearest_solution(rng):
    X, y, start = rng.standard_normal((5, 9)), rng.standard_normal(5), rng.standard_normal(9)
    model = TargetedRidge(0, fit_intercept=False).fit(X, y, coef_init=start)
    nearest = start + np.linalg.pinv(X) @ (y - X @ start)
    assert_allclose(model.coef_, nearest, rtol=1e-10)


def test_without_start_it_is_a_ridge_of_each_target(data, rng):
    X, y, _ = data
    Y = np.column_stack([y, rng.standard_normal(30)])
    assert_allclose(TargetedRidge(2.0).fit(X, Y).coef_, Ridge(2.0).fit(X, Y).coef_, rtol=1e-10)
    start = rng.standard_normal((2, 8))
    both = TargetedRidge(2.0).fit(X, Y, coef_init=start)
    for t in range(2):
        alone = TargetedRidge(2.0).fit(X, Y[:, t], coef_init=start[t])
        assert_allclose(both.coef_[t], alone.coef_, rtol=1e-10)
        assert_allclose(both.intercept_[t], alone.intercept_, rtol=1e-10)


@pytest.mark.parametrize("alpha", [-1.0, np.nan, np.inf, "1", True, None, [1.0]])
def test_bad_penalty(data, alpha):
    with pytest.raises(ValueError, match=r"alpha is .*: give a finite number of at least 0"):
        TargetedRidge(alpha).fit(*data[:2])


def test_bad_start(data):
    X, y, _ = data
    with pytest.raises(ValueError, match=r"coef_init has shape \(7,\), but X and y ask for \(8,\)"):
        TargetedRidge().fit(X, y, coef_init=np.zeros(7))
    with pytest.raises(ValueError, match="coef_init contains NaN"):
        TargetedRidge().fit(X, y, coef_init=np.full(8, np.nan))
    with pytest.raises(ValueError, match="fit_intercept is 1"):
        TargetedRidge(fit_intercept=1).fit(X, y)


@pytest.mark.parametrize("dense", [None, Ridge(3.0)])
def test_as_refit_it_starts_from_the_kept_coefficients(data, dense):
    X, y, weights = data
    model = PrunedRegressor(sparsity=3, estimator=dense, retrain=TargetedRidge(4.0))
    model.fit(X, y, weights)
    kept = model.get_support()
    fitted = (dense or MinNormRegressor()).fit(X, y, weights)
    expected = normal_equations(X[:, kept], y, weights, 4.0, fitted.coef_[kept], centred=True)
    assert_allclose(model.coef_[kept], expected, rtol=1e-8)


def test_its_limits_are_no_refit_and_a_refit(data):
    X, y, _ = data
    for alpha, retrain in ((1e12, False), (0.0, True)):
        pulled = PrunedRegressor(sparsity=3, retrain=TargetedRidge(alpha), n_rounds=2).fit(X, y)
        limit = PrunedRegressor(sparsity=3, retrain=retrain, n_rounds=2).fit(X, y)
        assert_array_equal(pulled.support_, limit.support_)
        assert_allclose(pulled.coef_, limit.coef_, rtol=1e-9)
        assert_allclose(pulled.intercept_, limit.intercept_, rtol=1e-9)


@pytest.mark.parametrize("n_features", [8, 50])
def test_the_update_of_a_surgeon_is_a_refit(rng, n_features):
    """Of a ridge fit it is the ridge refit; of one of least norm, a pulled one, in theory too."""
    X = rng.standard_normal((30, n_features))
    y = X[:, 0] + rng.standard_normal(30)
    dense = Ridge(2.0, fit_intercept=False, solver="cholesky")
    model = PrunedRegressor("obs-one-shot", 3, estimator=dense).fit(X, y)
    pulled = PrunedRegressor(
        "obs-one-shot",
        3,
        estimator=MinNormRegressor(fit_intercept=False),
        retrain=TargetedRidge(2.0, fit_intercept=False),
    ).fit(X, y)
    inverse = np.linalg.inv(X.T @ X + 2.0 * np.eye(n_features))
    for fit in [model, pulled] if n_features > 30 else [model]:
        b, gone = fit.estimator_.coef_, ~fit.get_support()
        update = inverse[:, gone] @ np.linalg.solve(inverse[np.ix_(gone, gone)], b[gone])
        assert_allclose(fit.coef_, b - update, atol=1e-9)


@pytest.mark.parametrize("per_target", [True, False])
def test_several_targets(data, rng, per_target):
    X, y, _ = data
    Y = np.column_stack([y, rng.standard_normal(30)])
    options = {"retrain": TargetedRidge(4.0), "per_target": per_target}
    model = PrunedRegressor(sparsity=3, **options).fit(X, Y)
    supports = np.broadcast_to(model.support_, (2, 8))
    for t, kept in enumerate(supports):
        start = model.estimator_.coef_[t, kept]
        expected = normal_equations(X[:, kept], Y[:, t], np.ones(30), 4.0, start, centred=True)
        assert_allclose(model.coef_[t, kept], expected, rtol=1e-8)
    path = pruning_path(X, Y, sparsities=[1, 3], **options)
    assert_allclose(path.coef(1), model.coef_, rtol=1e-9)


@pytest.mark.parametrize("strategy", ["hessian", "obs", "obs-one-shot"])
@pytest.mark.parametrize("cv", [3, None])
@pytest.mark.parametrize("n_targets", [0, 2])
def test_searches_agree_with_single_fits(rng, strategy, cv, n_targets):
    X = rng.standard_normal((12, 5))
    Y = np.column_stack([X[:, 0], X[:, 1]]) + rng.standard_normal((12, 2))
    y = Y if n_targets else Y[:, 0]
    options = {"retrain_alphas": [1.0, 5.0], "per_target": n_targets > 0}
    search = PrunedRegressorCV(strategy, [1, 2], TargetedRidge(9.0), cv=cv, **options).fit(X, y)
    folds = np.arange(12) // (4 if cv else 1)
    for row, score in enumerate(search.cv_results_["mean_test_score"]):
        alpha, size = (search.cv_results_[name][row] for name in KEYS)
        model = PrunedRegressor(strategy, int(size), TargetedRidge(alpha))
        model.set_params(per_target=n_targets > 0)
        errors = [
            np.mean((y[folds == k] - model.fit(X[rest], y[rest]).predict(X[folds == k])) ** 2)
            for k in np.unique(folds)
            for rest in [folds != k]
        ]
        assert_allclose(score, -np.mean(errors), rtol=1e-8)
    assert isinstance(search.best_estimator_.retrained_estimator_, TargetedRidge | list)


KEYS = "retrain_alpha", "sparsity"


def test_search_without_other_penalties(data):
    X, y, _ = data
    search = PrunedRegressorCV(sparsities=[2, 4], retrain=TargetedRidge(9.0), cv=3).fit(X, y)
    assert_array_equal(search.cv_results_["retrain_alpha"], 9.0)
    assert search.best_estimator_.retrained_estimator_.alpha == 9.0
    with pytest.raises(ValueError, match="TargetedRidge shrinks to the dense coefficients"):
        PrunedRegressorCV(retrain=TargetedRidge(), criterion="bic").fit(X, y)


def test_paths_of_widths_and_of_classes(data):
    X, y, _ = data
    errors = [
        width_path(X, y, widths=[4, 8], sparsities=[2], retrain=retrain).retrained_errors
        for retrain in (TargetedRidge(0.0), True, TargetedRidge(1e12))
    ]
    assert_allclose(errors[0], errors[1], rtol=1e-8)
    pruned = width_path(X, y, widths=[4, 8], sparsities=[2]).pruned_errors
    assert_allclose(errors[2], pruned, rtol=1e-8)
    model = PrunedClassifier(sparsity=2, retrain=TargetedRidge(1e12)).fit(X, y > 0)
    bare = PrunedClassifier(sparsity=2, retrain=False).fit(X, y > 0)
    assert_allclose(model.coef_, bare.coef_, rtol=1e-9)
    logistic = PrunedClassifier(sparsity=2, estimator=LogisticRegression())
    assert logistic.set_params(retrain=TargetedRidge()).fit(X, y > 0).n_nonzero_ == 2


@pytest.mark.parametrize("n_components", [10, 100])
def test_random_features(data, n_components):
    X, y, _ = data
    options = {"random_state": 0, "n_jobs": 1}
    bare = PrunedRandomFeatures(n_components, 4, retrain=False, **options).fit(X, y)
    pulled = PrunedRandomFeatures(n_components, 4, retrain=TargetedRidge(1e12), **options)
    assert_allclose(pulled.fit(X, y).coef_, bare.coef_, rtol=1e-8)
