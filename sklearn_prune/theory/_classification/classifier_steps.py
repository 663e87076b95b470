"""Train a classifier, prune it, retrain it: how often it is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sklearn_prune.theory._risk.outcome import left_out, pair_means, standard_error

from .least_squares import least_squares_steps, overlaps_of
from .logistic.logistic_steps import LogisticSteps
from .overlaps import Overlaps

if TYPE_CHECKING:
    from sklearn_prune.theory._problems.binary import BinaryProblem
    from sklearn_prune.theory._problems.gaussian_mixture import GaussianMixtureProblem
    from sklearn_prune.theory._risk.leave_one_out import ChosenSteps
    from sklearn_prune.theory._risk.steps import Steps


@dataclass(frozen=True)
class ClassifierSteps:
    """What is done to a dense classifier; the parameters are those of `predict_risk`, validated.

    The `options` are those that do not know of classes, what `Steps` has beside a problem.
    """

    problem: BinaryProblem | GaussianMixtureProblem
    loss: str
    retrain_loss: str
    metric: str
    options: dict[str, Any]

    def risk(self, n: float, n_keep: float) -> tuple[float, float]:
        """Return the error at one n and one s, that of the mean overlaps, and its standard error.

        A squared error is that of the linear problem, of the intercept's estimate included.
        """
        if self._is_least_squares and self.metric == "squared_error":
            return self._least_squares.risk(n, n_keep)
        estimates = self.problem.risk_of(*self._overlaps(n, n_keep), self.metric)
        return float(estimates[0]), standard_error(estimates)

    def _overlaps(self, n: float, n_keep: float) -> Overlaps:
        """Return the mean overlaps over draws, and those without each of them."""
        if self._is_least_squares:
            outcome = self._least_squares.outcome(n, n_keep)
            fit_intercept = self.options["fit_intercept"]
            return overlaps_of(self.problem, outcome, fit_intercept=fit_intercept)
        draws = self._logistic.overlaps(n, n_keep)
        return Overlaps(*(left_out(pair_means(part)) for part in draws))

    @property
    def _is_least_squares(self) -> bool:
        return self.loss == self.retrain_loss == "squared"

    @cached_property
    def _least_squares(self) -> Steps | ChosenSteps:
        return least_squares_steps(self.problem, self.options)

    @cached_property
    def _logistic(self) -> LogisticSteps:
        names = ["strategy", "contest", "retrain", "alpha", "retrain_alpha"]
        names += ["fit_intercept", "n_draws"]
        return LogisticSteps(
            problem=self.problem,
            loss=self.loss,
            retrain_loss=self.retrain_loss,
            seed=int(self.options["random_state"].randint(2**31 - 1)),
            **{name: self.options[name] for name in names},
        )
