import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import RFE, SelectFromModel
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import (
    ElasticNet,
    HuberRegressor,
    Lasso,
    LinearRegression,
    LogisticRegression,
    OrthogonalMatchingPursuit,
    PoissonRegressor,
    Ridge,
    RidgeCV,
)
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_prune import MinNormRegressor, PrunedRegressor, PrunedRegressorCV, RandomFeatures

STRATEGIES = ["magnitude", "hessian", "oracle", "random", "obs"]
SPARSE = [sparse.csr_array, sparse.csc_array, sparse.csr_matrix, sparse.csc_matrix]


@parametrize_with_checks([PrunedRegressor(), PrunedRegressor("obs", 0.5, RidgeCV(), n_rounds=2)])
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
@pytest.mark.filterwarnings("ignore:X .* feature names, but PrunedRegressor was fitted")
def test_output_checks_that_the_contract_leaves_out(check):
    getattr(estimator_checks, check)("PrunedRegressor", PrunedRegressor(sparsity=2))


@pytest.fixture
def wide(rng):
    X = rng.standard_normal((40, 100)) * rng.uniform(0.5, 2, 100) + rng.standard_normal(100)
    return X, X[:, :10] @ rng.standard_normal(10) + rng.standard_normal(40) + 3


@pytest.fixture
def tall(rng):
    X = rng.standard_normal((100, 12)) @ rng.standard_normal((12, 12)) + 1
    return X, X @ rng.standard_normal(12) + 3 * rng.standard_normal(100)


def pruned(strategy, *args, n_features=100, **kwargs):
    saliency = np.linspace(1, 2, n_features) if strategy == "oracle" else None
    return PrunedRegressor(strategy, *args, saliency=saliency, random_state=0, **kwargs)


# What each strategy keeps


def test_scores_of_the_strategies(wide):
    X, y = wide
    dense = MinNormRegressor().fit(X, y)
    expected = {
        "magnitude": np.abs(dense.coef_),
        "hessian": X.std(axis=0) * np.abs(dense.coef_),
        "oracle": np.linspace(1, 2, 100),
    }
    for strategy, scores in expected.items():
        model = pruned(strategy, 7).fit(X, y)
        assert_allclose(model.scores_, scores, rtol=1e-10)
        assert_array_equal(np.flatnonzero(model.support_), np.sort(np.argsort(-scores)[:7]))
        assert model.threshold_ == np.sort(model.scores_)[-7]


def test_hessian_is_uncentred_without_intercept_and_weighted(wide, rng):
    X, y = wide
    weights = rng.uniform(0.1, 2, len(y))
    model = PrunedRegressor("hessian", estimator=MinNormRegressor(fit_intercept=False))
    model.fit(X, y, sample_weight=weights)
    second_moment = np.average(X**2, axis=0, weights=weights)
    assert_allclose(model.scores_, np.sqrt(second_moment) * np.abs(model.estimator_.coef_))
    model = PrunedRegressor("hessian").fit(X, y, sample_weight=weights)
    variance = np.average((X - np.average(X, axis=0, weights=weights)) ** 2, 0, weights)
    assert_allclose(model.scores_, np.sqrt(variance) * np.abs(model.estimator_.coef_))


def test_random_depends_on_the_seed_alone(wide):
    X, y = wide
    first = PrunedRegressor("random", 10, random_state=3).fit(X, y)
    again = PrunedRegressor("random", 10, random_state=3).fit(-X, y**2)
    other = PrunedRegressor("random", 10, random_state=4).fit(X, y)
    assert_array_equal(first.support_, again.support_)
    assert not np.array_equal(first.support_, other.support_)


def test_callable_strategy(wide):
    X, y = wide

    def correlation(coef, X, y):
        assert coef.shape == (X.shape[1],)
        return np.abs((X - X.mean(0)).T @ (y - y.mean()))

    model = PrunedRegressor(correlation, 5).fit(X, y)
    assert_allclose(model.scores_, correlation(model.estimator_.coef_, X, y))
    assert model.n_nonzero_ == 5


def test_obs_beats_magnitude_on_correlated_features(rng):
    gains = []
    for _ in range(40):
        X = rng.standard_normal((100, 20)) @ rng.standard_normal((20, 20))
        y = X[:, :4].sum(axis=1) + 2 * rng.standard_normal(100)
        fits = [PrunedRegressor(s, 4).fit(X, y).score(X, y) for s in ("obs", "magnitude")]
        gains.append(fits[0] - fits[1])
    assert np.mean(gains) > 3 * np.std(gains) / np.sqrt(40)


def test_ties_go_to_the_lower_index(rng):
    X = rng.standard_normal((30, 6))
    X = np.column_stack([X, X])  # the twins of a pair share their coefficient
    y = rng.standard_normal(30)
    model = PrunedRegressor(sparsity=3).fit(X, y)
    best = np.sort(np.argsort(-np.abs(model.estimator_.coef_[:6]))[:2])
    twins = np.flatnonzero(model.support_)
    assert set(best[:1]) <= set(twins)
    assert sum(twins < 6) == 2


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_permuting_samples_changes_nothing(wide, strategy, rng):
    X, y = wide
    order = rng.permutation(len(y))
    model, shuffled = (pruned(strategy, 8).fit(X[i], y[i]) for i in (np.arange(len(y)), order))
    assert_array_equal(shuffled.support_, model.support_)
    assert_allclose(shuffled.coef_, model.coef_, atol=1e-10)


@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "obs"])
def test_permuting_features_permutes_the_model(wide, strategy, rng):
    X, y = wide
    order = rng.permutation(100)
    model = PrunedRegressor(strategy, 8).fit(X, y)
    shuffled = PrunedRegressor(strategy, 8).fit(X[:, order], y)
    assert_array_equal(shuffled.support_, model.support_[order])
    assert_allclose(shuffled.coef_, model.coef_[order], atol=1e-10)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("factor", [1e-3, 1e3])
def test_scaling_of_target_and_data(wide, strategy, factor):
    X, y = wide
    model = pruned(strategy, 8).fit(X, y)
    scaled = pruned(strategy, 8).fit(X, factor * y)
    assert_array_equal(scaled.support_, model.support_)
    assert_allclose(scaled.coef_, factor * model.coef_, rtol=1e-8)
    scaled = pruned(strategy, 8).fit(factor * X, y)
    assert_array_equal(scaled.support_, model.support_)
    assert_allclose(scaled.coef_ * factor, model.coef_, rtol=1e-8)


@pytest.mark.parametrize("strategy", ["hessian", "obs"])
def test_units_of_the_features_do_not_matter(tall, strategy, rng):
    X, y = tall
    units = 10 ** rng.uniform(-3, 3, 12)
    model = PrunedRegressor(strategy, 5).fit(X, y)
    scaled = PrunedRegressor(strategy, 5).fit(X * units, y)
    assert_array_equal(scaled.support_, model.support_)
    assert_allclose(scaled.coef_ * units, model.coef_, rtol=1e-8)


# How many


@pytest.mark.parametrize(
    ("sparsity", "kept"),
    [
        (1, 1),
        (1.0, 100),
        (0.25, 25),
        (0.001, 1),
        (100, 100),
        (np.int64(7), 7),
        (np.float32(0.5), 50),
    ],
)
def test_sparsity_is_what_is_kept(wide, sparsity, kept):
    model = PrunedRegressor(sparsity=sparsity).fit(*wide)
    assert model.n_nonzero_ == model.support_.sum() == np.count_nonzero(model.coef_) == kept


@pytest.mark.parametrize(
    "sparsity", [0, -1, 101, 0.0, 1.5, -0.1, True, False, np.nan, "half", None, np.True_]
)
def test_bad_sparsity(wide, sparsity):
    with pytest.raises(ValueError, match=r"sparsity is .* KEEP.* from 1 to 100"):
        PrunedRegressor(sparsity=sparsity).fit(*wide)


# What happens to the kept


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_retraining_masks_and_moves_the_intercept(wide, strategy, fit_intercept):
    X, y = wide
    model = pruned(strategy, 9, retrain=False, estimator=Ridge(fit_intercept=fit_intercept))
    model.fit(X, y)
    assert model.retrained_estimator_ is None
    assert_allclose(model.coef_, np.where(model.support_, model.estimator_.coef_, 0))
    expected = y.mean() - X.mean(axis=0) @ model.coef_ if fit_intercept else 0.0
    assert_allclose(model.intercept_, expected)


@pytest.mark.parametrize("s", [1, 5, 30, 60, 100])
def test_retraining_is_the_fit_to_the_kept(wide, s):
    X, y = wide
    model = PrunedRegressor(sparsity=s).fit(X, y)
    refit = MinNormRegressor().fit(X[:, model.support_], y)
    assert_allclose(model.coef_[model.support_], refit.coef_)
    assert_allclose(model.intercept_, refit.intercept_)
    assert_allclose(model.predict(X), refit.predict(X[:, model.support_]))
    assert_allclose(model.retrained_estimator_.coef_, refit.coef_)


@pytest.mark.parametrize("s", [1, 4, 11])
def test_equals_rfe_in_one_step(rng, s):
    X, y = rng.standard_normal((60, 12)), rng.standard_normal(60)
    peer = RFE(
        LinearRegression(fit_intercept=False, tol=1e-14), n_features_to_select=s, step=12 - s
    ).fit(X, y)
    model = PrunedRegressor("magnitude", s, estimator=MinNormRegressor(fit_intercept=False))
    model.fit(X, y)
    assert_array_equal(model.support_, peer.support_)
    assert_allclose(model.predict(X), peer.predict(X), atol=1e-12)


def test_retrain_with_another_estimator(wide):
    X, y = wide
    model = PrunedRegressor(sparsity=10, retrain=RidgeCV(alphas=[1.0, 10.0])).fit(X, y)
    refit = RidgeCV(alphas=[1.0, 10.0]).fit(X[:, model.support_], y)
    assert isinstance(model.retrained_estimator_, RidgeCV)
    assert_allclose(model.coef_[model.support_], refit.coef_)
    assert_allclose(model.predict(X), refit.predict(X[:, model.support_]))


@pytest.mark.parametrize(
    "estimator",
    [
        LinearRegression(),
        Ridge(),
        RidgeCV(),
        Lasso(alpha=0.1),
        ElasticNet(alpha=0.1),
        HuberRegressor(max_iter=10_000),
        SVR(kernel="linear"),
        OrthogonalMatchingPursuit(n_nonzero_coefs=9),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
@pytest.mark.parametrize("retrain", [True, False])
def test_any_linear_regressor(tall, estimator, retrain):
    X, y = StandardScaler().fit_transform(tall[0]), tall[1]
    if retrain and isinstance(estimator, OrthogonalMatchingPursuit):
        estimator = clone(estimator).set_params(n_nonzero_coefs=4)
    model = PrunedRegressor(sparsity=5, retrain=retrain, estimator=estimator).fit(X, y)
    assert model.coef_.shape == (12,)
    if retrain:
        refit = clone(estimator).fit(X[:, model.support_], y)
        assert_allclose(model.predict(X), refit.predict(X[:, model.support_]))
    assert model.score(X, y) > 0.3


def test_several_outputs(wide, rng):
    X, y = wide
    Y = np.column_stack([y, rng.standard_normal(40), X[:, 50]])
    model = PrunedRegressor("magnitude", 10).fit(X, Y)
    assert_allclose(model.scores_, np.linalg.norm(model.estimator_.coef_, axis=0))
    assert model.coef_.shape == (3, 100)
    assert model.intercept_.shape == (3,)
    assert_array_equal((model.coef_ != 0).any(axis=0), model.support_)
    assert_allclose(model.predict(X), X @ model.coef_.T + model.intercept_)
    for k in range(3):
        refit = MinNormRegressor().fit(X[:, model.support_], Y[:, k])
        assert_allclose(model.coef_[k, model.support_], refit.coef_, atol=1e-12)
    assert PrunedRegressor().fit(X, Y[:, :1]).predict(X).shape == (40, 1)


@pytest.mark.filterwarnings("ignore:Rounds from")
# Rounds


def test_rounds_are_geometric_and_refitted(wide):
    X, y = wide
    model = PrunedRegressor("magnitude", 25, n_rounds=2).fit(X, y)
    first = np.argsort(-np.abs(MinNormRegressor().fit(X, y).coef_))[:50]
    second = MinNormRegressor().fit(X[:, first], y)
    expected = first[np.argsort(-np.abs(second.coef_))[:25]]
    assert_array_equal(np.flatnonzero(model.support_), np.sort(expected))
    assert_array_equal(np.flatnonzero(np.isfinite(model.scores_)), np.sort(first))
    assert_allclose(np.sort(model.scores_)[-50:], np.sort(np.abs(second.coef_)))
    masked = PrunedRegressor("magnitude", 25, n_rounds=2, retrain=False).fit(X, y)
    kept = np.isin(first, expected)
    assert_allclose(masked.coef_[first[kept]], second.coef_[kept])


@pytest.mark.filterwarnings("ignore:Rounds from")
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("n_rounds", [1, 3, 50])
def test_rounds_end_at_the_sparsity(wide, strategy, n_rounds):
    model = pruned(strategy, 6, n_rounds=n_rounds).fit(*wide)
    assert model.n_nonzero_ == model.support_.sum() == 6


@pytest.mark.parametrize("n_rounds", [0, -1, 1.5, True, "two", None])
def test_bad_n_rounds(wide, n_rounds):
    with pytest.raises(ValueError, match="n_rounds is"):
        PrunedRegressor(n_rounds=n_rounds).fit(*wide)


# Distillation


def test_distillation_fits_the_dense_predictions(wide, rng):
    X, y = wide
    more = rng.standard_normal((300, 100))
    model = PrunedRegressor(sparsity=10, retrain="distill").fit(X, y, X_unlabeled=more)
    stacked = np.vstack([X, more])
    refit = MinNormRegressor().fit(
        stacked[:, model.support_], MinNormRegressor().fit(X, y).predict(stacked)
    )
    assert_allclose(model.coef_[model.support_], refit.coef_, atol=1e-12)
    assert_allclose(model.intercept_, refit.intercept_)
    assert model.n_samples_fit_ == 40


def test_distillation_counts_unlabelled_samples_once(wide, rng):
    X, y = wide
    more = rng.standard_normal((30, 100))
    weights = rng.integers(0, 3, 40)
    repeated = np.repeat(np.arange(40), weights)
    model = PrunedRegressor(sparsity=10, retrain="distill", estimator=Ridge())
    weighted = clone(model).fit(X, y, sample_weight=weights, X_unlabeled=more)
    explicit = clone(model).fit(X[repeated], y[repeated], X_unlabeled=more)
    assert_allclose(weighted.coef_, explicit.coef_, atol=1e-10)


def test_infinite_distillation_of_independent_features_is_pruning(wide, rng):
    X, y = wide
    more = rng.standard_normal((20_000, 100))
    model = PrunedRegressor(sparsity=10, retrain="distill").fit(X, y, X_unlabeled=more)
    masked = np.where(model.support_, model.estimator_.coef_, 0)
    # The dropped part of the dense model acts as noise on m unlabelled samples.
    dropped = np.linalg.norm(model.estimator_.coef_ - masked)
    error = model.coef_[model.support_] - masked[model.support_]
    assert np.linalg.norm(error) < 3 * dropped * np.sqrt(10 / 20_000)


@pytest.mark.parametrize("container", SPARSE)
def test_distillation_of_sparse_data(wide, rng, container):
    X, y = wide
    more = rng.standard_normal((60, 100))
    model = PrunedRegressor(sparsity=10, retrain="distill")
    dense = clone(model).fit(X, y, X_unlabeled=more)
    thin = clone(model).fit(container(X), y, X_unlabeled=container(more))
    mixed = clone(model).fit(X, y, X_unlabeled=container(more))
    assert_allclose(thin.coef_, dense.coef_, atol=1e-9)
    assert_allclose(mixed.coef_, dense.coef_, atol=1e-9)


def test_distillation_refuses_what_it_cannot_use(wide, rng):
    X, y = wide
    model = PrunedRegressor(retrain="distill")
    with pytest.raises(ValueError, match=r"equal retrain=True.*RidgeCV"):
        model.fit(X, y)
    with pytest.raises(ValueError, match="X_unlabeled has 99 features, but X has 100"):
        model.fit(X, y, X_unlabeled=X[:, 1:])
    with pytest.raises(ValueError, match="X_unlabeled contains NaN"):
        model.fit(X, y, X_unlabeled=np.full((5, 100), np.nan))
    frame = pd.DataFrame(X, columns=[f"c{i}" for i in range(100)])
    with pytest.raises(ValueError, match="feature names should match"):
        model.fit(frame, y, X_unlabeled=frame.iloc[:7, ::-1])
    with pytest.warns(UserWarning, match=r"as many rows as X, 40.*cut it into folds"):
        model.fit(X, y, X_unlabeled=rng.standard_normal((40, 100)))


def test_unlabelled_samples_are_ignored_elsewhere(wide):
    X, y = wide
    model = PrunedRegressor(sparsity=10).fit(X, y, X_unlabeled="whatever")
    assert_allclose(model.coef_, PrunedRegressor(sparsity=10).fit(X, y).coef_)


def test_unlabelled_samples_pass_a_pipeline(wide, rng):
    X, y = wide
    more = rng.standard_normal((30, 100))
    with config_context(enable_metadata_routing=True):
        regressor = PrunedRegressor(sparsity=10, retrain="distill")
        pipe = Pipeline(
            [("scale", StandardScaler()), ("prune", regressor.set_fit_request(X_unlabeled=True))],
            transform_input=["X_unlabeled"],
        ).fit(X, y, X_unlabeled=more)
    scaler = StandardScaler().fit(X)
    by_hand = clone(regressor).fit(scaler.transform(X), y, X_unlabeled=scaler.transform(more))
    assert_allclose(pipe["prune"].coef_, by_hand.coef_)


@pytest.mark.parametrize("extra", [1, 0])
def test_unlabelled_samples_in_a_search(wide, rng, extra):
    X, y = wide
    more = rng.standard_normal((40 + extra, 100))
    with config_context(enable_metadata_routing=True):
        regressor = PrunedRegressor(retrain="distill").set_fit_request(X_unlabeled=True)
        search = GridSearchCV(regressor, {"sparsity": [5, 10]}, cv=2, refit=False)
        if extra:
            search.fit(X, y, X_unlabeled=more)
        else:
            with pytest.warns(UserWarning, match="as many rows as X, 20"):
                search.fit(X, y, X_unlabeled=more)
    train, test = np.arange(20, 40), np.arange(20)
    whole = more if extra else more[train]  # scikit-learn cuts what is as long as X
    by_hand = PrunedRegressor(sparsity=5, retrain="distill")
    if not extra:
        with pytest.warns(UserWarning, match="as many rows"):
            by_hand.fit(X[train], y[train], X_unlabeled=whole)
    else:
        by_hand.fit(X[train], y[train], X_unlabeled=whole)
    assert_allclose(search.cv_results_["split0_test_score"][0], by_hand.score(X[test], y[test]))


# Frozen models, classifiers and other guests


def test_frozen_dense_model(wide):
    X, y = wide
    frozen = FrozenEstimator(MinNormRegressor().fit(X, y))
    masked = PrunedRegressor(sparsity=10, retrain=False, estimator=frozen).fit(X, y)
    assert_allclose(masked.coef_, PrunedRegressor(sparsity=10, retrain=False).fit(X, y).coef_)
    assert_allclose(
        masked.intercept_, PrunedRegressor(sparsity=10, retrain=False).fit(X, y).intercept_
    )
    ridge = PrunedRegressor(sparsity=10, retrain=Ridge(), estimator=frozen).fit(X, y)
    assert_allclose(ridge.coef_, PrunedRegressor(sparsity=10, retrain=Ridge()).fit(X, y).coef_)
    weighted = PrunedRegressor(retrain=Ridge(), estimator=frozen)
    weighted.fit(X, y, sample_weight=np.ones(40))
    for refused in (
        {"retrain": True},
        {"retrain": "distill"},
        {"retrain": Ridge(), "n_rounds": 2},
        {"retrain": FrozenEstimator(Ridge().fit(X, y))},
    ):
        with pytest.raises(ValueError, match=r"FrozenEstimator cannot be refitted.*RidgeCV"):
            PrunedRegressor(estimator=frozen, **refused).fit(X, y, X_unlabeled=X[:3])


def test_frozen_model_with_feature_names(wide):
    X, y = wide
    frame = pd.DataFrame(X, columns=[f"c{i}" for i in range(100)])
    frozen = FrozenEstimator(MinNormRegressor().fit(frame, y))
    model = PrunedRegressor(sparsity=3, retrain=False, estimator=frozen).fit(frame, y)
    assert_array_equal(model.get_feature_names_out(), frame.columns[model.support_])


def test_frozen_model_of_another_width(wide):
    X, y = wide
    frozen = FrozenEstimator(MinNormRegressor().fit(X[:, :50], y))
    with pytest.raises(ValueError, match=r"coef_ of FrozenEstimator has shape \(50,\)"):
        PrunedRegressor(retrain=False, estimator=frozen).fit(X, y)


@pytest.mark.parametrize("where", ["estimator", "retrain"])
@pytest.mark.parametrize(
    ("guest", "match"),
    [
        (LogisticRegression(), "LogisticRegression is a classifier"),
        (KNeighborsRegressor(), "KNeighborsRegressor has no coef_"),
        (PoissonRegressor(), "PoissonRegressor does not predict X @ coef_"),
        (make_pipeline(StandardScaler(), Ridge()), "Pipeline has no coef_"),
    ],
    ids=["classifier", "no coef_", "link function", "pipeline"],
)
def test_refused_estimators(tall, where, guest, match):
    X, y = tall[0] / 10, np.round(np.abs(tall[1]))
    with pytest.raises(ValueError, match=match):
        PrunedRegressor(sparsity=3, **{where: guest}).fit(X, y)


def test_frozen_model_of_other_names(wide):
    frame = pd.DataFrame(wide[0], columns=[f"c{i}" for i in range(100)])
    frozen = FrozenEstimator(MinNormRegressor().fit(frame, wide[1]))
    with pytest.raises(ValueError, match="should match those of the FrozenEstimator"):
        PrunedRegressor(retrain=False, estimator=frozen).fit(frame.iloc[:, ::-1], wide[1])


@pytest.mark.parametrize("estimator", ["ridge", Ridge])
def test_estimators_that_are_none(wide, estimator):
    with pytest.raises(ValueError, match=r"estimator is .*give a linear regressor"):
        PrunedRegressor(estimator=estimator).fit(*wide)


def test_numpy_booleans(wide):
    for retrain in np.True_, np.False_:
        model = PrunedRegressor(retrain=retrain).fit(*wide)
        assert (model.retrained_estimator_ is None) is (not retrain)


def test_callables_cannot_change_the_fit(wide):
    X, y = wide
    kept = X.copy()
    model = PrunedRegressor(lambda coef, X, y: np.abs(coef, out=coef), 8, False).fit(X, y)
    assert_allclose(model.coef_[model.support_], model.estimator_.coef_[model.support_])
    with pytest.raises(ValueError, match=r"read-only"):
        PrunedRegressor(lambda coef, X, y: X.__imul__(2)[0]).fit(X, y)
    assert_array_equal(X, kept)


@pytest.mark.parametrize("retrain", [None, "again", 1, 0.5, RidgeCV])
def test_bad_retrain(wide, retrain):
    with pytest.raises(ValueError, match=r"retrain is .*regressor to refit with"):
        PrunedRegressor(retrain=retrain).fit(*wide)


@pytest.mark.parametrize(
    ("strategy", "saliency", "match"),
    [
        ("size", None, "strategy is 'size': give one of 'magnitude'"),
        (None, None, "strategy is None"),
        ("oracle", None, "array of shape .* as saliency"),
        ("oracle", np.ones(3), r"saliency has shape \(3,\): give an array of shape \(100,\)"),
        ("oracle", np.full(100, np.nan), "score of feature 0 is nan"),
        (lambda coef, X, y: 1.0, None, r"scores have shape \(\)"),
        (lambda coef, X, y: coef + 1j, None, "scores are of dtype complex128"),
    ],
)
def test_bad_strategy(wide, strategy, saliency, match):
    with pytest.raises(ValueError, match=match):
        PrunedRegressor(strategy, saliency=saliency).fit(*wide)


# Weights, sparse data, dtypes


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("retrain", [True, False, Ridge()], ids=["refit", "mask", "ridge"])
@pytest.mark.parametrize("data", ["wide", "tall"])
def test_integer_weights_are_repetitions(request, rng, data, strategy, retrain):
    X, y = request.getfixturevalue(data)
    weights = rng.integers(0, 3, len(y))
    repeated = np.repeat(np.arange(len(y)), weights)
    model = pruned(strategy, 6, retrain=retrain, n_features=X.shape[1])
    weighted = clone(model).fit(X, y, sample_weight=weights)
    explicit = clone(model).fit(X[repeated], y[repeated])
    assert_array_equal(weighted.support_, explicit.support_)
    assert_allclose(weighted.coef_, explicit.coef_, atol=1e-10)
    assert_allclose(weighted.intercept_, explicit.intercept_, atol=1e-10)
    assert weighted.n_samples_fit_ == np.count_nonzero(weights)


def test_weights_are_refused_where_the_estimator_takes_none(wide):
    X, y = wide
    model = PrunedRegressor(sparsity=3, retrain=OrthogonalMatchingPursuit(n_nonzero_coefs=2))
    with pytest.raises(ValueError, match=r"OrthogonalMatchingPursuit.fit takes no sample_weight"):
        model.fit(X, y, sample_weight=np.ones(40))
    assert model.fit(X, y).n_nonzero_ == 3


@pytest.mark.parametrize("container", SPARSE)
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("retrain", [True, False, RidgeCV()], ids=["refit", "mask", "ridge"])
def test_sparse_equals_dense(rng, container, strategy, retrain):
    X = sparse.random_array((40, 100), density=0.3, rng=rng, format="csr").toarray()
    y = rng.standard_normal(40)
    model = pruned(strategy, 12, retrain=retrain)
    dense, thin = clone(model).fit(X, y), clone(model).fit(container(X), y)
    assert_array_equal(thin.support_, dense.support_)
    assert_allclose(thin.coef_, dense.coef_, atol=1e-8)
    assert_allclose(thin.predict(container(X)), dense.predict(X), atol=1e-8)
    assert sparse.issparse(thin.transform(container(X)))


def test_float32_is_kept(wide):
    X, y = wide
    for retrain in (True, False, Ridge()):
        model = PrunedRegressor(sparsity=10, retrain=retrain).fit(X.astype(np.float32), y)
        assert model.coef_.dtype == model.intercept_.dtype == np.float32
        assert model.predict(X.astype(np.float32)).dtype == np.float32
        assert model.transform(X.astype(np.float32)).dtype == np.float32
        double = clone(model).fit(X, y)
        assert_allclose(model.coef_, double.coef_, rtol=2e-2, atol=1e-3)


# Selector, sparsify, scikit-learn's company


def test_selector(wide):
    X, y = wide
    frame = pd.DataFrame(X, columns=[f"c{i}" for i in range(100)])
    model = PrunedRegressor(sparsity=4).fit(frame, y)
    kept = model.get_support(indices=True)
    assert_array_equal(model.get_support(), model.support_)
    assert_array_equal(model.transform(frame), X[:, kept])
    assert_array_equal(model.inverse_transform(X[:, kept])[:, kept], X[:, kept])
    assert list(model.set_output(transform="pandas").transform(frame).columns) == [
        f"c{i}" for i in kept
    ]
    with pytest.raises(NotFittedError):
        PrunedRegressor().get_support()


def test_prediction_reads_the_kept_columns_only(wide):
    X, y = wide
    model = PrunedRegressor(sparsity=4).fit(X, y)
    garbled = X.copy()
    garbled[:, ~model.support_] = 1e300
    assert_array_equal(model.predict(garbled), model.predict(X))


def test_sparsify(wide):
    X, y = wide
    Y = np.column_stack([y, y**2])
    for target in (y, Y):
        model = PrunedRegressor(sparsity=4).fit(X, target)
        before, dense = model.predict(X), model.coef_
        assert model.sparsify() is model
        assert sparse.issparse(model.coef_)
        assert_array_equal(model.coef_.toarray(), np.atleast_2d(dense))
        assert_array_equal(model.predict(X), before)
        assert_array_equal(pickle.loads(pickle.dumps(model)).sparsify().predict(X), before)
    with pytest.raises(NotFittedError):
        PrunedRegressor().sparsify()


@pytest.mark.parametrize("sparse_interface", ["spmatrix", "sparray"])
@pytest.mark.parametrize("n_targets", [None, 1, 2])
@pytest.mark.parametrize(
    "model",
    [
        PrunedRegressor(sparsity=4),
        PrunedRegressor(sparsity=4, retrain=False, estimator=Ridge(fit_intercept=False)),
        PrunedRegressorCV(sparsities=[4], cv=3),
    ],
)
def test_sparse_coefficients_are_read_by_selectors(wide, model, n_targets, sparse_interface):
    X, y = wide
    if n_targets:
        y = np.column_stack([y, y**2])[:, :n_targets]
    dense = clone(model).fit(X, y)
    with config_context(sparse_interface=sparse_interface):
        thin = clone(model).fit(X, y).sparsify().sparsify()
        for options in ({}, {"threshold": "2*mean", "norm_order": 2}, {"max_features": 2}):
            selected = SelectFromModel(thin, prefit=True, **options).transform(X)
            expected = SelectFromModel(dense, prefit=True, **options).transform(X)
            assert_array_equal(selected, expected)
    assert thin.coef_.ndim == 2
    assert_array_equal(thin.predict(X), dense.predict(X))
    assert thin.predict(X).shape == dense.predict(X).shape


def test_grid_search_over_width_and_sparsity():
    X, y = load_diabetes(return_X_y=True)
    pipe = make_pipeline(StandardScaler(), RandomFeatures(random_state=0), PrunedRegressor())
    grid = {
        "randomfeatures__n_components": [40, 400],
        "prunedregressor__sparsity": [5, 20],
        "prunedregressor__retrain": [True, RidgeCV()],
    }
    serial = GridSearchCV(pipe, grid, cv=3).fit(X[:150], y[:150])
    parallel = GridSearchCV(pipe, grid, cv=3, n_jobs=2).fit(X[:150], y[:150])
    assert_allclose(parallel.cv_results_["mean_test_score"], serial.cv_results_["mean_test_score"])
    assert len(serial.cv_results_["params"]) == 8


def test_metadata_routing_of_weights(wide, rng):
    X, y = wide
    weights = rng.uniform(0.5, 2, 40)
    with config_context(enable_metadata_routing=True):
        for retrain in (True, Ridge(), RidgeCV()):
            model = PrunedRegressor(sparsity=5, retrain=retrain)
            model.set_fit_request(sample_weight=True).set_score_request(sample_weight=False)
            scores = cross_validate(
                model, X, y, cv=2, params={"sample_weight": weights}, return_estimator=True
            )
            first = scores["estimator"][0]
            by_hand = PrunedRegressor(sparsity=5, retrain=retrain)
            by_hand.fit(X[20:], y[20:], sample_weight=weights[20:])
            assert_allclose(first.coef_, by_hand.coef_)


def test_pickle_clone_repr(wide):
    X, y = wide
    model = PrunedRegressor("obs", 3, RidgeCV(), n_rounds=2, random_state=1).fit(X, y)
    again = pickle.loads(pickle.dumps(model))
    assert_array_equal(again.predict(X), model.predict(X))
    assert clone(model).get_params()["n_rounds"] == 2
    html = model._repr_html_()
    assert "PrunedRegressor" in html
    assert "RidgeCV" in html


def test_as_a_selector_in_a_pipeline(wide):
    X, y = wide
    pipe = make_pipeline(PrunedRegressor(sparsity=20), PCA(n_components=5), Ridge()).fit(X, y)
    assert pipe["pca"].n_features_in_ == 20


@pytest.mark.parametrize("estimator", [MinNormRegressor(), Ridge()])
@pytest.mark.parametrize("retrain", [True, False])
def test_an_estimator_that_overwrites_its_data(estimator, retrain):
    X = np.random.default_rng(0).standard_normal((20, 30)) + 1
    y, before = X[:, 0], X.copy()
    expected = PrunedRegressor("hessian", 5, retrain, estimator=estimator).fit(X, y)
    careless = clone(estimator).set_params(copy_X=False)
    model = PrunedRegressor("hessian", 5, retrain, estimator=careless).fit(X, y)
    assert_array_equal(X, before)
    assert_allclose(model.coef_, expected.coef_)
