"""The parquet files of a folder, or one of them, whose rows are read in blocks."""

from __future__ import annotations

import os
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .csv_tables import first_line
from .wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

PARQUET = b"PAR1"
# What Spark and others leave beside the files.
HIDDEN = (".", "_")
# So many bytes of a column are read at a time.
BUFFER = 2**16


def is_parquet(path: Path) -> bool:
    """Return whether a path is a folder, or a parquet file.

    Raises
    ------
    ValueError
        If it cannot be read.
    """
    try:
        if path.is_dir():
            return True
        with path.open("rb") as file:
            return file.read(len(PARQUET)) == PARQUET
    except OSError as error:
        msg = f"cannot read {path}: {(error.strerror or str(error)).lower()}"
        raise ValueError(msg) from error


class ParquetFiles:
    """Parquet files of the same columns.

    Folders that are called ``name=value`` are a column of categories, as for pandas.

    Parameters
    ----------
    path : Path
        A file, or a folder of them and of folders.

    Attributes
    ----------
    n_rows, n_bytes : int
        Number of rows, and about how much memory all of them take.

    Raises
    ------
    ValueError
        If there are none, or one cannot be read or has other columns than the first.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._schema, self._fragments = _open(path)
        for fragment in self._fragments:
            with _told(fragment.path):
                fragment.ensure_complete_metadata()
            _check_schema(fragment, self._fragments[0])
        self._ends = np.cumsum([fragment.metadata.num_rows for fragment in self._fragments])
        self.n_rows = int(self._ends[-1])

    @property
    def n_columns(self) -> int:
        """Number of columns, with those of the names of folders."""
        return len(self._schema.names)

    @property
    def n_bytes(self) -> int:
        """About how many bytes of memory the whole table takes."""
        written = sum(group.total_byte_size for f in self._fragments for group in f.row_groups)
        return max(8 * self.n_rows * self.n_columns, written)

    def identity(self) -> bytes:
        """Return a hash of names, sizes and footers, instead of all rows."""
        digest = blake2b(digest_size=16)
        for fragment in self._fragments:
            file = Path(fragment.path)
            digest.update(f"{file} {file.stat().st_size} ".encode() + _footer(file))
        return digest.digest()

    def place(self, row: int) -> str:
        """Return the file of a row, and its number there."""
        k = int(np.searchsorted(self._ends, row, side="right"))
        return f"row {row - int(self._ends[k - 1] if k else 0)} of {self._fragments[k].path}"

    def blocks(self, n_rows: int, columns: list[str] | None = None) -> Iterator[Any]:
        """Yield all rows, in order, as arrow tables of at most so many.

        Parameters
        ----------
        n_rows : int
        columns : list of str, optional
            Which columns; all if None, or if the files call them otherwise.
        """
        import pyarrow as pa  # noqa: PLC0415

        known = columns is not None and set(columns) <= set(self._schema.names)
        gathered: list[Any] = []
        for batch in self._batches(n_rows, columns if known else None):
            if gathered and sum(map(len, gathered)) + len(batch) > n_rows:
                yield pa.Table.from_batches(gathered)
                gathered = []
            if len(batch):
                gathered.append(batch)
        if gathered:
            yield pa.Table.from_batches(gathered)

    def _batches(self, n_rows: int, columns: list[str] | None) -> Iterator[Any]:
        """Yield the rows as they lie in the files, a few at a time."""
        names = self._schema.names if columns is None else columns
        for fragment in self._fragments:
            with _told(fragment.path):
                for batch in _read(fragment, n_rows, columns):
                    yield _alike(batch, [self._schema.field(name) for name in names], fragment)


def _read(fragment: Any, n_rows: int, columns: list[str] | None) -> Iterator[Any]:
    """Yield batches of a file.

    Row groups are read one by one, for pyarrow would keep those before until the end of the
    file; and through a buffer, for one may be large.
    """
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    with ParquetFile(fragment.open(), buffer_size=BUFFER, pre_buffer=False) as file:
        for group in range(file.num_row_groups):
            yield from file.iter_batches(
                n_rows, row_groups=[group], columns=columns, use_threads=False
            )


def _alike(batch: Any, fields: list[Any], fragment: Any) -> Any:
    """Return columns of the types of all files, with those of the names of folders."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow.dataset import get_partition_keys  # noqa: PLC0415

    folders = get_partition_keys(fragment.partition_expression)
    columns = [
        _repeated(folders[field.name], len(batch), field.type)
        if field.name in folders
        else batch.column(field.name).cast(field.type)
        for field in fields
    ]
    return pa.record_batch(columns, pa.schema(fields, batch.schema.metadata))


def _repeated(value: Any, n_rows: int, kind: Any) -> Any:
    """Return a column of one category."""
    import pyarrow as pa  # noqa: PLC0415

    codes = pa.array(np.zeros(n_rows), kind.index_type)
    return pa.DictionaryArray.from_arrays(codes, pa.array([value], kind.value_type))


def _footer(file: Path) -> bytes:
    """Return what a file says of itself: its columns, and the ranges of their values."""
    with file.open("rb") as content:
        content.seek(-8, os.SEEK_END)
        n_bytes = int.from_bytes(content.read(4), "little")
        content.seek(-8 - n_bytes, os.SEEK_END)
        return content.read(n_bytes)


def _open(path: Path) -> tuple[Any, list[Any]]:
    """Return the schema, with the columns of the names of folders, and the files."""
    from pyarrow.dataset import HivePartitioning, dataset  # noqa: PLC0415

    files = _files(path)
    partitioning = HivePartitioning.discover(infer_dictionary=True)
    base = path if path.is_dir() else path.parent
    with _told(files[0]):
        data = dataset(
            [str(file) for file in files],
            format="parquet",
            partitioning=partitioning,
            partition_base_dir=str(base),
        )
    return data.schema, list(data.get_fragments())


def _files(path: Path) -> list[Path]:
    """Return the files of a folder, in the order of their names, or the file itself."""
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.is_file() and _shows(file, path))
    others = [file for file in found if not is_parquet(file)]
    if len(others) == len(found):
        msg = f"{path} is a folder without parquet files: name a file, or a folder of them"
        raise ValueError(msg)
    if others:
        msg = f"{others[0]} is no parquet file: take it out of the folder"
        raise ValueError(msg)
    return found


def _shows(file: Path, folder: Path) -> bool:
    return not any(part.startswith(HIDDEN) for part in file.relative_to(folder).parts)


def _check_schema(fragment: Any, first: Any) -> None:
    """Raise ValueError if a file has other columns than the first."""
    import pyarrow as pa  # noqa: PLC0415

    known, found = (
        {field.name: field.type for field in f.physical_schema} for f in (first, fragment)
    )
    for name, kind in known.items():
        if name not in found:
            what = f"has no column {name!r}, which {first.path} has"
        elif found[name] not in (kind, pa.null()):  # which all values may be
            what = f"has {found[name]} in {name!r}, where {first.path} has {kind}"
        else:
            continue
        msg = f"{fragment.path} {what}: write all files alike"
        raise ValueError(msg)
    others = [name for name in found if name not in known]
    if others:
        msg = f"{fragment.path} has {listed(others)}, which {first.path} has not"
        raise ValueError(f"{msg}: write all files alike")


@contextmanager
def _told(file: Any) -> Iterator[None]:
    """Turn what goes wrong with a file into a ValueError of one line."""
    try:
        yield
    except ImportError:
        raise
    except Exception as error:
        msg = f"cannot read {file} as parquet, it may be truncated: {first_line(error)}"
        raise ValueError(msg) from error
