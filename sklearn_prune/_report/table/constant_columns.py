"""Columns that cannot tell one row from another."""

from __future__ import annotations

from typing import Any

import numpy as np

from .plain_column import is_coarse
from .preparation import NUMBERS
from .wording import listed

Frame = Any
Column = Any

CONSTANT = "Constant columns are left out"
EMPTY = "Columns of missing values and at most one other are left out"
COARSE = "Columns of numbers that are the same in double precision are left out"


def leave_out_constant(X: Frame) -> tuple[Frame, list[str]]:
    """Return the other columns, and what was left out.

    Raises
    ------
    ValueError
        If none is left.
    """
    if X.shape[1] == 0:
        msg = "no column is left to learn from"
        raise ValueError(msg)
    doubles = dict.fromkeys(X.select_dtypes(list(NUMBERS)), np.float64)
    constant = X.columns[count_different(X.astype(doubles)) <= 1]
    reasons = {name: _reason(X[name]) for name in constant}
    notes = [
        f"{why}: {listed([name for name, reason in reasons.items() if reason == why])}."
        for why in (CONSTANT, EMPTY, COARSE)
        if why in reasons.values()
    ]
    if len(reasons) == X.shape[1]:
        raise ValueError(_nothing_left(set(reasons.values()), notes))
    return X.drop(columns=list(reasons)), notes


def count_different(X: Frame) -> Column:
    """Return the number of different values of each column."""
    import pandas as pd  # noqa: PLC0415

    numbers = X.select_dtypes("float64")
    values = np.sort(numbers.to_numpy(), axis=0)
    known = ~np.isnan(values)
    steps = ((values[1:] != values[:-1]) & known[1:]).sum(axis=0) + known[:1].sum(axis=0)
    others = X.drop(columns=numbers.columns).nunique().astype(steps.dtype)
    return pd.concat([pd.Series(steps, numbers.columns), others])[X.columns]


def _reason(column: Column) -> str:
    """Return why a column of one value is left out."""
    numbers = column.to_frame().select_dtypes(list(NUMBERS)).shape[1] > 0
    if numbers and is_coarse(column):
        return COARSE
    return EMPTY if column.isna().any() else CONSTANT


def _nothing_left(reasons: set[str], notes: list[str]) -> str:
    if reasons == {CONSTANT}:
        return "every column but the target is constant: there is nothing to learn from"
    return f"there is nothing to learn from: {' '.join(notes)}".rstrip(".")
