"""Losses of a classifier by the sign of a score, where the score is normal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from .label_link import LOGISTIC_NODES, LOGISTIC_WEIGHTS, NORMAL_NODES, density

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

# The normal density beyond is that of rounding.
RADIUS = 9.0
# Panels beside a point at which a function bends: neighbours differ by a factor of at most
# three or so, which ten nodes in each of them do not notice.
_STEPS = [1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 0.8, 1.6, 2.6, 3.8, 5.2, 6.8, 8.5]
_STEPS += [10.5, 12.5, 15.0, 2 * RADIUS]
PANELS = np.array([*(-step for step in reversed(_STEPS)), 0.0, *_STEPS])
LEGENDRE_NODES, LEGENDRE_WEIGHTS = np.polynomial.legendre.leggauss(10)


def last_negative(mean: Array, spread: Array) -> Array:
    r"""Return up to which z the score :math:`m+sz` is not positive; inf, if it always is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((mean == 0) & (spread == 0), np.inf, -mean / spread)


def mean_softplus(mean: Array, spread: Array) -> Array:
    r"""Return :math:`\mathbb{E}\log(1+e^{m+sz})` for a standard normal z.

    The function is a ramp, :math:`\max(x, 0)`, averaged over a logistic variable. The sum
    goes over that of the two variables which is the wider.

    Parameters
    ----------
    mean, spread : ndarray
        m and s, of the same shape.
    """
    narrow = spread < 1
    scale = np.where(narrow, spread, 0.0)[..., np.newaxis]
    weights = density(NORMAL_NODES)
    normal = np.logaddexp(0, mean[..., np.newaxis] + scale * NORMAL_NODES) @ weights
    shifted = mean[..., np.newaxis] + LOGISTIC_NODES
    scale = np.where(narrow, 1.0, spread)[..., np.newaxis]
    ramps = shifted * ndtr(shifted / scale) + scale * density(shifted / scale)
    return np.where(narrow, normal / weights.sum(), ramps @ LOGISTIC_WEIGHTS)


def broken_rule(*breaks: Array) -> tuple[Array, Array]:
    r"""Return nodes and weights for the mean of a function that bends at given points.

    Parameters
    ----------
    *breaks : ndarray of shape (...)
        The points, in standard deviations; may be infinite.

    Returns
    -------
    nodes, weights : ndarray of shape (..., n_nodes)
        For a standard normal variable.
    """
    centres = np.clip(np.stack(breaks, axis=-1), -RADIUS, RADIUS)
    edges = (centres[..., np.newaxis] + PANELS).reshape(*centres.shape[:-1], -1)
    edges = np.sort(np.clip(edges, -RADIUS, RADIUS), axis=-1)
    half = np.diff(edges)[..., np.newaxis] / 2
    nodes = edges[..., :-1, np.newaxis] + half * (1 + LEGENDRE_NODES)
    weights = half * LEGENDRE_WEIGHTS * density(nodes)
    shape = (*centres.shape[:-1], -1)
    return nodes.reshape(shape), weights.reshape(shape)
