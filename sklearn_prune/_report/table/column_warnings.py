"""What a careful reader would ask about the columns of a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from .codes import is_number
from .preparation import MOST_CATEGORIES, NUMBERS
from .wording import listed, percentage
from .written_numbers import share_of_numbers

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    Frame = Any
    Column = Any

IDENTIFIER = re.compile(
    r"(^|[_\s.-])(id|idx|index|key|uuid|guid|nr|no|number)$|^unnamed: 0$", re.IGNORECASE
)
# A text column with more different values than this share of the rows tells rows apart.
DISTINCT_SHARE = 0.5
# Consecutive numbers count the rows, unless they are times, by their name or as years.
TIME = re.compile(r"(^|[_\W])(date|day|time|week|month|year)", re.IGNORECASE)
YEARS = (1800, 2100)
DATE = re.compile(
    r"\d{4}[-/]\d{1,2}([-/]\d{1,2})?(\D.*)?|\d{4}\.\d{1,2}\.\d{1,2}(\D.*)?"
    r"|\d{1,2}[-/. ]+(\d{1,2}|[^\W\d_]{3,9})[-/., ]+\d{2,4}(\D.*)?"
    r"|[^\W\d_]{3,9}\.? \d{1,2},? \d{4}(\D.*)?|\d{1,2}:\d{2}(:\d{2})?([.,]\d+)?"
)


def identifiers_among(X: Frame, different: Column) -> list[str]:
    """Return the columns that seem to name or to count the rows.

    Parameters
    ----------
    X : DataFrame
    different : Series
        Number of different values of each column.
    """
    others = X.columns.difference(_with_fractions(X), sort=False)
    return [name for name in others if _is_identifier(X[name], name, different[name])]


def column_warnings(X: Frame, different: Column, identifiers: list[str]) -> list[str]:
    """Return what to tell of the columns."""
    notes = []
    if identifiers:
        look = "looks like an identifier" if len(identifiers) == 1 else "look like identifiers"
        notes.append(
            f"Warning: {listed(identifiers)} {look}, which cannot help with new rows: leave out "
            "with --drop."
        )
    for name in X.select_dtypes(object):
        notes += _warnings_of_text(X[name], name, different[name], counted=name in identifiers)
    return notes


def _with_fractions(X: Frame) -> Any:
    """Return the columns of numbers that are not all whole."""
    numbers = X.select_dtypes(list(NUMBERS))
    values = numbers.to_numpy(np.float64)
    return numbers.columns[(values != np.round(values)).any(axis=0)]


def _warnings_of_text(column: Column, name: str, different: int, *, counted: bool) -> list[str]:
    """Return what to tell of a column of text, which `counted` says names the rows."""
    share, example = _numbers_in_text(column)
    if _are_dates(column):
        note = (
            f"Warning: {name!r} has dates or times, which are taken for categories: write them as "
            "numbers, or leave out with --drop."
        )
        return [note]
    notes = [_number_warning(share, name, example)] if share > 0.5 else []
    if not counted and different > MOST_CATEGORIES:
        notes.insert(
            0,
            f"{name!r} has {different} categories: those beyond the most frequent "
            f"{MOST_CATEGORIES - 1} are one.",
        )
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
    """Return whether a column of texts or whole numbers seems to name or to count the rows."""
    if column.dtype == object:
        distinct = different > max(MOST_CATEGORIES, DISTINCT_SHARE * len(column))
        return distinct and _numbers_in_text(column)[0] <= 0.5 and not _are_dates(column)
    values = column.to_numpy()
    if different < len(values):
        return False
    return bool(IDENTIFIER.search(name)) or _counts(values, name)


def _counts(values: Array, name: str) -> bool:
    """Return whether different whole numbers count the rows: they are consecutive, and no times."""
    years = YEARS[0] <= values.min() and values.max() <= YEARS[1]
    return bool(np.ptp(values) == len(values) - 1 and not years and not TIME.search(name))


def _numbers_in_text(column: Column) -> tuple[float, str]:
    """Return the share of a text column that looks like numbers, and an example that is none."""
    return share_of_numbers(column.dropna().astype(str))


def _are_dates(column: Column) -> bool:
    """Return whether most texts of a column are dates or times of day."""
    known = column.dropna().astype(str).str.strip()
    return bool(len(known)) and known.str.fullmatch(DATE).mean() > 0.5
