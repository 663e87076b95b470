"""Tables from parquet files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .csv_tables import first_line

if TYPE_CHECKING:
    from pathlib import Path

    Frame = Any


def read_parquet(file: Path) -> tuple[Frame, str, list[str]]:
    """Return the table in a file, code that reads it, and what was done.

    An index with a name was a column once, and is one again.

    Raises
    ------
    ValueError
        If the file cannot be read; the message is one line.
    """
    frame, code = _read(file), f"pd.read_parquet({str(file)!r})"
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
