"""A column of whatever kind as numbers, or as text."""

from __future__ import annotations

from typing import Any

import numpy as np

Column = Any

# Below this, doubles hold every whole number.
EXACT_BELOW = 2**53
NUMBERS_AS_OBJECTS = (
    "integer",
    "floating",
    "mixed-integer-float",
    "boolean",
    "decimal",
    "empty",
)


def plain_column(column: Column) -> Column:
    """Return a column as numbers or as text, with NaN for what is missing.

    Raises
    ------
    TypeError
        If it has complex numbers.
    """
    import pandas as pd  # noqa: PLC0415

    kind = pd.api.types
    objects = kind.is_object_dtype(column.dtype)
    inferred = kind.infer_dtype(column, skipna=True) if objects else None
    if kind.is_complex_dtype(column.dtype) or inferred == "complex":
        msg = f"{column.name} has complex numbers: give real and imaginary parts as two columns"
        raise TypeError(msg)
    if kind.is_bool_dtype(column.dtype) or kind.is_numeric_dtype(column.dtype):
        return _floats(column)
    known = column.astype(object).where(column.notna(), np.nan)
    if inferred in NUMBERS_AS_OBJECTS:
        return known.astype(np.float64)
    return known.map(str, na_action="ignore").astype(object)


def _floats(column: Column) -> Column:
    """Return numbers as floats, but whole ones as they are where floats cannot hold them."""
    floats = column.astype(np.float64)
    whole = column.dtype.kind in "iu" and not column.isna().any()
    return column.astype(f"{column.dtype.kind}8") if whole and is_coarse(floats) else floats


def is_coarse(numbers: Any) -> bool:
    """Return whether numbers are so large that different ones may be the same double."""
    return bool((np.abs(np.asarray(numbers, dtype=np.float64)) >= EXACT_BELOW).any())
