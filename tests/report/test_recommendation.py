import re

import numpy as np
import pandas as pd
import pytest
from friedman_report import friedman_report, friedman_table
from numpy.testing import assert_allclose
from sklearn import config_context

from sklearn_prune import report
from sklearn_prune._report.comparison.records import LARGE


def describe(pipeline):
    """Return all parameters, without addresses in memory."""
    with config_context(print_changed_only=False):
        return re.sub(" at 0x[0-9a-f]+", "", repr(pipeline))


def test_the_code_is_the_pipeline():
    result = friedman_report()
    X, y = friedman_table()
    for budget in 4, 15:
        pipeline = result.pipeline(budget)
        made = {"X": X, "y": y}
        exec(result.code(budget), made)
        assert describe(made["pipeline"]) == describe(pipeline)
        assert_allclose(made["pipeline"].predict(X), pipeline.fit(X, y).predict(X))
    assert result.recommended_budget in (4, 15)
    with pytest.raises(ValueError, match="budget is 5: give one of 4, 15"):
        result.pipeline(5)


def test_code_of_the_large_models():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(-1, 1, (240, 3)), columns=list("abc"))
    y = np.abs(X["a"]) + np.maximum(X["b"], X["c"])
    X["b"] = X["b"].where(X.index > 5)
    unlabeled = pd.DataFrame(rng.uniform(-1, 1, (50, 3)), columns=list("abc"))
    result = report(X, y, budgets=[15], widths=[600], X_unlabeled=unlabeled, impute=True, cv=2)
    (answer,) = result.answers
    won = answer._replace(comparison=answer.comparison._replace(verdict="large"))
    object.__setattr__(result, "answers", [won])
    assert (
        "train large and prune: large models of 600 random features, pruned" in result.sentences[0]
    )
    choice = result.recommended()
    assert choice.method in LARGE
    for method in LARGE:
        object.__setattr__(result, "large_choices", {15: choice._replace(method=method)})
        made = {"X": X, "y": y, "X_unlabeled": unlabeled}
        with config_context():
            exec(result.code(), made)
            assert describe(made["pipeline"]) == describe(result.pipeline())
            assert np.mean((made["pipeline"].predict(X) - y) ** 2) < 0.5 * np.var(y)


DAYS = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(60) % 7, unit="D")


@pytest.mark.parametrize(
    "columns",
    [
        {"b": DAYS},
        {"b": DAYS - DAYS[0]},
        {"b": [1, "u", 2.5] * 20},
        {"b": [[1], [2]] * 30},
        {"b": pd.Series([pd.NA, *"ab" * 29, "a"], dtype=object)},
        {"b": pd.Series([pd.NA, *range(58), 0], dtype=object)},
        {3: ["u", "v"] * 30, 0: np.arange(60) % 7},
    ],
    ids=["days", "spans", "mixed", "lists", "NA in text", "NA in numbers", "numbers as names"],
)
def test_the_pipeline_takes_what_the_report_takes(columns):
    y = np.random.default_rng(0).uniform(size=60)
    X = pd.DataFrame({"a" if "b" in columns else 7: y, **columns})
    result = report(X, y, budgets=[3], widths=[8], cv=2, impute=True)
    made = {"X": X.copy(), "y": y}
    exec(result.code(), made)
    expected = made["pipeline"].predict(made["X"])
    predicted = result.pipeline().fit(X, y).predict(X[:9])
    assert_allclose(predicted, expected[:9])


def kinds(n_rows=150):
    """Return columns of three overlapping classes, which logistic regression tells best."""
    rng = np.random.default_rng(0)
    codes = np.resize([0, 1, 2], n_rows)
    X = rng.standard_normal((n_rows, 2)) + np.array([[0, 1], [2, 0], [-3, -1]])[codes]
    return pd.DataFrame(X, columns=["a", "b"]), np.array(["x", "y", "z"])[codes]


@pytest.mark.parametrize("rows", ["independent", "groups", "time"])
def test_logistic_regression_on_columns_that_are_no_more_than_the_budget(rows):
    X, y = kinds()
    groups = np.arange(150) // 5
    given = {} if rows == "independent" else {rows: groups}
    result = report(X, y, classification=True, budgets=[3, 9], widths=[20], cv=3, **given)
    means = result.to_frame().groupby("method")["error"].mean()
    assert means["all columns, logistic"] < means["all columns"]
    assert "all 4 prepared columns with logistic regression, which" in result.column_sentences[1]
    assert result.recommended(9)[0::3] == ("all columns, logistic", 4)
    frame = result.to_frame()
    rate = frame[frame["method"] == "all columns, logistic"]["error_rate"].mean()
    assert f"wrong class: {rate:.1%} and" in result.column_sentences[1]
    found = result.by_class(9)
    wrong = 1 - (found["recall"] * found["share"]).sum()
    assert_allclose(wrong, rate, atol=0.02)  # folds are not all of the same size
    made = {"X": X, "y": y, "groups": groups}
    exec(result.code(9), made)
    fitted = result.pipeline(9).fit(X, y)
    assert_allclose(made["pipeline"].predict_proba(X), fitted.predict_proba(X))
    assert "CalibratedClassifierCV" not in result.code(9)
    if rows == "independent":
        assert describe(made["pipeline"]) == describe(result.pipeline(9))


def test_a_class_of_one_row_leaves_no_folds_for_a_penalty():
    X, y = kinds()
    y[0] = "once"
    result = report(X, y, classification=True, budgets=[9], widths=[20], cv=3)
    assert result.recommended(9).method != "all columns, logistic"
    assert "with a ridge, which are no more" in result.column_sentences[0]
