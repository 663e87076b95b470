"""Train, prune, retrain: the steps, put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._problems.second_moments import squared_error

from .contest import Contest
from .dense import dense_fit
from .diagonal_support import DiagonalSelection, compressed_risk
from .distillation import distilled
from .first_fit import FirstFit
from .outcome import Outcome, left_out, pair_means, standard_error
from .refits import fresh_refit, pulled_refit, same_refit
from .sampled_support import SampledSelection, draw_fits
from .state_evolution import leave_one_out_error
from .support import is_blind

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.second_moments import SecondMoments

    from .compression import SoftThreshold, UniformQuantizer
    from .support import Selection

RETRAIN = ("fresh", "same", "distill", "pulled")


@dataclass(frozen=True)
class Steps:
    """What is done to a dense fit; the parameters are those of `predict_risk`, validated.

    A `strategy` of "" stands for no pruning, an `n_unlabeled` of 0 for none, and a `contest` of
    None for that of all features, one by one.
    """

    problem: SecondMoments
    strategy: str
    retrain: str | None
    alpha: float
    retrain_alpha: float
    n_unlabeled: float
    compression: SoftThreshold | UniformQuantizer | None
    fit_intercept: bool
    finite_n: bool
    n_draws: int
    random_state: np.random.RandomState
    contest: Contest | None = None

    @cached_property
    def _seed(self) -> int:
        """The seed of the draws at every n and s, drawn where something is random."""
        return int(self.random_state.randint(2**31 - 1))

    @cached_property
    def _contest(self) -> Contest:
        return self.contest or Contest.free(self.problem.counts)

    def dense(self, n: Array) -> Array:
        """Return the risk of the dense fit for an array of n."""
        dof, alpha = n - self.fit_intercept, np.array(self.alpha)
        noise = self.problem.noise_variance
        fit = dense_fit(self.problem.spectrum, noise, dof, alpha, self.finite_n)
        return fit.risk * (1 + self.fit_intercept / n)

    def risk(self, n: float, n_keep: float) -> tuple[float, float]:
        """Return the risk at one n and one s, and its standard error."""
        first = self._first_fit(n)
        if self.compression is not None:
            risks = self._compress(first, self.compression)
        else:
            risks = self._prune(first, n_keep).risk
        risk, error = float(risks[0]), standard_error(risks)
        if not self.fit_intercept:
            return risk, error
        n_rows = n + self.n_unlabeled
        extra = first.risk * (1 / n - 1 / n_rows) if self.n_unlabeled else 0.0
        return risk * (1 + 1 / n_rows) + extra, error * (1 + 1 / n_rows)

    def outcome(self, n: float, n_keep: float) -> Outcome:
        """Return what becomes of the slopes, in the mean over draws and without each of them."""
        return self._prune(self._first_fit(n), n_keep)

    def first_risk(self, n: float) -> float:
        """Return the risk of the slopes of the dense fit at one n."""
        return self._first_fit(n).risk

    def leave_one_out(self, n: float, n_keep: float, alphas: list[float]) -> list[float]:
        """Return the leave-one-out error of the refit with each of several penalties."""
        first = self._first_fit(n)
        selection = self._select(first, n_keep)
        if self.retrain == "same" and not self._is_blind(n_keep):
            return [leave_one_out_error(first, selection, alpha) for alpha in alphas]
        steps = [replace(self, retrain_alpha=alpha) for alpha in alphas]
        return [float(step._refit_afresh(selection, first.n).risk.mean()) for step in steps]

    def _first_fit(self, n: float) -> FirstFit:
        # The finite-n law of the dense fit has the outliers of near-singular samples. They
        # reach the predictions of a distillation, but move a support no further.
        finite_n = self.finite_n and self.retrain != "same"
        return FirstFit(self.problem, n - self.fit_intercept, self.alpha, finite_n)

    def _prune(self, first: FirstFit, n_keep: float) -> Outcome:
        retrain, alpha = self.retrain, self.retrain_alpha
        if retrain is None and n_keep >= self._contest.n_groups:
            return Outcome.of(first.risk, first.overlap)
        selection = self._select(first, n_keep)
        n_kept = self._n_kept(selection, n_keep)
        if retrain == "same" and self._is_blind(n_keep):
            retrain = "fresh"  # to a support that knows no sample every sample is fresh
        if retrain == "same":
            return same_refit(first, selection, alpha, finite_n=self.finite_n)
        if retrain == "pulled":
            return pulled_refit(first, selection, alpha, n_kept, finite_n=self.finite_n)
        if retrain == "distill":
            return distilled(first, selection, alpha, self.n_unlabeled, n_kept)
        if retrain == "fresh":
            return self._refit_afresh(selection, first.n).left_out()
        return selection.pruned().left_out()

    def _is_blind(self, n_keep: float) -> bool:
        """Return whether a support does not depend on the samples."""
        return is_blind(self.strategy, self._contest, n_keep, self.problem)

    def _select(self, first: FirstFit, n_keep: float) -> Selection:
        if self.problem.is_diagonal:
            return DiagonalSelection(first, self.strategy, n_keep, self._contest)
        rng = np.random.RandomState(self._seed)
        return SampledSelection(first, self.strategy, n_keep, self.n_draws, rng, self._contest)

    def _n_kept(self, selection: Selection, n_keep: float) -> float:
        """Return the number of features that are kept, in the mean where groups differ in it."""
        if n_keep >= self._contest.n_groups:
            return self.problem.n_features
        return selection.n_kept if self._contest.has_groups else n_keep

    def _refit_afresh(self, selection: Selection, n: float) -> Outcome:
        return fresh_refit(selection, n, self.retrain_alpha, finite_n=self.finite_n)

    def _compress(self, first: FirstFit, compression: SoftThreshold | UniformQuantizer) -> Array:
        if self.problem.is_diagonal:
            return np.array([compressed_risk(first, compression)])
        if np.isinf(first.variance):
            return np.array([np.inf])
        coefs = draw_fits(first, self.n_draws, np.random.RandomState(self._seed))[1]
        unit = self.problem.unit
        risks = squared_error(self.problem, compression(coefs * unit) / unit)
        return left_out(pair_means(risks))
