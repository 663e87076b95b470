"""The names of columns: are there any, and is there one for each column?"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from .csv_dialects import usual_width

if TYPE_CHECKING:
    from .csv_dialects import Record

NUMBER = re.compile(r"[+-]?(\d[\d.,]*|[.,]\d+)([eE][+-]?\d+)?")
YEARS = range(1800, 2101)


def has_header(records: list[Record]) -> bool:
    """Return whether the first record names the others.

    It does where a column of numbers has a text at its head; it does not where it has
    a number, such as 5.1, or a text column has one of its values. Whole numbers in equal
    steps are names: 0, 1, 2 or years.
    """
    first, *body = records
    columns = list(zip(*(row for row in body if len(row) == len(first)), strict=True))
    if not columns or is_header_of(first, body):
        return True
    numeric = [are_numbers(column) for column in columns]
    heads = [name for name, number in zip(first, numeric, strict=True) if number and name]
    texts = [k for k, number in enumerate(numeric) if not number and first[k]]
    if heads:
        return _are_counted(heads)
    return not texts or not all(first[k] in columns[k] for k in texts)


def is_header_of(names: Record, body: list[Record]) -> bool:
    """Return whether a record has a text above a column of numbers."""
    rows = [row for row in body if len(row) == len(names)]
    return any(
        name and not NUMBER.fullmatch(name) and are_numbers([row[k] for row in rows])
        for k, name in enumerate(names)
    )


def are_numbers(values: Any) -> bool:
    """Return whether there are numbers, and nothing else."""
    known = [value for value in values if value]
    return bool(known) and all(NUMBER.fullmatch(value) for value in known)


def _are_counted(names: Record) -> bool:
    """Return whether names are whole numbers in equal steps up, or one year, 0 or 1."""
    if not all(name.isdecimal() for name in names):
        return False
    values = list(map(int, names))
    steps = {after - before for before, after in pairwise(values)}
    if not steps:
        return values[0] in YEARS or values[0] < 2
    return len(steps) == 1 and min(steps) > 0 and (len(values) > 2 or min(steps) == 1)


def header_options(
    records: list[Record], rows: list[str], header: bool | None
) -> tuple[dict[str, Any], Record, list[str]]:
    """Return the options for pandas that the header needs, the names, and what was guessed.

    Parameters
    ----------
    records : list of records
        The header first, if there is one.
    rows : list of str
        The lines below the first record.
    header : bool or None
        Whether there is one. None stands for a guess.
    """
    if not (has_header(records) if header is None else header):
        names = [f"x{k}" for k in range(usual_width(records))]
        told = f"The first row is taken for data, and the columns are {names[0]} to {names[-1]}"
        notes = [f"{told}: --header yes takes it for names."] if header is None else []
        return {"header": None, "names": names}, names, notes
    names, *body = records
    notes = []
    if header is None and body and all(map(NUMBER.fullmatch, filter(None, names))):
        notes = [f"The first row, such as {names[-1]!r}, is taken for names: --header no if not."]
    if any(len(row) == len(names) + 1 for row in body):
        options = _options_of_short_header(names, body, rows)
        notes += ["Row names are left out."] if options.get("index_col") == 0 else []
        return options, names, notes
    n_named = max((k + 1 for k, name in enumerate(names) if name), default=0)
    if n_named < len(names) and not any(any(row[n_named:]) for row in body):
        return {"usecols": range(n_named)}, names[:n_named], notes
    return {}, names, notes


def _options_of_short_header(names: Record, body: list[Record], lines: list[str]) -> dict[str, Any]:
    """Return what pandas needs if rows end with a separator, or begin with their names."""
    longer = [row for row in body if len(row) > len(names)]
    if not any(row[-1] for row in longer):
        return {"index_col": False, "usecols": range(len(names))}
    first = [row[0] for row in longer]
    counted = first == [str(k + 1) for k in range(len(first))]
    quoted = all(line.lstrip().startswith(('"', "'")) for line in lines if line.strip())
    distinct = len(set(first)) == len(first)
    named = counted or quoted or not are_numbers(first)
    return {"index_col": 0} if distinct and named and len(longer) == len(body) else {}


def check_names(file: Any, names: Record) -> None:
    """Raise ValueError if a name occurs twice, which pandas would change."""
    twice = sorted(name for name, n in Counter(names).items() if name and n > 1)
    if twice:
        msg = f"{file} has more than one column {twice[0]!r}: give every column a name of its own"
        raise ValueError(msg)
