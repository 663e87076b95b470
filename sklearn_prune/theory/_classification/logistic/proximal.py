r"""The force that a loss exerts on a margin which may give way.

With a proximal step of width V the margin moves from z to :math:`z+Vg`, where the force is
the slope of the loss there, :math:`g=-\ell'(z+Vg)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import wrightomega

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
    log_g = np.minimum(-_softplus(margin)[0], -margin - wrightomega(np.log(width) - margin))
    for _ in range(MAX_STEPS):
        push = width * np.exp(log_g)
        excess, share = _softplus(margin + push)
        step = (log_g + excess) / (1 + push * share)
        log_g = log_g - step
        if np.max(np.abs(step)) < 1e-7:  # its square is what is left
            break
    g = np.exp(log_g)
    bend = g * _softplus(margin + width * g)[1]
    return g, -bend / (1 + width * bend)


def _softplus(x: Array) -> tuple[Array, Array]:
    r"""Return :math:`\log(1+e^x)` and its derivative, with one exponential for both."""
    small = np.exp(-np.abs(x))
    return np.maximum(x, 0) + np.log1p(small), np.where(x > 0, 1.0, small) / (1 + small)


def squared_force(margin: Array, width: float) -> tuple[Array, Array]:
    r"""Return g of :math:`(1-z)^2/2` and its derivative."""
    return (1 - margin) / (1 + width), np.full_like(margin, -1 / (1 + width))


def hard_margin_force(margin: Array, width: float) -> tuple[Array, Array]:
    """Return g of the constraint that no margin is below one, and its derivative."""
    return np.maximum(1 - margin, 0.0) / width, -1.0 * (margin < 1) / width


FORCES: dict[str, Callable[[Array, float], tuple[Array, Array]]] = {
    "logistic": logistic_force,
    "squared": squared_force,
    "max_margin": hard_margin_force,
}
