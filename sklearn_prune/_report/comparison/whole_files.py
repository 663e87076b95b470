"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


# What files are called as long as they are not whole.
PREFIX, SUFFIX = ".sklearn_prune-", ".part"


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
            with NamedTemporaryFile(dir=folder, prefix=PREFIX, suffix=SUFFIX, delete=False) as file:
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


def remove_rest(folder: Path, prefix: str = PREFIX) -> None:
    """Remove what a process that was killed has left half written, under any name for no prefix."""
    for file in folder.glob(f"{prefix}*{SUFFIX}"):
        with suppress(OSError):
            file.unlink()
