"""Sizes to try, where every one costs a fit: few of all, then those around the best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Indices

# Sizes of the first round, in geometric steps, and at most so many in the next ones.
N_COARSE, N_FINE = 20, 6


def coarse_sizes(sizes: Indices) -> Indices:
    """Return a few of increasing sizes, the first and the last among them."""
    places = np.geomspace(1, len(sizes), N_COARSE).round().astype(np.intp) - 1
    chosen: Indices = sizes[np.unique(places)]
    return chosen


def finer_sizes(sizes: Indices, tried: Indices, best: int) -> Indices:
    """Return sizes that are to be tried next: some between the neighbours of the best one.

    Parameters
    ----------
    sizes : ndarray of shape (n_sizes,)
        All, increasing.
    tried : ndarray of shape (n_tried,)
        Those that were tried, increasing.
    best : int
        The best one of these.

    Returns
    -------
    ndarray of shape (n_next,)
        None, if there are no others between the neighbours.
    """
    place = int(np.searchsorted(tried, best))
    least, largest = tried[max(place - 1, 0)], tried[min(place + 1, len(tried) - 1)]
    between = sizes[(sizes > least) & (sizes < largest) & (sizes != best)]
    if len(between) <= N_FINE:
        return between
    return between[np.linspace(0, len(between) - 1, N_FINE).round().astype(np.intp)]
