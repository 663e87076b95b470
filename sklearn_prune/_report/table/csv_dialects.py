"""Tables from text: CSV in any usual dialect."""

from __future__ import annotations

import csv
import io
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    Frame = Any

NUL = b"\x00"
HEAD = 2**20
DELIMITERS = ";\t|, "
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_csv(file: Path, text: bytes) -> tuple[Frame, dict[str, Any], list[str]]:
    """Return the table in a text, the options for pandas, and what was guessed.

    Raises
    ------
    ValueError
        If the text is empty, binary or truncated, or is no table; the message is one line,
        and names the file.
    """
    if not text.strip():
        msg = f"{file} is empty"
        raise ValueError(msg)
    options, notes = _guess_options(file, text)
    frame = _parse(file, text, options)
    if "sep" in options and _has_decimal_commas(frame):
        other = _parse(file, text, options | {"decimal": ","})
        if _n_numeric(other) > _n_numeric(frame):
            frame, options["decimal"] = other, ","
            notes.append("Numbers are read with a decimal comma.")
    _check_whole(file, text, frame)
    return frame, options, notes


def _guess_options(file: Path, text: bytes) -> tuple[dict[str, Any], list[str]]:
    """Return the encoding and the delimiter, unless they are what pandas expects, and a note."""
    encoding, notes = _guess_encoding(file, text)
    options: dict[str, Any] = {} if encoding == "utf-8" else {"encoding": encoding}
    lines = text[:HEAD].decode(encoding, errors="ignore").splitlines()
    delimiter = _guess_delimiter([line for line in lines if line.strip()][:30])
    if delimiter != ",":
        options["sep"] = delimiter
    if lines and f"{delimiter} " in lines[0]:
        options["skipinitialspace"] = True
    _check_header(file, lines, delimiter)
    return options, notes


def _check_whole(file: Path, text: bytes, frame: Frame) -> None:
    """Raise ValueError if there are no rows, or the last one seems to be cut."""
    import pandas as pd  # noqa: PLC0415

    if len(frame) == 0:
        msg = f"{file} has a header and no rows"
        raise ValueError(msg)
    cut = not text.endswith((b"\n", b"\r", b"\n\x00")) and pd.isna(frame.iloc[-1, -1])
    if cut and frame.shape[1] > 1 and frame.iloc[:-1, -1].notna().all():
        msg = f"{file} ends in the middle of its row {len(frame)}: it is truncated"
        raise ValueError(msg)


def _guess_encoding(file: Path, text: bytes) -> tuple[str, list[str]]:
    """Return the encoding of a text: UTF-8, UTF-16 with a mark, or else Windows-1252."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if text.startswith(mark):
            return encoding, []
    start = _start_of_other_bytes(text)
    if NUL in text[:HEAD] or (start is not None and _has_control_bytes(text[:HEAD])):
        msg = f"{file} is binary, and neither parquet nor gzip: give a CSV or parquet file"
        raise ValueError(msg)
    if start is None:
        return "utf-8", []
    note = f"The file is not UTF-8 (byte 0x{text[start]:02x} at {start}) but read as Windows-1252."
    return "cp1252", [note]


def _start_of_other_bytes(text: bytes) -> int | None:
    """Return where a text stops being UTF-8, None if it does not."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _has_control_bytes(text: bytes) -> bool:
    """Return whether more than one byte in a hundred would be no character of a text."""
    control = sum(byte < 9 or 13 < byte < 27 for byte in text)
    return control > len(text) // 100


def _guess_delimiter(lines: list[str]) -> str:
    """Return the delimiter that cuts all lines alike, else what the sniffer finds.

    The comma comes late: decimal numbers have it, too.
    """
    header = lines[0] if lines else ""
    candidates = [delimiter for delimiter in DELIMITERS if delimiter in header]
    for delimiter in candidates:
        if _is_regular(lines, delimiter):
            return delimiter
    try:
        return csv.Sniffer().sniff("\n".join(lines), "".join(candidates)).delimiter
    except csv.Error:
        return max(candidates, key=header.count, default=",")


def _is_regular(lines: list[str], delimiter: str) -> bool:
    """Return whether the records have as many fields each; the last one may be cut."""
    try:
        records = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return False
    return len({len(record) for record in records[: max(2, len(records) - 1)]}) == 1


def _check_header(file: Path, lines: list[str], delimiter: str) -> None:
    """Raise ValueError if names occur twice, which pandas would rename."""
    try:
        names = next(csv.reader(lines, delimiter=delimiter), [])
    except csv.Error as error:
        msg = f"cannot read {file} as a table, a quote may not be closed: {error}"
        raise ValueError(msg) from error
    header = [name.strip() for name in names]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        msg = f"{file} has more than one column {twice[0]!r}: give every column a name of its own"
        raise ValueError(msg)


def _parse(file: Path, text: bytes, options: dict[str, Any]) -> Frame:
    """Parse with pandas, and turn its complaints into one line."""
    import pandas as pd  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(io.BytesIO(text), index_col=False, low_memory=False, **options)
    except (ValueError, pd.errors.ParserWarning) as error:
        msg = f"cannot read {file} as a table: {first_line(error)}"
        raise ValueError(msg) from error


def _has_decimal_commas(frame: Frame) -> bool:
    """Return whether a column of text has a number with a comma."""
    return any(
        column.dropna().astype(str).str.fullmatch(r"[+-]?\d*,\d+").any()
        for name, column in frame.select_dtypes(exclude="number").items()
    )


def _n_numeric(frame: Frame) -> int:
    return frame.select_dtypes("number").shape[1]


def first_line(error: BaseException) -> str:
    """Return the first line of what pandas complains of, in plainer words."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    if lines[0].startswith("Length of header"):
        return "its rows have more fields than its header has names"
    return lines[0].removeprefix("Error tokenizing data. C error: ").rstrip(".")
