"""Rows that occur more than once, and so may be trained and judged on."""

from __future__ import annotations

from typing import Any

import numpy as np

from .plain_column import is_coarse
from .wording import percentage

Frame = Any
Column = Any

# Fewer copies than this share of the rows are not worth a word.
NOTABLE = 0.01


def copied_rows(X: Frame, y: Column) -> list[str]:
    """Tell of rows that are copies of others, in the target `y`, too, if it is given."""
    import pandas as pd  # noqa: PLC0415

    if X.shape[1] == 0:
        return []
    rows = X if y is None else pd.concat([X, y], axis=1)
    share = _share_of_copies(rows)
    if share <= NOTABLE:
        return []
    rounded = is_coarse(rows.select_dtypes("float64"))
    limit = ", as far as double precision can tell" if rounded else ""
    copies = f"{percentage(share)} of the rows are copies of others{limit}"
    return [f"{copies}, and may be trained and judged on."]


def _share_of_copies(rows: Frame) -> float:
    """Return the share of rows that are equal to one before."""
    floats = rows.select_dtypes("float64")
    codes = [column.factorize()[0] for _, column in rows.drop(columns=floats.columns).items()]
    values = np.column_stack([floats.to_numpy() + 0.0, *codes])  # 0.0 is -0.0
    return 1 - len({row.tobytes() for row in values}) / len(values)
