"""What the command line asks about: a table that is read and checked, or the digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.datasets import load_digits

from sklearn_prune._onnx.export import ONNX
from sklearn_prune._onnx.onnx_file import require_onnx
from sklearn_prune._report.comparison.required_memory import memory_size
from sklearn_prune._report.table.columns import as_frame
from sklearn_prune._report.table.csv_tables import Hints
from sklearn_prune._report.table.files import Table, read_table
from sklearn_prune._report.table.loading_code import labelled_code, unlabelled_code
from sklearn_prune._report.table.parquet_files import ParquetFiles, is_parquet
from sklearn_prune._report.table.row_labels import group_labels, time_labels
from sklearn_prune._report.table.survey import first_rows
from sklearn_prune._report.table.target_column import split_target
from sklearn_prune._report.table.targets import are_fractions

from .checked_stream import check_stream
from .checked_table import CheckedTable, check_settings, check_table
from .dependent_rows import DependentRows, check_one

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

DIGITS_CODE = """\
from sklearn.datasets import load_digits

digits = load_digits(as_frame=True)
table = digits.data.assign(odd=digits.target % 2)"""
# A table that takes more than this share of the memory stays in its files.
STREAMED_SHARE = 0.25


class Problem(NamedTuple):
    """What the command line asks about.

    Attributes
    ----------
    name : str
        Name of the data and of the target.
    table : CheckedTable
    loading : tuple of two str
        Python code that makes the same X and y, and the rows without a target.
    """

    name: str
    table: CheckedTable
    loading: tuple[str, str]


def read_problem(args: argparse.Namespace) -> Problem:
    """Read what the command line names, and check all of it before anything is computed.

    Raises
    ------
    ValueError
        If something cannot be used; the message is one line.
    """
    check_settings(classification=args.classification, impute=args.impute, n_jobs=args.n_jobs)
    _check_save(args.save)
    files = _large_files(args)
    return _read_whole(args) if files is None else _read_streamed(args, files)


def _check_save(file: Path | None) -> None:
    """Raise ValueError if a model is to be saved for ONNX, which is not there."""
    if file is not None and file.suffix == ONNX:
        try:
            require_onnx()
        except ImportError as error:
            raise ValueError(f"--save {file}: {error}") from error


def _large_files(args: argparse.Namespace) -> ParquetFiles | None:
    """Return the parquet files that are named if they are too large to be read whole."""
    if args.file is None or not is_parquet(args.file):
        return None
    files = ParquetFiles(args.file)
    return files if files.n_bytes > STREAMED_SHARE * memory_size() else None


def _read_streamed(args: argparse.Namespace, files: ParquetFiles) -> Problem:
    """Leave the table in its files.

    Raises
    ------
    ValueError
        If there are options for which all rows would have to be held.
    """
    for option in "--unlabelled", "--save", "--groups", "--time":
        value = getattr(args, option.removeprefix("--"))
        if value is not None:
            msg = (
                f"{option} {value}: {args.file} takes too much of the memory, and is streamed, "
                f"which goes without: leave {option} out, or give fewer rows"
            )
            raise ValueError(msg)
    X, _ = split_target(first_rows(files), args.target, str(args.file))
    _check_drop(args.drop, X)
    table, code = check_stream(files, args.target, args.drop, **_settings(args))
    return Problem(f"{args.file.name}, {args.target}", table, (code, ""))


def _settings(args: argparse.Namespace) -> dict[str, Any]:
    """Return how the comparison is to be made."""
    return {
        "budgets": args.budget,
        "widths": args.width,
        "strategies": args.strategy,
        "cv": args.cv,
        "repeats": args.repeats,
        "seed": args.seed,
        "classification": args.classification,
        "impute": args.impute,
    }


def _read_whole(args: argparse.Namespace) -> Problem:
    """Read the whole table."""
    read, column, classification = _read(args)
    frame = as_frame(read.frame, str(args.file))
    X, y = split_target(frame, column, str(args.file))
    _check_drop(args.drop, X)
    dependent = _dependent_rows(args, X)
    left_out = [name for name in (args.groups, args.time) if name is not None]
    others, unlabeled = _read_unlabelled(args, read.decimal)
    table = check_table(
        X.drop(columns=[*args.drop, *left_out]),
        y,
        unlabeled,
        dependent=dependent,
        **(_settings(args) | {"classification": classification}),
    )
    loading = labelled_code(read, frame, table.X, y.name, table.target, dependent.labels)
    more = "" if others is None else unlabelled_code(others, unlabeled, table.X)
    raw = read.frame.set_axis(frame.columns, axis=1)[y.name]
    table = table._replace(target=table.target.named(_labels(raw, y)))
    name = "digits, odd against even" if args.file is None else f"{args.file.name}, {column}"
    return Problem(name, table._replace(notes=read.notes + table.notes), (loading, more))


def _labels(raw: Any, plain: Any) -> Any:
    """Return a target as `labelled_code` makes it, if it is of classes."""
    if are_fractions(plain):
        return plain.astype(str)
    return raw if isinstance(raw.dtype, np.dtype) and raw.dtype.kind in "biu" else plain


def _read(args: argparse.Namespace) -> tuple[Table, str | None, bool]:
    """Return the table, the name of its target, and whether that is a class."""
    if args.file is not None:
        table = read_table(args.file, _hints(args))
        return table._replace(code=f"table = {table.code}"), args.target, args.classification
    if args.target is not None:
        msg = f"--target {args.target} needs a FILE: give the table before the options"
        raise ValueError(msg)
    digits = load_digits(as_frame=True)
    frame = digits.data.assign(odd=digits.target % 2)
    return Table(frame, DIGITS_CODE, []), "odd", True


def _hints(args: argparse.Namespace) -> Hints:
    """Return how the CSV files are to be read.

    Raises
    ------
    ValueError
        If one character is to stand before decimals and between thousands.
    """
    if args.decimal is not None and args.decimal == args.thousands:
        msg = f"--decimal {args.decimal} is --thousands {args.thousands}, too: give one of them"
        raise ValueError(msg)
    header = {"yes": True, "no": False, None: None}[args.header]
    return Hints(args.encoding, args.decimal, args.thousands, header, tuple(args.missing))


def _dependent_rows(args: argparse.Namespace, X: Any) -> DependentRows:
    """Return what is known of rows that depend on each other."""
    check_one(args.groups, args.time, args.repeats)
    for option, name in ("--groups", args.groups), ("--time", args.time):
        if name is not None:
            _check_column(option, name, X)
    return DependentRows(
        None if args.groups is None else group_labels(X[args.groups], args.groups),
        None if args.time is None else time_labels(X[args.time], args.time),
    )


def _check_drop(drop: list[str], X: Any) -> None:
    for name in drop:
        _check_column("--drop", name, X)


def _check_column(option: str, name: str, X: Any) -> None:
    if name not in X:
        msg = f"{option} {name}: there is no such column besides the target"
        raise ValueError(msg)


def _read_unlabelled(args: argparse.Namespace, decimal: str | None) -> tuple[Table | None, Any]:
    """Return the rows without a target as they are, and as plain columns, or None.

    Their decimal mark is that of the table.
    """
    if args.unlabelled is None:
        return None, None
    table = read_table(args.unlabelled, _hints(args)._replace(decimal=decimal))
    return table, as_frame(table.frame, str(args.unlabelled))
