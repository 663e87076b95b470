"""Largest tails of r-concave distributions: how often can a small mean come out large?

A distribution f on 0, 1, ..., n is r-concave, for r < 0, if ``f**r`` is convex. Of those of a
given mean, the tail is the heaviest where ``f**r`` is a straight line up to some k, with what
is left of the mass at k + 1 (Shah and Samworth, 2013): one number, the intercept of the line in
units of its slope, is left to be searched for every k.
"""

from __future__ import annotations

from functools import lru_cache
from math import floor
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

# Logarithms of intercepts are between -LARGEST and LARGEST, and are halved so often.
LARGEST, HALVINGS = 40.0, 48

# The best so many values of k are searched, in rounds of so many intercepts.
N_BEST, N_TRIED, ROUNDS = 3, 9, 16


@lru_cache(maxsize=1024)
def largest_tail(mean: float, count: int, n: int, r: float) -> float:
    """Return the largest probability that an r-concave variable reaches a count.

    Parameters
    ----------
    mean : float
        Largest mean of the variable, which is one of 0, 1, ..., n.
    count : int
        From 1 to n.
    n : int
    r : float
        Negative.

    Returns
    -------
    float
        Markov's bound for counts that are hardly larger than twice the mean.
    """
    markov = min(1.0, mean / count)
    flattest = floor(2 * mean) + 1
    if count <= flattest or flattest >= n:
        return markov
    last = np.arange(max(flattest, count - 1), n)
    ends = _log_intercepts(np.append(last, n), mean, n, 1 / r)
    return min(markov, _search(last, ends[1:], ends[:-1], mean, count, 1 / r))


def _log_intercepts(last: Indices, mean: float, n: int, power: float) -> Array:
    """Return the intercepts of the lines that end at each k and have the mean."""
    low, high = np.full(len(last), -LARGEST), np.full(len(last), LARGEST)
    places = np.arange(n + 1)
    kept = places <= last[:, np.newaxis]
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        f = np.where(kept, _line(middle, places, power), 0.0)
        above = f @ places > mean * f.sum(axis=1)
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return (low + high) / 2


def _search(last: Indices, low: Array, high: Array, mean: float, count: int, power: float) -> float:
    """Return the largest tail of lines whose intercepts lie between two, for each end."""
    tails = np.zeros(0)
    for done in range(ROUNDS):
        tried = np.linspace(low, high, N_TRIED, axis=1)
        tails = _tails(last, tried, mean, count, power)
        best = tails.argmax(axis=1)
        rows = np.arange(len(last))
        low, high = (
            tried[rows, np.maximum(best - 1, 0)],
            tried[rows, np.minimum(best + 1, N_TRIED - 1)],
        )
        if done == 0:
            kept = np.argsort(tails.max(axis=1))[-N_BEST:]
            last, low, high = last[kept], low[kept], high[kept]
    return float(tails.max())


def _tails(last: Indices, logs: Array, mean: float, count: int, power: float) -> Array:
    """Return the tails of lines that end at k, with the rest of the mass at k + 1."""
    places = np.arange(last.max() + 1)
    ends = last[:, np.newaxis, np.newaxis]
    f = np.where(places <= ends, _line(logs, places, power), 0.0)
    scale = (ends[..., 0] + 1 - mean) / np.sum((ends + 1 - places) * f, axis=-1)
    tails: Array = 1 - scale * f[..., :count].sum(axis=-1)
    return tails


def _line(logs: Array, places: Indices, power: float) -> Array:
    """Return a power of a line of slope one, relative to that of its intercept."""
    line: Array = (1 + places / np.exp(logs)[..., np.newaxis]) ** power
    return line
