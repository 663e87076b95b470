"""A model that was pruned: what it keeps, by which scores, and its fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .linear_fit import LinearFit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._typing import Array, Mask


class Pruned(NamedTuple):
    """A pruned model.

    Attributes
    ----------
    support : ndarray of shape (n_features,) or (n_targets, n_features), dtype bool
    scores : ndarray of the same shape
        Scores of the last round, -inf for features pruned in an earlier one.
    fit : LinearFit
        The fit to the support; of targets that have supports of their own, its model is a list
        of those of all.
    """

    support: Mask
    scores: Array
    fit: LinearFit

    @classmethod
    def of_targets(cls, parts: Sequence[Pruned]) -> Pruned:
        """Put models of one target each together."""
        supports, scores, fits = zip(*parts, strict=True)
        models, coefs, intercepts, centred, _ = zip(*fits, strict=True)
        is_refitted = models[0] is not None
        fit = LinearFit(
            list(models) if is_refitted else None,
            np.array(coefs),
            np.array(intercepts),
            centred[0],
        )
        return cls(np.array(supports), np.array(scores), fit)
