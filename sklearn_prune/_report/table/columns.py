"""The columns of a table: what can be learned from, what cannot, and what to be told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .codes import as_texts
from .column_warnings import column_warnings, identifiers_among
from .constant_columns import count_different, leave_out_constant
from .copied_rows import copied_rows
from .plain_column import is_coarse, plain_column
from .preparation import NUMBERS
from .raw_table import raw_frame
from .wording import listed

if TYPE_CHECKING:
    Frame = Any
    Column = Any

# With fewer values than these a column may be empty in the training rows of a fold.
FEWEST_VALUES = 10


def as_frame(X: Any, name: str = "X") -> Frame:
    """Return a table as a data frame of numbers and texts, with names that are strings.

    Raises
    ------
    TypeError
        If it is sparse, or has complex numbers.
    ValueError
        If names are not unique, or it is not two-dimensional, or has no rows or columns.
    """
    return _plain_columns(raw_frame(X, name))


def _plain_columns(frame: Frame) -> Frame:
    """Return columns as numbers or as text; those of numbers together, for there may be many."""
    numeric = [isinstance(dtype, np.dtype) and dtype.kind in "biuf" for dtype in frame.dtypes]
    numbers = frame.loc[:, numeric]
    if is_coarse(numbers):
        return frame.apply(plain_column)
    if all(numeric):
        return frame.astype(np.float64)
    others = {name: plain_column(frame[name]) for name in frame.columns[np.invert(numeric)]}
    return frame.astype(dict.fromkeys(numbers, np.float64)).assign(**others)


def features_of(X: Any, left_out: list[str]) -> Frame:
    """Return the columns of a table that are features (see `as_frame`).

    Parameters
    ----------
    X : DataFrame or array-like of shape (n_rows, n_columns)
    left_out : list of str
        The others, as far as they are there.
    """
    return as_frame(X).drop(columns=left_out, errors="ignore")


def check_features(X: Frame, *, impute: bool, y: Column = None) -> tuple[Frame, list[str]]:
    """Return the columns that can be learned from, and what to tell of them.

    Rows that are copies of others agree in the target `y`, too, if it is given.

    Raises
    ------
    ValueError
        If values are infinite, or missing without `impute`, or every column is constant.
    """
    _check_finite(X)
    X, notes = leave_out_constant(X)
    missing = X.columns[X.isna().any()]
    if not impute:
        _check_known(X, missing)
    _check_enough(X)
    if len(missing):
        notes.append(f"Missing values are filled in: {listed(missing)}.")
    different = count_different(X)
    identifiers = identifiers_among(X, different)
    notes += column_warnings(X, different, identifiers)
    return X, notes + copied_rows(X.drop(columns=identifiers), y)


def _check_finite(X: Frame) -> None:
    numbers = X.select_dtypes(list(NUMBERS))
    infinite = numbers.columns[np.isinf(numbers).any()]
    if len(infinite):
        msg = f"infinite values in {listed(infinite)}: drop or correct these rows"
        raise ValueError(msg)


def _check_known(X: Frame, missing: Any) -> None:
    if len(missing):
        n_rows = int(X.isna().any(axis=1).sum())
        msg = (
            f"missing values in {n_rows} rows, in {listed(missing)}: drop these rows, or add "
            "--impute to fill in medians and most frequent values of the training rows"
        )
        raise ValueError(msg)


def _check_enough(X: Frame) -> None:
    """Raise ValueError if a column has so few values that a fold may have none to train on."""
    known = X.notna().sum()
    scarce = X.columns[(known > 0) & (known < min(FEWEST_VALUES, len(X)))]
    if len(scarce):
        msg = (
            f"fewer than {FEWEST_VALUES} values in {listed(scarce)}, which may all be missing in "
            "training rows: leave out with --drop"
        )
        raise ValueError(msg)


def match_columns(X: Frame, unlabeled: Frame, *, impute: bool) -> Frame:
    """Return the columns of unlabelled rows in the order of the others.

    Raises
    ------
    ValueError
        If one is missing, or holds text in place of numbers, or numbers that may be one
        text or another, or values are missing or infinite.
    """
    missing = X.columns.difference(unlabeled.columns)
    if len(missing):
        msg = f"the unlabelled rows have no column {listed(missing)}"
        raise ValueError(msg)
    unlabeled = unlabeled[X.columns]
    numbers = X.select_dtypes(list(NUMBERS)).columns
    text = [name for name in numbers if unlabeled[name].dtype == object]
    if text:
        msg = (
            f"the unlabelled rows have dates or text in {listed(text)}, where the others have "
            "numbers: write both alike, or leave out with --drop"
        )
        raise ValueError(msg)
    if np.isinf(unlabeled[numbers]).any(axis=None):
        msg = "the unlabelled rows have infinite values: drop or correct these rows"
        raise ValueError(msg)
    if unlabeled.isna().any(axis=None) and not impute:
        msg = "the unlabelled rows have missing values: drop these rows, or add --impute"
        raise ValueError(msg)
    others = X.columns.difference(numbers)
    return unlabeled.assign(**{name: as_texts(unlabeled[name], X[name]) for name in others})
