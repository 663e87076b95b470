"""Tables from parquet files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .csv_tables import first_line

if TYPE_CHECKING:
    from pathlib import Path

    Frame = Any


def read_parquet(file: Path) -> tuple[Frame, str, list[str]]:
    """Return the table in a file, or in those of a folder, code that reads it, and what was done.

    An index with a name was a column once, and is one again.

    Raises
    ------
    ValueError
        If the file cannot be read; the message is one line.
    """
    return with_index(_read(file), f"pd.read_parquet({str(file)!r})")


def with_index(frame: Frame, code: str) -> tuple[Frame, str, list[str]]:
    """Return a table whose index is a column if it has a name, code for it, and what was done."""
    names = [name for name in frame.index.names if name is not None]
    if not names:
        return frame, code, []
    frame = frame.reset_index(allow_duplicates=True)
    return (
        frame,
        f"{code}.reset_index()",
        [f"Columns from the index: {', '.join(map(str, names))}."],
    )


def _read(file: Path) -> Frame:
    import pandas as pd  # noqa: PLC0415

    try:
        return pd.read_parquet(file)
    except ImportError:
        raise
    except Exception as error:
        msg = f"cannot read {file} as parquet, it may be truncated: {first_line(error)}"
        raise ValueError(msg) from error
