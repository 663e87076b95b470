import decimal

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from sklearn_prune._checks.column_groups import check_groups

NAMES = np.array(["a", "b_1", "b_2", "c"], dtype=object)


@pytest.mark.parametrize(
    "given",
    [
        ["x", "y", "y", "z"],
        [3, 1, 1, 2],
        [0.5, 2.5, 2.5, -1],
        [True, "y", "y", 2],
        np.array([3, 1, 1, 2], dtype=np.uint8),
        pd.Series(["x", "y", "y", "z"], dtype="category"),
        [[1, 2]],
        [[2, 1], [0]],
        [["b_2", "b_1"]],
        [{1, "b_2"}, ()],
        np.array([[1, 2]]),
        lambda name: name[0],
        lambda name: (name[0], 3),
    ],
)
def test_the_same_groups(given):
    assert_array_equal(check_groups(given, 4, NAMES), [0, 1, 1, 2])


BAD = [
    (["x", "y"], "feature_groups has 2 labels, and X has 4 columns"),
    ([], "feature_groups has 0 labels"),
    ("abcd", "feature_groups is 'abcd': give a list"),
    (3, "feature_groups is 3: give a list"),
    ({"b": [1, 2], "a": [0], "c": [3], "d": []}, "feature_groups is a dict: give a label"),
    ({1, 2, 3, 4}, "feature_groups is a set: give a label"),
    ([[0, 1], [1, 2]], "has column 'b_1' in list 0 and in list 1: give every column to one"),
    ([["b_1", 1]], "feature_groups has column 'b_1' twice: give it once"),
    ([[0, 1], "c", 3], "feature_groups has lists, and 'c': give lists of columns only"),
    (["c", [0, 1]], "feature_groups has lists, and 'c': give lists of columns only"),
    ([["d"]], "feature_groups names column 'd', which X has not: give one of 'a', 'b_1'"),
    ([[4]], "feature_groups has column 4: give positions from 0 to 3"),
    ([[-1]], "feature_groups has column -1: give positions from 0 to 3"),
    ([[1.0]], "feature_groups has column 1.0: give positions, names, or a mask"),
    ([[True, False]], "feature_groups is a mask of 2 columns, and X has 4"),
    (lambda name: [name], r"feature_groups has the label \['a'\]: give labels such as"),
    (lambda name: None, "feature_groups has the label None of column 0: give it a group"),
    *(
        ([1, 1, missing, 1], "feature_groups has the label .* of column 2: give it a group")
        for missing in (
            None,
            float("nan"),
            np.float32("nan"),
            np.datetime64("NaT"),
            decimal.Decimal("nan"),
            pd.NA,
            pd.NaT,
        )
    ),
]


@pytest.mark.parametrize(("given", "message"), BAD)
def test_bad_groups(given, message):
    with pytest.raises(ValueError, match=message):
        check_groups(given, 4, NAMES)


def test_names_are_asked_for():
    with pytest.raises(ValueError, match="function of the names of columns, and X has none"):
        check_groups(str.upper, 4, None)
    with pytest.raises(ValueError, match="names column 'a', and X has no names"):
        check_groups([["a"]], 4, None)
