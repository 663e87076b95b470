import sys
from importlib import metadata

import numpy as np
import pandas as pd
import pytest
from friedman_report import SETTINGS, friedman_report, friedman_table
from numpy.testing import assert_allclose
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
    ],
)
def test_bad_input(change, message):
    X, y = friedman_table()
    arguments = {"X": X, "y": y, "widths": [60], "budgets": [4]} | change
    with pytest.raises(ValueError, match=message):
        report(**arguments)


def test_a_checkout_that_is_not_installed(tmp_path, monkeypatch):
    installed = metadata.distribution

    def distribution(name):
        if name == "sklearn-prune":
            raise metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr(metadata, "distribution", distribution)
    result = report(*friedman_table(), budgets=[4], widths=[12], cv=2, store=tmp_path)
    assert len(list(tmp_path.glob("parts-*/*.json"))) == 8
    monkeypatch.setattr(
        "sklearn_prune._report.result.draw_pictures", lambda _: {"width": b"", "kept": b""}
    )
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
    with pytest.raises(ImportError, match=r'more packages: pip install "sklearn-prune\[report\]"'):
        report(*friedman_table())
