"""Folds that are scored from moments: the scores are those of refits to the rows."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import Ridge
from sklearn.metrics import make_scorer, median_absolute_error
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    LeaveOneOut,
    PredefinedSplit,
    RepeatedKFold,
    ShuffleSplit,
    TimeSeriesSplit,
)

from sklearn_prune import MinNormRegressor, PrunedRegressor, PrunedRegressorCV
from sklearn_prune._checks import training_data
from sklearn_prune._least_squares.row_moments import row_moments
from sklearn_prune._paths import summed_rows
from sklearn_prune._paths.fold_search import FoldSearch
from sklearn_prune._paths.moment_search import MomentSearch
from sklearn_prune._pruning.recipe import Recipe

N_ROWS, N_FEATURES = 90, 12


@pytest.fixture(autouse=True)
def _small_data_are_tall(monkeypatch):
    monkeypatch.setattr(training_data, "LEAST_ENTRIES", 0)


@pytest.fixture
def without_rows(monkeypatch):
    """Nothing is fitted to the rows of a fold, and none is predicted."""

    def refuse(*args):
        raise AssertionError

    monkeypatch.setattr(FoldSearch, "predictions", refuse)
    monkeypatch.setattr(FoldSearch, "dense_fits", refuse)


def make_data(n_targets=None, *, n_rows=N_ROWS, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n_rows, N_FEATURES)) + rng.uniform(-2, 2, N_FEATURES)
    X[:, 3] += X[:, 5]
    coef = np.r_[3.0, 2, 1, 1, 0.5, 0.3, np.zeros(N_FEATURES - 6)]
    if n_targets is not None:
        coef = np.column_stack([np.roll(coef, k) for k in range(n_targets)])
    signal = X @ coef
    return X, signal + rng.standard_normal(signal.shape) + 5


def dense(alpha, fit_intercept):
    if alpha == 0:
        return MinNormRegressor(fit_intercept=fit_intercept)
    return Ridge(alpha, fit_intercept=fit_intercept)


def refitted_scores(model, X, y, splits, weights=None):
    """Fit a PrunedRegressor at each row of a table and fold: the slow way."""
    weights = np.ones(len(y)) if weights is None else weights
    rows = []
    for row in pd.DataFrame(model.cv_results_).itertuples():
        retrain = model.retrain and dense(row.retrain_alpha, model.fit_intercept)
        pruned = PrunedRegressor(
            row.strategy,
            row.sparsity,
            retrain,
            estimator=dense(row.alpha, model.fit_intercept),
            saliency=model.saliency,
            random_state=model.random_state,
        )
        scores = []
        for train, test in splits:
            pruned.fit(X[train], y[train], weights[train])
            errors = (y[test] - pruned.predict(X[test])) ** 2
            errors = errors.reshape(len(errors), -1).mean(axis=1)
            scores.append(-np.average(errors, weights=weights[test]))
        rows.append(scores)
    return np.array(rows)


def split_scores(model):
    return np.column_stack(
        [model.cv_results_[f"split{k}_test_score"] for k in range(model.n_splits_)]
    )


def check(model, X, y, splits, weights=None, *, given=None, rtol=1e-8):
    model.fit(X if given is None else given, y, weights)
    assert_allclose(split_scores(model), refitted_scores(model, X, y, splits, weights), rtol=rtol)


SETTINGS = [
    {},
    {"retrain": False},
    {"fit_intercept": False},
    {"fit_intercept": False, "retrain": False, "alphas": [2.0]},
    {"alphas": [0, 0.1, 30.0]},
    {"alphas": [0.0, 5.0], "retrain_alphas": [0.0, 2.0]},
    {"strategy": ["hessian", "random", "obs"], "random_state": 3},
    {"strategy": ["hessian", "obs"], "alphas": [3.0], "retrain": False},
    {"strategy": "hessian", "fit_intercept": False},
    {"strategy": "obs", "fit_intercept": False},
    {"strategy": "oracle", "saliency": np.arange(N_FEATURES) % 5},
]


@pytest.mark.usefixtures("without_rows")
@pytest.mark.parametrize(("n_targets", "weighted"), [(None, False), (None, True), (3, True)])
@pytest.mark.parametrize("params", SETTINGS, ids=str)
def test_scores_equal_refits(params, n_targets, weighted):
    X, y = make_data(n_targets)
    weights = np.random.default_rng(1).uniform(0.2, 2, len(y)) if weighted else None
    model = PrunedRegressorCV(sparsities=[1, 4, 12], cv=3, **params)
    check(model, X, y, list(KFold(3).split(X)), weights)


@pytest.mark.usefixtures("without_rows")
@pytest.mark.parametrize(
    "cv",
    [
        KFold(4, shuffle=True, random_state=0),
        PredefinedSplit(np.arange(N_ROWS) % 4 - 1),
        ShuffleSplit(3, test_size=0.3, random_state=0),
        RepeatedKFold(n_splits=3, n_repeats=2, random_state=0),
        TimeSeriesSplit(3),
        [(np.arange(60), np.arange(60, 90))],
        [(np.arange(90) % 2 == 0, np.arange(90) % 2 == 1)],
    ],
    ids=lambda cv: type(cv).__name__,
)
def test_splitters(cv):
    X, y = make_data()
    splits = cv if isinstance(cv, list) else list(cv.split(X))
    check(PrunedRegressorCV(["magnitude", "obs"], cv=cv), X, y, splits)


@pytest.mark.usefixtures("without_rows")
def test_groups():
    X, y = make_data()
    groups = np.random.default_rng(2).integers(0, 9, N_ROWS)
    model = PrunedRegressorCV(cv=GroupKFold(3)).fit(X, y, groups=groups)
    splits = list(GroupKFold(3).split(X, y, groups))
    assert_allclose(split_scores(model), refitted_scores(model, X, y, splits), rtol=1e-8)


def test_one_row_a_fold():
    X, y = make_data(n_rows=40)
    splits = list(LeaveOneOut().split(X))
    check(PrunedRegressorCV(sparsities=[2, 7], cv=LeaveOneOut()), X, y, splits)


@pytest.mark.usefixtures("without_rows")
def test_repeated_rows_count_as_often():
    X, y = make_data()
    rng = np.random.default_rng(0)
    samples = rng.integers(0, N_ROWS, (3, N_ROWS))
    splits = [(rows, np.setdiff1d(np.arange(N_ROWS), rows).repeat(2)) for rows in samples]
    splits[0] = (splits[0][0], splits[0][1][::3])
    check(PrunedRegressorCV(cv=splits, alphas=[0, 3.0]), X, y, splits)


@pytest.mark.usefixtures("without_rows")
@pytest.mark.parametrize("retrain", [True, False])
def test_rows_of_weight_zero_are_absent(retrain):
    X, y = make_data()
    weights = np.random.default_rng(1).integers(0, 3, N_ROWS).astype(float)
    X[weights == 0] = 1e6
    model = PrunedRegressorCV(cv=3, retrain=retrain)
    check(model, X, y, list(KFold(3).split(X)), weights)
    kept = weights > 0
    assert model.best_estimator_.n_samples_fit_ == kept.sum()


@pytest.mark.usefixtures("without_rows")
@pytest.mark.parametrize("container", [sparse.csr_array, sparse.csc_matrix])
@pytest.mark.parametrize("params", SETTINGS[:7], ids=str)
def test_sparse_data(params, container):
    X, y = make_data()
    X[np.random.default_rng(2).random(X.shape) < 0.6] = 0
    model = PrunedRegressorCV(sparsities=[1, 9], cv=2, **params)
    check(model, X, y, list(KFold(2).split(X)), given=container(X))


@pytest.mark.usefixtures("without_rows")
@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "obs", "obs-one-shot"])
def test_float32_is_summed_in_double_precision(strategy):
    X, y = make_data()
    X = X.astype(np.float32)
    model = PrunedRegressorCV(strategy, cv=3)
    check(model, X.astype(np.float64), y, list(KFold(3).split(X)), given=X)
    assert model.coef_.dtype == np.float32


@pytest.mark.usefixtures("without_rows")
@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_columns_of_any_size(fit_intercept, retrain):
    X, y = make_data()
    X *= 10.0 ** np.linspace(-8, 8, N_FEATURES)
    model = PrunedRegressorCV(
        ["hessian", "obs"], cv=3, retrain=retrain, fit_intercept=fit_intercept
    )
    check(model, X, y, list(KFold(3).split(X)))


@pytest.mark.usefixtures("without_rows")
@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "obs", "obs-one-shot"])
def test_large_means(strategy):
    X, y = make_data()
    model = PrunedRegressorCV(strategy, cv=3)
    # To shift all rows changes nothing, up to the rounding of the entries.
    shifted = X + 1e8
    expected = split_scores(model.fit(shifted - 1e8, y))
    assert_allclose(split_scores(model.fit(shifted, y - 1e8)), expected, rtol=1e-6)


@pytest.mark.usefixtures("without_rows")
@pytest.mark.parametrize("retrain", [True, False])
def test_a_column_that_shifts_after_the_first_fold(retrain):
    X, y = make_data()
    X[:30, 4] += 2.0**23
    centred = X.copy()
    centred[:, 4] -= 2.0**23  # exact, and no fold is far from zero but the first
    model = PrunedRegressorCV("hessian", cv=3, retrain=retrain)
    splits = list(KFold(3).split(X))
    model.fit(X, y)
    assert_allclose(split_scores(model), refitted_scores(model, centred, y, splits), rtol=1e-6)


@pytest.mark.parametrize("n_train", [11, 12, 13, 14, 24])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_hardly_more_rows_than_columns(n_train, fit_intercept):
    X, y = make_data(n_rows=n_train + 5)
    splits = [(np.arange(n_train), np.arange(n_train, n_train + 5))]
    check(PrunedRegressorCV(cv=splits, fit_intercept=fit_intercept), X, y, splits, rtol=1e-7)


@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("alphas", [[0.0], [1.0]])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda X: X[:, 2],
        lambda X: X[:, 2] + X[:, 3],
        lambda X: X[:, 2] + 1e-5 * X[:, 3],
        lambda X: 7.0,
        lambda X: 0.0,
        lambda X: 1e-170 * np.sign(X[:, 1]),
        lambda X: np.arange(N_ROWS) < 30,
        lambda X: np.arange(N_ROWS) == 3,
        lambda X: 1e8 + (np.arange(N_ROWS) < 30),
    ],
)
def test_dependent_and_constant_columns(spoil, alphas, retrain):
    X, y = make_data()
    X[:, 8] = spoil(X)
    model = PrunedRegressorCV(sparsities=[1, 5, 9, 12], cv=3, retrain=retrain, alphas=alphas)
    check(model, X, y, list(KFold(3).split(X)), rtol=1e-7)


@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "obs", "obs-one-shot"])
def test_sizes_by_default_are_those_of_the_rows(strategy, monkeypatch):
    X, y = make_data()
    X[:, 8] = np.arange(N_ROWS) == 3
    tall = PrunedRegressorCV(strategy, cv=3).fit(X, y)
    monkeypatch.setattr(training_data, "LEAST_ENTRIES", 10**6)
    small = PrunedRegressorCV(strategy, cv=3).fit(X, y)
    assert_array_equal(tall.cv_results_["sparsity"], small.cv_results_["sparsity"])
    assert_allclose(split_scores(tall), split_scores(small), rtol=1e-8)
    assert_allclose(tall.coef_, small.coef_, rtol=1e-8)


def test_unequal_weights_are_left_to_the_rows():
    X, y = make_data()
    weights = 10.0 ** np.linspace(0, 9, N_ROWS)
    check(PrunedRegressorCV(cv=3), X, y, list(KFold(3).split(X)), weights, rtol=1e-6)


@pytest.mark.parametrize("retrain", [True, False])
def test_an_exact_fit_is_left_to_the_rows(retrain):
    X, _ = make_data()
    y = X[:, :3].sum(axis=1)
    model = PrunedRegressorCV(cv=3, retrain=retrain).fit(X, y)
    assert model.sparsity_ == 3
    assert -1e-24 < model.best_score_ <= 0


@pytest.mark.filterwarnings("ignore:The scales of features differ")
@pytest.mark.parametrize("scale", [1e-165, 1e-100, 1e100, 1e150])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_squares_out_of_range_are_left_to_the_rows(scale, fit_intercept):
    X, y = make_data()
    X[:, 2] *= scale
    model = PrunedRegressorCV(cv=3, fit_intercept=fit_intercept)
    check(model, X, y, list(KFold(3).split(X)))


def correlation(coef, X, y):
    return np.abs(X.T @ (y - y.mean()))


def test_callable_strategies_see_the_rows():
    X, y = make_data()
    check(PrunedRegressorCV([correlation, "magnitude"], cv=3), X, y, list(KFold(3).split(X)))


@pytest.mark.usefixtures("without_rows")
@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize(
    "scoring",
    ["r2", "neg_mean_absolute_error", make_scorer(median_absolute_error, greater_is_better=False)],
    ids=str,
)
def test_other_scores(scoring, retrain):
    X, y = make_data()
    sizes = [1, 2, 5, 11]
    model = PrunedRegressorCV("obs", sizes, retrain, cv=4, scoring=scoring).fit(X, y)
    pruned = PrunedRegressor("obs", retrain=retrain)
    search = GridSearchCV(pruned, {"sparsity": sizes}, cv=4, scoring=scoring).fit(X, y)
    for key in ("mean_test_score", "std_test_score", "split3_test_score"):
        assert_allclose(model.cv_results_[key], search.cv_results_[key], rtol=1e-8)
    assert_allclose(model.predict(X), search.predict(X))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "obs", "obs-one-shot"])
def test_the_final_fit_is_that_of_the_rows(strategy, weighted, monkeypatch):
    monkeypatch.setattr(summed_rows, "EXTENDED_SIZE", 0)
    X, y = make_data()
    weights = np.random.default_rng(1).uniform(0.2, 2, len(y)) if weighted else None
    model = PrunedRegressorCV(strategy, cv=3).fit(X, y, weights)
    expected = PrunedRegressor(strategy, model.sparsity_).fit(X, y, weights)
    best = model.best_estimator_
    for name in ("coef_", "intercept_", "scores_", "threshold_", "n_samples_fit_", "weight_range_"):
        assert_allclose(getattr(best, name), getattr(expected, name), rtol=1e-12, err_msg=name)
    for name, value in vars(expected.estimator_).items():
        if name.endswith("_"):
            assert_allclose(getattr(best.estimator_, name), value, rtol=1e-12, err_msg=name)


def test_moments_are_all_that_is_needed():
    X, y = make_data()
    splits = list(KFold(3).split(X))
    training, held_out = (
        [row_moments(X[rows], y[rows], np.ones(len(rows))) for rows in side]
        for side in zip(*splits, strict=True)
    )
    search = MomentSearch(training, held_out, N_FEATURES, fit_intercept=True)
    assert search.rank(0.0) == N_FEATURES
    recipes = [Recipe.of("obs", True), Recipe.of("obs", False)]
    sizes = np.array([2, 6])
    for retrain, scores in zip((True, False), search.scores(recipes, 0.0, sizes), strict=True):
        model = PrunedRegressorCV("obs", sizes, retrain, cv=3).fit(X, y)
        assert_allclose(scores.T, split_scores(model), rtol=1e-12)
