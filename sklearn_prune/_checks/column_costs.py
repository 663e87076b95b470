"""Prices of columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_array

from .column_positions import check_columns

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array


def check_costs(given: Any, n_features: int, names: AnyArray | None) -> Array:
    """Return the price of each column.

    Parameters
    ----------
    given : float, array-like of shape (n_features,) or dict
        A number is that of all; a dict has those of some columns, by position or by name, and
        the others have the price 1.
    n_features : int
    names : ndarray of shape (n_features,) or None
        Names of the columns, if they have some.

    Raises
    ------
    ValueError
        If a price is not positive and finite, or there is not one a column.
    """
    columns, costs = np.arange(n_features), np.ones(n_features)
    if isinstance(given, Mapping):
        columns = check_columns(list(given), n_features, names, "feature_costs")
        given = list(given.values())
    prices = _numbers(given)
    if prices.shape not in ((), columns.shape):
        msg = (
            f"feature_costs has shape {prices.shape}: give a price for each of {len(columns)} "
            "columns, or one for all."
        )
        raise ValueError(msg)
    costs[columns] = prices
    bad = np.flatnonzero(costs <= 0)
    if len(bad):
        msg = (
            f"feature_costs has the price {costs[bad[0]]:.6g} of column {bad[0]}: give positive "
            "prices, and what costs nothing as always_keep."
        )
        raise ValueError(msg)
    return costs


def _numbers(values: Any) -> Array:
    options = {"dtype": np.float64, "ensure_2d": False, "ensure_min_samples": 0}
    numbers: Array = check_array(values, input_name="feature_costs", **options)
    return numbers
