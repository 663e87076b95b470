"""The gradient of a penalised logistic loss, and when it is small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .coefficients import TINY

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .point import Point
    from .rows import Rows


class Gradient(NamedTuple):
    """The gradient at a point.

    Attributes
    ----------
    slopes : ndarray of shape (n_samples,)
        Derivatives of the loss by the margins.
    residual : ndarray of shape (n_unknowns,)
        Zero at the minimum: the derivatives by the coefficients, or what these are A' times of.
    rest : float
        Derivative by the intercept.
    """

    slopes: Array
    residual: Array
    rest: float

    @classmethod
    def at(cls, space: Any, rows: Rows, point: Point) -> Gradient:
        """Compute it."""
        slopes = rows.slopes(point.margins)
        rest = float(slopes.sum()) if space.centred else 0.0
        return cls(slopes, space.residual(point.unknowns, slopes), rest)

    def error(self, sizes: Array) -> float:
        """Return how large the gradient is, relative to the sizes of its terms."""
        shares = np.abs(self.residual) / (sizes + TINY)
        return max(float(shares.max(initial=0.0)), abs(self.rest) / (self.total + TINY))

    @property
    def total(self) -> float:
        """Return the size of the terms of the derivative by the intercept."""
        return float(np.abs(self.slopes).sum())
