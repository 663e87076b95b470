"""Pruning in rounds, with a refit to the same samples between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._risk.diagonal_support import DiagonalSelection
from sklearn_prune.theory._risk.refits import fresh_refit
from sklearn_prune.theory._risk.state_evolution import refit_law

from .fresh_refits import fresh_refits
from .images import top_scored
from .joint_fits import JointFits
from .refit_law import RefitLaw
from .removal_weights import removal_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._typing import Array
    from sklearn_prune.theory._risk.first_fit import FirstFit

# Strategies that do not look at the samples.
BLIND = "oracle", "random"


class Rounds:
    """A dense fit, pruned to ever fewer features and refitted in between.

    Parameters
    ----------
    first : FirstFit
        The dense fit, in the limit of large n.
    strategy : str
        How features are scored in every round.
    n_draws : int
    random_state : RandomState

    Attributes
    ----------
    joint : JointFits
        The fits so far.
    kept : ndarray of shape (n_draws, n_features), dtype bool
        What the last pruning left.
    """

    def __init__(
        self, first: FirstFit, strategy: str, n_draws: int, random_state: np.random.RandomState
    ) -> None:
        self._strategy, self._random_state = strategy, random_state
        self.joint = JointFits(first, n_draws, random_state)
        self.kept = np.ones(self.joint.fits[0].coefs.shape, dtype=bool)

    def run(self, sizes: Sequence[int], alpha: float) -> None:
        """Prune to each size in turn, with refits of a penalty between them."""
        for k, size in enumerate(sizes):
            if k > 0:
                self.refit(alpha)
            self.prune(size)

    def prune(self, size: int) -> None:
        """Keep the best of what is left, by the scores of the last fit."""
        self.kept = top_scored(self._scores(), self.kept, size)

    def refit(self, alpha: float) -> None:
        """Fit what is left to the same samples."""
        joint, first = self.joint, self.joint.first
        if self._strategy in BLIND or self.kept.all():
            joint.add(self.kept, alpha, risk=self._fresh_risk(alpha))
        elif len(joint.fits) == 1 and first.problem.is_diagonal:
            selection = DiagonalSelection(first, self._strategy, float(self.kept[0].sum()))
            joint.add(self.kept, alpha, law=RefitLaw.of_one(*refit_law(first, selection, alpha)))
        else:
            joint.add(self.kept, alpha)

    def _scores(self) -> Array:
        """Return the scores of the last fit, one a feature in each draw."""
        first, last = self.joint.first, self.joint.fits[-1]
        if self._strategy == "random":
            return self._random_state.uniform(size=self.kept.shape)
        if self._strategy == "oracle":
            return np.broadcast_to(first.oracle_scores(), self.kept.shape)
        if self._strategy == "obs-one-shot" and len(self.joint.fits) > 1:
            return removal_weights(first.problem, self.kept, last.shift) * np.abs(last.coefs)
        return first.score_weights(self._strategy) * np.abs(last.coefs)

    def _fresh_risk(self, alpha: float) -> float:
        """Return the risk of a fit to what is left, to which these samples are fresh."""
        first = self.joint.first
        if not first.problem.is_diagonal:
            return float(fresh_refits(first.problem, self.kept, first.n, alpha).risk.mean())
        selection = DiagonalSelection(first, self._strategy, float(self.kept[0].sum()))
        return float(fresh_refit(selection, first.n, alpha, finite_n=False).risk[0])
