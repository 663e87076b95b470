"""The finished parts of a report, so that it can be stopped and go on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .records import Record
from .whole_files import remove_rest, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from .records import Part


class Store:
    """The finished parts of one report, of one table and one plan.

    Parameters
    ----------
    folder : Path or None
        Where reports are; None keeps nothing.
    key : str
        What tells this report from others.
    resume : bool
        Whether to use what an earlier run has left. If not, it is written anew.
    """

    def __init__(self, folder: Path | None = None, key: str = "", *, resume: bool = False) -> None:
        self.folder = None if folder is None else folder / f"parts-{key}"
        self.resume = resume
        if self.folder is not None:
            remove_rest(self.folder, prefix="")  # nothing else is in this folder

    def load(self, part: Part) -> list[Record] | None:
        """Return the records of a part, or None if it is not finished, or the file is damaged."""
        if self.folder is None or not self.resume:
            return None
        try:
            rows = json.loads((self.folder / _name(part)).read_text(encoding="utf-8"))
            return [Record(*row) for row in rows]
        except (OSError, ValueError, TypeError, RecursionError):
            return None

    def save(self, part: Part, records: list[Record]) -> None:
        """Keep the records of a part."""
        if self.folder is not None:
            write_files(self.folder, {_name(part): json.dumps(records).encode()})


def _name(part: Part) -> str:
    inner = "outer" if part.inner is None else f"inner{part.inner}"
    return f"repeat{part.repeat}-fold{part.fold}-{inner}.json"
