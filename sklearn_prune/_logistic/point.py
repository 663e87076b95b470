"""Where a logistic fit is, or a step of it, with the margins there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


class Point(NamedTuple):
    """Coefficients, or a dual vector, or a step of these.

    Attributes
    ----------
    unknowns : ndarray of shape (n_unknowns,)
    intercept : float
    linear : ndarray of shape (n_samples,)
        Their margins without the intercept.
    """

    unknowns: Array
    intercept: float
    linear: Array

    @classmethod
    def at(cls, space: Any, unknowns: Array, intercept: float) -> Point:
        """Return a point with its margins."""
        return cls(unknowns, intercept, space.linear(unknowns))

    @property
    def margins(self) -> Array:
        """Return the margins."""
        return self.linear + self.intercept

    @property
    def reach(self) -> float:
        """Return the largest of the absolute margins."""
        return float(np.abs(self.margins).max())

    def moved(self, step: Point, length: float) -> Point:
        """Return the point that a step of some length leads to."""
        return Point(
            self.unknowns + length * step.unknowns,
            self.intercept + length * step.intercept,
            self.linear + length * step.linear,
        )
