"""Whatever holds a table, as a data frame of named columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

Frame = Any


def raw_frame(X: Any, name: str = "X") -> Frame:
    """Return a table as a data frame with names that are strings, and its values as they are.

    Raises
    ------
    TypeError
        If it is sparse.
    ValueError
        If names are not unique, or it is not two-dimensional, or has no rows or columns.
    """
    check_dense(X, name)
    frame = _to_frame(X, name)
    frame = frame.set_axis(frame.columns.map(str), axis=1).reset_index(drop=True)
    for size, what in zip(frame.shape, ("rows", "columns"), strict=True):
        if size == 0:
            msg = f"{name} has no {what}: there is nothing to learn from"
            raise ValueError(msg)
    twice = frame.columns[frame.columns.duplicated()].unique()
    if len(twice):
        msg = f"the column name {twice[0]!r} occurs more than once: give every column its own"
        raise ValueError(msg)
    return frame


def raw_column(y: Any, name: str = "y") -> Frame:
    """Return a target as a data frame of one column of objects.

    Raises
    ------
    TypeError
        If it is sparse.
    ValueError
        If it has more than one column, or no rows.
    """
    check_dense(y, name)
    values = _unmasked(y) if isinstance(y, np.ma.MaskedArray) else np.asarray(y, dtype=object)
    if values.shape not in {(values.size,), (values.size, 1)}:
        msg = f"{name} has the shape {values.shape}: give one number or class a row"
        raise ValueError(msg)
    return raw_frame(values.reshape(-1, 1), name).set_axis([name], axis=1)


def check_dense(X: Any, name: str) -> None:
    """Raise TypeError if something is sparse."""
    if sparse.issparse(X):
        msg = f"{name} is sparse: give a dense array, such as {name}.toarray()"
        raise TypeError(msg)


def _to_frame(X: Any, name: str) -> Frame:
    import pandas as pd  # noqa: PLC0415

    if isinstance(X, pd.DataFrame):
        return X
    X = X.to_pandas() if hasattr(X, "to_pandas") else X
    n_dimensions = _count_dimensions(X, name)
    if n_dimensions != 2:
        msg = f"{name} has {n_dimensions} dimensions: give a table of rows and columns"
        raise ValueError(msg)
    if isinstance(X, pd.DataFrame):
        return X
    if isinstance(X, np.ma.MaskedArray):
        X = _unmasked(X)
    # Rows of a list may have numbers and text.
    return pd.DataFrame(X if isinstance(X, list | tuple) else np.asarray(X)).add_prefix("x")


def _count_dimensions(X: Any, name: str) -> int:
    try:
        return np.ndim(X)
    except ValueError as error:
        msg = f"{name} has rows of different lengths: give as many values in each"
        raise ValueError(msg) from error


def _unmasked(X: Any) -> Any:
    """Return objects with NaN for what is masked."""
    return X.astype(object).filled(np.nan)
