"""A table that stays in its files, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn_prune._report.comparison.plan import check_seed
from sklearn_prune._report.comparison.required_memory import check_streaming
from sklearn_prune._report.table.columns import check_features
from sklearn_prune._report.table.loading_code import labelled_code
from sklearn_prune._report.table.preparation import count_prepared
from sklearn_prune._report.table.streamed_table import StreamedTable
from sklearn_prune._report.table.survey import survey
from sklearn_prune._report.table.target_column import check_target
from sklearn_prune._report.table.targets import encode_target
from sklearn_prune._report.table.wording import listed

from .checked_table import CheckedTable, plan_for

if TYPE_CHECKING:
    from sklearn_prune._report.table.parquet_files import ParquetFiles
    from sklearn_prune._report.table.survey import Survey

    Frame = Any

LOADING_CODE = "# All rows, which must fit into the memory.\ntable = {}"


def check_stream(
    files: ParquetFiles,
    target: str,
    drop: list[str],
    *,
    classification: bool,
    impute: bool,
    seed: Any,
    **settings: Any,
) -> tuple[CheckedTable, str]:
    """Read all rows once, and check them; return what is left to read, and code for it.

    Parameters
    ----------
    files : ParquetFiles
    target : str
        The column to predict.
    drop : list of str
        Columns to leave out.
    classification, impute : bool
    seed : int
        Seed of the plan, and of the sample that is held.
    **settings : object
        What else `make_plan` takes.

    Raises
    ------
    ValueError
        If something cannot be used, or too many features are asked for; the message is one line.
    """
    found = survey(files, target, check_seed(seed))
    notes = found.table.notes + check_target(found.target, classification=classification)
    sample, others = _check_columns(found, found.sample.columns.drop([target, *drop]), impute)
    y = encode_target(found.target, classification=classification)
    settings |= {"classification": classification, "impute": impute, "seed": seed}
    plan = plan_for(y, **settings, n_columns=count_prepared(sample))
    check_streaming(plan, files.n_rows, sample.size, y.values.shape[1])
    X = StreamedTable(files, sample, found.positions)
    table = found.table._replace(code=LOADING_CODE.format(found.table.code))
    code = labelled_code(table, found.sample, sample, target, y)
    return CheckedTable(X, None, y, plan, [*notes, _how_it_is_read(X), *others]), code


def _check_columns(found: Survey, names: Any, impute: bool) -> tuple[Frame, list[str]]:
    """Return a sample of the columns that can be learned from, and what to tell of them."""
    found.check_finite(names)
    target = found.sample[found.target.name]
    sample, notes = check_features(found.sample[names], impute=True, y=target)
    if not impute:
        found.check_known(sample.columns)
    elsewhere = [name for name in sample if name in found.missing and sample[name].notna().all()]
    if elsewhere:
        notes.append(f"Missing values in other rows are filled in: {listed(elsewhere)}.")
    return sample, notes


def _how_it_is_read(X: StreamedTable) -> str:
    return (
        "The table takes too much of the memory, and is streamed: its columns are prepared, and "
        f"told of here, as {len(X.sample)} of the {len(X)} rows say."
    )
