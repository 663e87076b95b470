"""Which steps the parameters of a prediction ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._problems.linear_gaussian import LinearGaussianProblem
from sklearn_prune.theory._risk.block_axes import on_block_axes
from sklearn_prune.theory._risk.leave_one_out import by_leave_one_out
from sklearn_prune.theory._risk.steps import Steps

from .greedy_steps import GreedySteps
from .round_steps import RoundSteps

if TYPE_CHECKING:
    from sklearn_prune.theory._risk.leave_one_out import ChosenSteps


def steps_of(problem: LinearGaussianProblem, options: dict[str, Any]) -> Steps | ChosenSteps:
    """Return the steps of a linear problem, those of `predict_risk` that the options name."""
    strategy, contest = options["strategy"], options["contest"]
    is_drawn = strategy == "obs" or has_rounds(options)
    if is_drawn and problem.weights is not None:
        problem = one_by_one(problem)
        options = options | {"contest": contest.one_by_one()}
    turned = on_block_axes(problem, strategy, contest)
    if not is_drawn:
        options = of_one_round(options)
        return by_leave_one_out(lambda single: Steps(problem=turned, **single), options)
    steps = GreedySteps if strategy == "obs" else RoundSteps
    return by_leave_one_out(lambda single: steps(problem=turned, **single), options)


def has_rounds(options: dict[str, Any]) -> bool:
    """Return whether the options ask for several rounds."""
    return options.get("n_rounds", 1) > 1


def of_one_round(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options without the number of rounds."""
    return {name: value for name, value in options.items() if name != "n_rounds"}


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
