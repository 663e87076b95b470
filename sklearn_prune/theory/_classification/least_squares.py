"""Classifiers trained by least squares on labels of -1 and +1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._problems.binary import BinaryProblem
from sklearn_prune.theory._risk.leave_one_out import by_leave_one_out
from sklearn_prune.theory._rounds.choice_of_steps import has_rounds, of_one_round, steps_of

from .mixture_moments import MixtureMoments
from .mixture_steps import MixtureSteps
from .overlaps import Overlaps

if TYPE_CHECKING:
    from sklearn_prune.theory._problems.gaussian_mixture import GaussianMixtureProblem
    from sklearn_prune.theory._risk.leave_one_out import ChosenSteps
    from sklearn_prune.theory._risk.outcome import Outcome
    from sklearn_prune.theory._risk.steps import Steps

    ClassProblem = BinaryProblem | GaussianMixtureProblem


def least_squares_steps(problem: ClassProblem, options: dict[str, Any]) -> Steps | ChosenSteps:
    """Return the steps of a linear problem with the labels as targets.

    Parameters
    ----------
    problem : BinaryProblem or GaussianMixtureProblem
    options : dict
        What `Steps` needs beside a problem.

    Returns
    -------
    Steps or ChosenSteps
        In closed form where the features are uncorrelated, within a class at least.
    """
    centred = options["fit_intercept"]
    if not isinstance(problem, BinaryProblem) and _in_closed_form(problem, options):
        moments = MixtureMoments(problem, target_variance(problem, centred=centred))
        return by_leave_one_out(
            lambda single: MixtureSteps(problem=moments, **of_one_round(single)), options
        )
    linear = problem.linear.centred() if centred else problem.linear
    return steps_of(linear, options)


def _in_closed_form(problem: GaussianMixtureProblem, options: dict[str, Any]) -> bool:
    """Return whether features are uncorrelated within a class, and none tells them for certain."""
    by_draws = options["strategy"] == "obs" or has_rounds(options)
    drawn = by_draws or options["contest"].has_groups
    if problem.covariance.ndim == 2 or options["finite_n"] or drawn:
        return False
    return not problem.mean[problem.covariance == 0].any()


def target_variance(problem: ClassProblem, *, centred: bool) -> float:
    """Return the variance of the labels, or their mean square."""
    return 1 - problem.target_mean**2 if centred else 1.0


def overlaps_of(problem: ClassProblem, outcome: Outcome, *, fit_intercept: bool) -> Overlaps:
    r"""Return the overlaps of scores whose risk and overlap as predictors are known.

    With :math:`M=b'\Sigma\beta` the risk of b is :math:`\mathrm{Var}(y)-2M+b'\Sigma b`, from
    which follows the last term. For a mixture both refer to the covariance of all features,
    of which :math:`w\mu\mu'` is between the classes.
    """
    w = target_variance(problem, centred=fit_intercept)
    square = outcome.risk - w + 2 * outcome.overlap
    mean = np.full_like(square, problem.target_mean if fit_intercept else 0.0)
    if isinstance(problem, BinaryProblem):
        signal = outcome.overlap / problem.slope if problem.slope else 0 * mean
        return Overlaps(signal, np.maximum(square, 0), mean)
    share = outcome.overlap / w
    return Overlaps(share, np.maximum(square - w * share**2, 0), mean * (1 - share))
