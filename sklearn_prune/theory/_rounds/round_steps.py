"""Train, prune in rounds, retrain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .drawn_steps import DrawnSteps
from .round_sizes import round_sizes
from .rounds import Rounds

if TYPE_CHECKING:
    from sklearn_prune._typing import Mask
    from sklearn_prune.theory._risk.first_fit import FirstFit
    from sklearn_prune.theory._risk.outcome import Outcome

    from .joint_fits import JointFits


class RoundSteps(DrawnSteps):
    """What is done to a dense fit that is pruned in several rounds."""

    def _prune(self, first: FirstFit, n_keep: float) -> Outcome:
        is_fresh = self.retrain is not None and self._is_blind(n_keep)
        if is_fresh or n_keep == self._contest.n_groups:
            return super()._prune(first, n_keep)  # the same after any number of rounds
        return self._in_parts(first, int(n_keep))

    def _pruned(
        self, first: FirstFit, n_keep: int, n_draws: int, seed: int
    ) -> tuple[JointFits, Mask]:
        rounds = self._rounds(first, n_keep, n_draws, seed)
        return rounds.joint, rounds.kept

    def _rounds(self, first: FirstFit, n_keep: int, n_draws: int, seed: int) -> Rounds:
        """Return all rounds but for the last refit."""
        start, how = (self.problem, first.n, self.alpha), (self.strategy, self._contest)
        rounds = Rounds(*start, *how, n_draws, np.random.RandomState(seed))
        rounds.run(round_sizes(self._contest.n_groups, n_keep, self.n_rounds), self.alpha)
        return rounds

    def _part(self, first: FirstFit, n_keep: int, n_draws: int, seed: int) -> tuple[float, float]:
        rounds = self._rounds(first, n_keep, n_draws, seed)
        joint, kept = rounds.joint, rounds.kept
        if self.retrain is None:
            return self._of_coefs(kept * joint.fits[-1].coefs)
        if self.retrain == "fresh":
            return self._of_fresh_refit(kept, first.n)
        rounds.refit(self.retrain_alpha)
        return self._of_last(joint)
