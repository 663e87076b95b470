import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from sklearn_prune._checks.column_positions import check_columns

NAMES = np.array(["a", "b", "c", "b"], dtype=object)


@pytest.mark.parametrize(
    "given",
    [
        [2, 0],
        ["c", "a"],
        ["c", 0],
        (np.int8(2), np.str_("a")),
        pd.Index(["c", "a"]),
        np.array([2, 0]),
    ],
)
def test_the_same_columns(given):
    assert_array_equal(check_columns(given, 4, NAMES, "always_keep"), [2, 0])


@pytest.mark.parametrize("given", [[True, False, True, False], np.array([1, 0, 1, 0], dtype=bool)])
def test_masks(given):
    assert_array_equal(check_columns(given, 4, None, "always_keep"), [0, 2])


def test_none():
    assert check_columns([], 4, None, "always_keep").tolist() == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["d"], "always_keep names column 'd', which X has not: give one of 'a', 'b', 'c', 'b'"),
        (["b"], "always_keep names column 'b', and X has 2: give positions"),
        ("a", "always_keep is 'a': give a list"),
        (1, "always_keep is 1: give a list"),
        ([4], "always_keep has column 4: give positions from 0 to 3"),
        ([-1], "always_keep has column -1: give positions from 0 to 3"),
        ([0.0], "always_keep has column 0.0: give positions, names, or a mask"),
        ([None], "always_keep has column None: give positions, names, or a mask"),
        ([[0, 1]], r"always_keep has column \[0, 1\]: give positions, names, or a mask"),
        ([0, "a"], "always_keep has column 0 twice: give it once"),
        ([True, False], "always_keep is a mask of 2 columns, and X has 4"),
        ([True, 2], "always_keep has column True: give positions, names, or a mask"),
    ],
)
def test_bad_columns(given, message):
    with pytest.raises(ValueError, match=message):
        check_columns(given, 4, NAMES, "always_keep")


def test_names_are_asked_for():
    with pytest.raises(ValueError, match="always_keep names column 'a', and X has no names"):
        check_columns(["a"], 4, None, "always_keep")
