import runpy
import sys

import numpy as np
import pandas as pd
import pytest

from sklearn_prune.__main__ import main

FAST = ["--budget", "3", "10", "--width", "40", "--cv", "3", "--n-jobs", "1"]


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.standard_normal((60, 3)), columns=["size", "age", "price"])
    frame["colour"] = np.resize(["red", "green", "blue"], 60)
    return frame


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


def refused(run, tmp_path, table, *arguments):
    """Run, expecting one line on standard error, status 2 and no output."""
    status, out, err = run(table, *arguments)
    assert status == 2
    assert out == ""
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()
    return err


def test_answers_on_a_table(run, frame, tmp_path):
    status, out, _ = run(frame, "--target", "price", *FAST)
    assert status == 0
    assert "table.csv, price: 40 training rows of 60" in out
    for budget in 3, 10:
        assert f"\n{budget} features: " in out
    numbers = pd.read_csv(tmp_path / "out" / "report.csv")
    assert set(numbers["width"]) == {3, 10, 40}
    assert set(numbers.columns) == {"method", "budget", "width", "fold", "error"}
    assert (tmp_path / "out" / "report.png").read_bytes().startswith(b"\x89PNG")
    row = next(line for line in out.splitlines() if line.strip().startswith("small  "))
    chosen = numbers[(numbers["method"] == "small") & (numbers["budget"] == 3)]
    assert f"{chosen['error'].mean():.3g} ±" in row


def test_same_seed_same_numbers(run, frame, tmp_path):
    tables = []
    for seed in "0", "0", "1":
        run(frame, "--target", "price", *FAST, "--seed", seed)
        tables.append(pd.read_csv(tmp_path / "out" / "report.csv"))
    pd.testing.assert_frame_equal(tables[0], tables[1])
    assert not np.allclose(tables[0]["error"], tables[2]["error"])


def test_semicolons_and_byte_order_mark(run, frame):
    table = frame.to_csv(index=False, sep=";").encode("utf-8-sig")
    status, out, _ = run(table, "--target", "size", *FAST)
    assert status == 0
    assert "40 training rows of 60" in out


def test_large_tables_are_sampled(run, frame):
    status, out, _ = run(frame, "--target", "price", *FAST, "--rows", "30")
    assert status == 0
    assert "20 training rows of 60" in out


def test_digits_are_the_default(capsys, tmp_path):
    arguments = ["--rows", "60", *FAST, "--out", str(tmp_path)]
    assert main(arguments) == 0
    assert "digits, odd against even: 40 training rows of 1797" in capsys.readouterr().out


def test_missing_file(run, tmp_path):
    assert "cannot read" in refused(run, tmp_path, None, "--target", "price")


@pytest.mark.parametrize("table", [b"", b"\x00\xff\xfe\x81", b'a,b\n1,"2\n'])
def test_unreadable_file(run, tmp_path, table):
    assert "table.csv" in refused(run, tmp_path, table, "--target", "b")


@pytest.mark.parametrize("arguments", [["--target", "cost"], []])
def test_missing_column(run, tmp_path, frame, arguments):
    err = refused(run, tmp_path, frame, *arguments)
    assert "has the columns size, age, price, colour" in err


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("column", ["age", "price"])
def test_missing_and_infinite_values(run, tmp_path, frame, value, column):
    frame.loc[5, column] = value
    err = refused(run, tmp_path, frame, "--target", "price")
    assert f"missing or infinite values in {column}: " in err


def test_missing_category(run, tmp_path, frame):
    frame.loc[5, "colour"] = None
    assert "values in colour" in refused(run, tmp_path, frame, "--target", "price")


def test_useless_targets(run, tmp_path, frame):
    assert "'colour' is not numeric" in refused(run, tmp_path, frame, "--target", "colour")
    frame["price"] = 1.0
    assert "'price' is constant" in refused(run, tmp_path, frame, "--target", "price")
    err = refused(run, tmp_path, frame[["size"]], "--target", "size")
    assert "no column but the target" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--cv", "1"], "--cv is 1: give from 2 to half of the 60 rows"),
        (["--cv", "31"], "--cv is 31"),
        (["--budget", "0"], "must be at least 1"),
        (["--budget", "9", "--width", "5", "9"], "--width must go beyond the largest budget, 9"),
        (["--rows", "3"], "--rows is 3"),
    ],
)
def test_bad_sizes(run, tmp_path, frame, arguments, message):
    assert message in refused(run, tmp_path, frame, "--target", "price", *arguments)


def test_unwritable_folder(run, frame, tmp_path):
    (tmp_path / "out").write_text("a file in the way")
    status, out, err = run(frame, "--target", "price", *FAST)
    assert status == 2
    assert out == ""
    assert err.startswith("sklearn_prune: cannot write to")


def test_stopped_by_the_user(run, frame, monkeypatch):
    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("sklearn_prune.__main__.compare", stop)
    status, _, err = run(frame, "--target", "price", *FAST)
    assert status == 130
    assert "nothing was written" in err


def test_without_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "rich.progress", None)
    monkeypatch.delitem(sys.modules, "sklearn_prune.__main__")
    with pytest.raises(SystemExit, match=r'pip install "sklearn-prune\[report\]"'):
        runpy.run_module("sklearn_prune.__main__")


def test_help(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    assert "numbers of features to keep" in capsys.readouterr().out
