"""Features about their means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


def centre(F: Array) -> Array:
    """Subtract the means of the columns in place, and return them.

    What is left of a constant column is rounding, and becomes zero.
    """
    mean = F.mean(axis=0)
    F -= mean
    rest = F.mean(axis=0)
    F -= rest
    mean += rest
    norms = np.sqrt(np.einsum("ij,ij->j", F, F))
    F[:, norms <= 10 * np.finfo(float).eps * np.sqrt(len(F)) * np.abs(mean)] = 0
    return mean
