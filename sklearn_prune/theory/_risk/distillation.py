"""Retraining on the predictions of the dense model: distillation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .state_evolution import refit_risk
from .support import ERROR, TRUTH

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .first_fit import FirstFit
    from .support import Selection


def distilled_risk(
    first: FirstFit, selection: Selection, alpha: float, n_unlabeled: float, n_keep: float
) -> tuple[float, float]:
    r"""Return the risk after a refit to predictions, and its standard error.

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
    risk, standard_error : float
    """
    n_rows = first.n + n_unlabeled
    if np.isinf(first.variance):
        return np.inf, 0.0
    if np.isinf(n_unlabeled):
        return _population_risk(first, selection)
    if alpha == 0 and n_keep >= first.problem.n_features and n_rows >= n_keep:
        return first.risk, 0.0  # nothing is pruned: the refit finds the dense model again
    return refit_risk(first, selection, alpha, n_unlabeled, finite_n=first.finite_n)


def _population_risk(first: FirstFit, selection: Selection) -> tuple[float, float]:
    """Return the risk of the projection of the dense model on the support."""
    risks = first.problem.noise_variance + selection.grams(np.inf, 0.0).distance(ERROR, TRUTH)
    return float(risks.mean()), standard_error(risks)


def standard_error(risks: Array) -> float:
    """Return the standard error of the mean over draws, 0 of a single number."""
    n_draws = len(risks)
    if n_draws == 1 or not np.isfinite(risks).all():
        return 0.0
    return float(np.std(risks, ddof=1) / np.sqrt(n_draws))
