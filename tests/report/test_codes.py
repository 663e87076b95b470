import numpy as np
import pandas as pd
import pytest

from sklearn_prune._report.table.codes import is_number, unknown_categories
from sklearn_prune._report.table.columns import as_frame, match_columns
from sklearn_prune._report.table.files import Table
from sklearn_prune._report.table.loading_code import unlabelled_code


@pytest.mark.parametrize(
    ("known", "numbers", "texts"),
    [
        (["1", "2", "3", "A"], [3, 1, 2], ["3", "1", "2"]),
        (["01", "02", "A"], [2, 1, 7], ["02", "01", "7"]),
        (["1.0", "2.50", "?"], [1, 2.5, 3.25], ["1.0", "2.50", "3.25"]),
        (["TRUE", "false", "maybe"], [True, False, True], ["TRUE", "false", "TRUE"]),
        ([str(2**60 + 1), "x"], [2**60 + 1, 2**60, 5], [str(2**60 + 1), str(2**60), "5"]),
        (["1", "A"], pd.array([1, None, 1], dtype="Int64"), ["1", None, "1"]),
        (pd.Categorical([1, 2]), [2, 1, 2], ["2", "1", "2"]),
    ],
)
def test_numbers_are_the_texts_of_the_other_table(known, numbers, texts):
    X = as_frame(pd.DataFrame({"code": known}))
    raw = pd.DataFrame({"code": numbers})
    matched = match_columns(X, as_frame(raw), impute=True)
    pd.testing.assert_frame_equal(matched, as_frame(pd.DataFrame({"code": texts}, dtype=object)))

    found = {"X": X, "np": np, "raw": raw.copy()}
    exec(unlabelled_code(Table(raw, "raw", []), as_frame(raw), X), found)
    pd.testing.assert_frame_equal(found["X_unlabeled"].astype(object), matched)


def test_a_number_that_may_be_either_text():
    X = as_frame(pd.DataFrame({"code": ["1", "01", "A"]}))
    assert match_columns(X, as_frame(pd.DataFrame({"code": [2]})), impute=False)["code"][0] == "2"
    with pytest.raises(ValueError, match=r"the number 1 in code, which may be '1' or '01'"):
        match_columns(X, as_frame(pd.DataFrame({"code": [2, 1]})), impute=False)


def test_values_that_no_row_with_a_target_has_are_told():
    X = as_frame(pd.DataFrame({"code": ["1", "A", "B"], "size": [1.0, 2.0, 3.0]}))
    rows = pd.DataFrame({"code": ["A", None, "C", "D"], "size": [7.0, 8.0, 9.0, 9.0]})
    matched = match_columns(X, as_frame(rows), impute=True)
    (note,) = unknown_categories(X, matched)
    assert note == (
        "Warning: 2 of 4 unlabelled rows have a value of 'code' that no row with a target has, "
        "such as 'C'."
    )
    assert unknown_categories(X, matched[:2]) == []


def test_numbers_in_texts():
    assert all(map(is_number, ["0", "-1.5", "1e5", " 7 ", "+3"]))
    assert not any(map(is_number, ["?", "", "1,5", "1_000", "True", "12 kg", "0x10"]))
