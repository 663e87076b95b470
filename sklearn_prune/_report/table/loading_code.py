"""Python code that makes the same columns and the same target as the report learns from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .codes import texts_of_numbers
from .targets import are_fractions

if TYPE_CHECKING:
    from .files import Table
    from .row_labels import RowLabels
    from .targets import Target

    Frame = Any
    Column = Any


def labelled_code(
    table: Table,
    frame: Frame,
    X: Frame,
    column: str,
    target: Target,
    labels: RowLabels | None = None,
) -> str:
    """Return code that makes X and y.

    Parameters
    ----------
    table : Table
        What was read; its code assigns to `table`.
    frame : DataFrame
        The same, as `as_frame` returns it.
    X : DataFrame
        The columns to learn from.
    column : str
        The column to predict.
    target : Target
        That column.
    labels : RowLabels, optional
        Which rows depend on each other: that calibrates classifiers.
    """
    rows = _row_code(labels, target)
    left_out = [name for name in frame if name not in X]
    return (
        f"{table.code}\n{conversion('table', table.frame, frame[[*X, column]])}{rows}"
        f"X = table.drop(columns={_quoted(left_out)})\ny = {_target_code(column, target)}"
    )


def _row_code(labels: RowLabels | None, target: Target) -> str:
    """Return code that makes groups, or brings rows into the order of time."""
    if labels is None or not target.classes:
        return ""
    name = _quoted(labels.name)
    if labels.date_format is None:
        return f"groups = table[{name}]\n"
    if not labels.date_format:
        return f'table = table.sort_values({name}, kind="stable")\n'
    return (
        f"dates = pd.to_datetime(table[{name}], format={_quoted(labels.date_format)}, utc=True)\n"
        'table = table.loc[dates.sort_values(kind="stable").index]\n'
    )


def unlabelled_code(table: Table, frame: Frame, X: Frame) -> str:
    """Return code that makes `X_unlabeled`, with the columns of X."""
    plain = frame[X.columns]
    codes = [name for name in plain if X[name].dtype == object != plain[name].dtype]
    return (
        f"rows = {table.code}\n{conversion('rows', table.frame, plain)}"
        f"{''.join(_translation(plain[name], X[name]) for name in codes)}"
        "X_unlabeled = rows[X.columns]"
    )


def _translation(numbers: Column, known: Column) -> str:
    """Return code that makes the texts of the other rows of numbers."""
    column = f"rows[{_quoted(numbers.name)}]"
    texts = texts_of_numbers(numbers, known)
    return f'{column} = {column}.astype("{numbers.dtype}").map({texts!r})\n'


def conversion(table: str, raw: Frame, plain: Frame) -> str:
    """Return code that does to the columns of a file what `as_frame` did, where it matters.

    Parameters
    ----------
    table : str
        Name of the variable that holds the table.
    raw, plain : DataFrame
        The table before and after, of which the columns of `plain` matter.
    """
    code = ""
    if not all(isinstance(name, str) for name in raw.columns):
        code = f"{table}.columns = {table}.columns.map(str)\n"
        raw = raw.set_axis(raw.columns.map(str), axis=1)
    numbers = [name for name in plain if _becomes_number(raw[name], plain[name])]
    text = [name for name in plain if plain[name].dtype == object and not _is_text(raw[name])]
    if numbers:
        names = _quoted(numbers)
        code += f"numbers = {table}[{names}]\n"
        code += f"{table}[{names}] = numbers.where(numbers.notna(), np.nan).astype(float)\n"
    if text:
        names = _quoted(text)
        code += f"text = {table}[{names}]\n"
        code += f"{table}[{names}] = text.map(str).astype(object).where(text.notna(), np.nan)\n"
    return code


def _becomes_number(raw: Column, plain: Column) -> bool:
    import pandas as pd  # noqa: PLC0415

    other = raw.dtype == object or isinstance(raw.dtype, pd.CategoricalDtype)
    return other and plain.dtype != object


def _is_text(column: Column) -> bool:
    """Return whether scikit-learn takes a column for the categories that its texts are."""
    import pandas as pd  # noqa: PLC0415

    if isinstance(column.dtype, pd.StringDtype):
        return not column.isna().any() or column.dtype.na_value is not pd.NA
    values = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column
    if isinstance(values.dtype, pd.StringDtype):
        return True
    missing_is_nan = all(isinstance(value, float) for value in column[column.isna()])
    texts = values.dtype == object and pd.api.types.infer_dtype(values, skipna=True) == "string"
    return texts and missing_is_nan


def _target_code(column: str, target: Target) -> str:
    """Return code that makes numbers, or the labels of classes."""
    y = f"table[{_quoted(column)}]"
    if target.classes and not are_fractions(target.classes):
        return y
    return f"{y}.astype({'str' if target.classes else 'float'})"


def _quoted(value: Any) -> str:
    """Return strings and numbers as Python code, with double quotes."""
    return json.dumps(value, ensure_ascii=False)
