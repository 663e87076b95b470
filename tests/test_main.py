import os
import runpy
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from blank_pictures import draw_nothing

from sklearn_prune import __main__ as command_line
from sklearn_prune.__main__ import main
from sklearn_prune._report.comparison.all_parts import evaluate_part
from sklearn_prune._report.from_python import EXTRA
from sklearn_prune._report.output import written_files

FAST = ["--budget", "3", "10", "--width", "40", "--cv", "2", "--n-jobs", "1"]
FILES = {"report.html", "report.csv", "report.png", "kept.png", "model.py"}


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.standard_normal((60, 3)), columns=["size", "age", "price"])
    frame["colour"] = np.resize(["red", "green", "blue"], 60)
    return frame


@pytest.fixture(autouse=True)
def blank_pictures(request, monkeypatch):
    """Draw nothing, which takes the longest, unless a test asks for the pictures."""
    if "pictures" not in request.fixturenames:
        draw_nothing(monkeypatch)


@pytest.fixture
def pictures():
    """Ask for the pictures."""


@pytest.fixture
def run(tmp_path, capsys):
    def run(table, *arguments):
        file = tmp_path / "table.csv"
        if isinstance(table, pd.DataFrame):
            table.to_csv(file, index=False)
        elif table is not None:
            file.write_bytes(table)
        status = main([str(file), *arguments, "--out", str(tmp_path / "out")])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def refused(run, tmp_path):
    """Run, expecting one line on standard error, status 2 and no output."""

    def refused(table, *arguments):
        status, out, err = run(table, *arguments)
        assert status == 2
        assert out == ""
        assert err.startswith("sklearn_prune: ")
        assert err.count("\n") == 1
        assert not (tmp_path / "out").exists()
        return err

    return refused


def test_answers_on_a_table(run, frame, tmp_path, pictures):
    status, out, err = run(frame.assign(one=1), "--target", "price", *FAST)
    assert status == 0
    assert "table.csv, price: 60 rows, 3 columns, 30 training rows in a fold." in out
    assert "Constant columns are left out: one." in out
    for budget in 3, 10:
        assert f"\n{budget} features: " in out
    assert "8 of 8 parts" in err
    files = {file.name for file in (tmp_path / "out").iterdir() if file.is_file()}
    assert files == FILES
    numbers = pd.read_csv(tmp_path / "out" / "report.csv")
    assert set(numbers["width"]) >= {3, 10, 40}
    chosen = numbers.query("method == 'small' and setting == 'ridge' and budget == 3")
    row = next(line for line in out.splitlines() if line.strip().startswith("small "))
    assert f"{chosen['error'].mean():.3g} ±" in row
    assert (tmp_path / "out" / "report.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "out" / "report.html").read_text()
    assert "--target price" in page
    assert "http" not in page.replace("http-equiv", "")

    code = (tmp_path / "out" / "model.py").read_text()
    assert code in out
    fitted = runpy.run_path(str(tmp_path / "out" / "model.py"))
    assert fitted["pipeline"].predict(fitted["X"]).shape == (60,)


def test_same_seed_same_numbers(run, frame, tmp_path):
    tables = []
    for seed in "0", "0", "1":
        run(frame, "--target", "price", *FAST, "--seed", seed)
        tables.append((tmp_path / "out" / "report.csv").read_bytes())
    assert tables[0] == tables[1] != tables[2]


def test_digits_are_the_default(capsys, tmp_path):
    arguments = ["--quiet", "--budget", "5", "--width", "12", "--cv", "2", "--n-jobs", "1"]
    assert main([*arguments, "--out", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    reference, answer, of_columns = out.splitlines()
    assert reference.startswith("Not pruned, all 122 prepared columns leave less")
    assert answer.startswith("5 features: ")
    assert of_columns.startswith("5 features: 122 prepared columns pruned to 5 leave")
    assert err == ""
    assert "from sklearn.datasets import load_digits" in (tmp_path / "model.py").read_text()


@pytest.mark.parametrize("kind", ["two", "three"])
def test_classes(run, frame, tmp_path, kind):
    size = frame["size"]
    frame["kind"] = np.where(size > 0, "yes", "no")
    if kind == "three":
        frame.loc[size > 1, "kind"] = "very"
    status, out, _ = run(frame, "--target", "kind", "--classification", *FAST)
    assert status == 0
    assert "wrong class" in out
    numbers = pd.read_csv(tmp_path / "out" / "report.csv")
    assert numbers["error_rate"].between(0, 1).all()
    assert numbers["log_loss"].between(0, 10).all()
    fitted = runpy.run_path(str(tmp_path / "out" / "model.py"))
    assert set(fitted["pipeline"].predict(fitted["X"])) <= set(frame["kind"])
    assert fitted["pipeline"].predict_proba(fitted["X"]).shape == (60, frame["kind"].nunique())


def load_as_printed(out):
    """Run the line that loads the saved model, with what it trusts."""
    (line,) = (line for line in out.splitlines() if "skops.io.load" in line)
    code = line[line.index("skops.io.load") :].removesuffix(".")
    assert "get_untrusted_types" not in code
    return eval(code, {"skops": pytest.importorskip("skops")})


def test_saved_model_predicts_as_its_code(run, frame, tmp_path):
    pytest.importorskip("skops.io")
    file = tmp_path / "models" / "model.skops"
    status, out, _ = run(frame, "--target", "price", *FAST, "--save", str(file))
    assert status == 0
    model = load_as_printed(out)
    fitted = runpy.run_path(str(tmp_path / "out" / "model.py"))
    np.testing.assert_allclose(model.predict(fitted["X"]), fitted["pipeline"].predict(fitted["X"]))


@pytest.mark.parametrize(
    "name", ["it's.skops", 'a "b".skops', "a\\nb\\x41.skops", "ü \U0001f600.skops"]
)
def test_the_printed_line_loads_a_file_of_any_name(run, frame, tmp_path, name):
    status, out, _ = run(frame, "--target", "price", *FAST, "--save", str(tmp_path / name))
    assert status == 0
    assert load_as_printed(out).predict(frame).shape == (60,)


def test_only_what_the_model_needs_is_trusted(run, frame, tmp_path):
    skops_io = pytest.importorskip("skops.io")
    file = tmp_path / "model.skops"
    _, out, _ = run(frame, "--target", "price", *FAST, "--save", str(file))
    for name in skops_io.get_untrusted_types(file=file):
        assert repr(name) in out
    file.write_bytes(skops_io.dumps(command_line.make_parser))
    with pytest.raises(TypeError, match="make_parser"):
        load_as_printed(out)


@pytest.fixture
def dates(frame):
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(60) % 5, unit="D")
    return frame.assign(
        day=days, late=frame["age"] > 0, day_or_none=days.where(frame.index > 5)
    ).set_index("day")


def test_a_model_of_a_parquet_file_takes_the_file_as_it_is(dates, tmp_path, capsys):
    pytest.importorskip("pyarrow")
    file, model = tmp_path / "table.parquet", tmp_path / "model.skops"
    dates.to_parquet(file)
    arguments = [str(file), "--target", "price", "--impute", *FAST, "--save", str(model)]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert "Columns from the index: day." in out
    table = pd.read_parquet(file).reset_index()
    fitted = runpy.run_path(str(tmp_path / "out" / "model.py"))
    expected = fitted["pipeline"].predict(fitted["X"])
    loaded = load_as_printed(out)
    np.testing.assert_allclose(loaded.predict(table), expected)
    np.testing.assert_allclose(loaded.predict(table[:3]), expected[:3])
    assert fitted["X"]["day"].nunique() == 5


def test_numbers_as_names_of_a_parquet_file(frame, tmp_path, capsys):
    pytest.importorskip("pyarrow")
    file = tmp_path / "table.parquet"
    frame.set_axis([4, 0, 9, 2], axis=1).to_parquet(file)
    arguments = [str(file), "--target", "9", *FAST, "--drop", "0", "--out", str(tmp_path / "out")]
    assert main([*arguments, "--save", str(tmp_path / "model.skops")]) == 0
    fitted = runpy.run_path(str(tmp_path / "out" / "model.py"))
    expected = fitted["pipeline"].predict(fitted["X"])
    loaded = load_as_printed(capsys.readouterr().out)
    np.testing.assert_allclose(loaded.predict(pd.read_parquet(file)), expected)


def test_codes_that_are_numbers_in_the_unlabelled_rows(run, frame, tmp_path, monkeypatch):
    frame["code"] = np.resize(["1", "2", "3", "A"], 60)
    more = frame.drop(columns="price").assign(code=np.resize(["1", "2", "3"], 60))
    tables = {}
    monkeypatch.setattr(
        "sklearn_prune._report.comparison.all_parts.evaluate_part",
        lambda part, plan, X, target, X_unlabeled: (
            tables.update(rows=X_unlabeled) or evaluate_part(part, plan, X, target, X_unlabeled)
        ),
    )
    more.to_csv(tmp_path / "more.csv", index=False)
    arguments = ["--target", "price", *FAST, "--unlabelled", str(tmp_path / "more.csv")]
    status, out, _ = run(frame, *arguments)
    assert status == 0
    assert "that no row with a target has" not in out
    assert tables["rows"]["code"].tolist() == more["code"].tolist()


def test_unlabelled_rows(run, frame, tmp_path):
    unlabelled = tmp_path / "more.csv"
    frame.drop(columns="price")[::-1].iloc[:25, ::-1].to_csv(unlabelled, index=False)
    arguments = ["--target", "price", *FAST, "--unlabelled", str(unlabelled)]
    status, out, _ = run(frame, *arguments)
    assert status == 0
    assert "large, pruned, distilled" in out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"columns": "size"}, "no column size"),
        ({"values": "many"}, "text in size"),
        ({"values": np.nan}, "missing values"),
    ],
)
def test_unlabelled_rows_that_do_not_fit(refused, frame, tmp_path, change, message):
    rows = frame.drop(columns="price")
    rows = rows.drop(columns="size") if "columns" in change else rows.assign(size=change["values"])
    rows.to_csv(tmp_path / "more.csv", index=False)
    arguments = ["--target", "price", "--unlabelled", str(tmp_path / "more.csv")]
    assert message in refused(frame, *arguments)


def test_missing_values_are_filled_in_if_asked(run, refused, frame, tmp_path):
    frame.loc[5, ["age", "colour"]] = None
    err = refused(frame, "--target", "price")
    assert "missing values in 1 rows, in age, colour: " in err
    assert "--impute" in err
    status, out, _ = run(frame, "--target", "price", "--impute", *FAST)
    assert status == 0
    assert "Missing values are filled in: age, colour." in out
    assert "SimpleImputer" in out
    runpy.run_path(str(tmp_path / "out" / "model.py"))


def test_reading_as_the_options_say(run, refused, frame, tmp_path):
    frame["size"] = [f"{k + 1}.{100 + k}" for k in range(60)]
    table = frame.assign(price=range(60), age=range(5, 65)).to_csv(index=False, sep=";").encode()
    assert "--decimal" in refused(table, "--target", "price")
    assert "one of them" in refused(
        table, "--target", "price", "--decimal", ".", "--thousands", "."
    )
    assert "unknown" in refused(table, "--target", "price", "--encoding", "no")
    arguments = ["--target", "price", *FAST, "--decimal", ",", "--encoding", "latin-1"]
    status, out, _ = run(table, *arguments, "--header", "yes", "--missing", "red", "--impute")
    assert status == 0
    assert "'1.100' as 1100" in out
    fitted = runpy.run_path(str(tmp_path / "out" / "model.py"))
    assert fitted["X"]["size"].iloc[0] == 1100
    assert fitted["X"]["colour"].isna().sum() == 20


def test_identifiers_are_told_and_can_be_dropped(run, frame, tmp_path):
    frame["id"] = range(60)
    status, out, _ = run(frame, "--target", "price", *FAST)
    assert status == 0
    assert "Warning: id looks like an identifier" in out
    _, out, _ = run(frame, "--target", "price", *FAST, "--drop", "id")
    assert "looks like an identifier" not in out
    assert '"id"' in (tmp_path / "out" / "model.py").read_text()


def test_a_saved_mean_is_not_called_recommended(run, frame, tmp_path):
    pytest.importorskip("skops.io")
    file = tmp_path / "model.skops"
    _, out, _ = run(frame, "--target", "price", *FAST, "--save", str(file))
    assert "No model is recommended" in out
    assert "The dummy model, fitted to all rows: skops.io.load" in out


def test_quiet_keeps_what_an_answer_is_not_to_be_read_without(run, frame):
    _, out, err = run(frame.assign(id=range(60)), "--target", "price", *FAST, "--quiet")
    first, *answers, last = out.splitlines()
    assert first.startswith("Warning: id looks like an identifier")
    assert [answer.partition(" features: ")[0] for answer in answers] == ["3", "10", "3", "10"]
    assert last.startswith("No model is recommended")
    assert err == ""


def test_the_mean_that_leaves_one_is_that_of_all_rows(run, frame):
    assert "(1: predicting the mean) ±" in run(frame, "--target", "price", *FAST)[1]
    arguments = ["--target", "price", "--time", "age", *FAST]
    assert "(1: predicting the mean of all rows) ±" in run(frame, *arguments)[1]


def test_a_page_escapes_what_is_in_the_table(run, frame, tmp_path):
    run(frame.rename(columns={"price": "<b>&"}), "--target", "<b>&", *FAST)
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<b>&," not in page
    assert "&lt;b&gt;&amp;" in page


# What cannot be used.


def test_missing_file(refused):
    assert "cannot read" in refused(None, "--target", "price")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (b"", "is empty"),
        (b"\x00\xff\xfe\x81", "is binary"),
        (b'a,b\n1,"2\n', "EOF inside string"),
        (b"\x1f\x8b\x08\x00", "damaged gzip file"),
        (b"PAR1abc", "as parquet"),
        (b"a,b\n1,2\n3", "is truncated"),
        (b"a,b,b\n1,2,3\n", "more than one column 'b'"),
        (b"b\n1\n2\n", "no column but the target"),
    ],
)
def test_unreadable_file(refused, table, message):
    err = refused(table, "--target", "b")
    assert "table.csv" in err
    assert message in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--target", "prize"], "no column is named 'prize' (did you mean 'price'?)"),
        ([], "no --target is given"),
        (["--target", "price", "--drop", "weight"], "--drop weight"),
    ],
)
def test_missing_column(refused, frame, arguments, message):
    err = refused(frame, *arguments)
    assert message in err
    if "--drop" not in arguments:
        assert "has the columns size, age, price, colour" in err


@pytest.mark.parametrize(("value", "word"), [(np.nan, "missing"), (np.inf, "infinite")])
@pytest.mark.parametrize("column", ["age", "price"])
def test_missing_and_infinite_values(refused, frame, value, word, column):
    frame.loc[5, column] = value
    err = refused(frame, "--target", "price")
    assert word in err
    assert ("the target" if column == "price" else "age") in err


def test_useless_targets(refused, frame):
    assert "add --classification" in refused(frame, "--target", "colour")
    err = refused(frame.assign(price=1.0), "--target", "price")
    assert "the target is constant" in err
    err = refused(frame[["size", "price"]].assign(size=1), "--target", "price")
    assert "every column but the target is constant" in err
    err = refused(frame, "--target", "price", "--classification")
    assert "60 classes in 60 rows" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--cv", "1"], "1 folds of 60 rows"),
        (["--cv", "61"], "61 folds of 60 rows"),
        (["--repeats", "0"], "repeats is 0"),
        (["--budget", "0"], "budget is [0]"),
        (["--budget", "9", "--width", "5", "9"], "budget 9 is not below the width, 9"),
        (["--budget", "55"], "budget 55 is more than the 54 training rows"),
        (["--width", "1"], "width is 1"),
        (["--width", "100000000000"], "give a smaller --width"),
        (["--repeats", "1000000000"], "give a smaller --repeats"),
        (["--n-jobs", "0"], "n_jobs is 0: give the number of processes"),
        (["--cv", "a"], "argument --cv: invalid int value: 'a'"),
        (["--save", ""], "argument --save: is empty: give a name"),
        (["--unlabelled", ""], "argument --unlabelled: is empty"),
        (["--wide", "3"], "unrecognized arguments: --wide 3"),
    ],
)
def test_bad_sizes(refused, frame, arguments, message):
    assert message in refused(frame, "--target", "price", *arguments)


@pytest.mark.parametrize("arguments", [["--out", ""], ["--out="]])
def test_a_folder_without_a_name(run, frame, tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", "sklearn_prune: argument --out: is empty: give a name\n")
    assert not list(tmp_path.iterdir())


def test_classes_of_fewer_rows_than_folds(run, refused, frame):
    table = frame[:56].assign(kind=np.repeat(list("abcdefgh"), 7))
    arguments = ["--target", "kind", "--classification"]
    err = refused(table, *arguments, "--cv", "8")
    assert "8 folds are too many, for no class has more than 7 rows" in err
    status, _, err = run(table, *arguments, "--width", "6", "--budget", "3", "--n-jobs", "1")
    assert status == 0
    assert "28 of 28 parts" in err


def test_a_model_that_cannot_be_written(run, refused, frame, tmp_path, monkeypatch):
    assert "is a folder: name a file" in refused(
        frame, "--target", "price", "--save", str(tmp_path)
    )
    for name in "model.pkl", "model":
        message = refused(frame, "--target", "price", "--save", str(tmp_path / name))
        assert f"{name} is no .skops and no .onnx: give a name that ends so" in message

    folder, write = tmp_path / "models", written_files.write_files

    def full(where, contents):
        if where == folder and "model.skops" in contents:
            raise OSError(28, "No space left on device")
        write(where, contents)

    monkeypatch.setattr(written_files, "write_files", full)
    status, _, err = run(frame, "--target", "price", *FAST, "--save", str(folder / "model.skops"))
    assert status == 2
    assert err.endswith(f"sklearn_prune: cannot write to {folder}: no space left on device\n")


def test_few_rows(refused, frame):
    assert "training rows" in refused(frame.iloc[:12], "--target", "price", "--cv", "3")


def test_unwritable_folder(run, frame, tmp_path):
    (tmp_path / "out").write_text("a file in the way")
    status, out, err = run(frame, "--target", "price", *FAST)
    assert status == 2
    assert out == ""
    assert err.startswith("sklearn_prune: cannot write to")
    assert err.count("\n") == 1


def test_full_disk_leaves_nothing_half_written(run, frame, tmp_path, monkeypatch):
    run(frame, "--target", "price", *FAST, "--quiet")
    before = {file: file.read_bytes() for file in (tmp_path / "out").iterdir() if file.is_file()}

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sklearn_prune._report.comparison.whole_files.os.fsync", full)
    status, out, err = run(frame, "--target", "price", *FAST, "--quiet", "--seed", "1")
    assert (status, out) == (2, "")
    assert "no space left on device" in err
    after = {file: file.read_bytes() for file in (tmp_path / "out").iterdir() if file.is_file()}
    assert after == before


# What was stopped.


@pytest.fixture
def heard():
    """Let the processes that a test starts hear SIGINT, even if this one ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def stopped(heard, tmp_path):
    """Start a run of a minute or less in a process, and send a signal after its first part."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.standard_normal((400, 5)), columns=list("abcde"))
    file, out = tmp_path / "table.csv", tmp_path / "stopped"
    table.to_csv(file, index=False)
    arguments = [str(file), "--target", "e", "--cv", "2", "--width", "20", "900", "--n-jobs", "1"]

    def stop(number):
        command = [sys.executable, "-m", "sklearn_prune", *arguments, "--out", str(out)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        while not list(out.glob("parts-*/*.json")):
            assert process.poll() is None
            time.sleep(0.02)
        os.kill(process.pid, number)
        error = process.communicate()[1]
        return process.returncode, error, len(list(out.glob("parts-*/*.json")))

    return stop, arguments, out


def test_killed_and_resumed_equals_not_killed(stopped, tmp_path, monkeypatch, capsys):
    stop, arguments, out = stopped
    status, _, n_finished = stop(signal.SIGKILL)
    assert status == -signal.SIGKILL
    assert n_finished < 8
    assert not (out / "report.csv").exists()

    (parts,) = out.glob("parts-*")
    for folder in parts, out:
        (folder / ".sklearn_prune-abc.part").write_bytes(b"[")
    calls = []

    def count(*args):
        calls.append(args)
        return evaluate_part(*args)

    monkeypatch.setattr("sklearn_prune._report.comparison.all_parts.evaluate_part", count)
    assert main([*arguments, "--out", str(out), "--resume"]) == 0
    assert len(calls) == 8 - n_finished
    assert not list(out.rglob("*.part"))
    resumed = capsys.readouterr().out
    assert main([*arguments, "--out", str(tmp_path / "whole")]) == 0
    assert len(calls) == 16 - n_finished
    whole = capsys.readouterr().out
    assert (out / "report.csv").read_bytes() == (tmp_path / "whole/report.csv").read_bytes()
    assert (out / "model.py").read_bytes() == (tmp_path / "whole/model.py").read_bytes()
    assert resumed.splitlines()[:15] == whole.splitlines()[:15]


def test_stopped_by_the_user(stopped):
    stop, _, out = stopped
    status, err, n_finished = stop(signal.SIGINT)
    assert status == 130
    assert 1 <= n_finished < 8
    assert "stopped; what is finished is in" in err
    assert "--resume goes on from there" in err
    assert "Traceback" not in err
    assert not (out / "report.csv").exists()


def test_other_options_do_not_resume(run, frame, monkeypatch):
    calls = []
    monkeypatch.setattr(
        "sklearn_prune._report.comparison.all_parts.evaluate_part",
        lambda *args: calls.append(args) or evaluate_part(*args),
    )
    run(frame, "--target", "price", *FAST)
    run(frame, "--target", "price", *FAST, "--resume")
    assert len(calls) == 8
    run(frame, "--target", "price", *FAST, "--resume", "--seed", "1")
    assert len(calls) == 16
    run(frame.assign(age=1.5 * frame["age"]), "--target", "price", *FAST, "--resume")
    assert len(calls) == 24


NEEDS = ["jinja2", "matplotlib.pyplot", "pandas", "rich.progress", "skops.io"]


@pytest.mark.parametrize("module", NEEDS)
def test_without_the_extra(capsys, monkeypatch, tmp_path, module):
    for name in [name for name in sys.modules if name.startswith("sklearn_prune._report.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    assert main([*FAST, "--out", str(tmp_path / "out"), "--save", str(tmp_path / "m.skops")]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"sklearn_prune: {EXTRA} (")
    assert module in err
    assert not (tmp_path / "out").exists()


HELP = """
import runpy, sys, time
import sklearn_prune

before, start = set(sys.modules), time.process_time()
sys.argv[1:] = ["--help"]
try:
    runpy.run_module("sklearn_prune", run_name="__main__")
finally:
    print(time.process_time() - start, *(set(sys.modules) - before), file=sys.stderr)
"""


def test_help_takes_no_longer_than_the_import():
    asked = subprocess.run([sys.executable, "-c", HELP], check=True, capture_output=True, text=True)
    assert "houses.csv --target price" in asked.stdout
    seconds, *imported = asked.stderr.split()
    assert float(seconds) < 0.3
    assert {name for name in imported if not name.startswith("sklearn_prune")} <= {"shlex"}


# Ctrl-C before anything is computed.

INTERRUPT = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
"""


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("imported", ["numpy", "sklearn_prune.__main__", "rich.console"])
def test_stopped_while_it_starts(monkeypatch, tmp_path, imported):
    (tmp_path / "sitecustomize.py").write_text(INTERRUPT.format(name=imported))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    command = [sys.executable, "-m", "sklearn_prune", "--out", str(tmp_path / "out")]
    started = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (started.returncode, started.stdout, started.stderr) == (-signal.SIGINT, "", "")
    assert not (tmp_path / "out").exists()


def test_help_teaches(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert "numbers of features to keep" in text
    assert "houses.csv --target price" in text
    assert command_line.make_parser().prog in text
