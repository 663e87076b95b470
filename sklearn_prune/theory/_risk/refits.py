"""Retraining the kept features on fresh samples and on the same ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .dense import dense_fit
from .state_evolution import refit_risk

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .first_fit import FirstFit
    from .support import Selection


def fresh_risks(selection: Selection, n: float, alpha: float, *, finite_n: bool) -> Array:
    r"""Return the risk after a refit to n samples that the support does not know: Definition 5.

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
    ndarray of shape (n_draws,)
    """
    size, penalty = np.array(n), np.array(alpha)
    return np.array(
        [
            float(dense_fit(spectrum, noise, size, penalty, finite_n).risk)
            for spectrum, noise in selection.restricted(n, alpha)
        ]
    )


def same_risk(
    first: FirstFit, selection: Selection, alpha: float, *, finite_n: bool
) -> tuple[float, float]:
    r"""Return the risk after a refit to the samples of the first fit, and its standard error.

    The support has seen the noise that the refit meets again, see
    `refit_risk`. A support that has not (random, or fixed beforehand) leaves the
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
    risk, standard_error : float
    """
    return refit_risk(first, selection, alpha, n_unlabeled=0.0, finite_n=finite_n)
