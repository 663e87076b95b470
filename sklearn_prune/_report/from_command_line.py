"""What the command line asks about: a table that is read and checked, or the digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sklearn.datasets import load_digits

from sklearn_prune._report.table.columns import as_frame
from sklearn_prune._report.table.csv_tables import Hints
from sklearn_prune._report.table.files import Table, read_table
from sklearn_prune._report.table.loading_code import labelled_code, unlabelled_code
from sklearn_prune._report.table.target_column import split_target

from .checked_table import CheckedTable, check_settings, check_table

if TYPE_CHECKING:
    import argparse

DIGITS_CODE = """\
from sklearn.datasets import load_digits

digits = load_digits(as_frame=True)
table = digits.data.assign(odd=digits.target % 2)"""


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
    read, column, classification = _read(args)
    frame = as_frame(read.frame, str(args.file))
    X, y = split_target(frame, column, str(args.file))
    _check_drop(args.drop, X)
    others, unlabeled = _read_unlabelled(args, read.decimal)
    table = check_table(
        X.drop(columns=args.drop),
        y,
        unlabeled,
        budgets=args.budget,
        widths=args.width,
        strategies=args.strategy,
        cv=args.cv,
        repeats=args.repeats,
        seed=args.seed,
        classification=classification,
        impute=args.impute,
    )
    loading = labelled_code(read, frame, table.X, y.name, table.target)
    more = "" if others is None else unlabelled_code(others, unlabeled, table.X)
    name = "digits, odd against even" if args.file is None else f"{args.file.name}, {column}"
    return Problem(name, table._replace(notes=read.notes + table.notes), (loading, more))


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


def _check_drop(drop: list[str], X: Any) -> None:
    unknown = [name for name in drop if name not in X]
    if unknown:
        msg = f"--drop {unknown[0]}: there is no such column besides the target"
        raise ValueError(msg)


def _read_unlabelled(args: argparse.Namespace, decimal: str | None) -> tuple[Table | None, Any]:
    """Return the rows without a target as they are, and as plain columns, or None.

    Their decimal mark is that of the table.
    """
    if args.unlabelled is None:
        return None, None
    table = read_table(args.unlabelled, _hints(args)._replace(decimal=decimal))
    return table, as_frame(table.frame, str(args.unlabelled))
