"""Pruning in rounds, with a refit to the same samples between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._risk.diagonal_support import DiagonalSelection
from sklearn_prune.theory._risk.draw_scores import scores_of_draws
from sklearn_prune.theory._risk.first_fit import FirstFit
from sklearn_prune.theory._risk.refits import fresh_refit
from sklearn_prune.theory._risk.state_evolution import refit_law

from .fresh_refits import fresh_refits
from .joint_fits import JointFits
from .operator_images import top_scored
from .refit_law import RefitLaw
from .removal_costs import removal_costs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.linear_gaussian import LinearGaussianProblem
    from sklearn_prune.theory._risk.contest import Contest

# Strategies that do not look at the samples.
BLIND = "oracle", "random"


class Rounds:
    """A dense fit, pruned to ever fewer features and refitted in between.

    Parameters
    ----------
    problem : LinearGaussianProblem
        The problem.
    n, alpha : float
        Degrees of freedom of the rows, and penalty of the dense fit.
    strategy : str
        How features are scored in every round.
    contest : Contest
        What competes.
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
        self,
        problem: LinearGaussianProblem,
        n: float,
        alpha: float,
        strategy: str,
        contest: Contest,
        n_draws: int,
        random_state: np.random.RandomState,
    ) -> None:
        first = FirstFit(problem, n, alpha, finite_n=False)
        self._problem = problem
        self._strategy, self._contest, self._random_state = strategy, contest, random_state
        self.joint = JointFits(first, n_draws, random_state)
        self._left = np.ones((len(self.joint.fits[0].coefs), len(contest.stays)), dtype=bool)
        self.kept = self._left[:, contest.groups]

    def run(self, sizes: Sequence[int], alpha: float) -> None:
        """Prune to each size in turn, with refits of a penalty between them."""
        for k, size in enumerate(sizes):
            if k > 0:
                self.refit(alpha)
            self.prune(size)

    def prune(self, size: int) -> None:
        """Keep the best of what is left, by the scores of the last fit."""
        self._left = top_scored(self._scores(), self._left, size)
        self.kept = self._left[:, self._contest.groups]

    def refit(self, alpha: float) -> None:
        """Fit what is left to the same samples."""
        joint, first = self.joint, self.joint.first
        if self._strategy in BLIND or self._left.all():
            joint.add(self.kept, alpha, risk=self._fresh_risk(alpha))
        elif len(joint.fits) == 1 and first.problem.is_diagonal:
            law = RefitLaw.of_one(*refit_law(first, self._selection(), alpha))
            joint.add(self.kept, alpha, law=law)
        else:
            joint.add(self.kept, alpha)

    def _scores(self) -> Array:
        """Return the scores of the last fit, one a group in each draw."""
        first, last, contest = self.joint.first, self.joint.fits[-1], self._contest
        if self._strategy == "obs-one-shot" and len(self.joint.fits) > 1:
            costs = removal_costs(first.problem, contest, self.kept, last.coefs, last.shift)
            return contest.ranked(costs)
        return scores_of_draws(first, self._strategy, contest, last.coefs, self._random_state)

    def _selection(self) -> DiagonalSelection:
        """Return the law of what is left of independent features after one pruning."""
        n_left = float(self._left[0].sum())
        return DiagonalSelection(self.joint.first, self._strategy, n_left, self._contest)

    def _fresh_risk(self, alpha: float) -> float:
        """Return the risk of a fit to what is left, to which these samples are fresh."""
        first = self.joint.first
        if not first.problem.is_diagonal:
            return float(fresh_refits(self._problem, self.kept, first.n, alpha).risk.mean())
        return float(fresh_refit(self._selection(), first.n, alpha, finite_n=False).risk[0])
