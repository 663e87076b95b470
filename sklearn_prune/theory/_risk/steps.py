"""Train, prune, retrain: the steps, put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .dense import dense_fit
from .diagonal_support import DiagonalSelection, compressed_risk
from .distillation import distilled_risk, standard_error
from .first_fit import FirstFit
from .refits import fresh_risks, same_risk
from .sampled_support import SampledSelection, draw_fits, pair_means

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.linear_gaussian import LinearGaussianProblem

    from .compression import SoftThreshold, UniformQuantizer
    from .support import Selection

RETRAIN = ("fresh", "same", "distill")


@dataclass(frozen=True)
class Steps:
    """What is done to a dense fit; the parameters are those of `predict_risk`, validated.

    A `strategy` of "" stands for no pruning, an `n_unlabeled` of 0 for none.
    """

    problem: LinearGaussianProblem
    strategy: str
    retrain: str | None
    alpha: float
    retrain_alpha: float
    n_unlabeled: float
    compression: SoftThreshold | UniformQuantizer | None
    fit_intercept: bool
    finite_n: bool
    n_draws: int
    seed: int

    def dense(self, n: Array) -> Array:
        """Return the risk of the dense fit for an array of n."""
        dof, alpha = n - self.fit_intercept, np.array(self.alpha)
        noise = self.problem.noise_variance
        fit = dense_fit(self.problem.spectrum, noise, dof, alpha, self.finite_n)
        return fit.risk * (1 + self.fit_intercept / n)

    def risk(self, n: float, n_keep: float) -> tuple[float, float]:
        """Return the risk at one n and one s, and its standard error."""
        # The finite-n law of the dense fit has the outliers of near-singular samples. They
        # reach the predictions of a distillation, but move a support no further.
        finite_n = self.finite_n and self.retrain != "same"
        first = FirstFit(self.problem, n - self.fit_intercept, self.alpha, finite_n)
        if self.compression is not None:
            risk, error = self._compress(first, self.compression)
        else:
            risk, error = self._prune(first, n_keep)
        if not self.fit_intercept:
            return risk, error
        n_rows = n + self.n_unlabeled
        extra = first.risk * (1 / n - 1 / n_rows) if self.n_unlabeled else 0.0
        return risk * (1 + 1 / n_rows) + extra, error * (1 + 1 / n_rows)

    def _prune(self, first: FirstFit, n_keep: float) -> tuple[float, float]:
        retrain, alpha = self.retrain, self.retrain_alpha
        if retrain is None and n_keep == self.problem.n_features:
            return float(first.risk), 0.0
        selection = self._select(first, n_keep)
        if retrain == "same" and self.strategy in {"oracle", "random"}:
            retrain = "fresh"  # to a support that knows no sample every sample is fresh
        if retrain == "same":
            return same_risk(first, selection, alpha, finite_n=self.finite_n)
        if retrain == "distill":
            return distilled_risk(first, selection, alpha, self.n_unlabeled, n_keep)
        if retrain == "fresh":
            risks = fresh_risks(selection, first.n, alpha, finite_n=self.finite_n)
        else:
            risks = selection.pruned_risks()
        risks = pair_means(risks)
        return float(risks.mean()), standard_error(risks)

    def _select(self, first: FirstFit, n_keep: float) -> Selection:
        if self.problem.is_diagonal:
            return DiagonalSelection(first, self.strategy, n_keep)
        rng = np.random.RandomState(self.seed)
        return SampledSelection(first, self.strategy, n_keep, self.n_draws, rng)

    def _compress(
        self, first: FirstFit, compression: SoftThreshold | UniformQuantizer
    ) -> tuple[float, float]:
        if self.problem.is_diagonal:
            return compressed_risk(first, compression), 0.0
        if np.isinf(first.variance):
            return np.inf, 0.0
        coefs = draw_fits(first, self.n_draws, np.random.RandomState(self.seed))[1]
        risks = pair_means(np.asarray(self.problem.risk(compression(coefs))))
        return float(risks.mean()), standard_error(risks)
