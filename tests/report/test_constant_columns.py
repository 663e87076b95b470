import numpy as np
import pandas as pd
import pytest

from sklearn_prune._report.table.columns import as_frame, check_features
from sklearn_prune._report.table.constant_columns import leave_out_constant

N = 60
AGE = np.random.default_rng(0).standard_normal(N)
BIG = 2**60 + np.random.default_rng(0).permutation(N)


def table(**columns):
    return as_frame(pd.DataFrame({"age": AGE, **columns}))


def test_why_a_column_is_left_out():
    kept, notes = leave_out_constant(
        table(
            one=1.0,
            word="x",
            empty=None,
            seldom=[None] * (N - 1) + ["x"],
            ids=BIG,
            huge=[2**70 + k for k in range(N)],
        )
    )
    assert list(kept) == ["age"]
    assert notes == [
        "Constant columns are left out: one, word.",
        "Columns of missing values and at most one other are left out: empty, seldom.",
        "Columns of numbers that are the same in double precision are left out: ids, huge.",
    ]


@pytest.mark.parametrize("impute", [True, False])
def test_what_is_left_out_is_not_filled_in(impute):
    frame = table(empty=np.nan, seldom=[None] * (N - 3) + [2.0] * 3)
    kept, notes = check_features(frame, impute=impute)
    assert list(kept) == ["age"]
    (note,) = notes
    assert note.endswith("are left out: empty, seldom.")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"a": 1.0}, "every column but the target is constant"),
        ({"a": BIG}, "nothing to learn from: Columns of numbers that are the same in double"),
        ({"a": [np.nan] * N}, "nothing to learn from: Columns of missing values"),
        ({}, "no column is left to learn from"),
    ],
)
def test_nothing_to_learn_from(columns, message):
    frame = table(**columns).drop(columns="age")
    with pytest.raises(ValueError, match=message):
        check_features(frame, impute=True)


def test_large_identifiers_are_identifiers():
    ids = 2**53 + np.arange(N)
    kept, notes = check_features(table(number=ids), impute=False)
    assert list(kept) == ["age", "number"]
    assert notes[0].startswith("Warning: number looks like an identifier")
