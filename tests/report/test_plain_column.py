from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from sklearn_prune._report.table.plain_column import is_coarse, plain_column

BIG = 2**60


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([1, pd.NA, 3], dtype=object),
        pd.Series([1, None, 3], dtype="Int64"),
        pd.Series([Decimal(1), pd.NA, Decimal(3)], dtype=object),
        pd.Series([1.0, pd.NaT, 3.0], dtype=object),
        pd.Series([1, None, 3], dtype="Float32"),
    ],
)
def test_what_is_missing_is_nan(values):
    assert plain_column(values).tolist() == [1, pytest.approx(np.nan, nan_ok=True), 3]


def test_missing_texts():
    column = plain_column(pd.Series(["a", pd.NA, None, "d"], dtype=object))
    assert column.isna().tolist() == [False, True, True, False]
    assert all(type(value) is float for value in column[column.isna()])


def test_nothing_known_is_a_column_of_numbers():
    assert plain_column(pd.Series([None, pd.NA], dtype=object)).dtype == np.float64


@pytest.mark.parametrize("kind", ["int64", "uint64", "Int64", object])
def test_whole_numbers_that_floats_cannot_hold_stay(kind):
    column = plain_column(pd.Series([BIG, BIG + 1], dtype=kind))
    assert column.tolist() == [BIG, BIG + 1]
    assert is_coarse(column)
    assert plain_column(pd.Series([2**53 - 1, 3], dtype=kind)).dtype == np.float64


def test_numbers_beyond_64_bits_are_floats():
    column = plain_column(pd.Series([2**70, 1], dtype=object))
    assert column.tolist() == [2.0**70, 1.0]
    assert column.dtype == np.float64


def test_a_time_has_the_same_text_in_every_table():
    days = pd.Series(pd.to_datetime(["2020-01-01 00:00", "2020-01-02 03:00"]))
    assert plain_column(days)[0] == plain_column(days[:1])[0] == "2020-01-01 00:00:00"


@pytest.mark.parametrize("kind", [complex, object])
def test_complex_numbers_are_refused(kind):
    with pytest.raises(TypeError, match="z has complex numbers: give real and imaginary parts"):
        plain_column(pd.Series([1j, 2.0], name="z", dtype=kind))
