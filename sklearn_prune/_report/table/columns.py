"""The columns of a table: what can be learned from, what cannot, and what to be told of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from .preparation import MOST_CATEGORIES, NUMBERS
from .written_numbers import share_of_numbers

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    Frame = Any
    Column = Any

IDENTIFIER = re.compile(
    r"(^|[_\s.-])(id|idx|index|key|uuid|guid|nr|no|number)$|^unnamed: 0$", re.IGNORECASE
)
# A text column with more different values than this share of the rows tells rows apart.
DISTINCT_SHARE = 0.5
# Consecutive numbers count the rows, unless they are times, by their name or as years.
TIME = re.compile(r"(^|[_\W])(date|day|time|week|month|year)", re.IGNORECASE)
YEARS = (1800, 2100)
DATE = re.compile(
    r"\d{4}[-/]\d{1,2}([-/]\d{1,2})?(\D.*)?|\d{4}\.\d{1,2}\.\d{1,2}(\D.*)?"
    r"|\d{1,2}[-/. ]+(\d{1,2}|[^\W\d_]{3,9})[-/., ]+\d{2,4}(\D.*)?"
    r"|[^\W\d_]{3,9}\.? \d{1,2},? \d{4}(\D.*)?|\d{1,2}:\d{2}(:\d{2})?([.,]\d+)?"
)
# With fewer values than these a column may be empty in the training rows of a fold.
FEWEST_VALUES = 10


def as_frame(X: Any, name: str = "X") -> Frame:
    """Return a table as a data frame with names that are strings.

    Raises
    ------
    ValueError
        If names are not unique, or it is not two-dimensional.
    """
    import pandas as pd  # noqa: PLC0415

    if not isinstance(X, pd.DataFrame):
        X = X.to_pandas() if hasattr(X, "to_pandas") else X
    if np.ndim(X) != 2:
        msg = f"{name} has {np.ndim(X)} dimensions: give a table of rows and columns"
        raise ValueError(msg)
    if not isinstance(X, pd.DataFrame):  # rows may have numbers and text
        X = pd.DataFrame(X if isinstance(X, list | tuple) else np.asarray(X)).add_prefix("x")
    frame = X
    frame = frame.reset_index(drop=True).rename(columns=str)
    twice = frame.columns[frame.columns.duplicated()].unique()
    if len(twice):
        msg = f"the column name {twice[0]!r} occurs more than once: give every column its own"
        raise ValueError(msg)
    return _plain_columns(frame)


def _plain_columns(frame: Frame) -> Frame:
    """Return columns as numbers or as text; those of numbers together, for there may be many."""
    numeric = [dtype.kind in "biuf" and isinstance(dtype, np.dtype) for dtype in frame.dtypes]
    if all(numeric):
        return frame.astype(np.float64)
    numbers = dict.fromkeys(frame.columns[numeric], np.float64)
    others = {name: _plain_column(frame[name]) for name in frame.columns[np.invert(numeric)]}
    return frame.astype(numbers).assign(**others)


def _plain_column(column: Column) -> Column:
    """Return a column as numbers or as text, with NaN for what is missing."""
    import pandas as pd  # noqa: PLC0415

    kind = pd.api.types
    if kind.is_bool_dtype(column.dtype) or kind.is_numeric_dtype(column.dtype):
        return column.astype(np.float64)
    if kind.is_object_dtype(column.dtype) and kind.infer_dtype(column, skipna=True) in (
        "integer",
        "floating",
        "mixed-integer-float",
        "boolean",
        "decimal",
    ):
        return column.astype(np.float64)
    return (
        column.astype(object).where(column.isna(), column.astype(str)).where(column.notna(), np.nan)
    )


def check_features(X: Frame, *, impute: bool) -> tuple[Frame, list[str]]:
    """Return the columns that can be learned from, and what to tell of them.

    Raises
    ------
    ValueError
        If values are infinite, or missing without `impute`, or every column is constant.
    """
    _check_finite(X)
    missing = X.columns[X.isna().any()]
    if not impute:
        _check_known(X, missing)
    _check_enough(X)
    different = _count_different(X)
    constant = X.columns[different <= 1]
    X = X.drop(columns=constant)
    if X.shape[1] == 0:
        msg = "every column but the target is constant: there is nothing to learn from"
        raise ValueError(msg)
    notes = []
    if len(constant):
        notes.append(f"Constant columns are left out: {listed(constant)}.")
    if len(missing):
        notes.append(f"Missing values are filled in: {listed(missing)}.")
    return X, notes + _warnings(X, different)


def _count_different(X: Frame) -> Column:
    """Return the number of different values of each column."""
    import pandas as pd  # noqa: PLC0415

    numbers = X.select_dtypes(list(NUMBERS))
    values = np.sort(numbers.to_numpy(np.float64), axis=0)
    known = ~np.isnan(values)
    steps = ((values[1:] != values[:-1]) & known[1:]).sum(axis=0) + known[:1].sum(axis=0)
    texts = X.drop(columns=numbers.columns)
    return pd.concat([pd.Series(steps, numbers.columns), texts.nunique()])[X.columns]


def _check_finite(X: Frame) -> None:
    numbers = X.select_dtypes(list(NUMBERS))
    infinite = numbers.columns[np.isinf(numbers).any()]
    if len(infinite):
        msg = f"infinite values in {listed(infinite)}: drop or correct these rows"
        raise ValueError(msg)


def _check_known(X: Frame, missing: Any) -> None:
    if len(missing):
        n_rows = int(X.isna().any(axis=1).sum())
        msg = (
            f"missing values in {n_rows} rows, in {listed(missing)}: drop these rows, or add "
            "--impute to fill in medians and most frequent values of the training rows"
        )
        raise ValueError(msg)


def _check_enough(X: Frame) -> None:
    """Raise ValueError if a column has so few values that a fold may have none to train on."""
    known = X.notna().sum()
    scarce = X.columns[(known > 0) & (known < min(FEWEST_VALUES, len(X)))]
    if len(scarce):
        msg = (
            f"fewer than {FEWEST_VALUES} values in {listed(scarce)}, which may all be missing in "
            "training rows: leave out with --drop"
        )
        raise ValueError(msg)


def _warnings(X: Frame, different: Column) -> list[str]:
    """Return what a careful reader would ask about the columns."""
    notes = []
    others = X.columns.difference(_with_fractions(X), sort=False)
    identifiers = [name for name in others if _is_identifier(X[name], name, different[name])]
    if identifiers:
        look = "looks like an identifier" if len(identifiers) == 1 else "look like identifiers"
        notes.append(
            f"Warning: {listed(identifiers)} {look}, which cannot help with new rows: leave out "
            "with --drop."
        )
    for name in X.select_dtypes(object):
        notes += _warnings_of_text(X[name], name, different[name], counted=name in identifiers)
    copies = _share_of_copies(X.drop(columns=identifiers))
    if copies > 0.01:
        notes.append(
            f"{copies:.0%} of the rows are copies of others, and may be trained and judged on."
        )
    return notes


def _with_fractions(X: Frame) -> Any:
    """Return the columns of numbers that are not all whole."""
    numbers = X.select_dtypes(list(NUMBERS))
    values = numbers.to_numpy(np.float64)
    return numbers.columns[(values != np.round(values)).any(axis=0)]


def _warnings_of_text(column: Column, name: str, different: int, *, counted: bool) -> list[str]:
    """Return what to tell of a column of text, which `counted` says names the rows."""
    share, example = _numbers_in_text(column)
    if _are_dates(column):
        note = (
            f"Warning: {name!r} has dates or times, which are taken for categories: write them as "
            "numbers, or leave out with --drop."
        )
        return [note]
    notes = [_number_warning(share, name, example)] if share > 0.5 else []
    if not counted and different > MOST_CATEGORIES:
        notes.insert(
            0,
            f"{name!r} has {different} categories: those beyond the most frequent "
            f"{MOST_CATEGORIES - 1} are one.",
        )
    return notes


def _share_of_copies(X: Frame) -> float:
    """Return the share of rows that are equal to one before, none without columns."""
    if X.shape[1] == 0:
        return 0.0
    numbers = X.select_dtypes(list(NUMBERS))
    codes = [column.factorize()[0] for _, column in X.drop(columns=numbers.columns).items()]
    values = np.column_stack([numbers.to_numpy(np.float64) + 0.0, *codes])
    return 1 - len({row.tobytes() for row in values}) / len(X)


def _number_warning(share: float, name: str, example: str) -> str:
    return (
        f"Warning: {share:.0%} of {name!r} look like numbers, but not all are plain ones, "
        f"such as {example!r}, so all are taken for categories: write them as plain "
        "numbers, or leave the value empty."
    )


def _is_identifier(column: Column, name: str, different: int) -> bool:
    """Return whether a column of texts or whole numbers seems to name or to count the rows."""
    if column.dtype == object:
        distinct = different > max(MOST_CATEGORIES, DISTINCT_SHARE * len(column))
        return distinct and _numbers_in_text(column)[0] <= 0.5 and not _are_dates(column)
    values = column.to_numpy()
    if different < len(values):
        return False
    return bool(IDENTIFIER.search(name)) or _counts(values, name)


def _counts(values: Array, name: str) -> bool:
    """Return whether different whole numbers count the rows: they are consecutive, and no times."""
    years = YEARS[0] <= values.min() and values.max() <= YEARS[1]
    return bool(np.ptp(values) == len(values) - 1 and not years and not TIME.search(name))


def _numbers_in_text(column: Column) -> tuple[float, str]:
    """Return the share of a text column that looks like numbers, and an example that is none."""
    return share_of_numbers(column.dropna().astype(str))


def _are_dates(column: Column) -> bool:
    """Return whether most texts of a column are dates or times of day."""
    known = column.dropna().astype(str).str.strip()
    return bool(len(known)) and known.str.fullmatch(DATE).mean() > 0.5


def match_columns(X: Frame, unlabeled: Frame, *, impute: bool) -> Frame:
    """Return the columns of unlabelled rows in the order of the others.

    Raises
    ------
    ValueError
        If one is missing, or holds text in place of numbers, or values are missing or
        infinite.
    """
    missing = X.columns.difference(unlabeled.columns)
    if len(missing):
        msg = f"the unlabelled rows have no column {listed(missing)}"
        raise ValueError(msg)
    unlabeled = unlabeled[X.columns]
    numbers = X.select_dtypes(list(NUMBERS)).columns
    text = [name for name in numbers if unlabeled[name].dtype == object]
    if text:
        msg = f"the unlabelled rows have text in {listed(text)}, where the others have numbers"
        raise ValueError(msg)
    if np.isinf(unlabeled[numbers]).any(axis=None):
        msg = "the unlabelled rows have infinite values: drop or correct these rows"
        raise ValueError(msg)
    if unlabeled.isna().any(axis=None) and not impute:
        msg = "the unlabelled rows have missing values: drop these rows, or add --impute"
        raise ValueError(msg)
    others = X.columns.difference(numbers)
    return unlabeled.astype(dict.fromkeys(others, object))


def listed(names: Any) -> str:
    """Return names in a row, the first ten of them."""
    shown = ", ".join(map(str, names[:10]))
    return f"{shown} and {len(names) - 10} more" if len(names) > 10 else shown
