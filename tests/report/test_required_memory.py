import tracemalloc

import numpy as np
import pandas as pd
import pytest

from sklearn_prune import report
from sklearn_prune._report.comparison import required_memory, tall_tables
from sklearn_prune._report.comparison.one_part import evaluate_part
from sklearn_prune._report.comparison.plan import make_plan
from sklearn_prune._report.comparison.records import Part
from sklearn_prune._report.comparison.required_memory import (
    check_memory,
    features_memory,
    memory_size,
)
from sklearn_prune._report.comparison.shared_parts import evaluate_parts
from sklearn_prune._report.table.targets import encode_target

RNG = np.random.default_rng(0)
GIB = 2**30


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"widths": [100_000_000]},
            r"width 100000000: 60 rows .* take about 1\d\d GiB .* smaller widths",
        ),
        ({"widths": [10, 10**30]}, "of memory, and there are 8: give smaller widths"),
        ({"repeats": 10**9}, "repeats 1000000000: .* of memory, and there are 8: .* repeats"),
    ],
)
def test_what_does_not_fit_is_told_before_it_starts(monkeypatch, tmp_path, options, message):
    monkeypatch.setattr(required_memory, "memory_size", lambda: 8.0 * GIB)
    X = RNG.standard_normal((60, 3))
    arguments = {"budgets": [3], "widths": [8], "cv": 2} | options
    with pytest.raises(ValueError, match=message):
        report(X, X[:, 0], **arguments, store=tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_unlabelled_rows_and_columns_count():
    plan = make_plan(60, budgets=[3], widths=[2**20], cv=2)
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(required_memory, "memory_size", lambda: 2.0 * GIB)
    check_memory(plan, 60, 0, 3)
    for n_unlabeled, n_columns in (60, 3), (0, 60):
        with pytest.raises(ValueError, match="--width"):
            check_memory(plan, 60, n_unlabeled, n_columns)
    monkeypatch.undo()


@pytest.mark.parametrize(("n_rows", "width"), [(60, 9000), (300, 2000), (3000, 200)])
def test_the_estimate_is_near_the_peak(monkeypatch, n_rows, width):
    X = pd.DataFrame(RNG.standard_normal((n_rows, 3)), columns=list("abc"))
    plan = make_plan(n_rows, budgets=[5], widths=[width], cv=2, strategies="magnitude")
    target = encode_target(X["a"] ** 2, classification=False)
    small = make_plan(n_rows, budgets=[5], widths=[10], cv=2)
    evaluate_part(Part(0, 0, None), small, X, target, None)  # modules are imported
    tracemalloc.start()
    evaluate_part(Part(0, 0, None), plan, X, target, None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    monkeypatch.setattr(required_memory, "memory_size", lambda: peak / 2)
    with pytest.raises(ValueError, match="--width"):
        check_memory(plan, n_rows, 0, 3)
    monkeypatch.setattr(required_memory, "memory_size", lambda: 2 * peak)
    check_memory(plan, n_rows, 0, 3)


@pytest.mark.parametrize(("n_rows", "width"), [(6000, 400), (60_000, 40)])
def test_the_estimate_of_a_tall_table_is_near_the_peak(monkeypatch, n_rows, width):
    monkeypatch.setattr(tall_tables, "LEAST_ENTRIES", 0)
    X = pd.DataFrame(RNG.standard_normal((n_rows, 3)), columns=list("abc"))
    plan = make_plan(n_rows, budgets=[5], widths=[width], cv=2, strategies="magnitude")
    task = plan, X, encode_target(X["a"] ** 2, classification=False), None
    tracemalloc.start()
    list(evaluate_parts([Part(0, 0, 1)], *task))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    width = plan.widths[-1]
    assert peak / 2 < features_memory(plan, n_rows, 0, 3, 1) < 2 * peak
    assert features_memory(plan, n_rows, 0, 3, n_rows) > 2 * 8 * n_rows * width


def test_a_container_has_less_memory_than_its_machine(monkeypatch, tmp_path):
    assert memory_size() > 2**27
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(required_memory, "LIMITS", (str(limit), str(tmp_path / "none")))
    whole = memory_size()
    limit.write_text("max\n")
    assert memory_size() == whole
    limit.write_text("4096\n")
    assert memory_size() == 4096


def test_a_system_that_does_not_tell(monkeypatch):
    monkeypatch.setattr(required_memory, "LIMITS", ())
    monkeypatch.delattr("os.sysconf", raising=False)
    assert memory_size() == np.inf
