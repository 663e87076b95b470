"""Refits to samples that do not know the supports, in draws of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._risk.dense import dense_fit
from sklearn_prune.theory._risk.outcome import Outcome

if TYPE_CHECKING:
    from sklearn_prune._typing import Mask
    from sklearn_prune.theory._problems.linear_gaussian import LinearGaussianProblem


def fresh_refits(
    problem: LinearGaussianProblem,
    supports: Mask,
    n: float,
    alpha: float,
    *,
    finite_n: bool = False,
) -> Outcome:
    """Return what comes of a dense fit to the restricted problem of each draw.

    Parameters
    ----------
    problem : LinearGaussianProblem
    supports : ndarray of shape (n_draws, n_features), dtype bool
    n, alpha : float
        Degrees of freedom of the rows and penalty of the refit.
    finite_n : bool
        Whether to correct for the size of n.

    Returns
    -------
    Outcome
        In each draw.
    """
    distinct, draws = np.unique(supports, axis=0, return_inverse=True)
    problems = [problem.restrict(support) for support in distinct]
    how = np.array(n), np.array(alpha), finite_n
    fits = [dense_fit(each.spectrum, each.noise_variance, *how) for each in problems]
    risks, overlaps = [fit.risk for fit in fits], [fit.sums.overlap for fit in fits]
    return Outcome(np.array(risks)[draws.ravel()], np.array(overlaps)[draws.ravel()])
