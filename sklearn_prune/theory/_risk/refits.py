"""Retraining the kept features on fresh samples and on the same ones, with or without a pull."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .dense import dense_fit
from .outcome import Outcome
from .state_evolution import shared_refit

if TYPE_CHECKING:
    from .first_fit import FirstFit
    from .support import Selection


def fresh_refit(selection: Selection, n: float, alpha: float, *, finite_n: bool) -> Outcome:
    r"""Return what comes of a refit to n samples that the support does not know: Definition 5.

    The refit is a dense fit to the restricted problem, where the features left
    out are noise.

    Parameters
    ----------
    selection : Selection
        The support.
    n, alpha : float
        Degrees of freedom of the rows and penalty of the refit.
    finite_n : bool
        Whether to correct for the size of n.

    Returns
    -------
    Outcome
        In each draw.
    """
    size, penalty = np.array(n), np.array(alpha)
    fits = [
        dense_fit(spectrum, noise, size, penalty, finite_n)
        for spectrum, noise in selection.restricted(n, alpha)
    ]
    risks, overlaps = [fit.risk for fit in fits], [fit.sums.overlap for fit in fits]
    return Outcome(np.array(risks), np.array(overlaps))


def same_refit(first: FirstFit, selection: Selection, alpha: float, *, finite_n: bool) -> Outcome:
    r"""Return what comes of a refit to the samples of the first fit.

    The support has seen the noise that the refit meets again, see
    `shared_refit`. A support that has not (random, or fixed beforehand) leaves the
    samples fresh.

    Parameters
    ----------
    first : FirstFit
        The dense fit, in the limit of large n.
    selection : Selection
        The support.
    alpha : float
        Penalty of the refit.
    finite_n : bool
        Whether to correct for the size of n.

    Returns
    -------
    Outcome
        In the mean over draws, and without each of them.
    """
    return shared_refit(first, selection, alpha, finite_n=finite_n)


def pulled_refit(
    first: FirstFit, selection: Selection, alpha: float, n_keep: float, *, finite_n: bool
) -> Outcome:
    r"""Return what comes of a refit that is pulled to the dense coefficients of the features.

    It minimises :math:`|y-X_Sb|^2+\mu_2|b-\hat b_S|^2` on the samples of the first fit. From
    no pull to a strong one it goes from a plain refit to none; after least squares, or the
    shortest interpolation, it is what the optimal brain surgeon makes of the kept coefficients
    with the Hessian :math:`X'X+\mu_2` [1]_.

    Parameters
    ----------
    first : FirstFit
        The dense fit.
    selection : Selection
        The support.
    alpha : float
        Strength of the pull, :math:`\mu_2`.
    n_keep : float
        s.
    finite_n : bool
        Whether to correct for the size of n.

    Returns
    -------
    Outcome
        In the mean over draws, and without each of them.

    References
    ----------
    .. [1] B. Hassibi, D. Stork, "Second order derivatives for network pruning:
       Optimal Brain Surgeon", NIPS 1992.
    """
    if np.isinf(first.variance) and not (alpha == 0 and n_keep < first.n):
        return Outcome.of(np.inf, 0.0)
    if first.alpha == 0 and n_keep >= first.problem.n_features:
        return Outcome.of(first.risk, first.overlap)  # it interpolates, or fits best, already
    return shared_refit(first, selection, alpha, pulled=True, finite_n=finite_n)
