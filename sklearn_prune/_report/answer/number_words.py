"""Numbers in words: shares, p-values, and what is said of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .statistics import LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

# Shares are not written with more digits than these, however little they differ.
MOST_DIGITS = 12


def percents(first: float, *others: float) -> list[str]:
    """Return shares with so many digits that the first, which differs, looks different."""
    for digits in range(1, MOST_DIGITS):
        texts = [f"{share:.{digits}%}" for share in (first, *others)]
        if texts[0] not in texts[1:]:
            break
    return texts


def features(number: int) -> str:
    """Return a number of features."""
    return "1 feature" if number == 1 else f"{number} features"


def either(numbers: Sequence[int]) -> str:
    """Return numbers of which each is one possibility."""
    *most, last = map(str, numbers)
    return f"{', '.join(most)} or {last}" if most else last


def p_text(p: float) -> str:
    """Return a p-value."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def noise_text(p: float) -> str:
    """Return whether a difference is beyond noise."""
    return f"{'' if p < LEVEL else 'not '}beyond noise, {p_text(p)}"


def rates_text(rates: Sequence[float], losses: Sequence[float]) -> str:
    """Return error rates and log-losses of models in brackets, nothing for a regression."""
    if np.isnan(rates[0]):
        return ""
    wrong = " and ".join(f"{rate:.1%}" for rate in rates)
    return f" (wrong class: {wrong}; log-loss: {' and '.join(f'{loss:.3g}' for loss in losses)})"
