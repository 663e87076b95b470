"""Train, prune and refit to fresh samples, with rows of several kinds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._problems.second_moments import squared_error

from .mixed_rows_fit import MixedRowsFit
from .outcome import left_out, pair_means, standard_error

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices
    from sklearn_prune.theory._problems.linear_gaussian import LinearGaussianProblem
    from sklearn_prune.theory._problems.mixed_rows import MixedRowsProblem

    from .compression import SoftThreshold, UniformQuantizer
    from .contest import Contest


@dataclass(frozen=True)
class MixedRowsSteps:
    """What is done to a dense fit; the parameters are those of `Steps`.

    Raises
    ------
    ValueError
        If a refit shares samples with the dense fit.
    """

    problem: MixedRowsProblem
    strategy: str
    contest: Contest
    retrain: str | None
    alpha: float
    retrain_alpha: float
    n_unlabeled: float
    compression: SoftThreshold | UniformQuantizer | None
    n_rounds: int
    fit_intercept: bool
    finite_n: bool
    n_draws: int
    random_state: np.random.RandomState

    def __post_init__(self) -> None:
        what = None
        if self.retrain not in {None, "fresh"}:
            what = f"retrain={self.retrain!r}"
        elif self.contest.has_groups:
            what = "feature_groups"
        elif np.ndim(self.alpha) or np.ndim(self.retrain_alpha):
            what = "A choice among several penalties"
        elif self.n_rounds > 1:
            what = f"n_rounds={self.n_rounds}"
        elif self.strategy == "obs":
            what = 'strategy="obs", which refits at every step,'
        if what is not None:
            msg = (
                f"{what} has no theory for a MixedRowsProblem: leave it out, or give "
                "problem.average, which is a LinearGaussianProblem."
            )
            raise ValueError(msg)

    @cached_property
    def _seed(self) -> int:
        """The seed of the draws at every n and s, drawn where something is random."""
        return int(self.random_state.randint(2**31 - 1))

    @property
    def _seen(self) -> LinearGaussianProblem:
        """The problem of all rows that the slopes see."""
        average = self.problem.average
        return average.centred() if self.fit_intercept else average

    def risk(self, n: float, n_keep: float) -> tuple[float, float]:
        """Return the risk at one n and one s, and its standard error."""
        fit = self._fit(self.problem, n, self.alpha)
        if not self.strategy and self.compression is None:
            return fit.risk, 0.0
        if self.retrain is None and n_keep == self.problem.n_features:
            return fit.risk, 0.0
        risks = left_out(pair_means(self._risks(fit, n, int(n_keep))))
        return float(risks[0]), standard_error(risks)

    def _fit(self, problem: MixedRowsProblem, n: float, alpha: float) -> MixedRowsFit:
        return MixedRowsFit(problem, n, alpha, self.fit_intercept, self.finite_n)

    def _risks(self, fit: MixedRowsFit, n: float, n_keep: int) -> Array:
        """Return the risk of every draw."""
        if fit.is_peak:
            if self.retrain is None:
                return np.full(self.n_draws, np.inf)
            fit = self._fit(self.problem, n + 1, self.alpha)  # where the order is the same
        rng = np.random.RandomState(self._seed)
        coefs = draw_slopes(fit, self.n_draws, rng)
        if self.compression is not None:
            return self._adjusted(self.compression(coefs), n)
        scores = self.contest.ranked(self._scores(fit, coefs, rng))
        order = np.argsort(-scores, axis=1, kind="stable")
        supports = np.sort(order[:, :n_keep], axis=1)
        if self.retrain == "fresh":
            return self._refits(supports, n)
        pruned = np.zeros_like(coefs)
        kept = np.take_along_axis(coefs, supports, axis=1)
        np.put_along_axis(pruned, supports, kept, axis=1)
        return self._adjusted(pruned, n)

    def _adjusted(self, coefs: Array, n: float) -> Array:
        """Return the risks of slopes beside an intercept that is adjusted to the means."""
        return squared_error(self._seen, coefs) * (1 + self.fit_intercept / n)

    def _scores(self, fit: MixedRowsFit, coefs: Array, rng: np.random.RandomState) -> Array:
        seen = self._seen
        if self.strategy == "random":
            return rng.uniform(size=coefs.shape)
        if self.strategy == "oracle":
            return np.broadcast_to(seen.variances * seen.coef**2, coefs.shape)
        weights = np.ones(coefs.shape[1])
        if self.strategy == "hessian":
            weights = np.sqrt(seen.variances)
        elif self.strategy == "obs-one-shot":
            weights = 1 / np.sqrt(fit.inverse_hessian)
        return weights * np.abs(coefs)

    def _refits(self, supports: Indices, n: float) -> Array:
        """Return the risks of fits to fresh samples, each support but once."""
        different, which = np.unique(supports, axis=0, return_inverse=True)
        parts = map(self.problem.restrict, different)
        risks = [self._fit(part, n, self.retrain_alpha).risk for part in parts]
        return np.array(risks)[which.ravel()]


def draw_slopes(fit: MixedRowsFit, n_draws: int, random_state: np.random.RandomState) -> Array:
    """Return slopes in antithetic pairs; one draw more if their number is odd."""
    normal = random_state.standard_normal((-(-n_draws // 2), fit.rank))
    pairs = np.stack([normal, -normal], axis=1)
    return fit.draw(pairs.reshape(2 * len(normal), -1))
