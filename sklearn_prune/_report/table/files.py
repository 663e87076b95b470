"""Tables from files: CSV or parquet, compressed or not, and folders of parquet files."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from .csv_tables import Hints, read_csv
from .parquet import read_parquet
from .parquet_files import ParquetFiles, is_parquet

if TYPE_CHECKING:
    from pathlib import Path

    Frame = Any

NO_HINTS = Hints()
GZIP = b"\x1f\x8b"


class Table(NamedTuple):
    """What a file holds.

    Attributes
    ----------
    frame : DataFrame
    code : str
        A line of Python that reads it.
    notes : list of str
        What had to be guessed.
    decimal : {".", ","} or None
        What stands before decimals in a text.
    """

    frame: Frame
    code: str
    notes: list[str]
    decimal: str | None = None


def read_table(file: Path, hints: Hints = NO_HINTS) -> Table:
    """Read a table.

    Parameters
    ----------
    file : Path
        A file, or a folder of parquet files.
    hints : Hints
        What the user says of it, if it is CSV.

    Raises
    ------
    ValueError
        If the file cannot be read, is empty, binary or truncated, or is no table; the
        message is one line.
    """
    if is_parquet(file):
        if file.is_dir():
            ParquetFiles(file)  # which are alike
        return Table(*read_parquet(file))
    content = _read_bytes(file)
    packed = content.startswith(GZIP)
    table = read_csv(file, _unpack(file, content) if packed else content, hints)
    options = table.options | ({"compression": "gzip"} if packed else {})
    arguments = [_code(str(file)), *(f"{name}={_code(value)}" for name, value in options.items())]
    code = f"pd.read_csv({', '.join(arguments)}){table.then}"
    return Table(table.frame, code, table.notes, table.decimal)


def _read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        msg = f"cannot read {file}: {(error.strerror or str(error)).lower()}"
        raise ValueError(msg) from error


def _unpack(file: Path, content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        msg = f"{file} is a truncated or damaged gzip file: {error}"
        raise ValueError(msg) from error


def _code(value: Any) -> str:
    """Return a value as Python code, with double quotes."""
    plain = value is None or isinstance(value, bool | int | range)
    return repr(value) if plain else json.dumps(value, ensure_ascii=False)
