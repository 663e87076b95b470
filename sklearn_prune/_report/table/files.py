"""Tables from files: CSV or parquet, compressed or not."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from .csv_dialects import read_csv
from .parquet import read_parquet

if TYPE_CHECKING:
    from pathlib import Path

    Frame = Any

GZIP, PARQUET = b"\x1f\x8b", b"PAR1"


class Table(NamedTuple):
    """What a file holds.

    Attributes
    ----------
    frame : DataFrame
    code : str
        A line of Python that reads it.
    notes : list of str
        What had to be guessed.
    """

    frame: Frame
    code: str
    notes: list[str]


def read_table(file: Path) -> Table:
    """Read a table.

    Raises
    ------
    ValueError
        If the file cannot be read, is empty, binary or truncated, or is no table; the
        message is one line.
    """
    content = _read_bytes(file)
    if content.startswith(PARQUET):
        return Table(*read_parquet(file))
    packed = content.startswith(GZIP)
    frame, options, notes = read_csv(file, _unpack(file, content) if packed else content)
    if packed:
        options["compression"] = "gzip"
    arguments = [_code(str(file)), *(f"{name}={_code(value)}" for name, value in options.items())]
    return Table(frame, f"pd.read_csv({', '.join(arguments)})", notes)


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
    """Return strings and numbers as Python code, with double quotes."""
    return json.dumps(value) if isinstance(value, str) else repr(value)
