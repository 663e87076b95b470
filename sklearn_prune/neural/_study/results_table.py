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
    "sparsity",
    "label_noise",
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
# Columns that earlier tables do not have, and what their rows are.
ADDED = {"sparsity": None, "label_noise": 0.0}
EARLIER = tuple(name for name in COLUMNS if name not in ADDED)


def _header(columns: Sequence[str]) -> str:
    return ",".join((*columns, CHECK)) + "\n"


HEADER = _header(COLUMNS)
VERSIONS = {_header(columns): columns for columns in (COLUMNS, EARLIER)}

# What is not text, and not empty, is a number.
INTEGERS = {"width", "base_width", "seed", "n_weights", "n_kept", "epochs", "retrain_epochs"}
INTEGERS |= {"n_train", "batch_size"}
FLOATS = {"sparsity", "label_noise", "train_error", "test_error", "learning_rate"}


class ResultsTable:
    """Rows by the key of their run.

    The last value of a line is a hash of the others: what a full disk or a text editor
    left of a line is found when the table is read. A table of an earlier version is read as
    well, and gets the columns that it lacks with the next row.

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
        if self._can_grow():
            with self.path.open("a", encoding="utf-8", newline="") as file:
                file.write(_line(row, COLUMNS))
                file.flush()
                os.fsync(file.fileno())
        else:
            self._write([*self.rows.values(), row])
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

    def _can_grow(self) -> bool:
        """Return whether there is a file, and it has all columns of today."""
        if not self.path.exists():
            return False
        with self.path.open(encoding="utf-8", newline="") as file:
            return file.readline() == HEADER

    def _write(self, rows: Iterable[dict[str, Any]]) -> None:
        """Replace the file by one of these rows, in one step."""
        lines = (_line(row, COLUMNS) for row in rows)
        write_whole(self.path, "".join([HEADER, *lines]).encode())


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
    if not lines or lines[0] not in VERSIONS:
        msg = f"{path} is not a table of results, or its first line is damaged: move it away."
        raise ValueError(msg)
    columns, rows = VERSIONS[lines[0]], {}
    for number, line in enumerate(lines[1:], start=2):
        values = next(csv.reader([line]), [])[:-1]
        texts = dict(zip(columns, values, strict=False))
        if len(values) != len(columns) or line != _line(texts, columns):
            msg = f"Line {number} of {path} is damaged: delete it, and its run will be repeated."
            raise ValueError(msg)
        row = ADDED | {name: _parse(name, value) for name, value in texts.items()}
        rows[row["key"]] = row
    return rows


def _line(row: dict[str, Any], columns: Sequence[str]) -> str:
    """Return the line of a row, and the hash of it at its end."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(
        "" if row[name] is None else row[name] for name in columns
    )
    return f"{text.getvalue()},{hashlib.sha256(text.getvalue().encode()).hexdigest()[:8]}\n"


def _parse(name: str, value: str) -> Any:
    if value == "":
        return None
    return int(value) if name in INTEGERS else float(value) if name in FLOATS else value
