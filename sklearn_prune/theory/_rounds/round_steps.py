"""Train, prune in rounds, retrain."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune._checks.arguments import falling_sizes
from sklearn_prune.theory._risk.first_fit import FirstFit

from .drawn_steps import DrawnSteps
from .rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._typing import Mask
    from sklearn_prune.theory._risk.outcome import Outcome

    from .joint_fits import JointFits

# A size so close to the number of samples leaves a fit without penalty to chance.
TOO_CLOSE = 3


def round_sizes(n_features: float, n_keep: int, n_rounds: int) -> list[int]:
    """Return how many features each round leaves, as ``PrunedRegressor(n_rounds=...)`` does."""
    return [max(n_keep, round(size)) for size in falling_sizes(n_features, n_keep, n_rounds)]


def warn_of_sizes(sizes: Sequence[int], n: float, alpha: float, stacklevel: int) -> None:
    """Warn of fits without penalty to about as many features as there are samples."""
    close = [size for size in sizes if abs(size - n) <= TOO_CLOSE]
    if alpha == 0 and close:
        msg = (
            f"A round leaves {close[0]} features, within {TOO_CLOSE} of the {n:g} degrees of "
            "freedom of the samples: a fit to them without penalty hardly has a variance, and "
            "the risk of what follows is not reliable. Give a penalty, or other sizes."
        )
        warnings.warn(msg, UserWarning, stacklevel=stacklevel)


class RoundSteps(DrawnSteps):
    """What is done to a dense fit that is pruned in several rounds."""

    def _prune(self, first: FirstFit, n_keep: float) -> Outcome:
        is_same = self.retrain is not None and not self.average
        if n_keep == self.problem.n_features or (is_same and self._is_blind(n_keep)):
            return super()._prune(first, n_keep)  # after any number of rounds
        sizes = round_sizes(self.problem.n_features, int(n_keep), self.n_rounds)
        warn_of_sizes(sizes[:-1], first.n, self.alpha, stacklevel=8)
        return self._in_parts(first, int(n_keep))

    def _pruned(
        self, first: FirstFit, n_keep: int, n_draws: int, seed: int
    ) -> tuple[JointFits, Mask]:
        rounds = self._rounds(first, n_keep, n_draws, seed)
        return rounds.joint, rounds.kept

    def _rounds(self, first: FirstFit, n_keep: int, n_draws: int, seed: int) -> Rounds:
        """Return all rounds but for the last refit."""
        start = FirstFit(self.problem, first.n, self.alpha, finite_n=False)
        rounds = Rounds(start, self.strategy, n_draws, np.random.RandomState(seed))
        rounds.run(round_sizes(self.problem.n_features, n_keep, self.n_rounds), self.alpha)
        return rounds

    def _part(self, first: FirstFit, n_keep: int, n_draws: int, seed: int) -> tuple[float, float]:
        rounds = self._rounds(first, n_keep, n_draws, seed)
        joint, kept = rounds.joint, rounds.kept
        if self.retrain is None:
            return self._of_coefs(kept * joint.fits[-1].coefs)
        if self.retrain == "fresh":
            return self._of_fresh_refit(kept, first.n)
        rounds.refit(self.retrain_alpha)
        if self.average:
            return self._of_coefs(np.mean([kept * fit.coefs for fit in joint.fits], axis=0))
        return self._of_last(joint)
