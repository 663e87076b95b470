"""Train, eliminate features one by one as the optimal brain surgeon does, retrain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._problems.linear_gaussian import LinearGaussianProblem
from sklearn_prune.theory._problems.second_moments import squared_error
from sklearn_prune.theory._risk.dense import dense_fit
from sklearn_prune.theory._risk.first_fit import FirstFit
from sklearn_prune.theory._risk.outcome import Outcome, left_out
from sklearn_prune.theory._risk.steps import Steps

from .greedy_elimination import eliminate
from .joint_fits import JointFits

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Mask

# Draws are made in so many independent parts, whose spread is the standard error.
N_PARTS = 5


def steps_of(problem: LinearGaussianProblem, options: dict[str, Any]) -> Steps:
    """Return the steps of a linear problem, by the strategy that the options name."""
    if options["strategy"] != "obs":
        return Steps(problem=problem, **options)
    return GreedySteps(problem=_one_by_one(problem), **options)


def _one_by_one(problem: LinearGaussianProblem) -> LinearGaussianProblem:
    """Return the problem with an entry for each feature, where entries stand for several."""
    if problem.weights is None:
        return problem
    counts = problem.weights.astype(int)
    if not np.array_equal(counts, problem.weights):
        msg = 'strategy="obs" needs whole numbers of features: round the weights of the problem.'
        raise ValueError(msg)
    covariance, coef = (np.repeat(part, counts) for part in (problem.covariance, problem.coef))
    single = LinearGaussianProblem(covariance, coef, problem.noise_variance)
    single.unit = problem.unit
    return single


class GreedySteps(Steps):
    """What is done to a dense fit whose features are eliminated by least squares.

    The elimination has fits of its own; the dense model has its penalty, and so has the refit.
    """

    problem: LinearGaussianProblem

    def _prune(self, first: FirstFit, n_keep: float) -> Outcome:
        n_features = int(np.count_nonzero(self.problem.variances))
        _check(n_features, first.n, self.retrain)
        if n_keep >= n_features:
            return super()._prune(first, n_keep)
        n_parts = min(N_PARTS, self.n_draws // 2)
        seeds = np.random.RandomState(self._seed).randint(2**31 - 1, size=n_parts)
        parts = [self._part(first, int(n_keep), self.n_draws // n_parts, seed) for seed in seeds]
        return Outcome(*(left_out(np.array(part)) for part in zip(*parts, strict=True)))

    def _part(self, first: FirstFit, n_keep: int, n_draws: int, seed: int) -> tuple[float, float]:
        """Return risk and overlap by some of the draws."""
        start = FirstFit(self.problem, first.n, 0.0, finite_n=False)
        joint = JointFits(start, n_draws, np.random.RandomState(seed))
        kept = eliminate(joint, n_keep)
        if self.retrain is None:
            return self._dense_on(joint, kept)
        if self.retrain == "fresh":
            return self._refitted_afresh(kept, first.n)
        joint.add(kept, self.retrain_alpha)
        return self._last(joint, n_keep)

    def _dense_on(self, joint: JointFits, kept: Mask) -> tuple[float, float]:
        """Return what becomes of the dense fit on the features that are kept."""
        dense = joint.fits[0]
        if self.alpha > 0:
            joint.add(np.ones_like(kept), self.alpha)
            dense = joint.fits[-1]
        pruned = kept * dense.coefs
        risks, overlaps = squared_error(self.problem, pruned), pruned @ self.problem.cross_moment
        return float(risks.mean()), float(overlaps.mean())

    def _refitted_afresh(self, kept: Mask, n: float) -> tuple[float, float]:
        """Return what becomes of a refit to n rows that the support does not know."""
        size, penalty = np.array(n), np.array(self.retrain_alpha)
        rest = size, penalty, self.finite_n
        problems = [self.problem.restrict(support) for support in kept]
        fits = [dense_fit(each.spectrum, each.noise_variance, *rest) for each in problems]
        outcomes: Array = np.array([(fit.risk, fit.sums.overlap) for fit in fits])
        risk, overlap = outcomes.mean(axis=0).tolist()
        return risk, overlap

    def _last(self, joint: JointFits, n_keep: int) -> tuple[float, float]:
        """Return what becomes of the last refit, with the variance that a finite n adds."""
        last, risk = joint.fits[-1], joint.first.n * float(joint.covariance[-1, -1])
        if self.finite_n and self.retrain_alpha == 0:
            risk += (last.inflation - 1) * n_keep * last.law.noise
        return risk, float(last.overlap.mean())


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
