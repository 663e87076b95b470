"""The dialect of a CSV text: what separates fields, and what quotes them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

Record = list[str]

# The comma comes late, for decimal numbers have it, too, and the colon last, for times do.
SEPARATORS = ";\t|, :"
BLANKS = re.compile(r"^ |  |\t")
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[ \r\n]*', re.IGNORECASE)
# So much of a text is looked at, and a header and two rows at least.
MOST_LINES, MOST_CHARACTERS, MOST_TITLES = 300, 2**20, 20


class Dialect(NamedTuple):
    """How a text is cut into records.

    Attributes
    ----------
    separator, quote : str
    escape : str or None
        What makes a quote a part of the field.
    """

    separator: str
    quote: str = '"'
    escape: str | None = None

    def records(self, lines: list[str]) -> Iterator[tuple[int, Record]]:
        """Yield the number of the first line, and the fields, of each record that has some."""
        if self.separator == " ":
            lines = [line.replace("\t", " ").strip(" ") for line in lines]
        reader = csv.reader(
            lines,
            delimiter=self.separator,
            quotechar=self.quote,
            escapechar=self.escape,
            skipinitialspace=True,
        )
        number = 0
        for record in reader:
            if any(record):
                yield number, [field.strip() for field in record]
            number = reader.line_num

    def options(self, lines: list[str]) -> dict[str, Any]:
        """Return the options for pandas, none for what it expects."""
        options: dict[str, Any] = {"quotechar": self.quote, "escapechar": self.escape}
        if _is_padded(lines, self.separator):
            options |= {"sep": rf"\s*{re.escape(self.separator)}\s*", "engine": "python"}
        elif self.separator == " " and any(map(BLANKS.search, lines)):
            options["sep"] = r"\s+"
        else:
            options["sep"] = self.separator
            options["skipinitialspace"] = any(f"{self.separator} " in line for line in lines[:1])
        expected = {"sep": ",", "quotechar": '"', "escapechar": None, "skipinitialspace": False}
        return {name: value for name, value in options.items() if value != expected.get(name, "")}


def first_lines(text: str) -> list[str]:
    """Return the first lines, with their ends."""
    return list(_limited(match[0] for match in LINE.finditer(text)))


def _limited(lines: Iterator[str]) -> Iterator[str]:
    n_characters = 0
    for number, line in enumerate(lines):
        n_characters += len(line)
        if not line or number >= MOST_LINES or (n_characters > MOST_CHARACTERS and number > 2):
            return
        yield line


def named_separator(lines: list[str]) -> str | None:
    """Return the separator that the first line names, as Excel writes it, None without one."""
    named = SEPARATOR_LINE.fullmatch(lines[0])
    return named[1] if named else None


def find_dialect(lines: list[str], separators: str) -> Dialect:
    """Return the dialect that cuts all lines alike, else what the sniffer of Python finds.

    Tables without lines above are looked for first.
    """
    rival = _rival_blank(lines)
    separators = separators.replace(rival, "") or separators
    candidates = [_with_quotes(separator, lines) for separator in separators]
    for most_titles in 0, MOST_TITLES:
        for dialect in candidates:
            if _is_regular(dialect, lines, most_titles):
                return dialect
    return candidates[0] if len(candidates) == 1 else _sniffed(lines)


def _rival_blank(lines: list[str]) -> str:
    """Return which of tab and blank separates nothing, though lines may have it.

    It is the tab among columns of blanks, and the blank where most lines have a mark that
    hardly stands for anything else.
    """
    if all("  " in line for line in lines):
        return "\t"
    separated = (sum(mark in line for line in lines) for mark in ";\t|")
    return " " if any(2 * n_lines > len(lines) for n_lines in separated) else "\t"


def _sniffed(lines: list[str]) -> Dialect:
    candidates = [separator for separator in SEPARATORS[:-1] if separator in lines[0]]
    try:
        return Dialect(csv.Sniffer().sniff("".join(lines[:30]), "".join(candidates)).delimiter)
    except csv.Error:
        return Dialect(max(candidates, key=lines[0].count, default=","))


def _with_quotes(separator: str, lines: list[str]) -> Dialect:
    """Return the dialect of this separator with the quotes that the lines show."""
    edge = rf"\s*(?:{re.escape(separator)}|$)"
    escaped = re.compile(rf'\\"(?!{edge})')
    escape = "\\" if any(escaped.search(line) for line in lines) else None
    return Dialect(separator, "'" if _has_single_quotes(separator, lines) else '"', escape)


def _has_single_quotes(separator: str, lines: list[str]) -> bool:
    """Return whether fields are in single quotes, more often than not, and none in double ones."""
    edge = re.escape(separator)
    single = re.compile(rf"(?:^|{edge})\s*'(?:[^'\n]|'')*'\s*(?=$|{edge})")
    n_quoted = sum(single.search(line.rstrip("\r\n")) is not None for line in lines)
    return 2 * n_quoted > len(lines) and not any('"' in line for line in lines)


def _is_regular(dialect: Dialect, lines: list[str], most_titles: int) -> bool:
    """Return whether the records have as many fields each, but for a few lines above."""
    try:
        records = [record for _, record in dialect.records(lines)]
    except csv.Error:
        return False
    if not records:
        return False
    start = start_of_table(records)
    widths = {len(record) for record in records[start : max(start + 2, len(records) - 1)]}
    return start <= most_titles and len(widths) == 1 and widths != {1}


def start_of_table(records: list[Record]) -> int:
    """Return the first record that has as many fields as most of them."""
    width = usual_width(records)
    return next(number for number, record in enumerate(records) if len(record) >= width)


def usual_width(records: list[Record]) -> int:
    """Return how many fields most of the records have."""
    return Counter(map(len, records)).most_common(1)[0][0]


def _is_padded(lines: list[str], separator: str) -> bool:
    """Return whether there are blanks in front of the separators, which pandas would keep."""
    before = re.compile(rf"[ \t]{re.escape(separator)}")
    quoted = any('"' in line for line in lines)
    return separator != " " and not quoted and all(before.search(line) for line in lines)
