import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    Ridge,
    RidgeClassifier,
    RidgeCV,
)

from sklearn_prune import (
    MinNormRegressor,
    PrunedClassifier,
    PrunedClassifierCV,
    PrunedRegressor,
    PrunedRegressorCV,
    RowBatches,
    pruning_path,
    stability_path,
    width_path,
)

ONE_SHOT = "obs-one-shot"


def hessian(X, weights, alpha, *, centred):
    """The Hessian of half the penalised sum of squares, from its definition."""
    centre = weights @ X / weights.sum() if centred else 0
    A = X - centre
    return (A.T * weights) @ A + alpha * np.eye(X.shape[1])


def saliency(coef, H):
    """What a removal costs, from the inverse."""
    return np.abs(coef) / np.sqrt(np.linalg.inv(H).diagonal())


def by_inverse(coef, X):
    """Scores of least squares with an intercept."""
    return saliency(coef, hessian(X, np.ones(len(X)), 0.0, centred=True))


def one_shot_scores(X, y, estimator=None, sample_weight=None, **options):
    model = PrunedRegressor(ONE_SHOT, 1, estimator=estimator, **options)
    return model.fit(X, y, sample_weight).scores_


@pytest.fixture
def tall(rng):
    X = rng.standard_normal((50, 8)) @ rng.standard_normal((8, 8)) + 1
    return X, X @ rng.standard_normal(8) + rng.standard_normal(50), rng.uniform(0.5, 2, 50)


@pytest.fixture
def wide(rng):
    X = rng.standard_normal((20, 45)) + 1
    return X, X @ rng.standard_normal(45) + rng.standard_normal(20), rng.uniform(0.5, 2, 20)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_of_least_squares_by_the_inverse(tall, centred, container):
    X, y, weights = tall
    dense = LinearRegression(fit_intercept=centred).fit(X, y, weights)
    expected = saliency(dense.coef_, hessian(X, weights, 0.0, centred=centred))
    model = MinNormRegressor(fit_intercept=centred)
    assert_allclose(one_shot_scores(container(X), y, model, weights), expected, rtol=1e-10)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("name", ["tall", "wide"])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_of_a_ridge_by_the_inverse(request, name, centred, container):
    X, y, weights = request.getfixturevalue(name)
    dense = Ridge(3.0, fit_intercept=centred, solver="svd").fit(X, y, weights)
    expected = saliency(dense.coef_, hessian(X, weights, 3.0, centred=centred))
    model = FrozenEstimator(dense)
    assert_allclose(
        one_shot_scores(container(X), y, model, weights, retrain=False), expected, rtol=1e-10
    )


def test_is_the_t_statistic(tall):
    """Of least squares with an intercept it is proportional to it: here by a refit without."""
    X, y, _ = tall

    def squares(columns):
        return ((y - LinearRegression().fit(X[:, columns], y).predict(X[:, columns])) ** 2).sum()

    rises = [squares(np.delete(np.arange(8), i)) - squares(np.arange(8)) for i in range(8)]
    assert_allclose(one_shot_scores(X, y) ** 2, rises, rtol=1e-8)


def test_of_least_squares_does_not_depend_on_units(tall):
    X, y, weights = tall
    units = np.geomspace(1e-8, 1e8, 8)
    assert_allclose(
        one_shot_scores(X * units, y, None, weights),
        one_shot_scores(X, y, None, weights),
        rtol=1e-7,
    )


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_of_more_features_than_samples_by_the_null_space(wide, centred, container):
    X, y, weights = wide
    dense = MinNormRegressor(fit_intercept=centred).fit(X, y, weights)
    A = X - centred * (weights @ X / weights.sum())
    null = 1 - np.diag(np.linalg.pinv(A, rcond=1e-10) @ A)
    scores = one_shot_scores(container(X), y, dense, weights)
    assert_allclose(scores, np.abs(dense.coef_) / np.sqrt(null), rtol=1e-9)


def test_of_more_features_than_samples_is_the_limit_of_a_ridge(wide):
    X, y, _ = wide
    X[:, :5] *= 100
    for alpha, rtol in ((1e-3, 1e-3), (1e-5, 1e-5)):
        ridge = one_shot_scores(X, y, Ridge(alpha, solver="svd")) / np.sqrt(alpha)
        assert_allclose(ridge, one_shot_scores(X, y), rtol=rtol)


def test_a_column_of_a_very_large_unit_keeps_its_digits(wide):
    """Its part in the null space is 1e-16, which no difference from one can hold."""
    X, y, _ = wide
    X[:, 3] *= 1e8
    others = np.delete(X - X.mean(axis=0), 3, axis=1)
    needed = np.linalg.pinv(others, rcond=1e-10) @ (X[:, 3] - X[:, 3].mean())
    coef = MinNormRegressor().fit(X, y).coef_[3]
    expected = abs(coef) * np.sqrt(1 + needed @ needed)
    assert_allclose(one_shot_scores(X, y)[3], expected, rtol=1e-6)


@pytest.mark.parametrize("n_samples", [50, 7])
def test_what_others_replace_costs_next_to_nothing(rng, n_samples):
    """Of two equal columns neither is missed; what only one column can do, is."""
    X = rng.standard_normal((n_samples, 9))
    X[1:, 0] = 0
    X[0, 1:] = 0
    X[:, 5] = X[:, 4]
    y = X @ np.arange(1.0, 10)
    model = MinNormRegressor(fit_intercept=False)
    scores = one_shot_scores(X, y, model)
    free = [4, 5] if n_samples > 9 else range(1, 9)
    alone = np.setdiff1d(np.arange(9), free)
    dense = model.fit(X, y)
    inverse = np.linalg.pinv(X.T @ X, rcond=1e-10).diagonal()
    expected = np.abs(dense.coef_) / np.sqrt(inverse)
    assert_allclose(scores[alone], expected[alone], rtol=1e-9)
    assert 0 < scores[free].max() < 1e-5 * scores[alone].min()
    if n_samples > 9:
        assert_allclose(scores[4], scores[5], rtol=1e-9)


def test_constant_columns_score_zero(tall):
    X, y, _ = tall
    X[:, 2] = 7.0
    scores = one_shot_scores(X, y)
    assert scores[2] == 0
    assert_allclose(np.delete(scores, 2), one_shot_scores(np.delete(X, 2, axis=1), y), rtol=1e-10)
    assert_array_equal(one_shot_scores(np.ones((4, 3)), np.arange(4.0)), 0)


def test_a_searched_penalty_is_that_of_the_fit(tall):
    X, y, _ = tall
    dense = RidgeCV([0.1, 3.0, 50.0]).fit(X, y)
    scores = one_shot_scores(X, y, RidgeCV([0.1, 3.0, 50.0]))
    expected = saliency(dense.coef_, hessian(X, np.ones(50), dense.alpha_, centred=True))
    assert_allclose(scores, expected, rtol=1e-8)


@pytest.mark.parametrize("per_target", [True, False])
def test_each_target_has_its_penalty(tall, rng, per_target):
    X, y, _ = tall
    Y = np.column_stack([y, rng.standard_normal(50)])
    dense = Ridge([1.0, 40.0], solver="cholesky").fit(X, Y)
    each = [
        saliency(b, hessian(X, np.ones(50), alpha, centred=True))
        for b, alpha in zip(dense.coef_, (1.0, 40.0), strict=True)
    ]
    scores = one_shot_scores(X, Y, Ridge([1.0, 40.0], solver="cholesky"), per_target=per_target)
    assert_allclose(scores, each if per_target else np.linalg.norm(each, axis=0), rtol=1e-9)


@pytest.mark.parametrize("alpha", [0.0, 2.0])
@pytest.mark.parametrize("name", ["tall", "wide"])
def test_the_score_of_a_group_is_what_its_removal_costs(request, name, alpha):
    X, y, weights = request.getfixturevalue(name)
    groups = np.arange(X.shape[1]) // 3
    dense = Ridge(alpha or 1e-7, solver="svd").fit(X, y, weights)
    inverse = np.linalg.inv(hessian(X, weights, dense.alpha, centred=True))
    expected = np.array(
        [
            np.sqrt(b @ np.linalg.solve(inverse[np.ix_(g, g)], b))
            for g in (np.flatnonzero(groups == k) for k in range(groups.max() + 1))
            for b in [dense.coef_[g]]
        ]
    )[groups]
    if alpha == 0 and name == "wide":
        expected /= np.sqrt(dense.alpha)
    estimator = Ridge(alpha, solver="cholesky") if alpha else None
    scores = one_shot_scores(X, y, estimator, weights, feature_groups=groups)
    assert_allclose(scores, expected, rtol=1e-6)


def test_later_rounds_have_the_hessian_of_what_is_left(tall):
    X, y, _ = tall
    model = PrunedRegressor(ONE_SHOT, 2, n_rounds=2, estimator=Ridge(1.0)).fit(X, y)
    first = PrunedRegressor(ONE_SHOT, 4, estimator=Ridge(1.0)).fit(X, y)
    kept = first.get_support()
    second = one_shot_scores(X[:, kept], y, Ridge(1.0))
    assert_allclose(model.scores_[kept], second, rtol=1e-9)
    assert np.all(model.scores_[~kept] == -np.inf)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("centred", [True, False])
def test_of_logistic_fits_by_the_curvature(rng, n_classes, centred):
    X = rng.standard_normal((80, 6)) + 1
    y = np.argmax(X[:, :n_classes] + rng.standard_normal((80, n_classes)), axis=1)
    dense = LogisticRegression(C=0.5, fit_intercept=centred, tol=1e-10).fit(X, y)
    p = dense.predict_proba(X)
    curvatures = (p * (1 - p)).mean(axis=1)
    H = hessian(X, curvatures, 2.0, centred=centred)
    expected = np.linalg.norm(saliency(dense.coef_, H), axis=0)
    model = PrunedClassifier(ONE_SHOT, 3, estimator=FrozenEstimator(dense), retrain=False)
    assert_allclose(model.fit(X, y).scores_, expected, rtol=1e-8)


def test_of_a_ridge_classifier(rng):
    X = rng.standard_normal((80, 6)) + 1
    y = X[:, 0] > 1
    dense = RidgeClassifier(5.0).fit(X, y)
    expected = saliency(dense.coef_.ravel(), hessian(X, np.ones(80), 5.0, centred=True))
    model = PrunedClassifier(ONE_SHOT, 3, estimator=RidgeClassifier(5.0)).fit(X, y)
    assert_allclose(model.scores_, expected, rtol=1e-8)


@pytest.mark.parametrize("estimator", [None, Ridge(2.0, solver="cholesky")])
@pytest.mark.parametrize("n_features", [10, 70])
def test_paths_and_searches_agree_with_single_fits(rng, estimator, n_features):
    X = rng.standard_normal((60, n_features)) @ rng.standard_normal((n_features, n_features))
    y = X[:, :3].sum(axis=1) + rng.standard_normal(60)
    path = pruning_path(X, y, strategy=ONE_SHOT, estimator=estimator, sparsities=[2, 5])
    for i, size in enumerate((2, 5)):
        single = PrunedRegressor(ONE_SHOT, size, estimator=estimator).fit(X, y)
        assert_array_equal(path.support(i), single.get_support(indices=True))
    alpha = 0.0 if estimator is None else 2.0
    search = PrunedRegressorCV(ONE_SHOT, [2, 5], alphas=[alpha], cv=3).fit(X, y)
    folds = np.arange(60) // 20
    expected = [
        [
            -np.mean((y[folds == k] - model.predict(X[folds == k])) ** 2)
            for k in range(3)
            for model in [
                PrunedRegressor(ONE_SHOT, size, estimator=estimator).fit(
                    X[folds != k], y[folds != k]
                )
            ]
        ]
        for size in (2, 5)
    ]
    assert_allclose(search.cv_results_["mean_test_score"], np.mean(expected, axis=1), rtol=1e-7)


def test_many_rows_by_their_moments(rng):
    X = rng.standard_normal((3000, 6)) @ rng.standard_normal((6, 6))
    y = X[:, :2].sum(axis=1) + rng.standard_normal(3000)
    groups = [0, 0, 1, 2, 3, 3]
    whole = PrunedRegressor(ONE_SHOT, 2, estimator=Ridge(100.0), feature_groups=groups).fit(X, y)
    model = PrunedRegressor(ONE_SHOT, 2, estimator=Ridge(100.0), feature_groups=groups)
    for part in np.split(np.arange(3000), 3):
        model.partial_fit(X[part], y[part])
    assert_allclose(model.scores_, whole.scores_, rtol=1e-8)
    batches = RowBatches([(X[:1000], y[:1000]), (X[1000:], y[1000:])])
    streamed = PrunedRegressor(ONE_SHOT, 2, estimator=Ridge(100.0), feature_groups=groups)
    assert_allclose(streamed.fit(batches).scores_, whole.scores_, rtol=1e-8)
    path = pruning_path(
        X, y, strategy=ONE_SHOT, estimator=Ridge(100.0), feature_groups=groups, sparsities=[2]
    )
    assert_array_equal(path.support(0), whole.get_support(indices=True))


def test_leave_one_out_fits_each(rng):
    X = rng.standard_normal((12, 5))
    y = X[:, 0] + rng.standard_normal(12)
    search = PrunedRegressorCV(ONE_SHOT, [1, 2]).fit(X, y)
    errors = [
        np.mean(
            [
                (y[i] - PrunedRegressor(ONE_SHOT, size).fit(X[k], y[k]).predict(X[[i]])[0]) ** 2
                for i in range(12)
                for k in [np.arange(12) != i]
            ]
        )
        for size in (1, 2)
    ]
    assert_allclose(search.cv_results_["mean_test_score"], -np.array(errors), rtol=1e-8)


def test_other_paths_know_it(rng):
    X = rng.standard_normal((30, 12))
    y = X[:, 0] + 0.1 * rng.standard_normal(30)
    classes = y > 0
    assert 0 in stability_path(X, y, strategy=ONE_SHOT, random_state=0).stable(1)
    named, called = (
        width_path(X, y, widths=[6, 12], sparsities=[1, 2], strategy=strategy)
        for strategy in (ONE_SHOT, lambda coef, X, _y: by_inverse(coef, X))
    )
    assert_allclose(named.retrained_errors, called.retrained_errors, rtol=1e-9)
    search = PrunedClassifierCV(ONE_SHOT, [1, 2], cv=3, estimator=LogisticRegression())
    assert search.fit(X, classes).get_support()[0]
