"""The numbers of a CSV table: decimal point or comma, marks for thousands, units."""

from __future__ import annotations

import json
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .wording import listed
from .written_numbers import column_writing, substitutions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .written_numbers import Marks, Writing

    Frame = Any
    Column = Any


class Conversion(NamedTuple):
    """How the texts of a column become numbers.

    Attributes
    ----------
    name : str
    steps : dict of str to str
        Regular expressions, and what replaces them, one after the other.
    writing : Writing
    """

    name: Any
    steps: dict[str, str]
    writing: Writing


def find_decimal(
    file: Path, frame: Frame, raw: Callable[[list[Any]], Frame], separator: str
) -> tuple[str, list[str]]:
    """Return the decimal mark of a table, and what to tell of it.

    All columns decide together. A number such as 1.234 is open to both readings.

    Parameters
    ----------
    file : Path
    frame : DataFrame
        The table read with a decimal point.
    raw : callable
        Returns columns as they are written.
    separator : str
        What separates the columns. With semicolons a decimal comma is as likely as a point.

    Raises
    ------
    ValueError
        If both are as likely, and a column depends on it.
    """
    votes, doubtful = _votes(frame, raw)
    if votes["."] != votes[","]:
        return max(votes, key=lambda mark: votes[mark]), []
    if not doubtful:
        return ".", []
    name, example = doubtful[0]
    if separator == ";":
        msg = (
            f"{example!r} in column {str(name)!r} of {file} may have decimals or thousands, and "
            "no other number tells: give --decimal . or --decimal ,"
        )
        raise ValueError(msg)
    taken = "decimals" if "." in example else "thousands"
    return ".", [f"{example!r} in {str(name)!r} is taken for {taken}: --decimal , is the opposite."]


def _votes(
    frame: Frame, raw: Callable[[list[Any]], Frame]
) -> tuple[Counter[str], list[tuple[Any, str]]]:
    """Return how many columns have which decimal mark, and examples of those open to both."""
    n_points, suspects = _decimals(frame)
    votes, doubtful = Counter({".": n_points}), []
    as_written = raw(suspects) if suspects else {}
    for name in [*_text_columns(frame), *suspects]:
        writing = column_writing(as_written[name] if name in suspects else frame[name])
        marks = {m.implied_decimal() for m in writing.readings} - {""} if writing else set()
        if len(marks) == 1:
            votes.update(marks)
        elif writing and marks:
            doubtful.append((name, writing.example))
    return votes, doubtful


def _decimals(frame: Frame) -> tuple[int, list[Any]]:
    """Return how many columns have decimals for sure, and which may have thousands instead.

    The latter have three digits after the point, and one to three in front of it.
    """
    floats = frame.select_dtypes("float")
    with np.errstate(invalid="ignore"):
        values = np.abs(floats.to_numpy(np.float64))
        thousandths = np.abs(1000 * values - np.round(1000 * values)) < 1e-6
        may_be = thousandths & ((values >= 1) & (values < 1000) | (values == 0))
    open_to_both = (may_be | np.isnan(values)).all(axis=0) & ~np.isnan(values).all(axis=0)
    decimals = ((values != np.round(values)) & ~np.isnan(values)).any(axis=0)
    return int((decimals & ~open_to_both).sum()), list(floats.columns[open_to_both])


def _text_columns(frame: Frame) -> list[Any]:
    return list(frame.select_dtypes(exclude=["number", "bool"]))


def find_conversions(frame: Frame, decimal: str) -> list[Conversion]:
    """Return how columns of text become numbers, for those of which all values do."""
    found = []
    for name in _text_columns(frame):
        writing = column_writing(frame[name])
        marks = _choose(writing.readings, decimal) if writing else None
        if writing and marks is not None:
            found.append(Conversion(name, substitutions(writing, marks), writing))
    return found


def _choose(readings: set[Marks], decimal: str) -> Marks | None:
    """Return the only reading, or the one that goes with the decimal mark of the table."""
    if len(readings) < 2:
        return next(iter(readings), None)
    return next((marks for marks in readings if marks.implied_decimal() == decimal), None)


def convert(frame: Frame, conversions: list[Conversion]) -> Frame:
    """Return the table with these columns as numbers."""
    if not conversions:
        return frame
    steps = {conversion.name: conversion.steps for conversion in conversions if conversion.steps}
    numbers = frame.replace(steps, regex=True) if steps else frame
    return numbers.astype({conversion.name: float for conversion in conversions})


def conversion_code(conversions: list[Conversion]) -> str:
    """Return what `convert` does, as code behind that of the table."""
    if not conversions:
        return ""
    steps = {conversion.name: conversion.steps for conversion in conversions if conversion.steps}
    replaced = f".replace({json.dumps(steps, ensure_ascii=False)}, regex=True)" if steps else ""
    floats = ", ".join(
        f"{json.dumps(conversion.name, ensure_ascii=False)}: float" for conversion in conversions
    )
    return f"{replaced}.astype({{{floats}}})"


def told_of(conversions: list[Conversion], before: Frame, after: Frame) -> list[str]:
    """Return one sentence for all columns that are written alike, with an example."""
    notes = []
    alike = sorted(conversions, key=lambda found: list(found.steps))
    for _, group in groupby(alike, key=lambda found: list(found.steps)):
        first, *others = group
        row = (before[first.name] == first.writing.example).to_numpy().argmax()
        value = after[first.name].iloc[row]
        names = listed([first.name, *(other.name for other in others)])
        notes.append(f"Read as numbers: {names}, such as {first.writing.example!r} as {value:g}.")
    return notes
