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
