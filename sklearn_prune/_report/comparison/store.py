"""Files that appear whole or not at all, and the finished parts of a report in them."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from .split import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .plan import Part


def write_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write several files: all of them are on the disk before the first takes its name.

    Raises
    ------
    OSError
        If there is no space or no permission; what was there before is left alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[tuple[Path, Path]] = []
    try:
        for name, content in contents.items():
            with NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False) as file:
                written.append((Path(file.name), folder / name))
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            written[-1][0].chmod(0o644)
        for temporary, final in written:
            temporary.replace(final)
    finally:
        for temporary, _ in written:
            with suppress(OSError):
                temporary.unlink()


def fingerprint(*things: Any) -> str:
    """Return a name for values that JSON knows, and bytes."""
    digest = blake2b(digest_size=8)
    for thing in things:
        digest.update(thing if isinstance(thing, bytes) else json.dumps(thing).encode())
    return digest.hexdigest()


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

    def load(self, part: Part) -> list[Record] | None:
        """Return the records of a part, or None if it is not finished."""
        if self.folder is None or not self.resume:
            return None
        try:
            rows = json.loads((self.folder / _name(part)).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return [Record(*row) for row in rows]

    def save(self, part: Part, records: list[Record]) -> None:
        """Keep the records of a part."""
        if self.folder is not None:
            write_files(self.folder, {_name(part): json.dumps(records).encode()})


def _name(part: Part) -> str:
    inner = "outer" if part.inner is None else f"inner{part.inner}"
    return f"repeat{part.repeat}-fold{part.fold}-{inner}.json"
