"""What the command line asks about: a table that is read and checked, or the digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sklearn.datasets import load_digits

from sklearn_prune._report.comparison.plan import Plan, make_plan
from sklearn_prune._report.table.columns import as_frame, check_features, match_columns
from sklearn_prune._report.table.csv_tables import Hints
from sklearn_prune._report.table.files import Table, read_table
from sklearn_prune._report.table.loading_code import labelled_code, unlabelled_code
from sklearn_prune._report.table.target_column import check_target, split_target
from sklearn_prune._report.table.targets import Target, encode_target

if TYPE_CHECKING:
    import argparse

DIGITS_CODE = """\
from sklearn.datasets import load_digits

digits = load_digits(as_frame=True)
table = digits.data.assign(odd=digits.target % 2)"""


class Problem(NamedTuple):
    """A table, checked, and what to do with it.

    Attributes
    ----------
    name : str
        Name of the data and of the target.
    X, X_unlabeled : DataFrame
        What to learn from, and rows without a target, or None.
    target : Target
    plan : Plan
    notes : list of str
        What was found, and done.
    loading : tuple of two str
        Python code that makes the same X and y, and the rows without a target.
    """

    name: str
    X: Any
    X_unlabeled: Any
    target: Target
    plan: Plan
    notes: list[str]
    loading: tuple[str, str]


def read_problem(args: argparse.Namespace) -> Problem:
    """Read what the command line names, and check all of it before anything is computed.

    Raises
    ------
    ValueError
        If something cannot be used; the message is one line.
    """
    table, column, classification = _read(args)
    frame = as_frame(table.frame, str(args.file))
    X, y = split_target(frame, column, str(args.file))
    _check_drop(args.drop, X)
    target_notes = check_target(y, classification=classification)
    X, feature_notes = check_features(X.drop(columns=args.drop), impute=args.impute)
    plan = _plan(args, len(X), classification=classification)
    target = encode_target(y, classification=classification)
    X_unlabeled, unlabelled_loading = _read_unlabelled(args, X, table.decimal)
    return Problem(
        "digits, odd against even" if args.file is None else f"{args.file.name}, {column}",
        X,
        X_unlabeled,
        target,
        plan,
        table.notes + target_notes + feature_notes,
        (labelled_code(table, frame, X, y.name, target), unlabelled_loading),
    )


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


def _plan(args: argparse.Namespace, n_rows: int, *, classification: bool) -> Plan:
    """Return what to compare on a table of so many rows."""
    return make_plan(
        n_rows,
        budgets=args.budget,
        widths=args.width,
        strategies=args.strategy,
        cv=args.cv,
        repeats=args.repeats,
        seed=args.seed,
        classification=classification,
        impute=args.impute,
    )


def _read_unlabelled(args: argparse.Namespace, X: Any, decimal: str | None) -> tuple[Any, str]:
    """Return the rows without a target, and code that makes them, or None and no code.

    Their decimal mark is that of the table.
    """
    if args.unlabelled is None:
        return None, ""
    hints = _hints(args)._replace(decimal=decimal)
    table = read_table(args.unlabelled, hints)
    frame = as_frame(table.frame, str(args.unlabelled))
    return match_columns(X, frame, impute=args.impute), unlabelled_code(table, frame, X)
