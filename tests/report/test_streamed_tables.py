"""Tables that stay in parquet files, against the same tables in memory."""

import runpy
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from blank_pictures import draw_nothing
from numpy.testing import assert_allclose

from sklearn_prune.__main__ import main
from sklearn_prune._report import from_command_line
from sklearn_prune._report.comparison import drawn_features, row_summaries, tall_tables
from sklearn_prune._report.comparison.records import BOOSTED, LOGISTIC
from sklearn_prune._report.table import survey
from sklearn_prune._report.table.parquet_files import ParquetFiles
from sklearn_prune._report.table.streamed_table import StreamedTable

pytest.importorskip("pyarrow")
FAST = ["--budget", "2", "--width", "12", "--cv", "2", "--n-jobs", "1"]


@pytest.fixture(autouse=True)
def blank_pictures(monkeypatch):
    draw_nothing(monkeypatch)


@pytest.fixture(autouse=True)
def sums_only(monkeypatch):
    """Keep sums of small tables in memory, too, of several blocks."""
    monkeypatch.setattr(tall_tables, "LEAST_ENTRIES", 0)
    monkeypatch.setattr(drawn_features, "BLOCK_ENTRIES", 2**12)
    monkeypatch.setattr(survey, "BLOCK_ENTRIES", 2**11)


@pytest.fixture
def streamed(monkeypatch):
    monkeypatch.setattr(from_command_line, "STREAMED_SHARE", 0)


def make_frame(n_rows=600, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.standard_normal((n_rows, 3)), columns=["size", "age", "price"])
    frame["colour"] = pd.Categorical(rng.choice(["red", "green", "blue"], n_rows))
    frame["word"] = rng.choice(["a", "b"], n_rows)
    frame["new"] = rng.choice([True, False], n_rows)
    frame["rooms"] = rng.integers(1, 6, n_rows)
    frame["day"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 3, n_rows), "D")
    frame["one"] = 1
    frame["price"] += frame["size"] * frame["rooms"] + (frame["word"] == "a")
    return frame


def write(frame, folder, ends=(150, 170, 400), row_group_size=70):
    """Write the rows into several files."""
    folder.mkdir(parents=True)
    for k, rows in enumerate(np.split(np.arange(len(frame)), ends)):
        file = folder / f"part-{k}.parquet"
        frame.iloc[rows].to_parquet(file, row_group_size=row_group_size)
    return folder


def run(path, out, *arguments, target="price"):
    return main([str(path), "--target", target, *FAST, *arguments, "--out", str(out)])


def numbers_of(out):
    """Return the numbers but for those of references that a streamed table goes without."""
    numbers = pd.read_csv(out / "report.csv")
    return numbers[~numbers["method"].isin([BOOSTED, LOGISTIC])].reset_index(drop=True)


def assert_same_numbers(out, other):
    one, two = numbers_of(out), numbers_of(other)
    errors = ["error", "error_rate", "log_loss", "inner_error", "alpha", "retrain_alpha"]
    pd.testing.assert_frame_equal(one.drop(columns=errors), two.drop(columns=errors))
    assert_allclose(one[errors], two[errors], rtol=1e-9)


def change(frame, kind):
    """Return the table of a kind, and the options for it."""
    if kind == "missing":
        holes = frame.index.isin(range(150, 170))  # a whole file
        names = ["age", "word", "new", "rooms"]
        frame[names] = (
            frame[names].astype({"new": object}).mask(holes[:, np.newaxis] & np.ones(4, bool))
        )
        return frame, ["--impute"]
    if kind == "regression":
        return frame.set_index("day"), ["--drop", "age"]
    frame["price"] = np.digitize(frame["price"], [0] if kind == "two classes" else [-1, 1])
    frame["price"] = frame["price"].map({0: "low", 1: "middle", 2: "high"})
    return frame, ["--classification"]


KINDS = ["regression", "two classes", "three classes", "missing"]


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_those_of_the_table_in_memory(tmp_path, monkeypatch, capsys, kind):
    frame, options = change(make_frame(), kind)
    folder = write(frame, tmp_path / "folder")
    assert run(folder, tmp_path / "whole", *options) == 0
    assert "streamed" not in capsys.readouterr().out
    monkeypatch.setattr(from_command_line, "STREAMED_SHARE", 0)
    assert run(folder, tmp_path / "streamed", *options) == 0
    out, err = capsys.readouterr()
    assert "as 600 of the 600 rows say" in out
    assert "gradient boosting, which needs all rows at once, is left out" in out
    assert "columns, pruned, retrained" in out
    assert "Constant columns are left out: one." in out
    assert "8 of 8 parts" in err
    assert "Theory is not drawn" in (tmp_path / "streamed" / "report.html").read_text()
    assert_same_numbers(tmp_path / "streamed", tmp_path / "whole")
    codes = [(tmp_path / name / "model.py").read_text() for name in ("whole", "streamed")]
    comment = "# All rows, which must fit into the memory.\n"
    assert comment in codes[1]
    assert codes[1].replace(comment, "") == codes[0]
    fitted = runpy.run_path(str(tmp_path / "streamed" / "model.py"))
    assert len(fitted["pipeline"].predict(fitted["X"])) == 600


@pytest.mark.usefixtures("streamed")
def test_dependent_features_are_read_again(tmp_path, monkeypatch):
    folder = write(make_frame(), tmp_path / "folder")
    run(folder, tmp_path / "moments")
    monkeypatch.setattr(row_summaries, "SAFE_RCOND", np.inf)
    run(folder, tmp_path / "factors")
    assert_allclose(
        *(numbers_of(tmp_path / name)["error"] for name in ("moments", "factors")), rtol=1e-7
    )


@pytest.mark.usefixtures("streamed")
def test_a_sample_prepares_the_columns(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(survey, "SAMPLE_ROWS", 200)
    frame = make_frame()
    folder = write(frame, tmp_path / "folder")
    for name, seed in ("first", "0"), ("same", "0"), ("other", "1"):
        assert run(folder, tmp_path / name, "--seed", seed) == 0
        assert "as 200 of the 600 rows say" in capsys.readouterr().out
    first, same, other = (numbers_of(tmp_path / name) for name in ("first", "same", "other"))
    assert first.equals(same)
    assert not first.equals(other)
    found = survey.survey(ParquetFiles(folder), "price", 0)
    assert len(set(found.positions)) == 200
    assert found.positions.min() < 50
    assert found.positions.max() > 550
    assert found.sample["size"].tolist() == frame["size"][found.positions].tolist()
    assert found.target.tolist() == frame["price"].tolist()


def test_blocks_are_rows_in_order(tmp_path):
    frame = make_frame()
    files = ParquetFiles(write(frame, tmp_path / "folder"))
    sample = frame[["size", "rooms"]].astype(float)[::100]
    table = StreamedTable(files, sample, np.arange(0, 600, 100))
    wanted = np.arange(600) % 7 < 2
    blocks = list(table.blocks(wanted, 64))
    assert max(len(rows) for rows, _ in blocks) <= 64
    rows = np.concatenate([rows for rows, _ in blocks])
    assert rows.tolist() == np.flatnonzero(wanted).tolist()
    columns = pd.concat([columns for _, columns in blocks])
    expected = frame.loc[rows, ["size", "rooms"]].astype(float)
    pd.testing.assert_frame_equal(columns.reset_index(drop=True), expected.reset_index(drop=True))
    assert table.sampled(wanted).index.tolist() == [r for r in range(0, 600, 100) if wanted[r]]


@pytest.mark.parametrize("share", [0.25, 0], ids=["whole", "streamed"])
def test_names_of_folders_are_a_column(tmp_path, monkeypatch, share):
    monkeypatch.setattr(from_command_line, "STREAMED_SHARE", share)
    for year in 2019, 2020:
        folder = write(make_frame(seed=year), tmp_path / "folder" / f"year={year}", [300])
        (folder / "_SUCCESS").touch()
        (folder / ".crc").touch()
    assert run(tmp_path / "folder", tmp_path / "out") == 0
    fitted = runpy.run_path(str(tmp_path / "out" / "model.py"))
    assert "year" in fitted["X"]


@pytest.mark.usefixtures("streamed")
def test_what_is_finished_is_not_repeated(tmp_path, monkeypatch):
    folder, out = write(make_frame(), tmp_path / "folder"), tmp_path / "out"
    run(folder, out)
    whole = (out / "report.csv").read_bytes()
    (parts,) = out.glob("parts-*")
    (parts / "repeat0-fold1-inner2.json").unlink()
    drawn = []
    blocks = StreamedTable.blocks
    monkeypatch.setattr(StreamedTable, "blocks", lambda *a: drawn.append(a) or blocks(*a))
    run(folder, out, "--resume")
    # Two passes for random features, two for the columns, and one for each of the inner folds
    # that are fitted, since categories depend on each other.
    assert len(drawn) == 2 + 2 + 2
    assert (out / "report.csv").read_bytes() == whole
    run(folder, out, "--resume")
    assert len(drawn) == 6
    make_frame(seed=1)[400:].to_parquet(folder / "part-3.parquet")
    run(folder, out, "--resume")
    assert len(drawn) == 6 + 2 * (2 + 2 + 3)


@pytest.mark.usefixtures("streamed")
def test_threads_do_not_change_the_numbers(tmp_path):
    folder = write(make_frame(), tmp_path / "folder")
    run(folder, tmp_path / "one")
    run(folder, tmp_path / "two", "--n-jobs", "2")
    assert numbers_of(tmp_path / "one").equals(numbers_of(tmp_path / "two"))


@pytest.mark.usefixtures("streamed")
def test_the_bar_moves_within_a_fold(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "sklearn_prune._report.run_command.Progress.update",
        lambda bar, task, **kw: shown.append(kw),
    )
    run(write(make_frame(), tmp_path / "folder"), tmp_path / "out")
    done = [kw["completed"] for kw in shown]
    assert done == sorted(done)
    assert (done[0], done[-1], shown[0]["total"]) == (0, 8, 8)
    assert sum(0 < value < 4 for value in done) > 5
    assert 4 in done


PEAKS = """
import sys
from pathlib import Path
from sklearn_prune.__main__ import main
from sklearn_prune._report import from_command_line
from sklearn_prune._report.comparison import drawn_features
from sklearn_prune._report.output import written_files
from sklearn_prune._report.output.page_pictures import PagePicture
from sklearn_prune._report.table import survey

from_command_line.STREAMED_SHARE = 0
drawn_features.BLOCK_ENTRIES = survey.BLOCK_ENTRIES = 2**18
survey.SAMPLE_ROWS = 500
written_files.draw_pictures = lambda report: {"width": b"", "kept": b""}
written_files.draw_panels = lambda report: dict.fromkeys(["width", "kept"], PagePicture({}, []))
options = ["--target", "y", "--budget", "2", "--width", "12", "--cv", "2", "--n-jobs", "1"]
for folder in sys.argv[1:]:
    assert main([folder, *options, "--quiet", "--out", f"{folder}/_out"]) == 0
    print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel for the peak")
def test_memory_is_that_of_the_target_and_the_folds(tmp_path):
    rng, n_columns, n_rows = np.random.default_rng(0), 40, [10_000, 50_000]
    for n in n_rows:
        frame = pd.DataFrame(rng.standard_normal((n, n_columns))).add_prefix("x")
        frame["y"] = frame["x0"] + rng.standard_normal(n)
        write(frame, tmp_path / str(n), range(5000, n, 5000), 5000)
    command = [sys.executable, "-c", PEAKS, *(str(tmp_path / str(n)) for n in n_rows)]
    found = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    few, many = (int(line) for line in found.splitlines() if line.isdigit())
    growth = 1024 * (many - few) / (n_rows[1] - n_rows[0])
    assert growth < n_columns * 8 / 2


# What cannot be used.


@pytest.fixture
def refused(tmp_path, capsys):
    """Run, expecting one line on standard error, status 2 and no output."""

    def refused(path, *arguments, target="price"):
        assert run(path, tmp_path / "out", *arguments, target=target) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("sklearn_prune: ")
        assert err.count("\n") == 1
        assert not (tmp_path / "out").exists()
        return err

    return refused


@pytest.mark.parametrize("share", [0.25, 0], ids=["whole", "streamed"])
def test_folders_that_are_no_table(refused, tmp_path, monkeypatch, share):
    monkeypatch.setattr(from_command_line, "STREAMED_SHARE", share)
    folder = tmp_path / "folder"
    folder.mkdir()
    assert "without parquet files" in refused(folder)
    (folder / "table.csv").write_text("a,b\n1,2\n")
    assert "without parquet files" in refused(folder)
    (folder / "table.csv").unlink()
    frame = make_frame()
    for k in range(2):
        frame.to_parquet(folder / f"{k}.parquet")
    (folder / "notes.txt").write_text("read me")
    assert "notes.txt is no parquet file: take it out" in refused(folder)
    (folder / "notes.txt").unlink()
    content = (folder / "1.parquet").read_bytes()
    (folder / "1.parquet").write_bytes(content[:3000])
    err = refused(folder)
    assert "1.parquet as parquet, it may be truncated" in err
    (folder / "1.parquet").write_bytes(content[:4] + b"\xff" * 5000 + content[5004:])
    assert "1.parquet as parquet" in refused(folder) or share
    (folder / "1.parquet").unlink()
    assert "no column is named 'prize' (did you mean 'price'?)" in refused(folder, target="prize")
    assert "--drop weight: there is no such column" in refused(folder, "--drop", "weight")
    frame[:0].to_parquet(folder / "0.parquet")
    assert "no rows" in refused(folder)


@pytest.mark.parametrize("share", [0.25, 0], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    ("other", "message"),
    [
        (lambda frame: frame.drop(columns="age"), "has no column 'age', which"),
        (lambda frame: frame.assign(height=1.0), "has height, which"),
        (lambda frame: frame.assign(age="old"), "string in 'age', where"),
        (lambda frame: frame.astype({"rooms": float}), "has double in 'rooms', where"),
    ],
)
def test_files_of_other_columns(refused, tmp_path, monkeypatch, share, other, message):
    monkeypatch.setattr(from_command_line, "STREAMED_SHARE", share)
    frame = make_frame()
    folder = write(frame, tmp_path / "folder")
    other(frame).to_parquet(folder / "part-2.parquet")
    err = refused(folder)
    assert "part-2.parquet" in err
    assert "part-0.parquet has" in err
    assert message in err


@pytest.mark.usefixtures("streamed")
@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("age", np.nan, "missing values in age, such as in row 3 of"),
        ("word", None, "missing values in word, such as in row 3 of"),
        ("age", np.inf, "infinite values in age, such as in row 3 of"),
        ("price", np.nan, "the target has 1 missing values"),
        ("price", np.inf, "the target has infinite values"),
    ],
)
def test_values_that_are_told_wherever_they_are(
    refused, tmp_path, monkeypatch, column, value, message
):
    monkeypatch.setattr(survey, "SAMPLE_ROWS", 20)
    frame = make_frame()
    frame.loc[173, column] = value
    err = refused(write(frame, tmp_path / "folder"))
    assert message in err
    assert "part-2.parquet" in err or column == "price"


@pytest.mark.usefixtures("streamed")
def test_missing_values_outside_of_the_sample(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(survey, "SAMPLE_ROWS", 100)
    folder = write(make_frame(), tmp_path / "folder")
    positions = survey.survey(ParquetFiles(folder), "price", 0).positions
    frame = make_frame()
    frame.loc[np.setdiff1d(np.arange(600), positions)[:5], "age"] = np.nan
    assert run(write(frame, tmp_path / "holes"), tmp_path / "out", "--impute") == 0
    assert "Missing values in other rows are filled in: age." in capsys.readouterr().out


@pytest.mark.usefixtures("streamed")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--save", "model.skops"], "which goes without: leave --save out"),
        (["--unlabelled", "more.csv"], "which goes without: leave --unlabelled out"),
        (["--width", "500"], "are enough for 19 features: give a smaller --width"),
        (["--seed", "-1"], "the seed is -1"),
        (["--cv", "1"], "1 folds of 600 rows"),
    ],
)
def test_what_a_streamed_table_goes_without(refused, tmp_path, arguments, message):
    assert message in refused(write(make_frame(), tmp_path / "folder"), *arguments)


def test_one_large_file_is_streamed(tmp_path, monkeypatch, capsys):
    file = tmp_path / "table.parquet"
    make_frame(3000).drop(columns="day").to_parquet(file)
    needed = 3000 * 8 * 8
    assert 1 <= ParquetFiles(file).n_bytes / needed < 2
    monkeypatch.setattr(from_command_line, "memory_size", lambda: 2.0 * needed)
    assert run(file, tmp_path / "out") == 0
    assert "streamed" in capsys.readouterr().out
    monkeypatch.setattr(from_command_line, "memory_size", lambda: 20.0 * needed)
    assert run(file, tmp_path / "out") == 0
    assert "streamed" not in capsys.readouterr().out
