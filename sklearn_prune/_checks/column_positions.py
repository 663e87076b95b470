"""Columns that a user names: by position, by name, or by a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .arguments import as_list

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Indices


def check_columns(given: Any, n_features: int, names: AnyArray | None, parameter: str) -> Indices:
    """Return the positions of columns, in the order in which they are given.

    Parameters
    ----------
    given : sequence of int or str, or of n_features bool
        Positions, names, or a mask.
    n_features : int
    names : ndarray of shape (n_features,) or None
        Names of the columns, if they have some.
    parameter : str
        What the user calls them, for errors.

    Raises
    ------
    ValueError
        If a name or a position is unknown, a column is given twice, or a mask has the wrong
        length.
    """
    columns = as_list(given, parameter)
    if columns and all(isinstance(value, bool | np.bool_) for value in columns):
        if len(columns) != n_features:
            msg = (
                f"{parameter} is a mask of {len(columns)} columns, and X has {n_features}: give "
                "one value for each."
            )
            raise ValueError(msg)
        return np.flatnonzero(columns)
    positions = [check_column(column, n_features, names, parameter) for column in columns]
    found, counts = np.unique(positions, return_counts=True)
    if len(found) < len(positions):
        twice = columns[positions.index(int(found[counts > 1][0]))]
        raise ValueError(f"{parameter} has column {twice!r} twice: give it once.")
    return np.array(positions, dtype=np.intp)


def check_column(column: Any, n_features: int, names: AnyArray | None, parameter: str) -> int:
    """Return the position of a column, which is given by its position or its name."""
    if isinstance(column, str):
        if names is None:
            msg = (
                f"{parameter} names column {column!r}, and X has no names: give positions, or a "
                "data frame as X."
            )
            raise ValueError(msg)
        found = np.flatnonzero(names == column)
        if not len(found):
            msg = f"{parameter} names column {column!r}, which X has not: give one of {_few(names)}"
            raise ValueError(f"{msg}.")
        return int(found[0])
    if isinstance(column, int | np.integer) and not isinstance(column, bool):
        if 0 <= column < n_features:
            return int(column)
        msg = f"{parameter} has column {column}: give positions from 0 to {n_features - 1}."
        raise ValueError(msg)
    raise ValueError(f"{parameter} has column {column!r}: give positions, names, or a mask.")


def _few(names: AnyArray) -> str:
    """Return the first of some names, for an error."""
    shown = ", ".join(repr(str(name)) for name in names[:5])
    return shown if len(names) <= 5 else f"{shown}, ..."
