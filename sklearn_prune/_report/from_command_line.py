"""What the command line asks about: a table that is read and checked, or the digits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sklearn.datasets import load_digits

from .comparison.plan import Plan, make_plan
from .table.columns import as_frame, check_features, check_target, match_columns, split_target
from .table.files import Table, read_table
from .table.targets import Target, encode_target

if TYPE_CHECKING:
    import argparse

DIGITS_CODE = """\
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
    unknown = [name for name in args.drop if name not in X]
    if unknown:
        msg = f"--drop {unknown[0]}: there is no such column besides the target"
        raise ValueError(msg)
    notes = check_target(y, classification=classification)
    X, more = check_features(X.drop(columns=args.drop), impute=args.impute)
    plan = make_plan(
        len(X),
        budgets=args.budget,
        widths=args.width,
        strategies=args.strategy,
        cv=args.cv,
        repeats=args.repeats,
        seed=args.seed,
        classification=classification,
        impute=args.impute,
    )
    left_out = [name for name in frame if name not in X]
    target = encode_target(y, classification=classification)
    used = [*X, column]
    loading = (
        f"{table.code}\n{_conversion('table', table.frame, frame[used])}"
        f"X = table.drop(columns={_quoted(left_out)})\ny = {_target_code(column, target)}"
    )
    unlabeled, unlabeled_loading = None, ""
    if args.unlabelled is not None:
        rows = read_table(args.unlabelled)
        plain = as_frame(rows.frame, str(args.unlabelled))
        unlabeled = match_columns(X, plain, impute=args.impute)
        unlabeled_loading = (
            f"rows = {rows.code}\n{_conversion('rows', rows.frame, plain[X.columns])}"
            "X_unlabeled = rows[X.columns]"
        )
    name = "digits, odd against even" if args.file is None else f"{args.file.name}, {column}"
    return Problem(
        name, X, unlabeled, target, plan, table.notes + notes + more, (loading, unlabeled_loading)
    )


def _read(args: argparse.Namespace) -> tuple[Table, str | None, bool]:
    """Return the table, the name of its target, and whether that is a class."""
    if args.file is not None:
        table = read_table(args.file)
        return table._replace(code=f"table = {table.code}"), args.target, args.classification
    if args.target is not None:
        msg = f"--target {args.target} needs a FILE: give the table before the options"
        raise ValueError(msg)
    digits = load_digits(as_frame=True)
    frame = digits.data.assign(odd=digits.target % 2)
    code = f"from sklearn.datasets import load_digits\n\n{DIGITS_CODE}"
    return Table(frame, code, []), "odd", True


def _conversion(table: str, raw: Any, plain: Any) -> str:
    """Return code that does to the columns of a file what `as_frame` did, where it matters."""
    raw = raw.rename(columns=str)
    numbers = [name for name in plain if _becomes_number(raw[name], plain[name])]
    text = [name for name in plain if plain[name].dtype == object and not _is_text(raw[name])]
    code = ""
    if numbers:
        code += f"{table} = {table}.astype(dict.fromkeys({_quoted(numbers)}, float))\n"
    if text:
        names = _quoted(text)
        code += f"text = {table}[{names}]\n"
        code += f"{table}[{names}] = text.astype(str).astype(object).where(text.notna(), np.nan)\n"
    return code


def _becomes_number(raw: Any, plain: Any) -> bool:
    return raw.dtype == object and plain.dtype != object


def _is_text(column: Any) -> bool:
    """Return whether scikit-learn takes a column for the categories that its texts are."""
    import pandas as pd  # noqa: PLC0415

    if isinstance(column.dtype, pd.StringDtype):
        return not column.isna().any() or column.dtype.na_value is not pd.NA
    if isinstance(column.dtype, pd.CategoricalDtype):
        return True
    return column.dtype == object and pd.api.types.infer_dtype(column, skipna=True) == "string"


def _target_code(column: str | None, target: Target) -> str:
    """Return code that makes the target as `encode_target` does."""
    y = f"table[{_quoted(column)}]"
    if not target.classes:
        return f"{y}.astype(float)"
    if len(target.classes) == 2:
        second = target.classes[1]
        return f"np.where({y} == {_quoted(second)}, 1.0, -1.0)"
    return f"pd.get_dummies({y}).astype(float)"


def _quoted(value: Any) -> str:
    """Return strings and numbers as Python code, with double quotes."""
    return json.dumps(value, ensure_ascii=False)
