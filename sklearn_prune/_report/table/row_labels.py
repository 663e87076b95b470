"""What says which rows depend on each other: their groups, or their times."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Indices

    Column = Any

ISO = "ISO8601"


class RowLabels(NamedTuple):
    """A column that is no feature, as numbers that count its different values in their order.

    Attributes
    ----------
    name : str
        The name of the column; empty if it is none of the table.
    codes : ndarray of shape (n_rows,)
    date_format : str or None
        How times are written: empty if they are numbers; None for groups.
    """

    name: str
    codes: Indices
    date_format: str | None = None

    @property
    def n_different(self) -> int:
        """Return how many different values there are."""
        return int(self.codes.max()) + 1


def group_labels(column: Column, name: str = "") -> RowLabels:
    """Return groups as numbers.

    Parameters
    ----------
    column : Series of shape (n_rows,)
        Numbers or texts.
    name : str
        Its name in the table, if it is there.

    Raises
    ------
    ValueError
        If values are missing.
    """
    _check_known(column, _named("groups", name))
    return RowLabels(name, _codes(column.to_numpy()))


def time_labels(column: Column, name: str = "") -> RowLabels:
    """Return times, which are numbers or dates, as numbers (see `group_labels`).

    Raises
    ------
    ValueError
        If values are missing, infinite or no dates, or may be one date or another.
    """
    what = _named("time", name)
    _check_known(column, what)
    if column.dtype != object:
        values = column.to_numpy()
        if not np.isfinite(values).all():
            msg = f"{what} has infinite values: drop or correct these rows"
            raise ValueError(msg)
        return RowLabels(name, _codes(values), "")
    texts = column.str.strip()
    date_format = _date_format(texts, what)
    return RowLabels(name, _codes(_dates(texts, date_format).to_numpy()), date_format)


def _named(what: str, name: str) -> str:
    return f"{what} {name!r}" if name else what


def _codes(values: Any) -> Indices:
    _, codes = np.unique(values, return_inverse=True)
    return codes


def _check_known(column: Column, what: str) -> None:
    missing = int(column.isna().sum())
    if missing:
        msg = f"{what} has {missing} missing values: drop these rows, or give each its own"
        raise ValueError(msg)


def _date_format(texts: Column, what: str) -> str:
    """Return the one way to write dates in which all texts are."""
    if _dates(texts, ISO).notna().all():
        return ISO
    read = {found: _dates(texts, found) for found in _guesses(texts.iloc[0])}
    whole = [found for found, dates in read.items() if dates.notna().all()]
    if not whole:
        nearest = min(read.values(), key=lambda dates: dates.isna().sum())
        msg = f"{what} has {texts[nearest.isna()].iloc[0]!r}, which is no date"
        raise ValueError(f"{msg}: write all of them as 2024-03-01")
    differ = read[whole[0]] != read[whole[-1]]
    if differ.any():
        msg = f"{what} has {texts[differ].iloc[0]!r}, which may be two dates"
        raise ValueError(f"{msg}: write all of them as 2024-03-01")
    return whole[0]


def _guesses(text: str) -> list[str]:
    """Return how a text may write a date: as ISO 8601 says, or with the month or the day first."""
    from pandas.tseries.api import guess_datetime_format  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of what is tried here: the other order
        found = [guess_datetime_format(text, dayfirst=first) for first in (False, True)]
    return [ISO, *(guess for guess in found if guess and not guess.startswith("%Y"))]


def _dates(texts: Column, date_format: str) -> Column:
    """Return dates, NaT where a text is none."""
    import pandas as pd  # noqa: PLC0415

    return pd.to_datetime(texts, format=date_format, errors="coerce", utc=True)
