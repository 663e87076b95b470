"""Retraining on the predictions of the dense model: distillation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .outcome import Outcome, left_out
from .state_evolution import shared_refit
from .support import ERROR, TRUTH

if TYPE_CHECKING:
    from .first_fit import FirstFit
    from .support import Selection


def distilled(
    first: FirstFit, selection: Selection, alpha: float, n_unlabeled: float, n_keep: float
) -> Outcome:
    r"""Return what comes of a refit to predictions.

    The refit sees the training rows and m unlabelled ones, all with the
    predictions of the dense model as targets, as
    ``PrunedRegressor(retrain="distill")`` does. With infinitely many it is
    :math:`\Sigma_{SS}^{-1}\Sigma_{S:}\hat\beta`: where :math:`\Sigma` is diagonal,
    pruning without retraining.

    Parameters
    ----------
    first : FirstFit
        The dense fit.
    selection : Selection
        The support.
    alpha : float
        Penalty of the refit.
    n_unlabeled : float
        m, positive; may be inf.
    n_keep : float
        s.

    Returns
    -------
    Outcome
        In the mean over draws, and without each of them.
    """
    n_rows = first.n + n_unlabeled
    if np.isinf(first.variance):
        return Outcome.of(np.inf, 0.0)
    if np.isinf(n_unlabeled):
        return _population_limit(first, selection)
    if alpha == 0 and n_keep >= first.problem.n_features and n_rows >= n_keep:
        # Nothing is pruned: the refit finds the dense model again.
        return Outcome.of(first.risk, first.overlap)
    return shared_refit(first, selection, alpha, n_unlabeled, finite_n=first.finite_n)


def _population_limit(first: FirstFit, selection: Selection) -> Outcome:
    """Return what comes of the projection of the dense model on the support."""
    grams = selection.grams(np.inf, 0.0)
    risks = first.problem.noise_variance + grams.distance(ERROR, TRUTH)
    return Outcome(left_out(risks), left_out(grams.overlap(ERROR, TRUTH)))
