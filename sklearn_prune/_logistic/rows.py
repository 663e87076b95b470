"""Labels and weights, and what a logistic loss makes of their margins."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


class Rows(NamedTuple):
    """The loss ``sum_i w_i log(1 + exp(-y_i m_i))`` as a function of the margins m.

    Attributes
    ----------
    y : ndarray of shape (n_samples,)
        Labels, -1 or 1.
    weights : ndarray of shape (n_samples,)
        Positive weights of the rows.
    """

    y: Array
    weights: Array

    def loss(self, margins: Array) -> float:
        """Return the loss."""
        return float(self.weights @ np.logaddexp(0, -self.y * margins))

    def slopes(self, margins: Array) -> Array:
        """Return the first derivatives."""
        return -self.weights * self.y * expit(-self.y * margins)

    def curvatures(self, margins: Array) -> Array:
        """Return the second derivatives."""
        return self.weights * expit(margins) * expit(-margins)

    def log_odds(self) -> float:
        """Return the best of all constant margins, infinite if there is one class."""
        positive, negative = (self.weights[self.y == sign].sum() for sign in (1, -1))
        with np.errstate(divide="ignore"):
            return float(np.log(positive) - np.log(negative))

    def separated(self, margins: Array) -> bool:
        """Return whether all margins have the sign of their label: then none are best."""
        return bool((self.y * margins > 0).all())
