"""The columns of a table: what can be learned from, what cannot, and what to be told of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from .codes import as_texts, is_number
from .constant_columns import leave_out_constant
from .copied_rows import copied_rows
from .plain_column import plain_column
from .preparation import MOST_CATEGORIES, NUMBERS
from .raw_table import raw_frame
from .wording import listed, percentage

if TYPE_CHECKING:
    Frame = Any
    Column = Any

IDENTIFIER = re.compile(
    r"(^|[_\s.-])(id|idx|index|key|uuid|guid|nr|no|number)$|^unnamed: 0$", re.IGNORECASE
)
# A text column with more different values than this share of the rows tells rows apart.
DISTINCT_SHARE = 0.5
# What stands about numbers that are written for people.
DECORATION = r"[,'%$€£\s]"
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
    return raw_frame(X, name).apply(plain_column)


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
    return X, notes + _warnings(X, X.nunique()) + copied_rows(X, y)


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


def _warnings(X: Frame, different: Column) -> list[str]:
    """Return what a careful reader would ask about the columns."""
    notes = []
    identifiers = [name for name in X if _is_identifier(X[name], name, different[name])]
    if identifiers:
        look = "looks like an identifier" if len(identifiers) == 1 else "look like identifiers"
        notes.append(
            f"Warning: {listed(identifiers)} {look}, which cannot help with new rows: leave out "
            "with --drop."
        )
    for name in X.select_dtypes(object):
        if name not in identifiers and different[name] > MOST_CATEGORIES:
            notes.append(
                f"{name!r} has {different[name]} categories: those beyond the most frequent "
                f"{MOST_CATEGORIES - 1} are one."
            )
        share, example = _numbers_in_text(X[name])
        if share > 0.5:
            notes.append(_number_warning(share, name, example))
    return notes


def _number_warning(share: float, name: str, example: str) -> str:
    if is_number(example):
        return (
            f"Warning: all values of {name!r} are numbers, such as {example!r}, but text or "
            "categories by their type, and taken for categories: make them numbers if they are "
            "quantities."
        )
    return (
        f"Warning: {percentage(share)} of {name!r} look like numbers, but not all are plain ones, "
        f"such as {example!r}, so all are taken for categories: write them as plain "
        "numbers, or leave the value empty."
    )


def _is_identifier(column: Column, name: str, different: int) -> bool:
    """Return whether a column seems to name or to count the rows."""
    if column.dtype == object:
        distinct = different > max(MOST_CATEGORIES, DISTINCT_SHARE * len(column))
        return distinct and _numbers_in_text(column)[0] <= 0.5
    values = column.to_numpy()
    if different < len(values) or not (values == np.round(values)).all():
        return False
    counts = int(values.max()) - int(values.min()) == len(values) - 1
    return bool(counts or (values[1:] > values[:-1]).all() or IDENTIFIER.search(name))


def _numbers_in_text(column: Column) -> tuple[float, str]:
    """Return the share of a text column that looks like numbers, and an example that is none."""
    import pandas as pd  # noqa: PLC0415

    known = column.dropna().astype(str)
    bare = known.str.replace(DECORATION, "", regex=True)
    text, decorated = (pd.to_numeric(values, errors="coerce").isna() for values in (bare, known))
    examples = [*known[text].head(1), *known[decorated].head(1), *known.head(1), ""]
    return float(1 - text.mean()) if len(known) else 0.0, examples[0]


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
