import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.model_selection import LeaveOneOut, cross_val_predict

from sklearn_prune import report
from sklearn_prune._report.comparison import alike_neighbours
from sklearn_prune._report.comparison.alike_neighbours import (
    compare_neighbours,
    left_out_residuals,
    neighbour_warning,
)
from sklearn_prune._report.table.columns import as_frame
from sklearn_prune._report.table.targets import encode_target

ALPHAS = np.logspace(-3, 5, 17)


def columns(n_rows, seed=0):
    return pd.DataFrame(np.random.default_rng(seed).standard_normal((n_rows, 4))).add_prefix("x")


def warned(X, y, *, classification=False):
    target = encode_target(y, classification=classification)
    return neighbour_warning(as_frame(X), target, impute=False)


@pytest.mark.parametrize("n_columns", [5, 60])
def test_residuals_are_those_of_fits_without_the_row(n_columns):
    rng = np.random.default_rng(0)
    A, y = rng.standard_normal((40, n_columns)), rng.standard_normal((40, 2))
    ridge = Ridge(RidgeCV(ALPHAS).fit(A, y).alpha_)
    expected = y - cross_val_predict(ridge, A, y, cv=LeaveOneOut())
    assert_allclose(left_out_residuals(A.copy(), y), expected, rtol=1e-6)


@pytest.mark.parametrize("stretches", [False, True])
def test_moments_are_those_of_shuffled_rows(stretches):
    rng = np.random.default_rng(0)
    E = rng.standard_normal((30, 2)) ** 3
    follows = np.arange(29) % 10 != 9 if stretches else np.ones(29, dtype=bool)
    found = compare_neighbours(E, follows)
    shuffled = [compare_neighbours(rng.permutation(E), follows).correlation for _ in range(2000)]
    assert_allclose(np.mean(shuffled), found.expected, atol=4 * found.std_error / np.sqrt(2000))
    assert_allclose(np.std(shuffled), found.std_error, rtol=0.05)  # its own error is 1.6 %
    assert_allclose(found.expected, -1 / 29)


def test_the_correlation_is_that_of_neighbours():
    e = np.sin(np.arange(200))[:, np.newaxis]
    found = compare_neighbours(e, np.ones(199, dtype=bool))
    assert_allclose(found.correlation, stats.pearsonr(e[1:, 0], e[:-1, 0]).statistic, rtol=0.02)


def test_shuffled_tables_are_quiet():
    rng = np.random.default_rng(0)
    alarms = 0
    for seed in range(50):
        X = columns(60, seed)
        alarms += len(warned(X, X["x0"] + rng.standard_t(2, 60) ** 3))  # of very long tails
    assert alarms <= 1  # of 0.05 on average


@pytest.mark.parametrize("load", [load_diabetes, load_digits, load_breast_cancer])
def test_real_tables_in_no_order_are_quiet(load):
    X, y = load(return_X_y=True, as_frame=True)
    assert warned(X, y, classification=load is not load_diabetes) == []


@pytest.mark.parametrize("load", [load_wine, load_iris])
def test_tables_that_are_sorted_by_class_are_told_of_until_they_are_shuffled(load):
    X, y = load(return_X_y=True, as_frame=True)
    assert warned(X, y, classification=True)
    order = np.random.default_rng(0).permutation(len(y))
    assert warned(X.iloc[order], y.iloc[order], classification=True) == []


def autoregression(n_rows, coefficient):
    noise = np.random.default_rng(2).standard_normal(n_rows)
    for k in range(1, n_rows):
        noise[k] += coefficient * noise[k - 1]
    return noise


def test_a_series_is_told_of():
    X = columns(400)
    (note,) = warned(X, X["x0"] + autoregression(400, 0.4))
    assert note.startswith("Warning: rows are like the next ones: what a linear model of all")
    assert "where shuffled rows would have 0.00 ± 0.05 (p < 0.001)" in note
    assert "give --groups or --time" in note
    correlation = float(note.partition("a correlation of ")[2].split()[0])
    assert abs(correlation - 0.4) < 3 * 0.05


def test_persons_in_a_row_are_told_of():
    X = columns(200)
    own = np.random.default_rng(1).standard_normal(40).repeat(5)
    y = X["x0"] + own + autoregression(200, 0)
    assert warned(X, y)
    assert warned(X, np.where(own > 0, "u", "v"), classification=True)


def test_sorted_rows_are_told_of():
    X = columns(200)
    y = X["x0"] + autoregression(200, 0)
    assert warned(X, y) == []
    order = np.argsort(y)
    assert warned(X.iloc[order], y.iloc[order])


def test_long_tables_are_looked_at_in_stretches(monkeypatch):
    monkeypatch.setattr(alike_neighbours, "MOST_ROWS", 300)
    X = columns(1000)
    assert warned(X, X["x0"] + autoregression(1000, 0.6))
    assert warned(X, X["x0"] + autoregression(1000, 0)) == []


def test_nothing_is_left_to_compare():
    X = pd.DataFrame({"a": np.tile([0.0, 1.0], 20)})
    assert compare_neighbours(np.zeros((40, 1)), np.ones(39, dtype=bool)).p_value == 1
    assert warned(X, X["a"]) == []


def test_the_report_warns_unless_it_knows():
    X = columns(80)
    y = X["x0"] + 3 * autoregression(80, 0.8)
    settings = {"budgets": [2], "widths": [8, 16], "cv": 2}
    assert "rows are like the next ones" in report(X, y, **settings).notes[-1]
    for known in {"time": range(80)}, {"groups": np.arange(80) // 10}:
        assert len(report(X, y, **settings, **known).notes) == 1
