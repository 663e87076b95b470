import pytest

from sklearn_prune.datasets import width_study
from sklearn_prune.neural._study.results_table import (
    COLUMNS,
    HEADER,
    INTEGERS,
    ResultsTable,
    read_table,
)


def row(key, **values):
    numbers = dict.fromkeys(INTEGERS, 3) | {"train_error": 0.25, "test_error": 1 / 3}
    numbers |= {"sparsity": 0.1, "label_noise": 0.0, "learning_rate": 1e-3, "base_width": None}
    numbers |= {"device": 'an "odd", name'}
    return dict.fromkeys(COLUMNS, "text") | numbers | {"key": key} | values


@pytest.fixture
def table(tmp_path):
    table = ResultsTable(tmp_path / "results.csv")
    for key in "abc":
        table.append(row(key))
    return table


def test_rows_come_back(table):
    assert read_table(table.path) == {key: row(key) for key in "abc"}
    again = ResultsTable(table.path)
    again.append(row("d"))
    assert list(read_table(table.path)) == list("abcd")


def test_earlier_tables_are_read_and_go_on(tmp_path):
    path = tmp_path / "results.csv"
    content = width_study("mnist_two_layer").read_bytes()
    path.write_bytes(content)
    table = ResultsTable(path)
    earlier = dict(table.rows)
    assert len(earlier) == 204
    assert {(r["sparsity"], r["label_noise"]) for r in earlier.values()} == {(None, 0.0)}
    assert path.read_bytes() == content
    added = [row("a", sparsity=0.5, label_noise=0.2), row("b")]
    for one in added:
        table.append(one)
    assert read_table(path) == earlier | {one["key"]: one for one in added}
    assert path.read_text().startswith(HEADER)


def test_sorting(table):
    table.sort(["c", "x", "a"])
    assert list(read_table(table.path)) == list("cab")


def test_every_truncation_is_told(table):
    content = table.path.read_bytes()
    whole = {i + 1 for i, byte in enumerate(content) if byte == ord("\n")}
    for n in range(len(content)):
        table.path.write_bytes(content[:n])
        if n in whole:
            assert set(read_table(table.path)) < set("abc")
        else:
            with pytest.raises(ValueError, match=r"is damaged: |not a table of results"):
                read_table(table.path)


def test_every_changed_value_is_told(table):
    lines = table.path.read_text().splitlines(keepends=True)
    table.path.write_text("".join([*lines[:2], lines[2].replace("0.25", "0.24"), *lines[3:]]))
    with pytest.raises(ValueError, match=r"Line 3 of .*results\.csv is damaged"):
        ResultsTable(table.path)


def test_another_file_is_left_alone(tmp_path):
    path = tmp_path / "results.csv"
    path.write_text("x,y\n1,2\n")
    with pytest.raises(ValueError, match="not a table of results"):
        ResultsTable(path)
    assert path.read_text() == "x,y\n1,2\n"
