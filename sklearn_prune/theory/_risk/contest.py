"""What competes for a place in the support: features or groups of them, at which price."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import brentq

from sklearn_prune._checks.column_selection import check_selection
from sklearn_prune.theory._checks import n_kept, shown

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices, Mask


@dataclass(frozen=True, eq=False)
class Contest:
    """Groups of features that are kept or pruned as one; one that is alone is a group.

    Attributes
    ----------
    groups : ndarray of shape (n_entries,)
        Number of the group of each entry of a covariance.
    stays : ndarray of shape (n_groups,), dtype bool
        Groups that are always kept.
    prices : ndarray of shape (n_groups,)
        What scores are divided by.
    counts : ndarray of shape (n_groups,)
        How many groups alike each stands for.
    """

    groups: Indices
    stays: Mask
    prices: Array
    counts: Array

    @classmethod
    def free(cls, counts: Array) -> Contest:
        """Return the contest in which each feature is alone, and all are alike."""
        size = len(counts)
        return cls(np.arange(size), np.zeros(size, dtype=bool), np.ones(size), counts)

    @classmethod
    def of(cls, counts: Array, groups: Any, always_keep: Any, costs: Any) -> Contest:
        """Return what the parameters of `predict_risk` mean for entries of some multiplicity.

        Raises
        ------
        ValueError
            If one of them does not fit the entries.
        """
        _check_not_empty(groups)
        numbers, stays, prices = check_selection(groups, always_keep, costs, len(counts), None)
        _, first = np.unique(numbers, return_index=True)
        if (counts != counts[first][numbers]).any():
            msg = (
                "feature_groups has entries of several weights in one group: a group stands for "
                "as many groups as its weight says, give its entries the same."
            )
            raise ValueError(msg)
        prices = np.ones(len(stays)) if prices is None else prices
        return cls(numbers, stays, prices, counts[first])

    @property
    def has_groups(self) -> bool:
        """Whether some features belong together."""
        return len(self.stays) < len(self.groups)

    @cached_property
    def n_groups(self) -> float:
        """The number of groups."""
        return fsum(self.counts)

    @cached_property
    def n_stay(self) -> float:
        """The number of groups that are always kept."""
        return fsum(self.counts[self.stays])

    def n_of(self, entries: Mask) -> float:
        """Return the number of groups that have one of these entries, or stay."""
        found = self.stays.copy()
        found[self.groups[entries]] = True
        return fsum(self.counts[found])

    def n_keep(self, sparsity: Any) -> Array:
        """Return how many groups a sparsity keeps, what stays included.

        Raises
        ------
        ValueError
            If it is out of range, or less than what always stays.
        """
        what = "groups" if self.has_groups else "features"
        return n_kept(sparsity, self.n_groups, what, least=self.n_stay)

    def is_decided(self, n_keep: float) -> bool:
        """Return whether nothing is left to choose."""
        return n_keep <= self.n_stay or n_keep >= self.n_groups

    def one_by_one(self) -> Contest:
        """Return the contest in which each group stands for itself alone."""
        counts = self.counts.astype(int)
        each = counts[self.groups]
        copies = np.concatenate([np.arange(count) for count in each])
        groups = np.repeat((np.cumsum(counts) - counts)[self.groups], each) + copies
        stays, prices = np.repeat(self.stays, counts), np.repeat(self.prices, counts)
        return Contest(groups, stays, prices, np.ones(len(stays)))

    def members(self) -> list[Indices]:
        """Return the entries of each group."""
        sizes = np.bincount(self.groups, minlength=len(self.stays))
        return np.split(np.argsort(self.groups, kind="stable"), np.cumsum(sizes)[:-1])

    def sums(self, scores: Array) -> Array:
        """Return the sums of the scores of the entries of each group."""
        totals = np.bincount(self.groups, weights=scores, minlength=len(self.stays))
        return totals.astype(np.float64)

    def ranked(self, scores: Array) -> Array:
        """Return scores of groups for their prices, inf for those that stay."""
        return np.where(self.stays, np.inf, scores / self.prices)

    def best_shares(self, scores: Array, n_keep: float) -> Array:
        """Return the share of each entry that is kept; among ties the lower index comes first."""
        order = np.argsort(-self.ranked(scores), kind="stable")
        before = np.cumsum(self.counts[order]) - self.counts[order]
        share = np.empty_like(self.counts)
        share[order] = np.clip((n_keep - before) / self.counts[order], 0, 1)
        return share[self.groups]

    def random_shares(self, n_keep: float) -> Array:
        """Return the chance of each entry to be kept by uniform scores over the prices."""
        share = np.ones_like(self.prices)
        if n_keep < self.n_groups:
            free = ~self.stays
            share[free] = _chances(self.prices[free], self.counts[free], n_keep - self.n_stay)
        return share[self.groups]


def _chances(prices: Array, counts: Array, n_keep: float) -> Array:
    """Return the chances of a uniform score over the price to be among the best."""
    if (prices == prices[0]).all():
        return np.full_like(prices, n_keep / counts.sum())
    prices = prices / prices.max()

    def chances(threshold: float) -> Array:
        return np.maximum(1 - threshold * prices, 0.0)

    end = 1 / prices.min()
    return chances(brentq(lambda t: counts @ chances(t) - n_keep, 0.0, end, xtol=1e-15 * end))


def _check_not_empty(groups: Any) -> None:
    """Raise a ValueError if one of several lists of columns has none."""
    for number, group in enumerate(groups if isinstance(groups, list | tuple) else ()):
        if isinstance(group, list | tuple | np.ndarray) and not len(group):
            msg = f"feature_groups has the empty list {number}, {shown(group)}: give it columns."
            raise ValueError(msg)


def exactly(kept: Array, counts: Array, n_keep: float) -> Array:
    """Return probabilities whose sum is n_keep, where rounding moved the threshold off it.

    What is missing falls to those that are neither certain to be kept nor to go.
    """
    open_ends = kept * (1 - kept)
    total = counts @ open_ends
    missing = min(n_keep, counts.sum()) - counts @ kept
    return kept + open_ends * (missing / total) if total > 0 else kept
