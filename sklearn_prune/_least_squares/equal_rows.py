"""Rows that occur more than once."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Array, Indices

FEW_COLUMNS = 16


def group_equal_rows(X: Any) -> tuple[Indices, Indices]:
    """Group the rows that are equal, entry by entry.

    Parameters
    ----------
    X : {ndarray, sparse array or matrix} of shape (n_rows, n_columns)

    Returns
    -------
    first : ndarray of shape (n_groups,)
        The first row of each group.
    group : ndarray of shape (n_rows,)
        The group of each row, so that ``X[first[group]]`` equals X.
    """
    if _differ_early(X):
        return np.arange(X.shape[0]), np.arange(X.shape[0])
    seen: dict[bytes, int] = {}
    first: list[int] = []
    group = np.empty(X.shape[0], dtype=np.intp)
    for i, key in enumerate(_row_keys(X)):
        if key not in seen:
            seen[key] = len(first)
            first.append(i)
        group[i] = seen[key]
    return np.array(first, dtype=np.intp), group


def merge_rows(group: Indices, y: Array, weights: Array) -> tuple[Array, Array]:
    """Return the mean target and the total weight of each group of rows.

    Equal rows count as one with these: it has the same least-squares solutions.
    """
    member = sparse.csr_array((weights, (group, np.arange(len(group)))))
    total = member.sum(axis=1)
    return member @ y / total[:, np.newaxis], total


def count_distinct_rows(X: Any, enough: int) -> int:
    """Count the distinct rows of X, but stop at `enough`.

    Where that many rows differ, or all, they most often do so in a few columns.
    """
    n_distinct = 0
    if X.shape[1] > FEW_COLUMNS:
        n_distinct = _count_distinct(_row_keys(X[:, :FEW_COLUMNS]), enough)
    if n_distinct == min(X.shape[0], enough):
        return n_distinct
    return _count_distinct(_row_keys(X), enough)


def _count_distinct(keys: Iterator[bytes], enough: int) -> int:
    seen: set[bytes] = set()
    while len(seen) < enough and (key := next(keys, None)) is not None:
        seen.add(key)
    return len(seen)


def _differ_early(X: Any) -> bool:
    """Return whether no two rows are equal in the first few columns: most often they differ."""
    few = X[:, :FEW_COLUMNS]
    return few.shape[1] < X.shape[1] and len(set(_row_keys(few))) == X.shape[0]


def _row_keys(X: Any) -> Iterator[bytes]:
    """Yield a digest of each row, with one zero only: -0.0 is 0.0, stored or not."""
    if isinstance(X, np.ndarray):
        for row in X:
            yield blake2b((row + 0.0).tobytes(), digest_size=16).digest()
        return
    X = sparse.csr_array(X, copy=True)
    X.sum_duplicates()
    X.eliminate_zeros()
    for start, stop in zip(X.indptr[:-1], X.indptr[1:], strict=True):
        entries = np.append(X.indices[start:stop], X.data[start:stop])
        yield blake2b(entries.tobytes(), digest_size=16).digest()
