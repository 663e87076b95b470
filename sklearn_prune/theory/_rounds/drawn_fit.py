"""One fit among several to the same samples, in draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sklearn_prune.theory._risk.sampled_support import draw_fits

from .refit_law import RefitLaw

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._risk.first_fit import FirstFit


class DrawnFit(NamedTuple):
    r"""A fit :math:`\hat u`, a function of a field :math:`\theta=u+G` and of those before.

    Attributes
    ----------
    field, memory, error : ndarray of shape (n_draws, rank)
        G, :math:`\theta-\hat u` and :math:`\hat u-u`, in whitened coordinates.
    noise : ndarray of shape (n_draws, rank)
        What is new in the field, in units of its deviation.
    coefs : ndarray of shape (n_draws, n_features)
        The coefficients; of a fit of infinite variance, the direction they take.
    law : RefitLaw
        How the fit follows from all those before it.
    residual, slack : float
        :math:`n-\mathrm{tr}P` and :math:`n-\mathrm{tr}P^2`, of the operator P of the fit.
    shift : float
        Its :math:`1/\xi`.
    inflation : float
        By what its variance exceeds the limit of large n.
    overlap : ndarray of shape (n_draws,)
        :math:`\langle u,\hat u\rangle`, less the sampling error that is known.
    """

    field: Array
    memory: Array
    error: Array
    noise: Array
    coefs: Array
    law: RefitLaw
    residual: float
    slack: float
    shift: float
    inflation: float
    overlap: Array


def draw_dense(first: FirstFit, n_draws: int, random_state: np.random.RandomState) -> DrawnFit:
    """Return draws of the dense fit, in antithetic pairs."""
    mean, scale = first.law
    theta, coefs = draw_fits(first, n_draws, random_state)
    field = theta - mean
    return DrawnFit(
        field=field,
        memory=first.zeta * theta,
        error=first.shrinkage * field - first.zeta * mean,
        noise=field / (scale or np.abs(field).max(initial=0.0) or 1.0),
        coefs=coefs,
        law=RefitLaw(np.zeros(0), np.zeros(0), first.variance),
        residual=first.residual,
        slack=first.slack,
        shift=first.shift,
        inflation=1.0,
        overlap=np.full(len(theta), first.overlap),
    )
