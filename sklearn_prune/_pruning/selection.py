"""What is kept or pruned as a whole, what has to stay, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._checks.arguments import (
    as_list,
    check_enough_to_prune,
    check_n_keep,
    check_price,
    falling_sizes,
)
from sklearn_prune._checks.column_selection import check_selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._typing import AnyArray, Array, Indices, Mask

# What a sparsity may count, and how errors call it.
UNITS = {"groups": "groups", "columns": "columns", "cost": "the total price"}

# The units in which a sparsity counts columns that are alone.
COLUMNS = "groups", "columns"


class SelectionRule(NamedTuple):
    """The parameters of a pruned model that say what may be selected, as they are given."""

    feature_groups: Any = None
    always_keep: Any = None
    feature_costs: Any = None
    sparsity_unit: Any = "groups"

    @property
    def is_free(self) -> bool:
        """Whether each column is free, alone and alike; columns are then what is counted."""
        return all(value is None for value in self[:3]) and self.sparsity_unit in COLUMNS

    def resolve(self, n_features: int, names: AnyArray | None) -> Selection | None:
        """Return what they mean for some columns, or None if each is free, alone and alike.

        Raises
        ------
        ValueError
            If one of them does not fit the columns.
        """
        if not isinstance(self.sparsity_unit, str) or self.sparsity_unit not in UNITS:
            known = ", ".join(map(repr, UNITS))
            raise ValueError(f"sparsity_unit is {self.sparsity_unit!r}: give one of {known}.")
        if self.is_free:
            return None
        groups, stays, costs = check_selection(*self[:3], n_features, names)
        n_columns = np.bincount(groups)
        counts = {
            "groups": np.ones_like(n_columns),
            "columns": n_columns,
            "cost": n_columns if costs is None else costs,
        }
        return Selection(groups, stays, costs, counts[self.sparsity_unit], self.sparsity_unit)


# Each column is free, alone, and alike.
FREE = SelectionRule()


@dataclass(frozen=True, eq=False)
class Selection:
    """Groups of columns, of which some are selected.

    Attributes
    ----------
    groups : ndarray of shape (n_features,)
        Number of the group of each column.
    stays : ndarray of shape (n_groups,), dtype bool
        Groups that are always kept.
    costs : ndarray of shape (n_groups,) or None
        Prices, by which scores are divided; None if they are not.
    counts : ndarray of shape (n_groups,)
        What each group counts of a sparsity.
    unit : str
        What that is (see `UNITS`).
    """

    groups: Indices
    stays: Mask
    costs: Array | None
    counts: AnyArray
    unit: str = "groups"

    @property
    def n_groups(self) -> int:
        """Return the number of groups."""
        return len(self.stays)

    @property
    def sizes(self) -> Indices:
        """Return the number of columns of each group."""
        return np.bincount(self.groups, minlength=self.n_groups)

    @property
    def has_groups(self) -> bool:
        """Whether some columns belong together."""
        return self.n_groups < len(self.groups)

    @property
    def stay(self) -> Mask:
        """Return the mask of the columns that are always kept."""
        return self.stays[self.groups]

    def members(self) -> list[Indices]:
        """Return the columns of each group."""
        by_group = np.argsort(self.groups, kind="stable")
        return np.split(by_group, np.cumsum(self.sizes)[:-1])

    def leading(self, width: int) -> Selection:
        """Return that of the first columns.

        Raises
        ------
        ValueError
            If they are a part of a group.
        """
        groups, rest = np.split(self.groups, [width])
        if np.isin(groups, rest).any():
            column = int(np.flatnonzero(np.isin(groups, rest))[0])
            msg = (
                f"The first {width} columns are a part of the group of column {column} only: give "
                "widths that have whole groups."
            )
            raise ValueError(msg)
        n_groups = groups.max() + 1
        costs = None if self.costs is None else self.costs[:n_groups]
        return Selection(groups, self.stays[:n_groups], costs, self.counts[:n_groups], self.unit)

    def n_keep(self, sparsity: Any) -> float:
        """Return how much a sparsity keeps, in the unit: a count, or a total price.

        Raises
        ------
        ValueError
            If it is out of range, or less than what always stays.
        """
        total, least = self.counts.sum(), self.counts[self.stays].sum()
        if self.unit == "cost":
            kept = check_price(sparsity, total)
        else:
            kept = check_n_keep(sparsity, int(total), UNITS[self.unit])
        if isinstance(sparsity, float | np.floating) and sparsity <= 1:
            return max(kept, least.item())
        if kept < least:
            msg = (
                f"sparsity is {sparsity!r}, and what is always kept counts {least:.6g} of it "
                f"({self.unit}): give at least that."
            )
            raise ValueError(msg)
        return kept

    def sizes_within(self, sparsities: Sequence[float]) -> list[float]:
        """Return how much each sparsity keeps, 0 if there is less than that (see `n_keep`)."""
        total = self.counts.sum()
        return [self.n_keep(sparsity) if sparsity <= total else 0 for sparsity in sparsities]

    def sparsity(self, size: float) -> float:
        """Return the sparsity that keeps so much: a price of at most 1 only has a fraction."""
        if self.unit != "cost" or size > 1:
            return size
        return min(1.0, size / self.counts.sum().item())

    def round_sizes(self, sparsity: Any, n_rounds: Any) -> list[float]:
        """Return how much each round leaves, falling geometrically.

        Raises
        ------
        ValueError
            If `sparsity` is out of range (see `n_keep`), or `n_rounds` no int >= 1.
        """
        kept = self.n_keep(sparsity)
        check_enough_to_prune(n_rounds, self.n_groups, "groups")
        sizes = falling_sizes(self.counts.sum().item(), kept, n_rounds)
        return sizes if self.unit == "cost" else [max(kept, round(size)) for size in sizes]

    def check_sizes(self, sparsities: Any) -> AnyArray:
        """Return how much several sparsities keep, increasing.

        Raises
        ------
        ValueError
            If there are none, or one is out of range (see `n_keep`).
        """
        sizes = sorted({self.n_keep(sparsity) for sparsity in as_list(sparsities, "sparsities")})
        if not sizes:
            raise ValueError("sparsities is empty: give at least one, or None.")
        return np.array(sizes)

    @property
    def reach(self) -> tuple[float, float]:
        """The least and the largest size that every order of the groups can keep."""
        counts = self.counts
        least = counts[self.stays].sum() if self.stays.any() else counts.max()
        return least.item(), counts.sum().item()

    def all_sizes(self, most_columns: int) -> Indices:
        """Return all numbers of groups that have no more columns than so many, if they must.

        Raises
        ------
        ValueError
            If a sparsity counts something else than groups.
        """
        if self.unit != "groups":
            msg = f'sparsity_unit is "{self.unit}": say which sparsities, or count groups.'
            raise ValueError(msg)
        n_stays, free = int(self.stays.sum()), np.sort(self.sizes[~self.stays])[::-1]
        columns = self.sizes[self.stays].sum() + np.cumsum(free)
        least, n_free = max(1, n_stays), int(np.count_nonzero(columns <= most_columns))
        return np.arange(least, max(least, n_stays + n_free) + 1)

    def norms(self, scores: Array) -> Array:
        """Return the norm of the scores of a group for each of its columns.

        Raises
        ------
        ValueError
            If one of several columns has a negative score.
        """
        if not self.has_groups:
            return scores
        together = self.sizes[self.groups] > 1
        if (worst := scores.min(where=together, initial=0.0)) < 0:
            msg = (
                f"The score of a feature in a group is {worst:.6g}: give scores of at least 0, "
                "of which the norm is that of the group."
            )
            raise ValueError(msg)
        largest = float(scores.max(where=together, initial=0.0)) or 1.0  # its square may overflow
        squares = np.bincount(self.groups, weights=(scores / largest) ** 2)
        return np.where(together, largest * np.sqrt(squares)[self.groups], scores)

    def per_price(self, scores: Array) -> Array:
        """Return scores of columns divided by the prices of their groups.

        Raises
        ------
        ValueError
            If a score is negative: a higher price would make it better.
        """
        if self.costs is None:
            return scores
        if scores.min() < 0:
            worst = int(scores.argmin())
            msg = (
                f"The score of feature {worst} is {scores[worst]:.6g}: with feature_costs, by "
                "which it is divided, a score has to be at least 0."
            )
            raise ValueError(msg)
        return scores / self.costs[self.groups]
