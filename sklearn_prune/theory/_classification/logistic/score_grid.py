"""Nodes and weights for the margins of a classifier, which are normal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

# Beyond so many deviations a normal variable is not met in double precision.
REACH = 8.5
# Spacing in the variable t of x = sinh(t), and the least number of nodes that a normal
# density wants.
SPACING = 0.05
FEWEST = 61


class Grid(NamedTuple):
    """A quadrature rule for normal laws.

    Attributes
    ----------
    nodes, weights : ndarray of shape (..., n_nodes)
        The weights of each law sum to one.
    """

    nodes: Array
    weights: Array


def margin_grid(mean: Array, variance: float, width: float = 1.0) -> Grid:
    r"""Return a rule for normal margins that resolves both their law and a loss.

    It is trapezoidal in t with the margin :math:`w\sinh t`. A loss bends about 0, on the
    scale w, and the density on its own scale: both are smooth in t, so that the rule is as
    good as exact for any ratio of the two.

    Parameters
    ----------
    mean : ndarray of shape (...)
    variance : float
    width : float, default=1.0
        The scale w.

    Returns
    -------
    Grid
    """
    low, high, spread = _range(mean, variance, width)
    n_nodes = max(FEWEST, int(np.max(high - low) / SPACING))
    return _rule(mean, spread, width, low + (high - low) * np.linspace(0, 1, n_nodes), 1.0)


def broken_grid(mean: Array, variance: float, breaks: Array) -> Grid:
    """Return a rule as `margin_grid` does, for functions with kinks at given margins.

    Parameters
    ----------
    mean : ndarray of shape (...)
    variance : float
    breaks : ndarray of shape (n_breaks,)

    Returns
    -------
    Grid
    """
    low, high, spread = _range(mean, variance, 1.0)
    inner = np.clip(np.arcsinh(breaks), low, high)
    ends = np.concatenate([low, inner, high], axis=-1)[..., np.newaxis]
    x, w = np.polynomial.legendre.leggauss(2 * FEWEST)
    half = np.diff(ends, axis=-2) / 2
    t, measure = ends[..., :-1, :] + half * (1 + x), half * w
    shape = (*t.shape[:-2], -1)
    return _rule(mean, spread, 1.0, t.reshape(shape), measure.reshape(shape))


def _range(mean: Array, variance: float, width: float) -> tuple[Array, Array, float]:
    """Return ends of the variable t, with a last axis, and the standard deviation."""
    spread = float(np.sqrt(variance))
    mean = np.asarray(mean, dtype=np.float64)[..., np.newaxis]
    low, high = np.arcsinh(np.stack([mean - REACH * spread, mean + REACH * spread]) / width)
    return low, high, spread


def _rule(mean: Array, spread: float, width: float, t: Array, measure: Array | float) -> Grid:
    nodes = width * np.sinh(t)
    deviation = (nodes - np.asarray(mean)[..., np.newaxis]) / spread
    weights = np.exp(-(deviation**2) / 2) * np.cosh(t) * measure
    return Grid(nodes, weights / weights.sum(axis=-1, keepdims=True))
