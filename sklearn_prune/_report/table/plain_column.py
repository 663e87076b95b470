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
MAYBE_COMPLEX = ("complex", "mixed")


def plain_column(column: Column) -> Column:
    """Return a column as numbers or as text, with NaN for what is missing.

    Raises
    ------
    TypeError
        If it has complex numbers.
    """
    import pandas as pd  # noqa: PLC0415

    kind = pd.api.types
    if kind.is_complex_dtype(column.dtype):
        raise TypeError(_complex(column))
    if kind.is_bool_dtype(column.dtype) or kind.is_numeric_dtype(column.dtype):
        return _floats(column)
    known = column.astype(object).where(column.notna(), np.nan)
    if not kind.is_object_dtype(column.dtype):
        return _texts(known)
    inferred = kind.infer_dtype(known, skipna=True)
    if inferred in MAYBE_COMPLEX and known.map(np.iscomplexobj).any():
        raise TypeError(_complex(column))
    return _floats(known.infer_objects()) if inferred in NUMBERS_AS_OBJECTS else _texts(known)


def _complex(column: Column) -> str:
    return f"{column.name} has complex numbers: give real and imaginary parts as two columns"


def _texts(known: Column) -> Column:
    return known.map(str, na_action="ignore").astype(object)


def _floats(column: Column) -> Column:
    """Return numbers as floats, but whole ones as they are where floats cannot hold them."""
    floats = column.astype(np.float64)
    whole = column.dtype.kind in "iu" and not column.isna().any()
    return column.astype(f"{column.dtype.kind}8") if whole and is_coarse(floats) else floats


def is_coarse(numbers: Any) -> bool:
    """Return whether numbers are so large that different ones may be the same double."""
    return bool((np.abs(np.asarray(numbers, dtype=np.float64)) >= EXACT_BELOW).any())
