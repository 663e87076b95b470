r"""The force that a loss exerts on a margin which may give way.

With a proximal step of width V the margin moves from z to :math:`z+Vg`, where the force is
the slope of the loss there, :math:`g=-\ell'(z+Vg)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, wrightomega

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import Array

# The iteration is quadratic and starts close by: this many steps are never needed.
MAX_STEPS = 50


def logistic_force(margin: Array, width: float) -> tuple[Array, Array]:
    r"""Return g of the logistic loss and its derivative by the margin.

    It solves :math:`g=\sigma(-z-Vg)`. Newton's method for :math:`\log g` falls onto the
    root from above. It starts from the lower of two bounds: the force of a step of no
    width, and that of :math:`g\le e^{-z-Vg}`, which Wright's omega function solves.

    Parameters
    ----------
    margin : ndarray
    width : float
        V, positive.

    Returns
    -------
    force, slope : ndarray
    """
    log_g = np.minimum(-np.logaddexp(0, margin), -margin - wrightomega(np.log(width) - margin))
    for _ in range(MAX_STEPS):
        moved = margin + width * np.exp(log_g)
        excess = log_g + np.logaddexp(0, moved)
        step = excess / (1 + (moved - margin) * expit(moved))
        log_g = log_g - step
        if np.max(np.abs(step)) < 1e-9:
            break
    g = np.exp(log_g)
    bend = g * expit(margin + width * g)
    return g, -bend / (1 + width * bend)


def squared_force(margin: Array, width: float) -> tuple[Array, Array]:
    r"""Return g of :math:`(1-z)^2/2` and its derivative."""
    return (1 - margin) / (1 + width), np.full_like(margin, -1 / (1 + width))


def hard_margin_force(margin: Array, width: float) -> tuple[Array, Array]:
    """Return g of the constraint that no margin is below one, times V, and its derivative."""
    return np.maximum(1 - margin, 0.0), -1.0 * (margin < 1)


FORCES: dict[str, Callable[[Array, float], tuple[Array, Array]]] = {
    "logistic": logistic_force,
    "squared": squared_force,
    "max_margin": hard_margin_force,
}
