"""Steps whose outcome is a mean over draws of several fits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._problems.second_moments import squared_error
from sklearn_prune.theory._risk.outcome import Outcome, left_out
from sklearn_prune.theory._risk.steps import Steps

from .fresh_refits import fresh_refits

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Mask
    from sklearn_prune.theory._problems.linear_gaussian import LinearGaussianProblem
    from sklearn_prune.theory._risk.first_fit import FirstFit

    from .joint_fits import JointFits

# Draws are made in so many independent parts, whose spread is the standard error.
N_PARTS = 5


@dataclass(frozen=True)
class DrawnSteps(Steps):
    """What is done to a dense fit by more than one refit to the same samples.

    `n_rounds` is that of `predict_risk`.
    """

    problem: LinearGaussianProblem
    n_rounds: int = 1

    def _in_parts(self, first: FirstFit, n_keep: int) -> Outcome:
        """Return the mean outcome of independent parts, and that without each of them."""
        n_parts = min(N_PARTS, self.n_draws // 2)
        seeds = np.random.RandomState(self._seed).randint(2**31 - 1, size=n_parts)
        parts = [self._part(first, n_keep, self.n_draws // n_parts, seed) for seed in seeds]
        return Outcome(*(left_out(np.array(part)) for part in zip(*parts, strict=True)))

    def _part(self, first: FirstFit, n_keep: int, n_draws: int, seed: int) -> tuple[float, float]:
        """Return risk and overlap by some of the draws."""
        raise NotImplementedError

    def leave_one_out(self, n: float, n_keep: float, alphas: list[float]) -> list[float]:
        """Return the leave-one-out error of the last refit with each of several penalties."""
        if self._is_blind(n_keep):
            return super().leave_one_out(n, n_keep, alphas)
        joint, kept = self._pruned(self._first_fit(n), int(n_keep), self.n_draws, self._seed)
        if self.retrain == "same":
            return [joint.leave_one_out(kept, alpha) for alpha in alphas]
        steps = [replace(self, retrain_alpha=alpha) for alpha in alphas]
        return [step._of_fresh_refit(kept, joint.first.n)[0] for step in steps]

    def _pruned(
        self, first: FirstFit, n_keep: int, n_draws: int, seed: int
    ) -> tuple[JointFits, Mask]:
        """Return the fits before the last refit, and what they leave in each draw."""
        raise NotImplementedError

    def _of_coefs(self, coefs: Array) -> tuple[float, float]:
        """Return the mean risk and overlap of coefficients in draws."""
        risks, overlaps = squared_error(self.problem, coefs), coefs @ self.problem.cross_moment
        return float(risks.mean()), float(overlaps.mean())

    def _of_fresh_refit(self, kept: Mask, n: float) -> tuple[float, float]:
        """Return risk and overlap of a refit to n rows that the support does not know."""
        how = n, self.retrain_alpha
        outcome = fresh_refits(self.problem, kept, *how, finite_n=self.finite_n)
        return float(outcome.risk.mean()), float(outcome.overlap.mean())

    def _of_last(self, joint: JointFits) -> tuple[float, float]:
        """Return risk and overlap of the last refit, with the variance that a finite n adds."""
        n, last = joint.first.n, joint.fits[-1]
        risk = n * float(joint.covariance[-1, -1])
        if self.finite_n and np.isfinite(risk):
            risk += (last.inflation - 1) * (n - last.slack) * last.law.noise
        return risk, float(last.overlap.mean())
