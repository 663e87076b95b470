"""Rows that occur more than once, and so may be trained and judged on."""

from __future__ import annotations

from typing import Any

from .plain_column import is_coarse
from .wording import percentage

Frame = Any
Column = Any

# Fewer copies than this share of the rows are not worth a word.
NOTABLE = 0.01


def copied_rows(X: Frame, y: Column) -> list[str]:
    """Tell of rows that are copies of others, in the target `y`, too, if it is given."""
    import pandas as pd  # noqa: PLC0415

    rows = X if y is None else pd.concat([X, y], axis=1)
    share = rows.duplicated().mean()
    if share <= NOTABLE:
        return []
    rounded = any(is_coarse(column) for _, column in rows.select_dtypes("float64").items())
    limit = ", as far as double precision can tell" if rounded else ""
    copies = f"{percentage(share)} of the rows are copies of others{limit}"
    return [f"{copies}, and may be trained and judged on."]
