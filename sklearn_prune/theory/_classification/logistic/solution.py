"""A fixed point, and how it moves when one of the draws behind its equations is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .classifier_support import Kept

# Step of the differences by which the equations are linearised.
STEP = 1e-5


class System(Protocol):
    """Equations of a fit to the kept features, whose solutions are fixed points."""

    def image(self, x: Array) -> Array:
        """Return what a point is mapped to, of the same shape."""

    def moments(self, x: Array) -> tuple[float, float, float]:
        """Return m, q and b0 at a solution."""

    def restricted(self, kept: Kept) -> Self:
        """Return the equations for other kept features."""


Equations = TypeVar("Equations", bound=System)


@dataclass(frozen=True)
class Solution(Generic[Equations]):
    """The solution of the equations of a fit.

    Attributes
    ----------
    system : System
        The equations.
    x : ndarray of shape (n_scalars,)
        Their fixed point.
    """

    system: Equations
    x: Array

    @property
    def moments(self) -> tuple[float, float, float]:
        """The moments m and q, and b0."""
        return self.system.moments(self.x)

    def draws(self, kept: Kept) -> Array:
        """Return pseudo-values of the moments, one a draw, of shape (n_draws, 3).

        The equations hold in the mean over draws. Without a pair of them the solution is a
        step of Newton's method away; what that says of the pair is its pseudo-value
        (Quenouille and Tukey). In closed form there is one.
        """
        whole = np.array(self.moments)
        if kept.n_pairs == 0:
            return whole[np.newaxis]
        newton = np.asarray(np.linalg.inv(np.eye(len(self.x)) - self._slopes()), dtype=np.float64)
        without = np.array([self._without(pair, kept, newton) for pair in range(kept.n_pairs)])
        pseudo_values = kept.n_pairs * whole - (kept.n_pairs - 1) * without
        return np.repeat(pseudo_values, 2, axis=0)

    def _without(self, pair: int, kept: Kept, newton: Array) -> tuple[float, float, float]:
        other = self.system.restricted(kept.without(pair))
        return other.moments(self.x + newton @ (other.image(self.x) - self.x))

    def _slopes(self) -> Array:
        """Return the Jacobian of the equations, by central differences."""
        steps = STEP * np.eye(len(self.x))
        columns = [self.system.image(self.x + h) - self.system.image(self.x - h) for h in steps]
        return np.array(columns).T / (2 * STEP)
