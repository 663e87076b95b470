"""Which tables have so many rows that their sums are all that is kept of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .plan import Plan

# From so many rows a column on, rows have small leverages, much alike: see `gcv_fits`.
ROWS_PER_COLUMN = 10
# Where there are fewer entries than this nothing is gained.
LEAST_ENTRIES = 2**24


def is_tall(plan: Plan, n_rows: int, n_targets: int) -> bool:
    """Return whether inner folds are fitted to many more rows than there are features.

    Parameters
    ----------
    plan : Plan
    n_rows, n_targets : int
        Numbers of rows of the table and of columns of the target.
    """
    width = plan.widths[-1]
    is_large = plan.n_train(n_rows) * width >= LEAST_ENTRIES
    return is_large and max(width, plan.n_columns) <= widest(plan, n_rows, n_targets)


def widest(plan: Plan, n_rows: int, n_targets: int) -> int:
    """Return the largest width for which there are enough rows to keep their sums only."""
    n_train = plan.n_train(n_rows)
    return plan.cut.n_fit(n_train) // ROWS_PER_COLUMN - n_targets
