"""Classes as numbers: one column for two of them, one a class for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices


def encode_classes(codes: Indices, n_classes: int) -> Array:
    """Return -1 and +1 for two classes, and one column of 0 and 1 a class for more."""
    return np.where(codes == 1, 1.0, -1.0) if n_classes == 2 else np.eye(n_classes)[codes]


def decide(scores: AnyArray) -> Indices:
    """Return the number of the class that scores, of the shape of such codes, speak for."""
    return (scores > 0).astype(np.intp) if scores.ndim == 1 else np.argmax(scores, axis=1)


def decide_each(scores: AnyArray) -> Indices:
    """Return the same, of shape (n_samples, n_models), for scores with an axis of models.

    They have the shape (n_samples, n_models, n_targets), with one target for two classes.
    """
    n_targets = scores.shape[2]
    flat = scores.ravel() if n_targets == 1 else scores.reshape(-1, n_targets)
    return decide(flat).reshape(scores.shape[:2])
