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
    reasons = {name: reason for name in X if (reason := _reason(X[name]))}
    notes = [
        f"{why}: {listed([name for name, reason in reasons.items() if reason == why])}."
        for why in (CONSTANT, EMPTY, COARSE)
        if why in reasons.values()
    ]
    if len(reasons) == X.shape[1]:
        raise ValueError(_nothing_left(set(reasons.values()), notes))
    return X.drop(columns=list(reasons)), notes


def _reason(column: Column) -> str:
    """Return why a column is left out, nothing if it is not."""
    numbers = column.to_frame().select_dtypes(list(NUMBERS)).shape[1] > 0
    values = column.astype(np.float64) if numbers else column
    if values.nunique() > 1:
        return ""
    if numbers and is_coarse(column):
        return COARSE
    return EMPTY if column.isna().any() else CONSTANT


def _nothing_left(reasons: set[str], notes: list[str]) -> str:
    if reasons == {CONSTANT}:
        return "every column but the target is constant: there is nothing to learn from"
    return f"there is nothing to learn from: {' '.join(notes)}".rstrip(".")
