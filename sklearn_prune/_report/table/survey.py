"""What one pass over the files of a table finds: its target, a sample, and what is amiss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .columns import as_frame
from .files import Table
from .parquet import with_index
from .preparation import NUMBERS
from .streamed_table import plain_block
from .wording import listed

if TYPE_CHECKING:
    from sklearn_prune._typing import Indices

    from .parquet_files import ParquetFiles

    Frame = Any
    Column = Any

# So many rows are held, or fewer if they have more entries than these (128 MB).
SAMPLE_ROWS, SAMPLE_ENTRIES = 100_000, 2**24
# A block that is read has so many entries (8 MB).
BLOCK_ENTRIES = 2**20


class Survey(NamedTuple):
    """What is known of all rows.

    Attributes
    ----------
    table : Table
        A random sample of the rows, in their order, as they are, and code that reads all.
    sample : DataFrame of shape (n_sampled, n_columns)
        The same as plain columns.
    positions : ndarray of shape (n_sampled,)
        Where they are.
    target : Series of shape (n_rows,)
        The column to predict.
    missing, infinite : dict of str to str
        Columns of such values, and where the first is.
    """

    table: Table
    sample: Frame
    positions: Indices
    target: Column
    missing: dict[str, str]
    infinite: dict[str, str]

    def check_finite(self, columns: Any) -> None:
        """Raise ValueError if there are infinite values."""
        bad = [name for name in columns if name in self.infinite]
        if bad:
            msg = f"infinite values in {listed(bad)}, such as in {self.infinite[bad[0]]}"
            raise ValueError(f"{msg}: drop or correct these rows")

    def check_known(self, columns: Any) -> None:
        """Raise ValueError if there are missing values."""
        bad = [name for name in columns if name in self.missing]
        if bad:
            msg = (
                f"missing values in {listed(bad)}, such as in {self.missing[bad[0]]}: drop these "
                "rows, or add --impute to fill in medians and most frequent values"
            )
            raise ValueError(msg)


def first_rows(files: ParquetFiles) -> Frame:
    """Return the first rows as plain columns, to learn which there are.

    Raises
    ------
    ValueError
        If there are no rows, or names are not unique.
    """
    for block in files.blocks(1):
        return plain_block(block)
    msg = f"{files.path} has no rows: there is nothing to learn from"
    raise ValueError(msg)


def survey(files: ParquetFiles, target: str, seed: int) -> Survey:
    """Read all rows once.

    Parameters
    ----------
    files : ParquetFiles
    target : str
        Name of the column to predict.
    seed : int
        Seed of the sample.
    """
    import pandas as pd  # noqa: PLC0415
    from pyarrow import concat_tables  # noqa: PLC0415

    positions = _draw(files, seed)
    missing: dict[str, str] = {}
    infinite: dict[str, str] = {}
    taken, targets, start = [], [], 0
    for block in files.blocks(max(1, BLOCK_ENTRIES // files.n_columns)):
        inside = np.searchsorted(positions, [start, start + len(block)])
        taken.append(block.take(positions[slice(*inside)] - start))
        frame = plain_block(block)
        targets.append(frame.pop(target).copy())  # or it would keep the others
        numbers = frame.select_dtypes(list(NUMBERS))
        for bad, places in (frame.isna(), missing), (np.isinf(numbers), infinite):
            for name in bad.columns[bad.any()].difference(list(places)):
                places[name] = files.place(start + int(np.argmax(bad[name])))
        start += len(block)
    rows = concat_tables(taken).to_pandas()
    table = Table(*with_index(rows, f"pd.read_parquet({str(files.path)!r})"))
    y = pd.concat(targets, ignore_index=True)
    return Survey(table, as_frame(table.frame), positions, y, missing, infinite)


def _draw(files: ParquetFiles, seed: int) -> Indices:
    """Return which rows are held, in their order."""
    most = min(SAMPLE_ROWS, max(1, SAMPLE_ENTRIES // files.n_columns))
    if files.n_rows <= most:
        return np.arange(files.n_rows)
    rng = np.random.default_rng(seed)
    return np.sort(rng.choice(files.n_rows, most, replace=False, shuffle=False))
