"""How far to go in a direction of descent."""

from __future__ import annotations

from math import inf, log1p, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# The slope is followed until so much of it is left at most.
ENOUGH = 0.2

# Lengths tried at most.
MAX_TRIALS = 60


def step_length(
    slope: float, curvature: float, reach: float, slope_at: Callable[[float], float]
) -> float:
    """Return a length of step that is sure to lower a logistic loss.

    The second derivative of the loss in a direction grows at most by ``exp(t r)`` over the
    length t, where r is the reach: the most that a margin changes over the length 1. So the
    minimum of the quadratic model lowers the loss as long as it moves no margin by more
    than 1, and the slope is not positive yet at ``log(1 + r q) / r``, where q is the length
    to that minimum [1]_. From there on the slope itself is looked at.

    Parameters
    ----------
    slope : float
        Of the loss, at length 0. Negative, up to rounding.
    curvature : float
        Its second derivative there.
    reach : float
    slope_at : callable
        Returns the slope at a length. It increases.

    References
    ----------
    .. [1] T. Sun, Q. Tran-Dinh, "Generalized self-concordant functions: a recipe for
       Newton-type methods", Math. Program. 178, 2019.
    """
    if not (slope < 0 and curvature > 0):
        return 1.0  # a step of nothing but rounding
    model = -slope / curvature
    if reach * model <= 1:
        return model
    low, high = log1p(reach * model) / reach, inf
    left = slope_at(low)
    for _ in range(MAX_TRIALS):
        if left >= ENOUGH * slope:
            break
        trial = 2 * low if high == inf else sqrt(low * high)
        found = slope_at(trial)
        if found > 0:
            high = trial
        else:
            low, left = trial, found
    return low
