import numpy as np
import pandas as pd
import pytest

from sklearn_prune._report.table.files import read_table

pytest.importorskip("pyarrow")
FRAME = pd.DataFrame({"a": [1.5, 2.5, 3.5], "day": pd.date_range("2020", periods=3)})


def read(frame, tmp_path, name="table.parquet"):
    file = tmp_path / name
    frame.to_parquet(file)
    table = read_table(file)
    pd.testing.assert_frame_equal(eval(table.code, {"pd": pd}), table.frame)
    return table


@pytest.mark.parametrize("index", [["day"], ["day", "a"]])
def test_an_index_with_a_name_is_a_column(tmp_path, index):
    table = read(FRAME.assign(size=1).set_index(index), tmp_path)
    assert list(table.frame) == [*index, *(name for name in (*FRAME, "size") if name not in index)]
    assert table.notes == [f"Columns from the index: {', '.join(index)}."]


def test_an_index_without_a_name_is_none(tmp_path):
    for frame in FRAME, FRAME[1:], FRAME.set_axis(list("xyz")):
        table = read(frame, tmp_path)
        assert list(table.frame) == ["a", "day"]
        assert table.notes == []


def test_names_of_files_are_quoted(tmp_path):
    assert len(read(FRAME, tmp_path, "it's \U0001f600.parquet").frame) == 3


def test_an_index_that_is_named_as_a_column(tmp_path):
    frame = pd.DataFrame({"a": [1.5]}, index=pd.Index([7], name="a"))
    file = tmp_path / "table.parquet"
    frame.to_parquet(file)
    assert list(read_table(file).frame) == ["a", "a"]


def test_numbers_as_names(tmp_path):
    assert list(read(pd.DataFrame(np.ones((2, 2)), columns=[7, 3]), tmp_path).frame) == [7, 3]
