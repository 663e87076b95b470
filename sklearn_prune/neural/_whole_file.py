"""Files that are whole or not there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place of an older one, in one step, when it is on the disk.

    Another process that writes the same file at the same time does no harm.
    """
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def remove_partials(folder: Path, stem: str = "*") -> None:
    """Remove what kills left of the files of a stem, as long as no process writes them."""
    for partial in folder.glob(f"{stem}.*.partial"):
        partial.unlink(missing_ok=True)
