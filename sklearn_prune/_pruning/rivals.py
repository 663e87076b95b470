"""Groups of columns that compete for a place by backward elimination."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import linalg

from .elimination import eliminate, eliminate_moments, factor_of_moments
from .group_bases import STAYS, GroupBases, members_of
from .group_elimination import eliminate_groups

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices, Mask

    from .selection import Selection


class Rivals(NamedTuple):
    """Groups of columns that compete for a place, beside columns that have one.

    Attributes
    ----------
    groups : ndarray of shape (n_columns,)
        Number of the group of each column: 0, 1, ..., or `STAYS` if it always stays.
    numbers : ndarray of shape (n_rivals,)
        What these groups are elsewhere.
    prices : ndarray of shape (n_rivals,) or None
        What the rise of the loss without each is divided by.
    """

    groups: Indices
    numbers: Indices
    prices: Array | None = None

    @classmethod
    def among(cls, columns: Indices, selection: Selection | None) -> Rivals:
        """Return those of some columns of the data (see `competing`)."""
        if selection is None:
            return cls(np.arange(len(columns)), columns)
        owners = selection.groups[columns]
        free = ~selection.stays[owners]
        numbers, groups = np.unique(owners[free], return_inverse=True)
        places = np.full(len(columns), STAYS)
        places[free] = groups
        prices = None if selection.costs is None else selection.costs[numbers]
        if prices is not None and (prices == prices[:1]).all():
            prices = None
        return cls(places, numbers, prices)

    @property
    def alone(self) -> bool:
        """Whether each column is a rival of its own."""
        return np.array_equal(self.groups, np.arange(len(self.numbers)))

    @property
    def sizes(self) -> Indices:
        """Return the number of columns of each."""
        return np.bincount(self.groups[self.groups != STAYS], minlength=len(self.numbers))

    def members(self) -> list[Indices]:
        """Return the columns of each."""
        return members_of(self.groups)

    def take(self, rivals: Indices) -> tuple[Indices, Rivals]:
        """Return the columns of some of them, increasing, and these rivals alone."""
        place = np.full(len(self.numbers) + 1, len(rivals))
        place[rivals] = np.arange(len(rivals))
        place[STAYS] = STAYS
        columns = np.flatnonzero(place[self.groups] < len(rivals))
        prices = None if self.prices is None else self.prices[rivals]
        return columns, Rivals(place[self.groups[columns]], self.numbers[rivals], prices)

    def fitting(self, ranked: Indices, n_columns: int) -> Indices:
        """Return those of a ranking that fit into so many columns, the first come first."""
        if self.alone:
            return ranked[: max(n_columns, 0)]
        found, left = [], n_columns
        for rival, size in zip(ranked.tolist(), self.sizes[ranked].tolist(), strict=True):
            if size <= left:
                found.append(rival)
                left -= size
        return np.array(found, dtype=np.intp)

    def norms(self, rows: Array) -> Array:
        """Return the norms of the rows that each has, squares by price.

        Parameters
        ----------
        rows : ndarray of shape (n_columns, n_targets)
            Of columns of which none always stays.
        """
        norms = linalg.norm(rows, axis=1)
        if not self.alone:
            norms = np.sqrt(np.bincount(self.groups, weights=norms**2))
        return self.per_price(norms)

    def per_price(self, roots: Array) -> Array:
        """Return roots of rises of the loss, these divided by the prices."""
        return roots if self.prices is None else roots / np.sqrt(self.prices)

    def eliminate(self, joint: Array) -> tuple[Indices, Array]:
        """Return the rivals in the order of elimination, and the errors (see `eliminate`)."""
        n_columns = len(self.groups)
        if self.alone:
            return eliminate(joint, n_columns, self.prices)
        columns, targets = np.hsplit(joint, [n_columns])
        return eliminate_groups(GroupBases.of(columns, self.groups, targets), self.prices)

    def eliminate_moments(
        self, gram: Array, moments: Array, squares: Array, loss: float = 1.0
    ) -> tuple[Indices, Array] | None:
        """Return the same from moments (see `eliminate_moments`), if these have the digits."""
        if self.alone:
            return eliminate_moments(gram, moments, squares, loss=loss, prices=self.prices)
        factor = factor_of_moments(gram, moments, squares, loss)
        return None if factor is None else self.eliminate(factor.joint())

    def survival(self, order: Indices, n_features: int, selection: Selection | None) -> Array:
        """Return how long the features of the data survive: what stays, as long as the best.

        Parameters
        ----------
        order : ndarray of shape (n_rivals,)
            The rivals, the first to go first.
        n_features : int
        selection : Selection or None

        Returns
        -------
        ndarray of shape (n_features,)
            0 where a feature does not compete, 1 for the first to go, and so on.
        """
        scores = np.zeros(n_features if selection is None else selection.n_groups)
        scores[self.numbers[order]] = np.arange(1, len(order) + 1)
        if selection is None:
            return scores
        scores[selection.stays] = len(order) + 1
        return scores[selection.groups]


def competing(coef: AnyArray, varying: Mask, selection: Selection | None) -> Indices:
    """Return the columns that vary of groups that stay, or have a coefficient that is not zero.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
    varying : ndarray of shape (n_features,), dtype bool
    selection : Selection or None
    """
    found = varying & (coef.reshape(-1, len(varying)) != 0).any(axis=0)
    if selection is not None:
        alive = selection.stays.copy()
        alive[selection.groups[found]] = True
        found = varying & alive[selection.groups]
    return np.flatnonzero(found)
