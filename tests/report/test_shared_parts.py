"""The parts of tall tables, against the same parts from the rows themselves."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_equal
from sklearn.datasets import make_friedman1

from sklearn_prune import report
from sklearn_prune._report.comparison import (
    all_parts,
    drawn_features,
    gcv_fits,
    ridge_fits,
    row_summaries,
    tall_tables,
)
from sklearn_prune._report.comparison.one_part import evaluate_part
from sklearn_prune._report.comparison.plan import make_plan
from sklearn_prune._report.comparison.records import DENSE, PRUNED, Part
from sklearn_prune._report.comparison.shared_parts import evaluate_parts
from sklearn_prune._report.comparison.tall_tables import is_tall
from sklearn_prune._report.table.targets import encode_target

KINDS = {"regression": [], "two classes": [0.5], "three classes": [0.3, 0.6]}


def make_table(n_rows, kind="regression"):
    X, y = make_friedman1(n_rows, 7, noise=1.0, random_state=0)
    X = pd.DataFrame(X, columns=list("abcdefg"))
    X["kind"] = np.resize(["x", "y", "z"], n_rows)
    if kind != "regression":
        y = np.digitize(y, np.quantile(y, KINDS[kind]))
    return X, encode_target(y, classification=kind != "regression")


def assert_same(shared, alone):
    """Compare records in all but their seconds."""
    assert [record[:5] for record in shared] == [record[:5] for record in alone]
    assert_equal([record[5:7] for record in shared], [record[5:7] for record in alone])
    assert_allclose([r.error for r in shared], [r.error for r in alone], rtol=1e-8)
    assert_allclose([r.error_rate for r in shared], [r.error_rate for r in alone], atol=1e-12)
    assert_allclose([r.log_loss for r in shared], [r.log_loss for r in alone], rtol=1e-6)
    assert [record.guesses for record in shared] == [record.guesses for record in alone]


@pytest.fixture
def one_penalty(monkeypatch):
    for module in ridge_fits, gcv_fits:
        monkeypatch.setattr(module, "ALPHAS", np.array([3.0]))


@pytest.mark.usefixtures("one_penalty")
@pytest.mark.parametrize("safe", [True, False], ids=["moments", "factor"])
@pytest.mark.parametrize("distilled", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_records_are_those_of_parts_that_share_nothing(monkeypatch, kind, distilled, safe):
    monkeypatch.setattr(drawn_features, "BLOCK_ENTRIES", 2**14)
    if not safe:
        monkeypatch.setattr(row_summaries, "SAFE_RCOND", np.inf)
    X, target = make_table(1500, kind)
    strategies = ["magnitude", "hessian", "obs"]
    options = {"classification": kind != "regression", "strategies": strategies, "seed": 3}
    plan = make_plan(1500, budgets=[3, 20], widths=[10, 45], cv=3, **options)
    task = plan, X, target, X[:500].assign(a=0.5) if distilled else None
    parts = [Part(0, 1, None), Part(0, 1, 2)]
    shared = dict(evaluate_parts(parts, *task))
    assert list(shared) == parts
    for part in parts:
        assert_same(shared[part], evaluate_part(part, *task))


@pytest.mark.usefixtures("one_penalty")
@pytest.mark.parametrize("kind", ["regression", "three classes"])
def test_columns_and_references_are_those_of_parts_that_share_nothing(monkeypatch, kind):
    monkeypatch.setattr(drawn_features, "BLOCK_ENTRIES", 2**12)
    X, target = make_table(900, kind)
    options = {"classification": kind != "regression", "strategies": "magnitude"}
    plan = make_plan(900, budgets=[3, 20], widths=[30], cv=3, n_columns=17, outside=True, **options)
    steps, parts = [], [Part(0, 1, None), Part(0, 1, 2)]
    task = plan, X, target, None
    for part, records in evaluate_parts(parts, *task, steps.append):
        assert_same(records, evaluate_part(part, *task))
        assert ("gradient boosting" in {record.method for record in records}) == (
            part.inner is None
        )
    assert_allclose(sum(steps), 2)


@pytest.mark.usefixtures("one_penalty")
@pytest.mark.parametrize("safe", [True, False], ids=["moments", "factor"])
def test_features_that_are_constant_or_equal(monkeypatch, safe):
    if not safe:
        monkeypatch.setattr(row_summaries, "SAFE_RCOND", np.inf)
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": 1e6 + rng.uniform(size=1500), "b": np.resize(["x", "y"], 1500)})
    target = encode_target(X["a"] - 1e6 + rng.standard_normal(1500), classification=False)
    plan = make_plan(1500, budgets=[2, 5], widths=[8, 40], cv=3)
    task = plan, X, target, None
    for part, records in evaluate_parts([Part(0, 0, None), Part(0, 0, 1)], *task):
        assert_same(records, evaluate_part(part, *task))


def test_penalties_of_many_rows_are_nearly_those_of_ridge_cv():
    X, target = make_table(6000)
    plan = make_plan(6000, budgets=[20], widths=[60], cv=3, strategies="magnitude")
    task = Part(0, 0, None), plan, X, target, None
    ((_, shared),) = evaluate_parts([task[0]], *task[1:])
    pairs = [
        (one.retrain_alpha, other.retrain_alpha)
        for one, other in zip(shared, evaluate_part(*task), strict=True)
        if one.setting == "ridge" and one.method not in (DENSE, PRUNED)
    ]
    steps = np.abs(np.diff(np.log10(pairs))) / 0.5
    assert steps.max() < 1.5
    assert np.mean(steps < 0.5) > 0.7


@pytest.mark.parametrize(
    ("n_rows", "width", "tall"), [(100_000, 2000, True), (30_000, 2000, False), (5000, 200, False)]
)
def test_which_tables_are_tall(n_rows, width, tall):
    plan = make_plan(n_rows, budgets=[10], widths=[20, width], cv=5)
    assert is_tall(plan, n_rows, 1) == tall
    assert not is_tall(plan, n_rows, n_rows)


@pytest.fixture
def tall(monkeypatch):
    monkeypatch.setattr(tall_tables, "LEAST_ENTRIES", 0)
    X, target = make_table(900)
    return X, target.values[:, 0]


SETTINGS = {"budgets": [4], "widths": [8, 16], "cv": 2}


def test_a_report_on_a_tall_table(tall, monkeypatch, tmp_path):
    monkeypatch.setattr(all_parts, "evaluate_part", None)
    counts = []
    first = report(*tall, **SETTINGS, store=tmp_path, progress=lambda *n: counts.append(n))
    assert counts == [(n, 8) for n in range(9)]
    again = report(*tall, **SETTINGS, n_jobs=2).to_frame()
    assert again.drop(columns="seconds").equals(first.to_frame().drop(columns="seconds"))
    assert (first.to_frame()["seconds"] > 0).all()


def test_a_fold_goes_on_where_it_was_stopped(tall, monkeypatch, tmp_path):
    def stop_after_two(*task):
        for n, finished in enumerate(evaluate_parts(*task)):
            if n == 2:
                raise KeyboardInterrupt
            yield finished

    with monkeypatch.context() as patch:
        patch.setattr(all_parts, "evaluate_parts", stop_after_two)
        with pytest.raises(KeyboardInterrupt):
            report(*tall, **SETTINGS, store=tmp_path)
    (folder,) = tmp_path.iterdir()
    names = {file.name for file in folder.iterdir()}
    assert names == {"repeat0-fold0-outer.json", "repeat0-fold0-inner0.json"}
    counts = []
    resumed = report(*tall, **SETTINGS, store=tmp_path, progress=lambda *n: counts.append(n))
    assert counts[:2] == [(2, 8), (3, 8)]
    whole = report(*tall, **SETTINGS).to_frame()
    assert_allclose(resumed.to_frame()["error"], whole["error"], rtol=1e-12)
