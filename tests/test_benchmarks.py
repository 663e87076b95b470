"""The benchmarks run at toy sizes, and their table is what it says."""

import csv
import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
if not BENCHMARKS.exists():
    pytest.skip("the benchmarks are in the repository alone", allow_module_level=True)


@pytest.fixture(scope="module")
def command():
    """The command line, without the peer that takes long to compile itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        command = import_module("suite.command")
        patch.setattr("suite.peers.find_spec", lambda name: name != "skglm" and find_spec(name))
        patch.setattr("suite.tall.WEIGHED", [])  # each is a process
        yield command


@pytest.fixture(scope="module")
def out(command, tmp_path_factory):
    """The results of all groups but the one that starts processes."""
    out = tmp_path_factory.mktemp("results")
    groups = [name for name in command.GROUPS if name != "random_features"]
    command.run([*groups, "growth"], command.Effort(16, repeats=1, patience=0.0, draws=1), out)
    return out


def read(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def rows(out):
    return read(out / "benchmarks.csv")


def test_the_table_has_its_columns(command, rows):
    assert list(rows[0]) == command.table.COLUMNS
    assert all(float(row["seconds"]) > 0 and int(row["runs"]) >= 1 for row in rows)


def test_every_ratio_is_to_the_first_method_of_the_same_task(rows):
    tasks = [list(task) for _, task in groupby(rows, itemgetter("task", "sizes"))]
    assert len(tasks) > 10
    for first, *others in tasks:
        assert float(first["ratio"]) == 1
        for row in [first, *others]:
            assert row["reference"] == first["method"]
            expected = float(row["seconds"]) / float(first["seconds"])
            assert float(row["ratio"]) == pytest.approx(expected, rel=2e-3)


def test_solvers_and_paths_agree_with_what_they_are_compared_to(rows):
    errors = {(row["task"], row["method"]): row["error"] for row in rows if row["error"]}
    assert float(errors["Dense fit", "MinNormRegressor"]) < 1e-12
    assert float(errors["Dense fit", "LinearRegression"]) < 1e-12
    assert float(errors["Every sparsity, retrained", "PrunedRegressor at each"]) < 1e-8
    assert float(errors["Nested widths", "LinearRegression, budgets share the dense fit"]) < 1e-6


def test_solvers_of_many_rows_and_of_any_condition_agree(rows):
    ours = [row for row in rows if row["method"] == "MinNormRegressor" and row["error"]]
    tall = [row for row in ours if row["task"] == "Dense fit to many rows"]
    ill = [row for row in ours if row["task"] == "Ill-conditioned dense fit"]
    assert len(tall) == 4
    assert all(float(row["error"]) < 1e-13 for row in tall)
    for row in ill:
        condition = float(row["sizes"].split()[-1])
        assert float(row["error"]) < 1e-14 * condition


def test_a_grid_search_chooses_what_the_path_chooses(rows):
    task = [row for row in rows if row["task"] == "Sparsity by cross-validation"]
    methods = {row["method"]: row for row in task}
    path = methods["PrunedRegressorCV('magnitude')"]
    search = methods["GridSearchCV(PrunedRegressor)"]
    for column in "chosen s", "true features", "test R2":
        assert path[column] == search[column]


@pytest.mark.parametrize("package", ["abess", "celer"])
def test_peers_are_there_if_they_are_installed(package, rows):
    there = any(row["method"].startswith(package) for row in rows)
    assert there == bool(find_spec(package))


def test_the_markdown_has_the_machine_and_every_method(out, rows):
    text = (out / "benchmarks.md").read_text()
    for row in read(out / "machine.csv"):
        name, value = row.values()
        assert f"- {name}: {value}" in text
    for row in rows:
        assert f"| {row['method']} |" in text


def test_growth_has_its_axes_and_a_figure(out):
    points = read(out / "growth.csv")
    assert len({point["axis"] for point in points}) == 5
    assert all(float(point["seconds"]) > 0 for point in points)
    assert (out / "growth.png").read_bytes().startswith(b"\x89PNG")


def test_a_child_process_reports_its_own_peak(command, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    effort = command.Effort(16, repeats=1, patience=0.0)
    ballast = bytearray(os.urandom(2**20) * 512)  # what the parent holds does not count
    row = command.random_features.in_child("PrunedRandomFeatures", 50, 500, "float32", effort)
    del ballast
    assert 20 < row["peak MiB"] < 512
    assert row["runs"] == 1
    assert row["rate"] > 0


def test_a_child_process_reports_the_memory_beside_its_data(command, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    row = command.tall.in_child("LinearRegression", 20_000, 100)
    assert 15 < row["peak MiB"] < 80  # at least a copy of X, of 15 MiB


def test_the_command_tells_its_groups(command):
    script = BENCHMARKS / "run.py"
    shown = subprocess.run([sys.executable, script, "--help"], capture_output=True, check=True)
    assert b"--quick" in shown.stdout
    for group in [*command.GROUPS, "growth"]:
        assert group in shown.stdout.decode()


@pytest.mark.skipif(not find_spec("skorch"), reason="needs the extra neural")
def test_nets_beside_a_plain_loop(tmp_path):
    """Every way to train is there, and its ratio is to the loop in the same turns."""
    script, out = BENCHMARKS / "net_training.py", tmp_path / "net_training.csv"
    nets = ["--nets", "two-layer", "digits", "--widths", "2", "3"]
    options = [*nets, "--steps", "2", "--repeats", "1"]
    command = [sys.executable, "-W", "ignore", script, *options, "--out", out]
    subprocess.run(command, check=True, capture_output=True)
    rows = read(out)
    names = ["TwoLayerNet(2)", "TwoLayerNet(3)", "TwoLayerNet(2, 64)"]
    assert [row["net"] for row in rows[::5]] == names
    assert len({row["way"] for row in rows}) == 5
    for start in (0, 5, 10):
        plain, *others = rows[start : start + 5]
        assert float(plain["ratio"]) == 1
        for row in others:
            expected = float(row["us a step"]) / float(plain["us a step"])
            assert float(row["ratio"]) == pytest.approx(expected, rel=5e-3)


class Clock:
    """A clock that advances when it is told to."""

    now = 0.0

    def __call__(self):
        return self.now

    def work(self, seconds):
        def run(_data):
            self.now += seconds

        return run


@pytest.fixture
def measured(command, monkeypatch):
    harness = import_module("suite.harness")
    clock = Clock()
    monkeypatch.setattr(harness, "process_time", clock)
    drawn = {"quality": lambda _result, data: {"draw": data}}
    methods = [
        harness.Method("reference", clock.work(2.0), **drawn),
        harness.Method("a tenth of the work", clock.work(1.0), share=0.1),
        harness.Method("slow", clock.work(50.0), **drawn),
    ]
    task = harness.Task("task", "sizes", methods, lambda k: k)
    return harness.measure(task, command.Effort(repeats=5, patience=20.0))


def test_a_part_of_the_work_stands_for_all_of_it(measured):
    assert measured[1]["seconds"] == pytest.approx(10)
    assert measured[1]["ratio"] == pytest.approx(5)


def test_a_slow_method_runs_once_and_others_in_turn_after_a_warm_up(measured):
    assert [row["runs"] for row in measured] == [5, 5, 1]
    assert measured[0]["draw"] == 2  # the mean of 0 to 4
    assert measured[2]["draw"] == 0
