"""Which steps the parameters of a prediction ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._problems.linear_gaussian import LinearGaussianProblem
from sklearn_prune.theory._risk.leave_one_out import by_leave_one_out
from sklearn_prune.theory._risk.steps import Steps

from .greedy_steps import GreedySteps
from .round_steps import RoundSteps

if TYPE_CHECKING:
    from sklearn_prune.theory._risk.leave_one_out import ChosenSteps


def steps_of(problem: LinearGaussianProblem, options: dict[str, Any]) -> Steps | ChosenSteps:
    """Return the steps of a linear problem, those of `predict_risk` that the options name."""
    return by_leave_one_out(lambda single: _steps_of(problem, single), options)


def _steps_of(problem: LinearGaussianProblem, options: dict[str, Any]) -> Steps:
    """Return the same for options with one penalty a fit."""
    if options["strategy"] == "obs":
        return GreedySteps(problem=one_by_one(problem), **options)
    if options["n_rounds"] > 1 or options["average"]:
        return RoundSteps(problem=one_by_one(problem), **options)
    return Steps(problem=problem, **of_one_round(options))


def of_one_round(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options without those that are about several rounds."""
    return {name: value for name, value in options.items() if name not in {"n_rounds", "average"}}


def one_by_one(problem: LinearGaussianProblem) -> LinearGaussianProblem:
    """Return the problem with an entry for each feature, where entries stand for several."""
    if problem.weights is None:
        return problem
    counts = problem.weights.astype(int)
    if not np.array_equal(counts, problem.weights):
        msg = "Rounds need whole numbers of features: round the weights of the problem."
        raise ValueError(msg)
    covariance, coef = (np.repeat(part, counts) for part in (problem.covariance, problem.coef))
    single = LinearGaussianProblem(covariance, coef, problem.noise_variance)
    single.unit = problem.unit
    return single
