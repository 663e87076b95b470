"""Rows of parquet files, batch by batch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .batch_checks import RawBatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sklearn_prune._typing import AnyArray


class ParquetRows(NamedTuple):
    """Parquet files of the same columns, which are read when it is called.

    Attributes
    ----------
    fragments : list of pyarrow.dataset.ParquetFileFragment
        The files.
    features : list of str
    targets : str or list of str
        A name makes y one-dimensional.
    sample_weight, fold : str or None
    batch_size : int
    """

    fragments: list[Any]
    features: list[str]
    targets: str | list[str]
    sample_weight: str | None
    fold: str | None
    batch_size: int

    @classmethod
    def of(
        cls,
        path: Any,
        target: Any,
        features: Any,
        sample_weight: str | None,
        fold: str | None,
        batch_size: Any,
    ) -> ParquetRows:
        """Find the files and choose the columns (see `RowBatches.from_parquet`)."""
        fragments = _fragments(path)
        targets = target if isinstance(target, str) else list(target)
        others = {*_as_list(target), sample_weight, fold}
        if features is None:
            features = _other_columns(fragments[0], others)
        if isinstance(features, str) or not len(features):
            msg = f"features is {features!r}: give a list of names of columns, at least one."
            raise ValueError(msg)
        if not isinstance(batch_size, int | np.integer) or batch_size < 1:
            msg = f"batch_size is {batch_size!r}: give a number of rows, at least 1."
            raise ValueError(msg)
        rows = cls(fragments, list(features), targets, sample_weight, fold, int(batch_size))
        for fragment in fragments:
            rows._check_columns(fragment)
        return rows

    @property
    def numeric(self) -> list[str]:
        """Names of the columns that are numbers."""
        weight = [] if self.sample_weight is None else [self.sample_weight]
        return [*self.features, *_as_list(self.targets), *weight]

    def n_rows(self) -> int:
        """Return the number of rows, which is in the files' metadata."""
        return sum(fragment.count_rows() for fragment in self.fragments)

    def __call__(self) -> Iterator[RawBatch]:
        """Yield the batches of all files."""
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415

        columns = [*self.numeric, *([] if self.fold is None else [self.fold])]
        names = np.asarray(self.features, dtype=object)
        for fragment in self.fragments:
            with ParquetFile(fragment.open()) as file:
                for k, batch in enumerate(_batches(file, self.batch_size, columns)):
                    yield self._raw(batch, f"Batch {k} of {fragment.path}", names)

    def _raw(self, batch: Any, place: str, names: AnyArray) -> RawBatch:
        several = not isinstance(self.targets, str)
        y = _filled(batch, _as_list(self.targets))
        weights, fold = self.sample_weight, self.fold
        return RawBatch(
            place,
            _filled(batch, self.features),
            y if several else y[:, 0],
            None if weights is None else _filled(batch, [weights])[:, 0],
            None if fold is None else batch.column(fold).to_numpy(zero_copy_only=False),
            names,
        )

    def _check_columns(self, fragment: Any) -> None:
        """Raise ValueError if a file lacks a column, or has no numbers there."""
        import pyarrow.types as kinds  # noqa: PLC0415

        schema = fragment.physical_schema
        for name in [*self.numeric, *([] if self.fold is None else [self.fold])]:
            if name not in schema.names:
                msg = f"{fragment.path} has no column {name!r}: it has {', '.join(schema.names)}."
                raise ValueError(msg)
        for name in self.numeric:
            kind = schema.field(name).type
            tests = (kinds.is_integer, kinds.is_floating, kinds.is_boolean, kinds.is_decimal)
            if not any(test(kind) for test in tests):
                msg = (
                    f"Column {name!r} of {fragment.path} is of type {kind}: "
                    "name columns of numbers, as features, target and sample_weight."
                )
                raise ValueError(msg)


def _batches(file: Any, batch_size: int, columns: Sequence[str]) -> Iterator[Any]:
    """Yield the rows of a file in batches.

    Row groups are read one by one: pyarrow would keep those before until the end of the file.
    """
    wanted = list(dict.fromkeys(columns))
    for group in range(file.num_row_groups):
        yield from file.iter_batches(batch_size, row_groups=[group], columns=wanted)


def _as_list(names: Any) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _other_columns(fragment: Any, known: set[Any]) -> Any:
    """Return the names of further columns; pandas keeps an index without a name as one."""
    names = fragment.physical_schema.names
    return [name for name in names if name not in known and not name.startswith("__index_level_")]


def _fragments(path: Any) -> list[Any]:
    """Return the files of a data set.

    Raises
    ------
    ValueError
        If there are none.
    """
    from pyarrow import dataset  # noqa: PLC0415

    paths = [str(p) for p in path] if isinstance(path, list | tuple) else str(path)
    if isinstance(paths, str) and "://" not in paths and not Path(paths).exists():
        msg = f"{paths} does not exist: give a parquet file or a folder of them."
        raise ValueError(msg)
    fragments = list(dataset.dataset(paths, format="parquet").get_fragments())
    if not fragments:
        msg = f"{paths} has no parquet files."
        raise ValueError(msg)
    return fragments


def _filled(batch: Any, names: Sequence[str]) -> AnyArray:
    """Return columns of a batch as an array, column after column as they were."""
    columns = [batch.column(name) for name in names]
    if not all(str(column.type) in ("float", "double") for column in columns):
        columns = [column.cast("float64", safe=False) for column in columns]
    single = all(str(column.type) == "float" for column in columns)
    filled = np.empty((len(names), batch.num_rows), np.float32 if single else np.float64)
    for row, column in zip(filled, columns, strict=True):
        row[:] = column.to_numpy(zero_copy_only=False)
    return filled.T
