"""The column to predict: which one, and whether it can be predicted."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from .codes import is_number
from .plain_column import is_coarse
from .wording import listed

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Indices

    Frame = Any
    Column = Any

# Of a class with fewer rows than these the errors say little.
FEWEST_OF_A_CLASS = 10


def split_target(table: Frame, target: str | None, name: str) -> tuple[Frame, Column]:
    """Return the features and the target.

    Raises
    ------
    ValueError
        If there is no such column, or nothing but it.
    """
    if target not in table:
        similar = get_close_matches(str(target), map(str, table.columns), 1)
        hint = f" (did you mean {similar[0]!r}?)" if similar else ""
        asked = "no --target is given" if target is None else f"no column is named {target!r}{hint}"
        msg = f"{asked}: {name} has the columns {listed(table.columns)}"
        raise ValueError(msg)
    if table.shape[1] == 1:
        msg = f"{name} has no column but the target: there is nothing to learn from"
        raise ValueError(msg)
    return table.drop(columns=target), table[target]


def check_target(y: Column, *, classification: bool) -> list[str]:
    """Check the target, and return what to tell of it.

    Raises
    ------
    ValueError
        If it is text without `classification`, or has missing, infinite or no different
        values, or as many classes as would be numbers.
    """
    text = y.dtype == object
    _check_known(y, text=text)
    values, counts = np.unique(y.astype(str) if text else y, return_counts=True)
    _check_different(values, text=text, classification=classification)
    if classification:
        return _check_classes(values, counts)
    if text:
        raise ValueError(_not_numeric(values.tolist()))
    if len(values) == 2:
        return ["The target has two values only: --classification would count errors, too."]
    return []


def _check_different(values: AnyArray, *, text: bool, classification: bool) -> None:
    """Raise ValueError if there is one value only, or doubles take all for one."""
    if not text and is_coarse(values) and (len(values) == 1 or not classification):
        first = float(values[0])
        if (values.astype(np.float64) == first).all():
            msg = (
                f"the numbers of the target are the same in double precision, about {first:g}: "
                "subtract one of them from all"
            )
            raise ValueError(msg)
    if len(values) == 1:
        msg = f"the target is constant, always {values[0]}: there is nothing to predict"
        raise ValueError(msg)


def _not_numeric(values: list[str]) -> str:
    odd = [value for value in values if not is_number(value)]
    if odd:
        return (
            f"the target has values that are not numbers, such as {odd[0]!r}: correct them, or "
            "add --classification if it is a class"
        )
    return (
        f"the target has numbers that are text or categories by their type, such as {values[0]!r}: "
        "make them numbers, or add --classification if it is a class"
    )


def _check_known(y: Column, *, text: bool) -> None:
    missing = int(y.isna().sum())
    if missing:
        msg = f"the target has {missing} missing values: drop these rows, or give them unlabelled"
        raise ValueError(msg)
    if not text and not np.isfinite(y).all():
        msg = "the target has infinite values: drop or correct these rows"
        raise ValueError(msg)


def _check_classes(classes: AnyArray, counts: Indices) -> list[str]:
    """Check that classes are few, and return which of them are rare."""
    n_rows = counts.sum()
    if len(classes) > max(2, n_rows // 4):
        msg = (
            f"the target has {len(classes)} classes in {n_rows} rows: leave --classification out "
            "if it is a number, or merge classes"
        )
        raise ValueError(msg)
    rare = classes[counts < FEWEST_OF_A_CLASS]
    if len(rare) == 0:
        return []
    which, whose = ("the class", "its") if len(rare) == 1 else ("each of the classes", "their")
    few = f"Fewer than {FEWEST_OF_A_CLASS} rows have {which} {listed(rare)}"
    return [f"{few}: {whose} errors say little."]
