import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from sklearn_prune._report.table.columns import as_frame
from sklearn_prune._report.table.loading_code import conversion

DAYS = [dt.date(2020, 1, day) for day in (1, 2, 3)]
COLUMNS = {
    "numbers": [1.5, 2.5, np.nan],
    "truth": [True, None, False],
    "decimals": [Decimal("1.5"), Decimal("2.5"), None],
    "numbers and NA": pd.Series([1, pd.NA, 3], dtype=object),
    "text": ["a", None, "c"],
    "text and NA": pd.Series(["a", pd.NA, "c"], dtype=object),
    "days": DAYS,
    "times": pd.to_datetime(pd.Series([DAYS[0], None, DAYS[2]])),
    "spans": pd.to_timedelta([1, 2, 3], unit="h"),
    "lists": [[1], [2], [3]],
    "nullable text": pd.array(["a", None, "c"], dtype="string"),
    "nullable ints": pd.array([1, None, 3], dtype="Int64"),
    "categories": pd.Categorical(["a", "b", "a"]),
}
PLAIN = {"numbers", "text", "text and NA", "nullable ints", "categories"}


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
