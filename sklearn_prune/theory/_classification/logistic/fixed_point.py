"""Fixed points of a few scalars, by damped steps and then Powell's hybrid method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import root

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import Array

DAMPING = 0.6
LONGEST_STEP = 1.0
# A point whose image is further away is no fixed point.
TOLERANCE = 1e-8


def fixed_point(image: Callable[[Array], Array], start: Array, n_steps: int) -> Array | None:
    """Return a point that is its own image, or None where none is found.

    Parameters
    ----------
    image : callable
        Maps points to points.
    start : ndarray of shape (n_scalars,)
    n_steps : int
        How many damped steps lead up to Powell's method.

    Returns
    -------
    ndarray of shape (n_scalars,) or None
    """

    def change(x: Array) -> Array:
        moved = image(x) - x
        return np.where(np.isfinite(moved), moved, 1e3)

    with np.errstate(all="ignore"):
        x = _walk(change, start, n_steps)
        x = root(change, x, method="hybr", options={"xtol": 1e-13}).x
        return x if np.abs(change(x)).max() < TOLERANCE else None


def _walk(change: Callable[[Array], Array], x: Array, n_steps: int) -> Array:
    """Return where damped steps lead, as soon as they are short."""
    for _ in range(n_steps):
        step = change(x)
        x = x + DAMPING * np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        if np.abs(step).max() < 1e-2:
            break
    return x
