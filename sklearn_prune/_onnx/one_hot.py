"""Categories as columns of zero and one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .imputation import NO_TEXT, is_missing
from .wanted_columns import Columns, side_by_side

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices


def one_hot(step: Any, columns: Columns) -> Columns:
    """Return the columns of a `OneHotEncoder`; an unknown category is in none, or with the rare."""
    parts = [
        _indicators(columns.some(np.array([j])), categories, *_memberships(step, j))
        for j, categories in enumerate(step.categories_)
    ]
    return side_by_side(columns.graph, parts)


def _memberships(step: Any, j: int) -> tuple[Array, Array]:
    """Return which category is in which column, and what an unknown one has there.

    Returns
    -------
    members : ndarray of shape (n_categories, n_columns)
    unknown : ndarray of shape (n_columns,)
    """
    members = np.eye(len(step.categories_[j]))
    rare = _rare(step, j)
    first = None if step.drop_idx_ is None else step.drop_idx_[j]
    dropped = np.zeros(len(members)) if first is None else members[first]
    unknown = np.zeros(len(members))
    if rare.any():
        members = np.column_stack([members[:, ~rare], rare])
        unknown = np.zeros(members.shape[1])
        unknown[-1] = step.handle_unknown == "infrequent_if_exist"
    stay = dropped @ members == 0
    return members[:, stay], unknown[stay]


def _rare(step: Any, j: int) -> AnyArray:
    """Return the mask of the categories that share a column."""
    rare = None
    if step.min_frequency is not None or step.max_categories is not None:
        rare = step.infrequent_categories_[j]
    categories = step.categories_[j]
    return np.zeros(len(categories), bool) if rare is None else np.isin(categories, rare)


def _indicators(column: Columns, categories: AnyArray, members: Array, unknown: Array) -> Columns:
    """Return the columns of one column of categories."""
    graph, is_text = column.graph, any(isinstance(x, str) for x in categories)
    values = _plain_texts(categories) if is_text else _plain_numbers(categories)
    take = column.texts if is_text else column.numbers

    def numbers(kept: Indices) -> str:
        # What is in no column is told apart from the unknown, which adds `unknown`.
        weights = members[:, kept] - unknown[kept]
        used = np.flatnonzero(weights.any(axis=1))
        equal = graph.add("Equal", take(np.array([0])), values[used])
        found = graph.add("Where", equal, np.float64(1), np.float64(0))
        if np.array_equal(weights[used], np.eye(len(kept))):
            return found
        return graph.add("Add", graph.add("MatMul", found, weights[used]), unknown[kept])

    return Columns(graph, members.shape[1], numbers)


def _plain_texts(categories: AnyArray) -> AnyArray:
    """Return categories of text, and the empty one for a missing one."""
    return np.array([NO_TEXT.item() if is_missing(x) else x for x in categories], dtype=object)


def _plain_numbers(categories: AnyArray) -> AnyArray:
    """Return categories that are numbers.

    Raises
    ------
    ValueError
        If one is missing.
    """
    if any(is_missing(x) for x in categories):
        msg = "NaN is a category of OneHotEncoder, which equals nothing in ONNX: impute it first."
        raise ValueError(msg)
    return categories.astype(float)
