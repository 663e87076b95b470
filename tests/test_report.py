import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.model_selection import KFold
from sklearn.preprocessing import MinMaxScaler

from sklearn_prune import MinNormRegressor, RandomFeatures
from sklearn_prune._report import (
    DENSE,
    PRUNED,
    SMALL,
    compare,
    default_budgets,
    default_widths,
    fold_errors,
    mean_and_error,
    verdict,
)
from sklearn_prune._report_figure import TOP, draw_report

BUDGETS, WIDTHS = [5, 20], [5, 20, 150]


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.standard_normal((75, 4)), columns=list("abcd"))
    return X, np.abs(X["a"] + X["b"]).to_numpy() + 0.1 * rng.standard_normal(75)


@pytest.fixture(scope="module")
def results(table):
    arguments = {"budgets": BUDGETS, "widths": WIDTHS, "n_folds": 3, "seed": 7, "n_jobs": 1}
    return pd.concat(compare(*table, **arguments))


def test_every_method_at_every_width_and_fold(results):
    counts = results.groupby("method")["error"].count()
    assert counts.to_dict() == {
        DENSE: 3 * 3,
        **dict.fromkeys(SMALL, 3 * 2),
        **dict.fromkeys(PRUNED, 3 * (3 + 2)),
    }
    assert np.isfinite(results["error"]).all()


def test_a_fold_recomputed_by_hand(results, table):
    X, y = table[0].to_numpy(), table[1]
    train, test = list(KFold(3, shuffle=True, random_state=7).split(X))[1]
    scaler = MinMaxScaler((-1, 1), clip=True).fit(X[train])
    features = RandomFeatures(150, scale=0.5, random_state=8).fit(X[train])
    F, G = (features.transform(scaler.transform(X[rows])) for rows in (train, test))

    def error(model, columns):
        predicted = model.fit(F[:, columns], y[train]).predict(G[:, columns])
        return np.mean((y[test] - predicted) ** 2) / np.var(y)

    def reported(method, budget, width):
        return fold_errors(results, method, budget, width)[1]

    dense = MinNormRegressor().fit(F, y[train])
    kept = np.argsort(-np.abs(dense.coef_))[:20]
    ridge = RidgeCV(alphas=np.logspace(-3, 4, 15))
    everything = np.arange(150)
    assert_allclose(reported(DENSE, 150, 150), error(dense, everything))
    assert_allclose(reported("small", 20, 20), error(LinearRegression(), everything[:20]))
    assert_allclose(reported("small, ridge", 20, 20), error(ridge, everything[:20]))
    assert_allclose(
        reported("large, pruned, retrained", 20, 150), error(LinearRegression(), np.sort(kept))
    )
    assert_allclose(reported("large, pruned, ridge refit", 20, 150), error(ridge, np.sort(kept)))
    coef = dense.coef_[kept]
    predicted = y[train].mean() + (G[:, kept] - F[:, kept].mean(axis=0)) @ coef
    assert_allclose(
        reported("large, pruned", 20, 150), np.mean((y[test] - predicted) ** 2) / np.var(y)
    )


def test_parallel_equals_serial(results, table):
    arguments = {"budgets": BUDGETS, "widths": WIDTHS, "n_folds": 3, "seed": 7, "n_jobs": 2}
    again = pd.concat(compare(*table, **arguments))
    keys = ["method", "budget", "width", "fold"]
    assert_allclose(again.sort_values(keys)["error"], results.sort_values(keys)["error"], rtol=1e-8)


def test_the_grouping_of_widths_changes_nothing(results, table, monkeypatch):
    monkeypatch.setattr("sklearn_prune._report.TASK_WIDTHS", 2)
    arguments = {"budgets": BUDGETS, "widths": WIDTHS, "n_folds": 3, "seed": 7, "n_jobs": 1}
    again = pd.concat(compare(*table, **arguments))
    keys = ["method", "budget", "width", "fold"]
    assert_allclose(again.sort_values(keys)["error"], results.sort_values(keys)["error"], rtol=1e-8)


def test_categories_are_encoded(table):
    X, _ = table
    X = X.assign(kind=np.resize(["x", "y", "z"], len(X)), flag=X["a"] > 0)
    y = (X["kind"] == "z").to_numpy(dtype=float)
    arguments = {"budgets": [10], "widths": [10, 300], "n_folds": 3, "seed": 0, "n_jobs": 1}
    errors = pd.concat(compare(X, y, **arguments))
    assert fold_errors(errors, "large, pruned, ridge refit", 10, 300).max() < 0.5


def test_default_sizes_lie_on_both_sides_of_n():
    for n_train in (12, 100, 1437):
        budgets = default_budgets(n_train)
        widths = default_widths(n_train, budgets)
        assert set(budgets) <= set(widths)
        assert widths[0] <= n_train / 4
        assert widths[-1] >= 4 * n_train
        assert widths == sorted(set(widths))
    assert max(default_widths(100, [3000])) > 3000


def test_standard_error_is_corrected_for_overlapping_training_sets():
    values = pd.Series([1.0, 2.0, 3.0, 4.0])
    mean, std_error = mean_and_error(values)
    assert mean == 2.5
    assert_allclose(std_error, np.sqrt((1 / 4 + 1 / 3) * 5 / 3))


@pytest.mark.parametrize(
    ("large", "answer"),
    [
        (0.5, "20 features: train large and prune, for 50% less error."),
        (2.0, "20 features: train small, for 50% less error."),
        (1.001, "20 features: no clear difference, so train small."),
    ],
)
def test_verdict(large, answer):
    noise = np.array([0.0, 0.01, -0.01])
    rows = {"budget": 20, "fold": range(3)}
    small = pd.DataFrame(rows | {"method": "small, ridge", "width": 20, "error": 1 + noise})
    big = pd.DataFrame(
        rows | {"method": "large, pruned, ridge refit", "width": 90, "error": large - noise}
    )
    sentence = verdict(pd.concat([small, big]), 20)
    assert sentence.startswith(answer)
    assert f"{large:.3g} for 90 features pruned to 20, 1 for 20 trained directly" in sentence


def test_figure(results):
    figure = draw_report(results, BUDGETS, n_train=50, title="a table")
    panels = figure.axes
    assert [ax.get_title() for ax in panels] == ["5 features kept", "20 features kept"]
    assert panels[0].get_ylabel() == "Mean squared error / variance of the target"
    assert {ax.get_xlabel() for ax in panels} == {"Number of random features p"}
    assert panels[0].get_ylim()[1] == TOP
    assert "a table (median and quartiles of 3 folds)" in figure.get_suptitle()
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == [*SMALL, *PRUNED, DENSE]
    drawn = {line.get_label(): line for line in panels[1].lines}
    expected = [fold_errors(results, "large, pruned", 20, width).median() for width in WIDTHS[1:]]
    assert_allclose(drawn["large, pruned"].get_ydata()[1:], expected)
    assert np.isnan(drawn["large, pruned"].get_ydata()[0])
    assert_array_equal(
        drawn["small"].get_ydata(), [fold_errors(results, "small", 20, 20).median()] * 2
    )
    assert len({to_hex(drawn[name].get_color()) for name in [*PRUNED, DENSE]}) == 5
