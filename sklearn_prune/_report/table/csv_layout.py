"""Where in a CSV text is the table? Lines to skip, and those that go before the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .csv_dialects import LINE, SEPARATOR_LINE, start_of_table, usual_width
from .csv_header import are_numbers, is_header_of

if TYPE_CHECKING:
    from .csv_dialects import Dialect, Record

COMMENT_MARKS = ("#", "%")


def comment_mark(lines: list[str]) -> str | None:
    """Return what comments begin with, None if there are none.

    Lines that begin so are rows if they are among others and not the smaller part of them.
    """
    filled = [line for line in lines if line.strip()]
    for mark in COMMENT_MARKS:
        marked = [line.startswith(mark) for line in filled]
        n_marked = sum(marked)
        above = all(marked[:n_marked]) and n_marked + 1 < len(filled)
        if n_marked and (above or 2 * n_marked < len(filled)):
            return mark
    return None


def is_outside(line: str, mark: str | None) -> bool:
    """Return whether a line is a comment, or tells Excel the separator."""
    comment = mark is not None and line.startswith(mark)
    return comment or SEPARATOR_LINE.fullmatch(line) is not None


def find_table(lines: list[str], dialect: Dialect, mark: str | None) -> tuple[int, list[Record]]:
    """Return the line in which a table begins, and its first records.

    Above it are titles and comments. The last comment may be the names.
    """
    inside = [number for number, line in enumerate(lines) if not is_outside(line, mark)]
    found = list(dialect.records([lines[number] for number in inside]))
    records = [record for _, record in found]
    start = _skip_titles(records)
    first = inside[found[start][0]]
    above = _named_by_comment(lines[:first], dialect, mark, records[start:])
    if above:
        return first - 1, [above, *records[start:]]
    return first, records[start:]


def _skip_titles(records: list[Record]) -> int:
    """Return the number of the first record that is no title.

    The header of a table with row names, as R writes it, is one shorter than the rows.
    """
    start, width = start_of_table(records), usual_width(records)
    while width > 2 and start + 2 < len(records) and sum(map(bool, records[start])) == 1:
        start += 1
    if start == 0 or len(records[start - 1]) != width - 1 or not all(records[start - 1]):
        return start
    titled = is_header_of(records[start], records[start + 1 :])
    numbered = width == 2 and are_numbers([record[0] for record in records[start:]])
    return start if titled or numbered else start - 1


def _named_by_comment(
    above: list[str], dialect: Dialect, mark: str | None, records: list[Record]
) -> Record:
    """Return the names in the comment right above the table, none if it has none."""
    if mark is None or not above or not above[-1].startswith(mark):
        return []
    (_, names), *_ = dialect.records(above[-1:])
    fits = len(names) == len(records[0]) and not is_header_of(records[0], records[1:])
    return names if fits and len(names) > 1 else []


def lines_to_skip(text: str, first: int, mark: str | None, dialect: Dialect) -> Any:
    """Return the number of lines above a table, or all lines to skip if some are below.

    A line that has as many fields as the first one is a row, such as one of #N/A.
    """
    if mark is None:
        return first
    lines = [line[0] for line in LINE.finditer(text)]
    width = _n_fields(lines[first], dialect)
    below = [
        number
        for number, line in enumerate(lines)
        if number > first and line.startswith(mark) and _n_fields(line, dialect) != width
    ]
    return [*range(first), *below] if below else first


def _n_fields(line: str, dialect: Dialect) -> int:
    return max((len(record) for _, record in dialect.records([line])), default=0)


def told_of_titles(above: list[str], mark: str | None) -> list[str]:
    """Return what to tell of the lines above a table that are no comments."""
    titles = [line.strip() for line in above if line.strip() and not is_outside(line, mark)]
    return [f"Lines above the table are left out: {titles[0]!r}."] if titles else []
