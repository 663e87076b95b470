"""The extended BIC, and what any criterion does with fits that are exact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import betaln

from sklearn_prune._least_squares.design import EPS

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices


def above_rounding(errors: Array, null: Any, rounding: float = EPS) -> Array:
    """Return squared errors, or rounding where they are less: an exact fit has a logarithm.

    Parameters
    ----------
    errors : ndarray of shape (n_models, ...)
    null : ndarray or float
        The same of a model without features.
    rounding : float
        The share of it that is none.
    """
    floor = rounding * np.where(np.asarray(null) > 0, null, 1.0)
    return np.maximum(errors, floor)


def log_choices(n_groups: int, sizes: Indices) -> Array:
    """Return the logarithm of the number of supports of each size, of so many groups."""
    choices: Array = -betaln(sizes + 1, n_groups - sizes + 1) - np.log1p(n_groups)
    return choices


def extended_bic(deviance: Array, freedom: AnyArray, n_samples: int, choices: Array) -> Array:
    """Return the extended BIC [1]_ of models.

    Parameters
    ----------
    deviance : ndarray of shape (n_models,)
        Minus twice the log-likelihood.
    freedom : ndarray of shape (n_models,)
        Degrees of freedom.
    n_samples : int
    choices : ndarray of shape (n_models,)
        See `log_choices`.

    References
    ----------
    .. [1] J. Chen, Z. Chen, "Extended Bayesian information criteria for model
       selection with large model spaces", Biometrika 95, 2008.
    """
    bic: Array = deviance + np.log(n_samples) * freedom
    return bic + 2 * choices
