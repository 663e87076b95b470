import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from sklearn_prune._report.table.columns import as_frame
from sklearn_prune._report.table.files import Table
from sklearn_prune._report.table.loading_code import conversion, labelled_code
from sklearn_prune._report.table.targets import encode_target

DAYS = [dt.date(2020, 1, day) for day in (1, 2, 3)]
COLUMNS = {
    "numbers": [1.5, 2.5, np.nan],
    "truth": [True, None, False],
    "decimals": [Decimal("1.5"), Decimal("2.5"), None],
    "numbers and NA": pd.Series([1, pd.NA, 3], dtype=object),
    "text": ["a", None, "c"],
    "text and None": pd.Series(["a", None, "c"], dtype=object),
    "text and NA": pd.Series(["a", pd.NA, "c"], dtype=object),
    "days": DAYS,
    "times": pd.to_datetime(pd.Series([DAYS[0], None, DAYS[2]])),
    "spans": pd.to_timedelta([1, 2, 3], unit="h"),
    "lists": [[1], [2], [3]],
    "nullable text": pd.array(["a", None, "c"], dtype="string"),
    "nullable ints": pd.array([1, None, 3], dtype="Int64"),
    "categories": pd.Categorical(["a", "b", "a"]),
    "numbers as categories": pd.Categorical([10, 2, 10]),
    "days as categories": pd.Categorical([DAYS[0], None, DAYS[2]]),
    "truth as categories": pd.Categorical([True, False, True]),
    "nullable truth": pd.array([True, None, False], dtype="boolean"),
    "bytes": [b"a", b"b", None],
    "clocks": [dt.time(1), dt.time(2), None],
    "periods": pd.period_range("2020", periods=3, freq="M"),
}
PLAIN = {
    "numbers",
    "text",
    "nullable ints",
    "nullable truth",
    "categories",
}


@pytest.mark.parametrize("name", COLUMNS)
def test_code_makes_the_columns_that_the_report_learned_from(name):
    raw = pd.DataFrame({name: COLUMNS[name], "other": [1, 2, 3]})
    plain = as_frame(raw)
    code = conversion("table", raw, plain)
    assert (code == "") == (name in PLAIN)
    found = {"table": raw.copy(), "np": np}
    exec(code, found)
    if name not in PLAIN:
        pd.testing.assert_frame_equal(found["table"][[name]], plain[[name]])
    pd.testing.assert_series_equal(found["table"]["other"], raw["other"])


@pytest.mark.parametrize("names", [[7, 3], pd.MultiIndex.from_tuples([("a", 1), ("a", 2)])])
def test_code_makes_names_that_are_text(names):
    raw = pd.DataFrame([[1.5, "u"], [2.5, "v"]], columns=names)
    plain = as_frame(raw)
    found = {"table": raw.copy()}
    exec(conversion("table", raw, plain), found)
    pd.testing.assert_frame_equal(found["table"], plain, check_dtype=False)


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (pd.Categorical([2, 10, 2, 10] * 5), 2),
        (pd.Categorical(list("cabb") * 5, categories=list("dcba")), 3),
        (pd.Categorical([7, 10, 2, 2] * 5), 3),
        ([7, 10, 2, 2] * 5, 3),
        ([True, False] * 10, 2),
        (pd.array([True, False] * 10, dtype="boolean"), 2),
        ([DAYS[0], DAYS[2]] * 10, 2),
        ([*DAYS, DAYS[0]] * 5, 3),
        (list("ab") * 10, 2),
    ],
)
def test_code_makes_the_classes_that_the_report_learned(y, classes):
    raw = pd.DataFrame({"a": np.arange(20.0), "y": y})
    plain = as_frame(raw)
    target = encode_target(plain["y"], classification=True)
    assert len(target.classes) == classes
    found = {"raw": raw, "np": np, "pd": pd}
    exec(
        labelled_code(Table(raw, "table = raw.copy()", []), plain, plain[["a"]], "y", target), found
    )
    made = encode_target(found["y"], classification=True)
    np.testing.assert_array_equal(made.values, target.values)
