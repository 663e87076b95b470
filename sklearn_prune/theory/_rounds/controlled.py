"""Means over draws, less the sampling error that a known mean shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._risk.outcome import pair_means

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

# Of no quantity does the control explain more than so many times its own error.
STEEPEST = 2.0


def controlled(values: Array, control: Array, known: float) -> Array:
    """Return values a draw, less what a control of known mean explains of their sampling error.

    Parameters
    ----------
    values, control : ndarray of shape (n_draws,)
        In antithetic pairs.
    known : float
        The mean of the control.

    Returns
    -------
    ndarray of shape (n_draws,)
    """
    pairs, controls = pair_means(values), pair_means(control)
    spread = controls - controls.mean()
    square = float(spread @ spread)
    slope = float(spread @ pairs) / square if square > 0 else 0.0
    return values - np.clip(slope, 0.0, STEEPEST) * (control - known)
