"""The columns themselves and the references, recomputed with estimators of scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from friedman_report import friedman_report, friedman_table
from numpy.testing import assert_allclose
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import RidgeCV
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.preprocessing import MinMaxScaler, QuantileTransformer

from sklearn_prune import PrunedRegressor, report
from sklearn_prune._report.comparison.outside_references import Split, outside_records
from sklearn_prune._report.comparison.plan import make_plan
from sklearn_prune._report.comparison.records import (
    BOOSTED,
    COLUMNS,
    COLUMNS_PRUNED,
    COLUMNS_RETRAINED,
    LINEAR,
    LOGISTIC,
)
from sklearn_prune._report.table.preparation import count_prepared, prepared_columns
from sklearn_prune._report.table.targets import encode_target

ALPHAS = np.logspace(-3, 5, 17)
FOLD, SEED = 2, 5


@pytest.fixture(scope="module")
def fold():
    """Return prepared columns and targets, to fit and to judge, of one outer fold."""
    X, y = friedman_table()
    fit, judged = list(KFold(3, shuffle=True, random_state=SEED).split(X))[FOLD]
    columns = make_column_transformer(
        (MinMaxScaler((-1, 1), clip=True), list(X)), (QuantileTransformer(n_quantiles=20), list(X))
    ).fit(X.iloc[fit])
    A, B = columns.transform(X.iloc[fit]), columns.transform(X.iloc[judged])
    return A, y[fit], B, y[judged], np.var(y)


def test_columns_and_boosting_of_a_fold_by_hand(fold):
    A, y, B, truth, variance = fold
    frame = friedman_report().to_frame().query("fold == @FOLD")
    models = {(LINEAR, "", 12): RidgeCV(ALPHAS)}
    models[BOOSTED, "", 12] = HistGradientBoostingRegressor(random_state=SEED + FOLD)
    for strategy in "magnitude", "hessian", "obs":
        for method, retrain in {COLUMNS_PRUNED: False, COLUMNS_RETRAINED: True}.items():
            model = PrunedRegressor(strategy, 4, retrain, estimator=RidgeCV(ALPHAS))
            models[method, strategy, 4] = model
    errors = frame.query("setting != 'plain'").set_index(["method", "strategy", "budget"])["error"]
    for which, model in models.items():
        expected = np.mean((truth - model.fit(A, y).predict(B)) ** 2) / variance
        assert_allclose(errors[which], expected, rtol=1e-6)


def test_the_choice_of_columns_is_that_of_a_grid_search(fold):
    A, y, *_, variance = fold
    search = GridSearchCV(
        PrunedRegressor(sparsity=4, estimator=RidgeCV(ALPHAS)),
        {"strategy": ["magnitude", "hessian", "obs"], "retrain": [False, True]},
        scoring="neg_mean_squared_error",
        cv=KFold(3, shuffle=True, random_state=SEED + FOLD),
    ).fit(A, y)
    frame = friedman_report().to_frame().query("fold == @FOLD and answer and budget == 4")
    (chosen,) = frame[frame["method"].isin(COLUMNS)].itertuples()
    assert chosen.strategy == search.best_params_["strategy"]
    assert (chosen.method == COLUMNS_RETRAINED) == search.best_params_["retrain"]
    assert_allclose(chosen.inner_error, -search.best_score_ / variance, rtol=1e-6)


def test_columns_are_pruned_only_where_there_are_more_of_them():
    frame = friedman_report().to_frame()
    pruned = frame[frame["method"].isin(COLUMNS)]
    assert set(pruned[pruned["chosen"]]["budget"]) == {4}
    assert pruned["budget"].max() < 12
    assert {"all columns", "gradient boosting"} < set(frame["method"])


def test_a_linear_table_needs_no_random_features():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(-1, 1, (120, 30))).add_prefix("x")
    y = X["x3"] - 2 * X["x7"] + 0.1 * rng.standard_normal(120)
    result = report(X, y, budgets=[2, 10], widths=[20, 40], cv=4)
    choice = result.recommended()
    assert choice.method == COLUMNS_RETRAINED
    assert choice.budget == 2
    fitted = result.pipeline().fit(X, y)
    kept = fitted[:-1].get_feature_names_out()[fitted[-1].support_]
    assert {name.rpartition("_")[2] for name in kept} == {"x3", "x7"}
    assert result.column_sentences[0].startswith("2 features: 60 prepared columns pruned to 2")
    made = {"X": X, "y": y}
    exec(result.code(), made)
    assert_allclose(made["pipeline"].predict(X), fitted.predict(X))
    assert "RandomFeatures" not in result.code()


def classes_of(sizes):
    """Return columns and the classes of rows, of which there are so many each."""
    codes = np.repeat(np.arange(len(sizes)), sizes)
    rng = np.random.default_rng(0)
    A = rng.standard_normal((len(codes), 3)) + 2 * codes[:, np.newaxis]
    return A, codes


@pytest.mark.parametrize("sizes", [(40, 40), (40, 30, 1), (30, 2, 30, 2), (2, 2, 2, 50)], ids=str)
def test_classes_of_few_rows(sizes):
    A, codes = classes_of(sizes)
    rows = np.arange(len(codes))
    target = encode_target(codes, classification=True)
    options = {"cv": 2, "classification": True, "n_columns": 3, "outside": True}
    plan = make_plan(len(codes), budgets=[2], widths=[8], **options)
    logistic, boosted = outside_records(Split(A, A, rows, rows), plan, target, seed=0)
    assert (logistic.method, boosted.method) == (LOGISTIC, BOOSTED)
    for record in logistic, boosted:
        assert record.error_rate < 0.15
        assert record.error < 0.5
        assert np.sum(record.guesses, axis=0)[0] == len(codes)
    if min(sizes) > 1:
        model = HistGradientBoostingClassifier(random_state=0).fit(A, codes)
        assert_allclose(boosted.log_loss, log_loss(codes, model.predict_proba(A)), rtol=1e-6)


def test_a_class_alone_is_what_is_predicted():
    A, codes = classes_of((20, 20))
    fit, judged = np.arange(20), np.arange(10, 30)
    target = encode_target(codes, classification=True)
    options = {"cv": 2, "classification": True, "n_columns": 3, "outside": True}
    plan = make_plan(40, budgets=[2], widths=[8], **options)
    for record in outside_records(Split(A[fit], A[judged], fit, judged), plan, target, seed=0):
        assert record.error_rate == 0.5
        assert record.error == 2.0  # half of the rows are off by 2, and the variance is 1


def test_prepared_columns_are_counted_without_preparing_them():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.uniform(size=90), "many": np.arange(90) % 40, "few": "u"})
    X["many"] = X["many"].astype(str)
    X["few"] = np.resize(["u", "v", None], 90)
    assert count_prepared(X) == 2 + 20 + 2
    assert prepared_columns(impute=True).fit_transform(X).shape[1] == 24
