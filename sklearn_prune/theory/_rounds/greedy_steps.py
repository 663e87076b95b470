"""Train, eliminate features one by one as the optimal brain surgeon does, retrain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._risk.first_fit import FirstFit

from .drawn_steps import DrawnSteps
from .greedy_elimination import eliminate
from .joint_fits import JointFits

if TYPE_CHECKING:
    from sklearn_prune._typing import Mask
    from sklearn_prune.theory._risk.outcome import Outcome


class GreedySteps(DrawnSteps):
    """What is done to a dense fit whose features are eliminated by least squares.

    The elimination has fits of its own; the dense model has its penalty, and so has the refit.
    """

    def _prune(self, first: FirstFit, n_keep: float) -> Outcome:
        n_features = int(np.count_nonzero(self.problem.variances))
        _check(n_features, first.n, self.retrain)
        if n_keep >= self._contest.n_of(self.problem.variances > 0):
            return super()._prune(first, n_keep)
        return self._in_parts(first, int(n_keep))

    def _pruned(
        self, first: FirstFit, n_keep: int, n_draws: int, seed: int
    ) -> tuple[JointFits, Mask]:
        start = FirstFit(self.problem, first.n, 0.0, finite_n=False)
        joint = JointFits(start, n_draws, np.random.RandomState(seed))
        return joint, eliminate(joint, n_keep, self._contest)

    def _part(self, first: FirstFit, n_keep: int, n_draws: int, seed: int) -> tuple[float, float]:
        joint, kept = self._pruned(first, n_keep, n_draws, seed)
        if self.retrain == "fresh":
            return self._of_fresh_refit(kept, first.n)
        if self.retrain == "same":
            joint.add(kept, self.retrain_alpha)
            return self._of_last(joint)
        if self.alpha == 0:
            return self._of_coefs(kept * joint.fits[0].coefs)
        joint.add(np.ones_like(kept), self.alpha)  # the dense model, which has a penalty
        return self._of_coefs(kept * joint.fits[-1].coefs)


def _check(n_features: int, n: float, retrain: str | None) -> None:
    """Raise a ValueError where there is no law of backward elimination."""
    msg = None
    if n_features >= n:
        msg = (
            f'strategy="obs" with {n_features} features and {n:g} degrees of freedom: the '
            "estimator screens features first, of which there is no law. Give fewer features, or "
            'strategy="obs-one-shot".'
        )
    elif retrain in {"distill", "pulled"}:
        msg = f'strategy="obs" has no law with retrain="{retrain}": give None, "fresh" or "same".'
    if msg is not None:
        raise ValueError(msg)
