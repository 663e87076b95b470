"""What is eliminated next: that without which the loss rises least, for its price."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from .ranking import TIE

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


def last_of_least(rises: Array, size: float, prices: Array | None = None) -> tuple[int, float]:
    """Return the index of the least rise, and the rise: among ties, of the roots, the last.

    Parameters
    ----------
    rises : ndarray of shape (n_left,)
        Infinite where nothing is left. Overwritten.
    size : float
        The root of the largest rise that there may be.
    prices : ndarray of shape (n_left,) or None
        What the rises are divided by before they are compared.
    """
    if prices is not None:
        return _last_of_cheapest(rises, np.sqrt(prices))
    worst = int(rises.argmin())
    least = float(rises[worst])
    rises[worst] = np.inf
    if rises[rises.argmin()] > (sqrt(least) + TIE * size) ** 2:
        return worst, least
    rises[worst] = least
    roots = np.sqrt(rises)
    tie = TIE * roots[roots < np.inf].max()
    worst = int(np.flatnonzero(roots <= roots[worst] + tie)[-1])
    return worst, float(rises[worst])


def _last_of_cheapest(rises: Array, units: Array) -> tuple[int, float]:
    """Return the same for rises divided by prices, of which these are the roots.

    A quotient has the rounding of its rise, so that high prices do not make ties.
    """
    roots = np.sqrt(rises)
    tie = TIE * roots[roots < np.inf].max()
    least = ((roots - tie) / units <= (roots / units).min()).nonzero()[0]
    worst = int(least[-1])
    return worst, float(rises[worst])
