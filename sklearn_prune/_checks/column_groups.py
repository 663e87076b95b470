"""Columns that belong together, such as those of one categorical variable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .arguments import as_list
from .column_positions import check_columns

if TYPE_CHECKING:
    from collections.abc import Hashable

    from sklearn_prune._typing import AnyArray, Indices


def check_groups(given: Any, n_features: int, names: AnyArray | None) -> Indices:
    """Return the number of the group of each column: 0, 1, ..., by their first columns.

    Parameters
    ----------
    given : sequence or callable
        A label for each column; or lists of the positions or names of columns that belong
        together, where others are groups of their own; or a function from the name of a
        column to a label.
    n_features : int
    names : ndarray of shape (n_features,) or None
        Names of the columns, if they have some.

    Raises
    ------
    ValueError
        If there are no names for a function, there is not one label a column, a label is
        missing or not hashable, lists overlap, or a column in them is unknown.
    """
    if callable(given):
        labels = _labels_of_names(given, names)
    else:
        values = as_list(given, "feature_groups")
        if any(map(_is_list, values)):
            labels = _labels_of_lists(values, n_features, names)
        else:
            labels = values
    if len(labels) != n_features:
        msg = (
            f"feature_groups has {len(labels)} labels, and X has {n_features} columns: give one "
            "for each, or lists of the columns that belong together."
        )
        raise ValueError(msg)
    return _numbers(labels)


def _is_list(value: Any) -> bool:
    return np.iterable(value) and not isinstance(value, str | bytes)


def _labels_of_names(label: Any, names: AnyArray | None) -> list[Any]:
    if names is None:
        msg = (
            "feature_groups is a function of the names of columns, and X has none: give a data "
            "frame as X (set_output of a transformer makes one), or a label for each column."
        )
        raise ValueError(msg)
    return [label(str(name)) for name in names]


def _labels_of_lists(lists: list[Any], n_features: int, names: AnyArray | None) -> list[Any]:
    """Return labels: the number of the list of a column, or its own for one that is in none."""
    labels = list(range(-n_features, 0))
    taken: dict[int, int] = {}
    for number, columns in enumerate(lists):
        if not _is_list(columns):
            msg = (
                f"feature_groups has the list {lists[0]!r} and {columns!r}: give lists of columns "
                "only, or a label for each column."
            )
            raise ValueError(msg)
        for column in check_columns(columns, n_features, names, "feature_groups").tolist():
            if column in taken:
                shown = column if names is None else str(names[column])
                msg = (
                    f"feature_groups has column {shown!r} in list {taken[column]} and in list "
                    f"{number}: give every column to one group at most."
                )
                raise ValueError(msg)
            taken[column] = number
            labels[column] = number
    return labels


def _numbers(labels: list[Hashable]) -> Indices:
    """Return the numbers of labels, in the order in which they first occur."""
    numbers: dict[Hashable, int] = {}
    for column, label in enumerate(labels):
        if label is None or (isinstance(label, float | np.floating) and np.isnan(label)):
            msg = f"feature_groups has the label {label!r} of column {column}: give it a group."
            raise ValueError(msg)
        try:
            numbers.setdefault(label, len(numbers))
        except TypeError as error:
            msg = f"feature_groups has the label {label!r}: give labels such as int or str."
            raise ValueError(msg) from error
    return np.array([numbers[label] for label in labels], dtype=np.intp)
