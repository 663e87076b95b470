"""The random features of an outer fold, drawn block by block when they are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.pipeline import make_pipeline

from sklearn_prune._report.table.preparation import preparation, random_features

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
    """The features of a part, from columns that are prepared as its training rows say.

    Parameters
    ----------
    plan : Plan
    part : Part
    training : DataFrame of shape (n_train, n_columns)
        The training rows of the outer fold, or a sample of them.
    """

    def __init__(self, plan: Plan, part: Part, training: Any) -> None:
        columns = preparation(impute=plan.impute).fit(training)
        A = columns.transform(training[:1])
        layer = random_features(plan.widths[-1], plan.feature_seed(part)).fit(A)
        self.transformer = make_pipeline(columns, layer)
        self.n_entries = max(plan.widths[-1], A.shape[1])

    def blocks(self, table: Table, wanted: Mask) -> Iterator[tuple[Indices, Array]]:
        """Yield the wanted rows of a table in blocks, and their features."""
        n_rows = max(1, BLOCK_ENTRIES // self.n_entries)
        for rows, columns in table.blocks(wanted, n_rows):
            yield rows, self.transformer.transform(columns)
