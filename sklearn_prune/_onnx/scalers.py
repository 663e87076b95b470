"""Scalers: each does the same with every column, with one number a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

    from .wanted_columns import Columns

    # An operator, and a number a column; None does nothing.
    Step = tuple[str, Array | None]


def standardised(step: Any, columns: Columns) -> Columns:
    """Return the columns of a `StandardScaler`."""
    mean = step.mean_ if step.with_mean else None
    return _scaled(columns, ("Sub", mean), ("Div", step.scale_))


def robustly_scaled(step: Any, columns: Columns) -> Columns:
    """Return the columns of a `RobustScaler`."""
    return _scaled(columns, ("Sub", step.center_), ("Div", step.scale_))


def min_max_scaled(step: Any, columns: Columns) -> Columns:
    """Return the columns of a `MinMaxScaler`."""
    scaled = _scaled(columns, ("Mul", step.scale_), ("Add", step.min_))
    return _clipped(scaled, *step.feature_range) if step.clip else scaled


def max_abs_scaled(step: Any, columns: Columns) -> Columns:
    """Return the columns of a `MaxAbsScaler`."""
    scaled = _scaled(columns, ("Div", step.scale_))
    return _clipped(scaled, -1, 1) if step.clip else scaled


def _scaled(columns: Columns, *steps: Step) -> Columns:
    """Return columns after some operators."""

    def numbers(kept: Indices) -> str:
        tensor = columns.numbers(kept)
        for operator, values in steps:
            if values is not None:
                tensor = columns.graph.add(operator, tensor, values[kept])
        return tensor

    return columns.made(columns.n_columns, numbers)


def _clipped(columns: Columns, low: float, high: float) -> Columns:
    """Return columns within bounds."""
    bounds = np.float64(low), np.float64(high)
    return columns.made(
        columns.n_columns, lambda kept: columns.graph.add("Clip", columns.numbers(kept), *bounds)
    )
