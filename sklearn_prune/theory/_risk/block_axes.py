"""Groups of features that are correlated with each other alone, turned to their axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._problems.linear_gaussian import LinearGaussianProblem

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .contest import Contest

# A correlation that rounding makes of none.
ROUNDING = 1e-14


def on_block_axes(
    problem: LinearGaussianProblem, strategy: str, contest: Contest
) -> LinearGaussianProblem:
    """Return the problem in coordinates in which it is diagonal, if groups are its blocks.

    No score of a group depends on the axes of its features, but for that of the oracle, and
    neither does what is left of a model where groups are kept or pruned as one.
    """
    covariance = problem.covariance
    if strategy == "oracle" or problem.is_diagonal:
        return problem
    if not (contest.has_groups and _is_block_diagonal(covariance, contest)):
        return problem
    variances, coef = np.empty_like(problem.coef), np.empty_like(problem.coef)
    for columns in contest.members():
        values, axes = np.linalg.eigh(covariance[np.ix_(columns, columns)])
        variances[columns] = _without_rounding(values, len(covariance))
        coef[columns] = problem.coef[columns] @ axes
    turned = LinearGaussianProblem(variances, coef, problem.noise_variance)
    turned.unit = problem.unit
    return turned


def _is_block_diagonal(covariance: Array, contest: Contest) -> bool:
    """Return whether only features of one group are correlated."""
    scale = np.sqrt(np.diag(covariance))
    apart = np.not_equal.outer(contest.groups, contest.groups)
    return bool((np.abs(covariance[apart]) <= ROUNDING * np.outer(scale, scale)[apart]).all())


def _without_rounding(values: Array, size: int) -> Array:
    """Return eigenvalues without what rounding makes of zero."""
    least = size * np.finfo(np.float64).eps * values.max(initial=0.0)
    return np.where(values > least, values, 0.0)
