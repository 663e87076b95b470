"""Prices of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_array

from .column_positions import check_column

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
    costs = np.ones(n_features)
    if isinstance(given, dict):
        columns = [check_column(column, n_features, names, "feature_costs") for column in given]
        costs[columns] = _numbers(list(given.values()))
    else:
        prices = _numbers(given)
        if prices.shape not in ((), (n_features,)):
            msg = (
                f"feature_costs has shape {prices.shape}: give a price for each of {n_features} "
                "columns, or one for all."
            )
            raise ValueError(msg)
        costs[:] = prices
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
