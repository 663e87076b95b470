import numpy as np
import pandas as pd
import pytest

from sklearn_prune._report.table.columns import as_frame
from sklearn_prune._report.table.target_column import check_target, split_target


@pytest.mark.parametrize(
    ("y", "classification", "message"),
    [
        ([1.0, np.nan] * 10, False, "10 missing values"),
        ([1.0, np.inf] * 10, False, "infinite"),
        ([2] * 20, False, "always 2.0"),
        (["a"] * 20, True, "always a"),
        (["a", "b"] * 10, False, "add --classification"),
        (
            range(20),
            True,
            "20 classes in 20 rows: leave --classification out if it is a number, or",
        ),
        (["0.0"] * 19 + ["?"], False, r"values that are not numbers, such as '\?': correct them"),
        (["7", "8"] * 10, False, "numbers that are text or categories by their type, such as '7'"),
        (pd.Categorical([7, 8] * 10), False, "numbers that are text or categories by their type"),
        (pd.date_range("2020", periods=20), False, "not numbers, such as '2020-01-01 00:00:00'"),
        (2**60 + np.arange(20), False, "the same in double precision, about 1.15292e[+]18: subtra"),
        ([2.0**60] * 20, True, "the same in double precision"),
    ],
)
def test_targets_that_cannot_be_predicted(y, classification, message):
    column = as_frame(pd.DataFrame({"y": y}))["y"]
    with pytest.raises(ValueError, match=message):
        check_target(column, classification=classification)


def test_what_is_told_of_targets():
    two = as_frame(pd.DataFrame({"y": [0, 1] * 10}))["y"]
    assert "--classification" in check_target(two, classification=False)[0]
    assert check_target(two, classification=True) == []
    rare = as_frame(pd.DataFrame({"y": ["a"] * 20 + ["b"] * 3}))["y"]
    assert "Fewer than 10 rows have the class b" in check_target(rare, classification=True)[0]


def test_split_target():
    table = pd.DataFrame({"age": [0.5, 1.5], "price": 1.0})
    X, y = split_target(table, "price", "t.csv")
    assert list(X) == ["age"]
    assert y.name == "price"
    with pytest.raises(ValueError, match=r"no column is named 'prize' \(did you mean 'price'\?\)"):
        split_target(table, "prize", "t.csv")
    with pytest.raises(
        ValueError, match=r"no --target is given: t\.csv has the columns age, price"
    ):
        split_target(table, None, "t.csv")


def test_large_numbers_may_be_classes():
    column = as_frame(pd.DataFrame({"y": 2**60 + np.arange(40) % 2}))["y"]
    assert check_target(column, classification=True) == []


def test_several_rare_classes():
    column = as_frame(pd.DataFrame({"y": ["a"] * 40 + ["b"] * 3 + ["c"] * 4}))["y"]
    assert check_target(column, classification=True) == [
        "Fewer than 10 rows have each of the classes b, c: their errors say little."
    ]
