"""Penalties that are too small for normal equations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData

# scikit-learn's Ridge solves normal equations, of this condition they have a few digits left.
CONDITION = 1e10


def is_tiny(alpha: float, data: TrainingData) -> bool:
    """Return whether normal equations of dense X with a penalty would be too ill-conditioned."""
    squares = np.einsum("i,ij,ij->", data.weights, data.X, data.X, dtype=np.float64)
    return bool(alpha * CONDITION < squares)
