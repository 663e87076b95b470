"""Names and shares in words."""

from __future__ import annotations

from math import floor
from typing import Any


def listed(names: Any) -> str:
    """Return names in a row, the first ten of them."""
    shown = ", ".join(map(str, names[:10]))
    return f"{shown} and {len(names) - 10} more" if len(names) > 10 else shown


def percentage(share: float) -> str:
    """Return a share as whole per cents, rounded down: 100 % are all."""
    return f"{floor(100 * share + 1e-9)}%"
