"""Rows of dask arrays and data frames, each partition where it lies.

Only what is made of the rows travels, merged along a tree of tasks. Nothing here imports
dask, unless somebody else has already.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.utils.validation import _get_feature_names

from .batch_checks import Layout, RawBatch
from .partial_result import Reading, check_result

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray

    from .folded_rows import ContiguousFolds
    from .partial_result import Merge, PartialResult, Summary

# So many results are merged by one task.
FAN_IN = 8


def is_dask(array: Any) -> bool:
    """Return whether something is a dask collection, without importing dask."""
    return type(array).__module__.split(".")[0] in ("dask", "dask_expr")


class DaskRows:
    """Rows in partitions.

    Parameters
    ----------
    X : dask array or data frame of shape (n_samples, n_features)
    y : dask array, series or data frame of shape (n_samples,) or (n_samples, n_targets)
    sample_weight : dask array or series of shape (n_samples,), float or None
    folds : dask array or series of shape (n_samples,) or None
        Labels: the rows of each are held out together.

    Raises
    ------
    ValueError
        If one is no dask collection, or its partitions are not those of X.
    """

    def __init__(self, X: Any, y: Any, sample_weight: Any = None, folds: Any = None) -> None:
        is_number = sample_weight is not None and np.ndim(sample_weight) == 0
        arrays = {"X": X, "y": y, "sample_weight": sample_weight, "folds": folds}
        if is_number or sample_weight is None:
            del arrays["sample_weight"]
        if folds is None:
            del arrays["folds"]
        _check_dask(arrays)
        names = _get_feature_names(X._meta) if _is_frame(X) else None
        self._layout = Layout(
            _n_columns(X), None if names is None else tuple(names), tuple(map(int, y.shape[1:]))
        )
        self._arrays = _aligned(arrays)
        self._rest = _Rest(tuple(self._arrays), self._layout, sample_weight if is_number else None)

    @property
    def has_folds(self) -> bool:
        """Whether there are labels of the fold that holds out each row."""
        return "folds" in self._arrays

    def n_rows(self) -> int:
        """Count the rows."""
        return sum(self._lengths())

    def reduced(
        self, summary: Summary, merge: Merge, folds: ContiguousFolds | bool = False
    ) -> PartialResult:
        """Return a summary of all rows, in one computation."""
        from dask.base import compute  # noqa: PLC0415
        from dask.delayed import delayed  # noqa: PLC0415

        starts = None if isinstance(folds, bool) else np.cumsum([0, *self._lengths()]).tolist()
        reading = Reading(summary, merge, folds)
        results = self._mapped(partial(_of_partition, reading, self._rest, starts))
        merged = delayed(reading.merged)
        while len(results) > 1:
            results = [merged(results[k : k + FAN_IN]) for k in range(0, len(results), FAN_IN)]
        return check_result(compute(*results)[0])

    def _lengths(self) -> list[int]:
        """Return the number of rows of each partition."""
        from dask.base import compute  # noqa: PLC0415
        from dask.delayed import delayed  # noqa: PLC0415

        y = self._arrays["y"]
        if not _is_frame(y) and not np.isnan(y.shape[0]):
            return list(y.chunks[0])
        return list(compute(*map(delayed(len), np.ravel(y.to_delayed()))))

    def _mapped(self, function: Any) -> list[Any]:
        """Return tasks that apply a function to the number and the arrays of each partition."""
        X, *others = self._arrays.values()
        if _is_frame(X):
            mapped = X.map_partitions(
                partial(_numbered_frame, function),
                *others,
                meta=(None, object),
                enforce_metadata=False,
                align_dataframes=False,
            )
        else:
            from dask.array import map_blocks  # noqa: PLC0415

            meta = np.empty((0, 0), dtype=object)
            numbered = partial(_numbered_block, function)
            mapped = map_blocks(numbered, X, *others, dtype=object, meta=meta)
        return list(np.ravel(mapped.to_delayed()))


class _Rest(NamedTuple):
    """What all partitions share.

    Attributes
    ----------
    arrays : tuple of str
        What the arrays are.
    layout : Layout
    weight : float or None
        A weight that all rows have.
    """

    arrays: tuple[str, ...]
    layout: Layout
    weight: float | None


def _of_partition(
    reading: Reading, rest: _Rest, starts: list[int] | None, k: int, *arrays: Any
) -> PartialResult:
    """Check and summarise a partition, on the worker that has it."""
    given = dict(zip(rest.arrays, arrays, strict=True))
    X, y, names = given["X"], given["y"], None
    if isinstance(X, np.ndarray) and rest.layout.names is not None:
        names = np.asarray(rest.layout.names, dtype=object)
    if not rest.layout.target_shape and y.ndim == 2:
        y = y[:, 0]
    weights = given.get("sample_weight", rest.weight)
    raw = RawBatch(f"Partition {k}", X, y, weights, given.get("folds"), names)
    return reading.of_batch(raw, starts[k] if starts else 0, rest.layout)


def _numbered_frame(function: Any, *frames: Any, partition_info: Any = None) -> Any:
    return function(partition_info["number"], *frames)


def _numbered_block(function: Any, *blocks: AnyArray, block_id: Any = None) -> Any:
    return function(block_id[0], *blocks)


def _check_dask(arrays: dict[str, Any]) -> None:
    """Raise ValueError if something is no dask collection of rows."""
    for name, array in arrays.items():
        if not is_dask(array):
            what = "None" if array is None else type(array).__name__
            msg = (
                f"X is a dask collection and {name} is {what}: give a dask array or series "
                "with the rows of X."
            )
            raise ValueError(msg)
        n_dims, wanted = getattr(array, "ndim", None), (2,) if name == "X" else (1, 2)
        if not isinstance(n_dims, int) or n_dims not in wanted:
            what = type(array).__name__
            msg = f"{name} is a dask {what} without rows and columns: give an array or data frame."
            raise ValueError(msg)


def _aligned(arrays: dict[str, Any]) -> dict[str, Any]:
    """Return data frames, or arrays of two dimensions, in the same partitions."""
    if not all(map(_is_frame, arrays.values())):
        blocks = {name: _column_blocks(array) for name, array in arrays.items()}
        arrays = {name: _as_partitioned(array, blocks["X"]) for name, array in blocks.items()}
    numbers = {name: _n_partitions(array) for name, array in arrays.items()}
    if len(set(numbers.values())) > 1:
        found = ", ".join(f"{name} has {n}" for name, n in numbers.items())
        msg = f"The numbers of partitions differ, {found}: give the same partitions everywhere."
        raise ValueError(msg)
    return arrays


def _column_blocks(array: Any) -> Any:
    """Return an array of two dimensions whose blocks have all columns."""
    if _is_frame(array):
        array = array.to_dask_array()
    if array.ndim == 1:
        array = array[:, np.newaxis]
    return array if array.numblocks[1] == 1 else array.rechunk({1: -1})


def _as_partitioned(array: Any, X: Any) -> Any:
    """Return an array with the rows of each partition that X has, where they are known."""
    if np.isnan(array.shape[0]) or np.isnan(X.shape[0]) or array.chunks[0] == X.chunks[0]:
        return array
    if array.shape[0] != X.shape[0]:
        msg = f"X has {X.shape[0]} rows, and another array has {array.shape[0]}: give the same."
        raise ValueError(msg)
    return array.rechunk({0: X.chunks[0]})


def _is_frame(array: Any) -> bool:
    return hasattr(array, "map_partitions")


def _n_partitions(array: Any) -> int:
    return int(array.npartitions if _is_frame(array) else array.numblocks[0])


def _n_columns(X: Any) -> int:
    return len(X.columns) if _is_frame(X) else int(X.shape[1])
