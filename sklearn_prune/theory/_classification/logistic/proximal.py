r"""Where the logistic loss moves a margin that may give way.

With a proximal step of width V a margin moves from z to :math:`x=z+Vg`, where the force is
the slope of the loss there, :math:`g=-\ell'(x)=\sigma(-x)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import wrightomega

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

# The iteration is quadratic and starts close by: so many steps are never needed.
MAX_STEPS = 50


def logistic_force(margin: Array, width: float) -> Array:
    r"""Return the force g, which solves :math:`g=\sigma(-z-Vg)`.

    Newton's method for :math:`\log g` falls onto the root from above. It starts from the
    lower of two bounds: the force of a step of no width, and that of
    :math:`g\le e^{-z-Vg}`, which Wright's omega function solves.

    Parameters
    ----------
    margin : ndarray
        z.
    width : float
        V, positive.

    Returns
    -------
    ndarray
    """
    log_g = np.minimum(-_softplus(margin)[0], -margin - wrightomega(np.log(width) - margin))
    for _ in range(MAX_STEPS):
        push = width * np.exp(log_g)
        excess, share = _softplus(margin + push)
        step = (log_g + excess) / (1 + push * share)
        log_g = log_g - step
        if np.max(np.abs(step)) < 1e-7:  # its square is what is left
            break
    return np.exp(log_g)


def moved_margin(margin: Array, width: float) -> Array:
    r"""Return :math:`z+Vg`, where a margin moves to.

    Parameters
    ----------
    margin : ndarray
    width : float

    Returns
    -------
    ndarray
    """
    return margin + width * logistic_force(margin, width)


def _softplus(x: Array) -> tuple[Array, Array]:
    r"""Return :math:`\log(1+e^x)` and its derivative, with one exponential for both."""
    small = np.exp(-np.abs(x))
    return np.maximum(x, 0) + np.log1p(small), np.where(x > 0, 1.0, small) / (1 + small)
