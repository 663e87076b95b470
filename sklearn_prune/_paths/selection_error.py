"""How many features are stable by mistake? Bounds for complementary half-samples.

With B pairs of halves, p features of which each half keeps q, and a threshold t, the bounds are
on the expected number of features that are kept by a share t of the halves at least, though
their probability to be kept by one is at most q / p, that of a choice at random. They are those
of Shah and Samworth (2013), and grow smaller with what is assumed.
"""

from __future__ import annotations

from math import ceil, inf, sqrt
from typing import NamedTuple

from .concave_tails import largest_tail

# What may be assumed of how often the halves keep a feature, from nothing on.
ASSUMPTIONS = ("none", "unimodal", "r-concave")

# Exponents of concavity: of the share of pairs whose halves both keep a feature, and of the
# share of halves that keep it.
PAIRS_R, HALVES_R = -0.5, -0.25


class SelectionError(NamedTuple):
    """Bounds that are known before a choice by half-samples is made.

    Attributes
    ----------
    n_features : int
        Number of features among which to choose, p.
    n_kept : float
        Number of them that each half keeps, q, or the mean number.
    n_pairs : int
        Number of pairs of halves, B.
    """

    n_features: int
    n_kept: float
    n_pairs: int

    @property
    def rate(self) -> float:
        """The probability to be kept by a choice at random."""
        return self.n_kept / self.n_features

    def error_bound(self, threshold: float, assumption: str) -> float:
        """Return the bound for one threshold, which is rounded up to what halves can reach.

        No more than q / t features can be kept by so many halves, right or wrong.
        """
        if self.n_kept == 0:
            return 0.0
        hits = ceil(2 * self.n_pairs * threshold * (1 - 1e-12))
        share = hits / (2 * self.n_pairs)
        bounds = [self.n_kept / share, self._worst_case(share)]
        if assumption != "none":
            bounds.append(self._unimodal(share))
        if assumption == "r-concave":
            bounds.append(self._concave(hits))
        return min(bounds)

    def least_threshold(self, max_errors: float, assumption: str) -> float:
        """Return the least threshold whose bound is no more than a number, inf if there is none."""
        n_halves = 2 * self.n_pairs
        low, high = 0, n_halves + 1
        while high - low > 1:
            middle = (low + high) // 2
            enough = self.error_bound(middle / n_halves, assumption) <= max_errors
            low, high = (low, middle) if enough else (middle, high)
        return high / n_halves if high <= n_halves else inf

    def _worst_case(self, share: float) -> float:
        """Return the bound that needs no assumption."""
        return self.rate * self.n_kept / (2 * share - 1) if share > 0.5 else inf

    def _unimodal(self, share: float) -> float:
        """Return the bound for unimodal shares of pairs whose halves both keep a feature."""
        B, square = self.n_pairs, self.rate**2
        least = max(0.5 + 1 / B, min(0.5 + square, 0.5 + 1 / (2 * B) + 0.75 * square))
        if self.rate > 1 / sqrt(3) or share < least:
            return inf
        if share <= 0.75:
            factor = 1 / (2 * (2 * share - 1 - 1 / (2 * B)))
        else:
            factor = 4 * (1 - share + 1 / (2 * B)) / (1 + 1 / B)
        return factor * self.rate * self.n_kept

    def _concave(self, hits: int) -> float:
        """Return the bound for r-concave shares of pairs and of halves."""
        B, rate = self.n_pairs, self.rate
        tail = largest_tail(rate * 2 * B, hits, 2 * B, HALVES_R)
        if hits > B:
            tail = min(tail, largest_tail(rate**2 * B, hits - B, B, PAIRS_R))
        return self.n_features * tail
