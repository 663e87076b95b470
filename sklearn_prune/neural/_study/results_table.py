"""The table of finished runs, a CSV file to which every run adds its row at once."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from typing import TYPE_CHECKING, Any

from sklearn_prune.neural._whole_file import remove_partials, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

COLUMNS = (
    "key",
    "architecture",
    "data",
    "method",
    "width",
    "base_width",
    "seed",
    "n_weights",
    "n_kept",
    "train_error",
    "test_error",
    "epochs",
    "retrain",
    "retrain_epochs",
    "n_train",
    "batch_size",
    "learning_rate",
    "augmentation",
    "precision",
    "device",
)
CHECK = "check"
HEADER = ",".join((*COLUMNS, CHECK)) + "\n"

# What is not text, and not empty, is a number.
INTEGERS = {"width", "base_width", "seed", "n_weights", "n_kept", "epochs", "retrain_epochs"}
INTEGERS |= {"n_train", "batch_size"}
FLOATS = {"train_error", "test_error", "learning_rate"}


class ResultsTable:
    """Rows by the key of their run.

    The last value of a line is a hash of the others: what a full disk or a text editor
    left of a line is found when the table is read.

    Parameters
    ----------
    path : Path
        File, which need not exist.

    Attributes
    ----------
    rows : dict of str to dict
        The rows.

    Raises
    ------
    ValueError
        If the file is damaged, or another table.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.rows = path, read_table(path) if path.exists() else {}

    def append(self, row: dict[str, Any]) -> None:
        """Add a row, and return when it is on the disk."""
        if self.path.exists():
            with self.path.open("a", encoding="utf-8", newline="") as file:
                file.write(_line(row))
                file.flush()
                os.fsync(file.fileno())
        else:
            self._write([row])
        self.rows[row["key"]] = row

    def sort(self, keys: Sequence[str]) -> None:
        """Bring the rows with these keys to the front, in their order."""
        if self.path.exists():
            first = {key: self.rows[key] for key in keys if key in self.rows}
            self.rows = first | self.rows
            self._write(self.rows.values())

    def clean_up(self) -> None:
        """Remove what a kill left, as long as no process writes."""
        remove_partials(self.path.parent, self.path.stem)

    def _write(self, rows: Iterable[dict[str, Any]]) -> None:
        """Replace the file by one of these rows, in one step."""
        write_whole(self.path, "".join([HEADER, *map(_line, rows)]).encode())


def read_table(path: Path) -> dict[str, dict[str, Any]]:
    """Return the rows of a table by their keys.

    Raises
    ------
    ValueError
        If the file is no such table, or a line of it is damaged.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = file.readlines()
    except UnicodeDecodeError as error:
        msg = f"{path} is not a table of results, or damaged: {error}. Move it away."
        raise ValueError(msg) from error
    if not lines or lines[0] != HEADER:
        msg = f"{path} is not a table of results, or its first line is damaged: move it away."
        raise ValueError(msg)
    rows = {}
    for number, line in enumerate(lines[1:], start=2):
        values = next(csv.reader([line]), [])
        if len(values) != len(COLUMNS) + 1 or line != _line(
            dict(zip(COLUMNS, values, strict=False))
        ):
            msg = f"Line {number} of {path} is damaged: delete it, and its run will be repeated."
            raise ValueError(msg)
        row = {name: _parse(name, value) for name, value in zip(COLUMNS, values, strict=False)}
        rows[row["key"]] = row
    return rows


def _line(row: dict[str, Any]) -> str:
    """Return the line of a row, and the hash of it at its end."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(
        "" if row[name] is None else row[name] for name in COLUMNS
    )
    return f"{text.getvalue()},{hashlib.sha256(text.getvalue().encode()).hexdigest()[:8]}\n"


def _parse(name: str, value: str) -> Any:
    if value == "":
        return None
    return int(value) if name in INTEGERS else float(value) if name in FLOATS else value
