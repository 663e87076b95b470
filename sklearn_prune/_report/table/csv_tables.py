"""Tables from text: CSV in any usual dialect."""

from __future__ import annotations

import csv
import io
import re
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from .csv_dialects import LINE, SEPARATORS, find_dialect, first_lines, named_separator
from .csv_header import check_names, header_options
from .csv_layout import comment_mark, find_table, is_outside, lines_to_skip, told_of_titles
from .csv_numbers import conversion_code, convert, find_conversions, find_decimal, told_of
from .missing_words import missing_options
from .text_encoding import decode

if TYPE_CHECKING:
    from pathlib import Path

    Frame = Any

# A last line that is no row stands below an empty one; or it is the end of a file of DOS.
END = r"(?:\r\n|\r(?!\n)|(?<!\r)\n)"
LINE_BELOW = re.compile(rf"(?:{END}[ \t]*{END}([^\r\n]+)|\x1a)\s*\Z")
ANY_VALUE = re.compile(r"[^\s,;|\"']")
LONGEST_LINE_BELOW = 2_000
# So many columns are faster together than one by one.
MANY_COLUMNS = 1_000
OTHER_MARK = {".": ",", ",": "."}


class Hints(NamedTuple):
    """What the user says of a CSV file, None for what is to be guessed.

    Attributes
    ----------
    encoding : str or None
    decimal, thousands : {".", ","} or None
    header : bool or None
        Whether the first row has names.
    missing : tuple of str
        Words that stand for missing values.
    """

    encoding: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    header: bool | None = None
    missing: tuple[str, ...] = ()


class CSVTable(NamedTuple):
    """What a text holds.

    Attributes
    ----------
    frame : DataFrame
    options : dict
        What `pandas.read_csv` needs to read it.
    then : str
        Code behind that call.
    decimal : {".", ","}
        What stands before decimals.
    notes : list of str
        What was guessed.
    """

    frame: Frame
    options: dict[str, Any]
    then: str
    decimal: str
    notes: list[str]


class _Text(NamedTuple):
    """The content of a file, which pandas parses with more and more options."""

    file: Path
    content: bytes

    def parse(self, options: dict[str, Any]) -> Frame:
        """Parse with pandas, and turn its complaints into one line."""
        import pandas as pd  # noqa: PLC0415

        options = {"index_col": False} | options
        if "engine" not in options:
            options["low_memory"] = False
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", pd.errors.ParserWarning)
                frame = pd.read_csv(io.BytesIO(self.content), **options)
                return frame.copy() if frame.shape[1] > MANY_COLUMNS else frame
        except (ValueError, pd.errors.ParserWarning) as error:
            msg = f"cannot read {self.file} as a table: {first_line(error)}"
            raise ValueError(msg) from error

    def written(self, options: dict[str, Any], frame: Frame, names: list[Any]) -> Frame:
        """Return columns of a table that was parsed so as they are written."""
        others = {"decimal", "na_values"}
        plain = {name: value for name, value in options.items() if name not in others}
        if plain.get("index_col") != 0:
            plain["usecols"] = sorted(map(frame.columns.get_loc, names))
        return self.parse(plain | {"dtype": str, "keep_default_na": False})[names]


def read_csv(file: Path, content: bytes, hints: Hints) -> CSVTable:
    """Return the table in a text.

    Raises
    ------
    ValueError
        If the text is empty, binary or truncated, is no table, or leaves open what its
        numbers mean; the message is one line, and names the file.
    """
    text, encoding, notes = decode(file, content, hints.encoding)
    if not text.strip():
        msg = f"{file} is empty"
        raise ValueError(msg)
    options, separator, told = _layout(file, text, hints)
    options |= {} if encoding == "utf-8" else {"encoding": encoding}
    table = _Text(file, content)
    frame, options, more = _with_missing(table, text, options, hints.missing)
    _check_whole(file, text, frame)
    frame, options, then, decimal, last = _with_numbers(table, frame, options, separator, hints)
    return CSVTable(frame, options, then, decimal, notes + told + more + last)


def _layout(file: Path, text: str, hints: Hints) -> tuple[dict[str, Any], str, list[str]]:
    """Return the options that lead to the table, its separator, and what was guessed.

    Raises
    ------
    ValueError
        If a quote is not closed, or two columns have one name.
    """
    lines = first_lines(text)
    mark = comment_mark(lines)
    inside = [line for line in lines if line.strip() and not is_outside(line, mark)]
    if not any(map(ANY_VALUE.search, inside)):
        msg = f"{file} has separators and comments, but no values"
        raise ValueError(msg)
    try:
        dialect = find_dialect(inside, named_separator(lines) or SEPARATORS)
        first, records = find_table(lines, dialect, mark)
    except csv.Error as error:
        msg = f"cannot read {file} as a table, a quote may not be closed: {error}"
        raise ValueError(msg) from error
    below = [line for line in lines[first:] if line.strip() and not is_outside(line, mark)]
    header, names, notes = header_options(records, below[1:], hints.header)
    check_names(file, names)
    if "usecols" in header and not _all_end_with(text, dialect.separator):
        header = {}
    options = dialect.options(below) | header
    if "\n" not in text and "engine" not in options:
        options["lineterminator"] = "\r"
    skipped = lines_to_skip(text, first, mark, dialect)
    options |= {"skiprows": skipped} if skipped else {}
    return options, dialect.separator, told_of_titles(lines[:first], mark) + notes


def _all_end_with(text: str, separator: str) -> bool:
    """Return whether nothing is lost if what follows the last separators is left out."""
    lines = (line[0].rstrip("\r\n ") for line in LINE.finditer(text))
    _header, *rows = filter(None, lines)
    return all(row.endswith(separator) for row in rows)


def _with_missing(
    table: _Text, text: str, options: dict[str, Any], named: tuple[str, ...]
) -> tuple[Frame, dict[str, Any], list[str]]:
    """Return the table without what is below it, and with the words that are missing values."""
    options |= {"na_values": list(named)} if named else {}
    frame = table.parse(options)
    stripped = [str(name).strip() for name in frame.columns]
    if stripped != list(frame.columns) and "index_col" not in options:
        options |= {"header": 0, "names": stripped}
        frame = table.parse(options)
    notes = []
    below = _n_lines_below(text, frame)
    if below:
        options["nrows"] = len(frame) - below
        frame = table.parse(options)
        notes.append(f"Lines below the table are left out: {below}.")
    written = partial(table.written, options, frame)
    missing, told = missing_options(text, frame, written, named)
    return table.parse(options | missing) if missing else frame, options | missing, notes + told


def _n_lines_below(text: str, frame: Frame) -> int:
    """Return how many of the last rows are empty, or a remark."""
    if frame.shape[1] < 2:
        return 0
    below = LINE_BELOW.search(text[-LONGEST_LINE_BELOW:])
    n_rows = n_remarks = int(below is not None and frame.iloc[-1, 1:].isna().all())
    while n_rows < len(frame) and frame.iloc[-1 - n_rows].isna().all():
        n_rows += 1
    return n_rows if n_rows < len(frame) else n_remarks


def _check_whole(file: Path, text: str, frame: Frame) -> None:
    """Raise ValueError if there are no rows, or the last one seems to be cut."""
    import pandas as pd  # noqa: PLC0415

    if len(frame) == 0:
        msg = f"{file} has a header and no rows"
        raise ValueError(msg)
    cut = not text.endswith(("\n", "\r")) and pd.isna(frame.iloc[-1, -1])
    if cut and frame.shape[1] > 1 and frame.iloc[:-1, -1].notna().all():
        msg = f"{file} ends in the middle of its row {len(frame)}: it is truncated"
        raise ValueError(msg)


def _with_numbers(
    table: _Text, frame: Frame, options: dict[str, Any], separator: str, hints: Hints
) -> tuple[Frame, dict[str, Any], str, str, list[str]]:
    """Return the table with its numbers, as its marks say, and how that is done."""
    decimal = hints.decimal or OTHER_MARK.get(hints.thousands or "")
    notes: list[str] = []
    if decimal is None:
        written = partial(table.written, options, frame)
        decimal, notes = find_decimal(table.file, frame, written, separator)
    if decimal == ",":
        options = options | {"decimal": ","}
        frame = table.parse(options)
        notes = ["Numbers are read with a decimal comma."]
    conversions = find_conversions(frame, decimal)
    numbers = convert(frame, conversions)
    notes += told_of(conversions, frame, numbers)
    return numbers, options, conversion_code(conversions), decimal, notes


def first_line(error: BaseException) -> str:
    """Return the first line of what pandas complains of, in plainer words."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    if lines[0].startswith("Length of header"):
        return "its rows have more fields than its header has names"
    return lines[0].removeprefix("Error tokenizing data. C error: ").rstrip(".")
