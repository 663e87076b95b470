import tracemalloc

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.metrics import make_scorer, mean_absolute_error
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold, LeaveOneOut, PredefinedSplit
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_prune import (
    MinNormRegressor,
    PrunedRegressor,
    PrunedRegressorCV,
    PruningPathDisplay,
    RandomFeatures,
)
from sklearn_prune._least_squares.design import rank_cutoff
from sklearn_prune._least_squares.min_norm import fit_min_norm
from sklearn_prune._paths.fold_fits import least_rcond
from sklearn_prune._pruning import linear_fit


def name_of(params):
    return str({key: getattr(value, "__name__", value) for key, value in params.items()})


SHAPES = [(30, 60), (60, 12), (24, 16), (24, 15), (24, 14)]


@parametrize_with_checks([PrunedRegressorCV()])
def test_sklearn_compatible(estimator, check):
    check(estimator)


def make_data(shape, *, n_targets=None, seed=0):
    rng = np.random.default_rng(seed)
    n, p = shape
    X = rng.standard_normal((n, p)) + 1
    signal = X[:, :4].sum(axis=1) if n_targets is None else X[:, :n_targets] * 2
    return X, signal + rng.standard_normal(signal.shape)


def dense(alpha, *, fit_intercept=True):
    if alpha == 0:
        return MinNormRegressor(fit_intercept=fit_intercept)
    return Ridge(alpha, fit_intercept=fit_intercept)


def refitted_scores(model, X, y, splits, sample_weight=None, X_unlabeled=None):
    """Fit a PrunedRegressor at each row of a table and fold: the slow way."""
    table = pd.DataFrame(model.cv_results_)
    scores = []
    for row in table.itertuples():
        retrain = model.retrain
        if retrain is True:
            retrain = dense(row.retrain_alpha, fit_intercept=model.fit_intercept)
        pruned = PrunedRegressor(
            row.strategy,
            row.sparsity,
            retrain,
            estimator=dense(row.alpha, fit_intercept=model.fit_intercept),
            saliency=model.saliency,
            random_state=model.random_state,
        )
        for train, test in splits:
            weights = None if sample_weight is None else sample_weight[train]
            pruned.fit(X[train], y[train], weights, X_unlabeled=X_unlabeled)
            errors = (y[test] - pruned.predict(X[test])) ** 2
            errors = errors if errors.ndim == 1 else errors.mean(axis=1)
            weights = None if sample_weight is None else sample_weight[test]
            scores.append(-np.average(errors, weights=weights))
    return np.reshape(scores, (len(table), -1))


def thinned(shape):
    return sorted({1, 2, *range(4, min(shape[0], shape[1] + 1), 7), shape[1]})


def correlation(coef, X, y):
    return np.abs(X.T @ y)


SETTINGS = [
    {},
    {"retrain": False},
    {"alphas": [0, 0.1, 3.0]},
    {"alphas": [0.0], "retrain_alphas": [0.0, 2.0]},
    {"alphas": [2.0], "retrain": False},
    {"fit_intercept": False},
    {"fit_intercept": False, "alphas": [1.0], "retrain": False},
    {"strategy": ["hessian", "random"], "random_state": 3},
    {"strategy": "hessian", "retrain": False, "fit_intercept": False},
    {"strategy": "obs"},
    {"strategy": correlation},
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("params", SETTINGS, ids=name_of)
@pytest.mark.parametrize("weighted", [False, True])
def test_folds_equal_refits(shape, params, weighted):
    X, y = make_data(shape)
    weights = np.random.default_rng(1).uniform(0.2, 2, len(y)) if weighted else None
    splits = list(KFold(3).split(X))
    model = PrunedRegressorCV(sparsities=thinned(shape), cv=3, **params).fit(X, y, weights)
    expected = refitted_scores(model, X, y, splits, weights)
    for k in range(3):
        assert_allclose(model.cv_results_[f"split{k}_test_score"], expected[:, k], rtol=1e-8)
    share = [1.0] * 3 if weights is None else [weights[test].sum() for _, test in splits]
    mean = np.average(expected, axis=1, weights=share)
    variance = np.average((expected - mean[:, np.newaxis]) ** 2, axis=1, weights=share)
    assert_allclose(model.cv_results_["mean_test_score"], mean, rtol=1e-8)
    assert_allclose(model.cv_results_["std_test_score"], np.sqrt(variance), rtol=1e-7)


@pytest.mark.parametrize("shape", [(14, 30), (30, 6), (13, 12), (13, 13), (13, 11)], ids=str)
@pytest.mark.parametrize("params", SETTINGS, ids=name_of)
@pytest.mark.parametrize("weighted", [False, True])
def test_leave_one_out_equals_n_fits(shape, params, weighted):
    X, y = make_data(shape)
    weights = np.random.default_rng(1).uniform(0.2, 2, len(y)) if weighted else None
    model = PrunedRegressorCV(sparsities=[1, 3, shape[1] // 2, shape[1]], **params).fit(
        X, y, weights
    )
    expected = refitted_scores(model, X, y, list(LeaveOneOut().split(X)), weights)
    mean = np.average(expected, axis=1, weights=weights)
    std = np.sqrt(np.average((expected - mean[:, None]) ** 2, axis=1, weights=weights))
    assert_allclose(model.cv_results_["mean_test_score"], mean, rtol=1e-8)
    assert_allclose(model.cv_results_["std_test_score"], std, rtol=1e-7)
    assert model.n_splits_ == len(y)


@pytest.mark.parametrize("cv", [None, 3])
@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("shape", [(16, 30), (24, 12)], ids=str)
def test_several_targets_repeated_rows_and_columns(cv, retrain, shape):
    X, y = make_data(shape, n_targets=3)
    X[5], X[9] = X[3], X[3]
    X[:, 6], X[:, 8] = X[:, 2], 1.0
    splits = list((LeaveOneOut() if cv is None else KFold(cv)).split(X))
    model = PrunedRegressorCV(sparsities=[1, 3, 8, 11], retrain=retrain, cv=cv).fit(X, y)
    expected = refitted_scores(model, X, y, splits)
    assert_allclose(model.cv_results_["mean_test_score"], expected.mean(axis=1), rtol=1e-8)
    assert model.coef_.shape == (3, shape[1])


@pytest.mark.parametrize("cv", [None, 3])
@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("shape", [(30, 60), (60, 12)], ids=str)
def test_sparse_data(cv, retrain, shape):
    X, y = make_data(shape)
    X[np.random.default_rng(2).random(shape) < 0.5] = 0
    params = {"sparsities": [1, 3, 8], "retrain": retrain, "cv": cv, "alphas": [0, 1.0]}
    expected = PrunedRegressorCV(**params).fit(X, y).cv_results_
    results = PrunedRegressorCV(**params).fit(sparse.csr_array(X), y).cv_results_
    assert_allclose(results["mean_test_score"], expected["mean_test_score"], rtol=1e-8)


@pytest.mark.parametrize("cv", [None, 3])
@pytest.mark.parametrize("retrain", [True, False])
def test_float32(cv, retrain):
    X, y = make_data((30, 60))
    X = X.astype(np.float32)
    model = PrunedRegressorCV(sparsities=[1, 5, 15], retrain=retrain, cv=cv).fit(X, y)
    splits = list((LeaveOneOut() if cv is None else KFold(cv)).split(X))
    expected = refitted_scores(model, X, y, splits)
    assert_allclose(model.cv_results_["mean_test_score"], expected.mean(axis=1), rtol=1e-4)
    assert model.coef_.dtype == np.float32


@pytest.mark.parametrize("cv", [None, 3])
def test_distillation(cv):
    X, y = make_data((30, 60))
    unlabeled = np.random.default_rng(5).standard_normal((50, 60)) + 1
    params = {"sparsities": [1, 15], "retrain": "distill", "cv": cv, "alphas": [0, 1.0]}
    model = PrunedRegressorCV(**params).fit(X, y, X_unlabeled=unlabeled)
    splits = list((LeaveOneOut() if cv is None else KFold(cv)).split(X))
    expected = refitted_scores(model, X, y, splits, X_unlabeled=unlabeled)
    assert_allclose(model.cv_results_["mean_test_score"], expected.mean(axis=1), rtol=1e-8)


@pytest.mark.parametrize("scoring", ["r2", "neg_mean_absolute_error"])
def test_same_choice_as_grid_search(scoring):
    X, y = make_data((40, 80))
    sparsities = [1, 2, 4, 8, 16, 24]
    search = GridSearchCV(PrunedRegressor(), {"sparsity": sparsities}, cv=4, scoring=scoring)
    search.fit(X, y)
    model = PrunedRegressorCV(sparsities=sparsities, cv=4, scoring=scoring).fit(X, y)
    for key in ("mean_test_score", "std_test_score", "rank_test_score", "split2_test_score"):
        assert_allclose(model.cv_results_[key], search.cv_results_[key], rtol=1e-8)
    assert model.sparsity_ == search.best_params_["sparsity"]
    assert model.best_score_ == pytest.approx(search.best_score_)
    assert_allclose(model.coef_, search.best_estimator_.coef_)
    assert_allclose(model.predict(X), search.predict(X))


def test_leave_one_out_scores_all_predictions_together():
    X, y = make_data((30, 60))
    model = PrunedRegressorCV(sparsities=[1, 5], scoring="r2").fit(X, y)
    squares = -PrunedRegressorCV(sparsities=[1, 5]).fit(X, y).cv_results_["mean_test_score"]
    assert_allclose(model.cv_results_["mean_test_score"], 1 - squares / np.var(y), rtol=1e-10)
    assert np.isnan(model.cv_results_["std_test_score"]).all()
    own = PrunedRegressorCV(
        sparsities=[1, 5], scoring=make_scorer(mean_absolute_error, greater_is_better=False)
    ).fit(X, y)
    named = PrunedRegressorCV(sparsities=[1, 5], scoring="neg_mean_absolute_error").fit(X, y)
    assert_array_equal(own.cv_results_["mean_test_score"], named.cv_results_["mean_test_score"])


def test_the_chosen_model_is_fitted_to_all_data():
    X, y = make_data((40, 80))
    model = PrunedRegressorCV(["magnitude", "hessian"], alphas=[0, 1], cv=4).fit(X, y)
    best = model.best_index_
    results = model.cv_results_
    assert results["rank_test_score"][best] == 1
    chosen = (model.strategy_, model.alpha_, model.retrain_alpha_, model.sparsity_)
    columns = ("strategy", "alpha", "retrain_alpha", "sparsity")
    assert chosen == tuple(results[column][best] for column in columns)
    expected = PrunedRegressor(
        model.strategy_,
        model.sparsity_,
        dense(model.retrain_alpha_),
        estimator=dense(model.alpha_),
    ).fit(X, y)
    assert_allclose(model.coef_, expected.coef_, rtol=1e-9)
    assert_array_equal(model.get_support(), expected.get_support())
    assert model.transform(X).shape == (40, model.sparsity_)


@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("shape", [(30, 60), (60, 12)], ids=str)
def test_leave_one_out_hands_its_dense_fit_on(shape, fit_intercept, retrain, monkeypatch):
    X, y = make_data(shape, n_targets=2)
    weights = np.random.default_rng(1).choice([0, 0.5, 1, 2], shape[0])
    expected = MinNormRegressor(fit_intercept=fit_intercept).fit(X, y, weights)
    widths = []

    def spy(model, data):
        widths.append(data.X.shape[1])
        return fit_min_norm(model, data)

    monkeypatch.setattr(linear_fit, "fit_min_norm", spy)
    model = PrunedRegressorCV(
        sparsities=[1, 3, 8], retrain=retrain, fit_intercept=fit_intercept
    ).fit(X, y, weights)
    assert shape[1] not in widths
    dense = model.best_estimator_.estimator_
    assert vars(dense).keys() == vars(expected).keys()
    assert_allclose(dense.coef_, expected.coef_, rtol=1e-10, atol=1e-12)
    assert_allclose(dense.intercept_, expected.intercept_, rtol=1e-10, atol=1e-12)
    for name in ("rank_", "n_samples_fit_", "weight_range_", "n_features_in_"):
        assert getattr(dense, name) == getattr(expected, name)


@pytest.mark.parametrize("retrain", [True, False])
def test_leave_one_out_in_blocks(retrain, monkeypatch):
    X, y = make_data((30, 60), n_targets=2)
    expected = PrunedRegressorCV(retrain=retrain).fit(X, y)
    monkeypatch.setattr("sklearn_prune._paths.leave_one_out_formulas.PRODUCT_ENTRIES", 7 * 120)
    monkeypatch.setattr("sklearn_prune._paths.leave_one_out_formulas.BLOCK_ENTRIES", 2 * 120)
    model = PrunedRegressorCV(retrain=retrain).fit(X, y)
    for name in ("mean_test_score", "std_test_score"):
        assert_allclose(model.cv_results_[name], expected.cv_results_[name], rtol=1e-10)


def test_gram_matrices_judge_the_rank_of_float32_as_the_dense_model_does():
    X = np.zeros((3000, 4000), dtype=np.float32)
    assert least_rcond(X) == 10 * rank_cutoff(X) ** 2 > least_rcond(X[:100])
    assert least_rcond(X.astype(np.float64)) == least_rcond(X[:100])


def test_leave_one_out_does_not_list_the_training_rows():
    X, y = np.random.default_rng(0).standard_normal((2, 4000, 1))
    tracemalloc.start()
    PrunedRegressorCV(retrain=False).fit(X, y[:, 0])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6  # of the 128 MB that 4000 lists of 3999 rows take


def test_one_standard_error_takes_fewer_features():
    X, y = make_data((40, 80))
    best = PrunedRegressorCV(cv=4).fit(X, y)
    fewer = clone(best).set_params(one_standard_error=True).fit(X, y)
    results = best.cv_results_
    bound = best.best_score_ - results["std_test_score"][best.best_index_] / np.sqrt(3)
    enough = results["mean_test_score"] >= bound
    assert fewer.sparsity_ == results["sparsity"][enough].min() < best.sparsity_


def test_one_standard_error_of_rows():
    X, y = make_data((40, 80))
    best = PrunedRegressorCV().fit(X, y)
    fewer = PrunedRegressorCV(one_standard_error=True).fit(X, y)
    bound = best.best_score_ - best.cv_results_["std_test_score"][best.best_index_] / np.sqrt(39)
    enough = best.cv_results_["mean_test_score"] >= bound
    assert fewer.sparsity_ == best.cv_results_["sparsity"][enough].min()


def test_rows_of_weight_zero_are_not_there():
    X, y = make_data((40, 80))
    weights = np.ones(40)
    weights[[0, 7, 30]] = 0
    folds = np.arange(40) % 4
    kept = weights > 0
    model = PrunedRegressorCV(sparsities=[1, 5, 9], cv=PredefinedSplit(folds)).fit(X, y, weights)
    expected = PrunedRegressorCV(sparsities=[1, 5, 9], cv=PredefinedSplit(folds[kept]))
    expected.fit(X[kept], y[kept])
    for key in ("mean_test_score", "split3_test_score"):
        assert_allclose(model.cv_results_[key], expected.cv_results_[key])
    assert_allclose(model.coef_, expected.coef_)


def test_groups_stay_together():
    X, y = make_data((40, 80))
    groups = np.repeat(np.arange(8), 5)
    model = PrunedRegressorCV(sparsities=[3], cv=GroupKFold(4)).fit(X, y, groups=groups)
    splits = list(GroupKFold(4).split(X, y, groups))
    expected = refitted_scores(model, X, y, splits)
    assert_allclose(model.cv_results_["mean_test_score"], expected.mean(axis=1))


def test_default_sparsities_end_before_interpolation():
    def largest(shape, **params):
        return PrunedRegressorCV(**params).fit(*make_data(shape)).cv_results_["sparsity"].max()

    assert largest((30, 60), cv=3) == 20 - 1 - 1
    assert largest((30, 60), cv=3, fit_intercept=False) == 20 - 1
    assert largest((30, 60)) == 29 - 1 - 1
    assert largest((30, 60), retrain=False) == 60
    assert largest((60, 12), cv=3) == 12


def test_threads_change_nothing():
    X, y = make_data((40, 80))
    one = PrunedRegressorCV(cv=4).fit(X, y)
    two = PrunedRegressorCV(cv=4, n_jobs=2).fit(X, y)
    assert_array_equal(one.cv_results_["mean_test_score"], two.cv_results_["mean_test_score"])


def test_in_a_pipeline_and_a_grid_search():
    X, y = make_data((60, 5))
    pipeline = make_pipeline(RandomFeatures(200, random_state=0), PrunedRegressorCV(cv=3))
    search = GridSearchCV(pipeline, {"randomfeatures__n_components": [50, 200]}, cv=2)
    assert search.fit(X, y).best_estimator_[-1].sparsity_ < 60


def test_names_and_units():
    X, y = make_data((40, 80))
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(80)])
    model = PrunedRegressorCV(cv=4).fit(frame, y)
    assert_array_equal(model.get_feature_names_out(), frame.columns[model.support_])
    scaled = PrunedRegressorCV("hessian", cv=4).fit(X * 1e-3, y)
    same = PrunedRegressorCV("hessian", cv=4).fit(X * 1e-3, 1e3 * y)
    assert scaled.sparsity_ == same.sparsity_


def correlation(y, predictions):
    """Return NaN for predictions that are all the same."""
    return np.corrcoef(y, predictions)[0, 1] if np.ptp(predictions) else np.nan


@pytest.mark.parametrize("one_standard_error", [False, True])
def test_scores_that_are_missing_are_not_chosen(rng, one_standard_error):
    X = (rng.random((60, 30)) < 0.06) * 1.0
    y = X[:, :5].sum(axis=1) + rng.standard_normal(60)
    scoring = make_scorer(correlation)
    model = PrunedRegressorCV(cv=10, scoring=scoring, one_standard_error=one_standard_error)
    with pytest.warns(UserWarning, match="mean scores are not finite, and are not chosen"):
        model.fit(X, y)
    means, ranks = (model.cv_results_[f"{name}_test_score"] for name in ("mean", "rank"))
    missing = np.isnan(means)
    assert 0 < missing.sum() < len(means)
    assert np.isfinite(model.best_score_)
    if not one_standard_error:
        assert model.best_score_ == np.nanmax(means)
    assert (ranks[missing] == np.sum(~missing) + 1).all()


def test_splitters_see_the_data():
    class ByFeature:
        def split(self, X, y=None, groups=None):
            order = np.argsort(np.asarray(X)[:, 0])
            yield order[:30], order[30:]

        def get_n_splits(self, X=None, y=None, groups=None):
            return 1

    X, y = make_data((40, 20))
    model = PrunedRegressorCV(cv=ByFeature()).fit(X, y)
    expected = PrunedRegressorCV(cv=list(ByFeature().split(X))).fit(X, y)
    assert model.best_score_ == expected.best_score_


@pytest.mark.parametrize("cv", [None, 5])
def test_the_order_of_penalties_does_not_matter(rng, cv):
    Z = rng.standard_normal((30, 4))
    y = Z.sum(axis=1) + rng.standard_normal(30)
    models = [
        PrunedRegressorCV(alphas=alphas, cv=cv).fit(np.hstack([Z, Z, Z]), y)
        for alphas in ([0, 10], [10, 0])
    ]
    assert models[0].sparsity_ == models[1].sparsity_
    assert models[0].best_score_ == models[1].best_score_
    assert max(models[0].cv_results_["sparsity"]) == 12


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"strategy": "largest"}, "strategy is 'largest'"),
        ({"strategy": []}, "strategy is empty"),
        ({"sparsities": []}, "sparsities is empty"),
        ({"sparsities": [81]}, "sparsity is 81"),
        ({"retrain": Ridge()}, "retrain is Ridge"),
        ({"retrain": "distill"}, "needs unlabelled samples"),
        ({"alphas": [-1.0]}, "alphas has the penalty -1.0"),
        ({"alphas": []}, "alphas"),
        ({"retrain_alphas": [np.nan]}, "retrain_alphas"),
        ({"retrain_alphas": [1.0], "retrain": False}, "retrain_alphas are for retrain=True"),
        ({"scoring": "r3"}, "r3"),
        ({"scoring": "r2", "one_standard_error": True}, "one_standard_error=True needs"),
        ({"scoring": ["r2", "max_error"]}, "give one score"),
        ({"scoring": {"a": "r2"}}, "give one score"),
        ({"cv": 3, "scoring": make_scorer(lambda *_: np.nan)}, "No model has a finite score"),
        ({"cv": 100}, "n_splits"),
        ({"cv": []}, r"cv is \[\], which has no folds"),
        ({"sparsities": 5}, "sparsities is 5: give a list"),
        ({"cv": PredefinedSplit([0] * 39 + [1])}, "Fold 0 of cv has no sample"),
        ({"strategy": "oracle"}, "saliency"),
    ],
)
def test_bad_arguments(params, message):
    X, y = make_data((40, 80))
    weights = np.ones(40)
    weights[39] = 0
    with pytest.raises(ValueError, match=message):
        PrunedRegressorCV(**params).fit(X, y, weights)


def test_search_is_drawn_as_it_was_scored():
    X, y = make_data((40, 60))
    model = PrunedRegressorCV(
        ["magnitude", "random"], [1, 4, 9], alphas=[0, 1.0], cv=3, random_state=0
    )
    with pytest.raises(NotFittedError):
        PruningPathDisplay.from_estimator(model)
    display = PruningPathDisplay.from_estimator(model.fit(X, y))
    mean = -model.cv_results_["mean_test_score"].reshape(2, 2, 3)
    strategies = ["magnitude", "random"]
    assert sorted(display.labels) == strategies
    for label, line in zip(display.labels, display.lines_, strict=True):
        pairs = mean[strategies.index(label)]
        assert_allclose(line.get_ydata(), pairs[pairs.min(axis=1).argmin()])
    assert display.chosen_line_.get_xdata()[0] == model.sparsity_
    assert display.threshold_line_ is None
    scored = PrunedRegressorCV(sparsities=[1, 4, 9], scoring="r2").fit(X, y)
    display = PruningPathDisplay.from_estimator(scored)
    assert_allclose(display.lines_[0].get_ydata(), 1 - scored.cv_results_["mean_test_score"])
    assert display.ax_.get_ylabel() == "1 - R²"
