import sys
from importlib import metadata

import numpy as np
import pandas as pd
import pytest
from blank_pictures import draw_nothing
from friedman_report import SETTINGS, friedman_report, friedman_table
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.datasets import load_iris

from sklearn_prune import report
from sklearn_prune._report.comparison.records import SMALL


def test_the_result_does_not_depend_on_the_number_of_jobs():
    result = friedman_report()
    again = report(*friedman_table(), **SETTINGS, n_jobs=2)
    pd.testing.assert_frame_equal(
        again.to_frame().drop(columns="seconds"), result.to_frame().drop(columns="seconds")
    )


def test_repeats_add_folds():
    result = report(*friedman_table(), budgets=[4], widths=[30], cv=2, repeats=2)
    frame = result.to_frame()
    assert set(zip(frame["repeat"], frame["fold"], strict=True)) == {
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    }


def test_permuted_labels_make_no_difference():
    X, y = friedman_table()
    for seed in range(3):
        permuted = np.random.default_rng(seed).permutation(y)
        result = report(X, permuted, budgets=[4, 15], widths=[40], cv=3)
        for sentence in result.sentences:
            assert "no difference" in sentence


def test_text_alone_is_enough():
    kinds = np.resize(list("abcde"), 80)
    X = pd.DataFrame({"kind": kinds, "letter": pd.Categorical(kinds)})
    y = np.array([ord(kind) ** 2 for kind in kinds])
    result = report(X, y, budgets=[5], widths=[30], cv=2)
    frame = result.to_frame().query("answer and setting == 'ridge'")
    assert (frame["error"] < 0.5).all()


def test_several_classes():
    X, y = load_iris(return_X_y=True, as_frame=True)
    result = report(X, y.map(dict(enumerate("uvw"))), classification=True, budgets=[10], cv=3)
    assert result.target.classes == ("u", "v", "w")
    rates = result.summary("error_rate")[10, "mean"]
    assert rates.loc[(SMALL, "ridge")] < 0.2
    assert_allclose(result.target.majority_error_rate, 2 / 3)
    assert "classes" in result.theory.note


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": [1.0] * 90}, "constant"),
        ({"y": [1.0, 2.0]}, "y has 2 values, but X has 90 rows"),
        ({"budgets": [80]}, "more than the 81 training rows|not below|more than"),
        ({"X": np.full((90, 2), np.nan)}, "missing values"),
        ({"X": np.empty((0, 2)), "y": []}, "has no rows"),
        ({"X": np.empty((90, 0))}, "X has no columns"),
        ({"X_unlabeled": np.empty((0, 6))}, "X_unlabeled has no rows"),
        ({"impute": "yes"}, "impute is 'yes': give True or False"),
        ({"impute": 1}, "impute is 1: give True or False"),
        ({"classification": "no"}, "classification is 'no': give True or False"),
        ({"n_jobs": 0}, "n_jobs is 0: give the number of processes"),
        ({"n_jobs": 1.5}, "n_jobs is 1.5"),
        ({"store": ""}, "store is ''"),
        ({"store": 3}, "store is 3"),
    ],
)
def test_bad_input(change, message):
    X, y = friedman_table()
    arguments = {"X": X, "y": y, "widths": [60], "budgets": [4]} | change
    with pytest.raises(ValueError, match=message):
        report(**arguments)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": sparse.csr_array(np.ones((90, 2)))}, "X is sparse"),
        ({"y": sparse.csr_array(np.ones((90, 1)))}, "y is sparse"),
        ({"X_unlabeled": sparse.csr_array(np.ones((9, 6)))}, "X_unlabeled is sparse"),
        ({"X": np.full((90, 2), 1j)}, "x0 has complex numbers"),
        ({"y": np.full(90, 1j)}, "y has complex numbers"),
        ({"progress": 3}, "progress is 3"),
    ],
)
def test_input_of_another_kind(change, message):
    X, y = friedman_table()
    arguments = {"X": X, "y": y, "widths": [60], "budgets": [4]} | change
    with pytest.raises(TypeError, match=message):
        report(**arguments)


def test_a_table_of_any_kind_has_the_same_report():
    X, y = friedman_table()
    arguments = {"budgets": [4], "widths": [12], "cv": 2}
    expected = report(X, y, **arguments).answers[0].comparison
    masked = np.ma.masked_array(X.to_numpy(), mask=False)
    pairs = X.set_axis(pd.MultiIndex.from_product([[1], X.columns]), axis=1)
    for table in X.set_axis([9, 4, 1, 7, 2, 3], axis=1), pairs, masked, X.astype("Float64"):
        assert report(table, y[:, np.newaxis], **arguments).answers[0].comparison == expected


def test_eight_classes_of_seven_rows():
    X = np.random.default_rng(0).standard_normal((56, 3))
    result = report(X, np.repeat(list("abcdefgh"), 7), classification=True, widths=[8])
    assert result.plan.cv == 7


def test_codes_of_the_unlabelled_rows_may_be_numbers():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"code": rng.choice(["1", "2", "A"], 60), "size": rng.uniform(size=60)})
    y = (X["code"] == "1") + X["size"]
    rows = pd.DataFrame({"code": rng.integers(1, 3, 20), "size": rng.uniform(size=20)})
    arguments = {"budgets": [5], "widths": [30], "cv": 2}
    as_numbers, as_texts = (
        report(X, y, X_unlabeled=unlabeled, **arguments)
        for unlabeled in (rows, rows.astype({"code": str}))
    )
    columns = ["method", "width", "budget", "error"]
    pd.testing.assert_frame_equal(as_numbers.to_frame()[columns], as_texts.to_frame()[columns])
    assert as_numbers.notes == as_texts.notes
    assert (
        "20 of 20 unlabelled"
        in report(X, y, X_unlabeled=rows.assign(code=7), **arguments).notes[-1]
    )


def test_a_checkout_that_is_not_installed(tmp_path, monkeypatch):
    installed = metadata.distribution

    def distribution(name):
        if name == "sklearn-prune":
            raise metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr(metadata, "distribution", distribution)
    result = report(*friedman_table(), budgets=[4], widths=[12], cv=2, store=tmp_path)
    assert len(list(tmp_path.glob("parts-*/*.json"))) == 8
    draw_nothing(monkeypatch)
    assert "sklearn-prune unknown, scikit-learn 1" in result.to_html()


def test_a_table_is_hashed_only_if_there_is_a_store(tmp_path, monkeypatch):
    table = friedman_table()
    hashed = []
    spied = pd.util.hash_pandas_object

    def spy(*args, **kwargs):
        hashed.append(args)
        return spied(*args, **kwargs)

    monkeypatch.setattr("pandas.util.hash_pandas_object", spy)
    arguments = {"budgets": [4], "widths": [12], "cv": 2}
    report(*table, **arguments)
    assert hashed == []
    report(*table, **arguments, store=tmp_path)
    assert len(hashed) == 1


def test_without_pandas(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"more packages: pip install chardet jinja2 .* skops \("):
        report(*friedman_table())


def test_messages_name_arguments():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.standard_normal(80), "id": np.arange(80)})
    y = np.cumsum(rng.standard_normal(80))
    with pytest.raises(ValueError, match="add classification=True if it is a class"):
        report(X, np.resize(["a", "b"], 80))
    with pytest.raises(ValueError, match="or add impute=True to fill in"):
        report(X.where(X["id"] > 5), y)
    with pytest.raises(ValueError, match="give smaller widths"):
        report(X, y, widths=[10**9])
    found = report(X, y, budgets=[2], widths=[8], cv=2).notes
    assert any("leave out of X." in note for note in found)
    assert any("give groups or time. A table" in note for note in found)
    assert not any("--" in note for note in found)
