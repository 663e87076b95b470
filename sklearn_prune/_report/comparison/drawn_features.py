"""The features of an outer fold, drawn block by block when they are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.pipeline import make_pipeline

from sklearn_prune._report.table.preparation import preparation, prepared_columns, random_features

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._report.table.held_table import HeldTable
    from sklearn_prune._report.table.streamed_table import StreamedTable
    from sklearn_prune._typing import Array, Indices, Mask

    Table = HeldTable | StreamedTable

    from .plan import Plan
    from .records import Part

# A block of features, or of what they are made of, has at most so many entries (64 MB).
BLOCK_ENTRIES = 2**23


class DrawnFeatures:
    """Features of an outer fold, made of the columns as they are asked for.

    Parameters
    ----------
    transformer : object
        Makes them of a data frame.
    n_features : int
    n_entries : int
        How many numbers a row takes while they are made.
    """

    def __init__(self, transformer: Any, n_features: int, n_entries: int) -> None:
        self.transformer, self.n_features, self.n_entries = transformer, n_features, n_entries

    def blocks(self, table: Table, wanted: Mask) -> Iterator[tuple[Indices, Array]]:
        """Yield the wanted rows of a table in blocks, and their features."""
        n_rows = max(1, BLOCK_ENTRIES // self.n_entries)
        for rows, columns in table.blocks(wanted, n_rows):
            yield rows, self.transformer.transform(columns)


def drawn_features(plan: Plan, part: Part, training: Any) -> DrawnFeatures:
    """Return the random features of a part.

    Parameters
    ----------
    plan : Plan
    part : Part
    training : DataFrame of shape (n_train, n_columns)
        The training rows of the outer fold, or a sample of them, which say how columns are
        prepared.
    """
    width = plan.widths[-1]
    columns = preparation(impute=plan.impute).fit(training)
    A = columns.transform(training[:1])
    layer = random_features(width, plan.feature_seed(part)).fit(A)
    return DrawnFeatures(make_pipeline(columns, layer), width, max(width, A.shape[1]))


def column_features(plan: Plan, training: Any) -> DrawnFeatures:
    """Return the columns themselves, prepared (see `drawn_features`)."""
    columns = prepared_columns(impute=plan.impute).fit(training)
    n_features = columns.transform(training[:1]).shape[1]
    return DrawnFeatures(columns, n_features, n_features)
