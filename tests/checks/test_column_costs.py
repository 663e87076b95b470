from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from sklearn_prune._checks.column_costs import check_costs

NAMES = np.array(["a", "b", "c"], dtype=object)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (2, [2, 2, 2]),
        (np.float32(0.5), [0.5, 0.5, 0.5]),
        ([1, 2, 3], [1, 2, 3]),
        (pd.Series([1, 2, 3]), [1, 2, 3]),
        ({}, [1, 1, 1]),
        ({"b": 1e6}, [1, 1e6, 1]),
        ({1: 4, "c": 0.25}, [1, 4, 0.25]),
        (MappingProxyType({np.int64(1): 4}), [1, 4, 1]),
    ],
)
def test_prices(given, expected):
    costs = check_costs(given, 3, NAMES)
    assert_array_equal(costs, expected)
    assert costs.dtype == float


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (0, "feature_costs has the price 0 of column 0: give positive prices"),
        ([1, -2, 1], "feature_costs has the price -2 of column 1: give positive prices"),
        ({"c": 0.0}, "feature_costs has the price 0 of column 2: .* always_keep"),
        ([1, np.nan, 1], "feature_costs contains NaN"),
        ([1, np.inf, 1], "feature_costs contains infinity"),
        ({"a": np.inf}, "feature_costs contains infinity"),
        ({"a": None}, "feature_costs contains NaN"),
        ([1, 2], r"feature_costs has shape \(2,\): give a price for each of 3 columns"),
        ([[1, 2, 3]], r"feature_costs has shape \(1, 3\): give a price for each of 3 columns"),
        ({"a": [1, 2]}, r"feature_costs has shape \(1, 2\): give a price for each of 1 columns"),
        ({"d": 1}, "feature_costs names column 'd', which X has not"),
        ({3: 1}, "feature_costs has column 3: give positions from 0 to 2"),
        ({"a": 1, 0: 2}, "feature_costs has column 'a' twice: give it once"),
        ("cheap", "could not convert string to float"),
    ],
)
def test_bad_prices(given, message):
    with pytest.raises(ValueError, match=message):
        check_costs(given, 3, NAMES)
