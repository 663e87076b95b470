"""Nodes and weights for the margins of a classifier, which are normal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

# Beyond so many deviations a normal variable is not met in double precision.
REACH = 8.5
# Spacing in the variable t of x = sinh(t), good for ten digits and more, and the least
# number of nodes that a normal density wants.
SPACING = 0.05
FEWEST = 41


class Grid(NamedTuple):
    """A quadrature rule for normal laws.

    Attributes
    ----------
    nodes, weights : ndarray of shape (..., n_nodes)
        The weights of each law sum to one.
    """

    nodes: Array
    weights: Array


def margin_grid(
    mean: Array, variance: float, width: float = 1.0, spacing: float = SPACING
) -> Grid:
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
    spacing : float, default=0.05
        Spacing in t.

    Returns
    -------
    Grid
    """
    low, high, spread = _range(mean, variance, width)
    n_nodes = max(FEWEST, int(np.max(high - low) / spacing))
    return _rule(mean, spread, width, low + (high - low) * np.linspace(0, 1, n_nodes), 1.0)


def margin_rule(
    loss: str, mean: Array, variance: float, width: float, spacing: float = SPACING
) -> Grid:
    """Return the `margin_grid` for a loss; where hard margins begin it is broken in two.

    Parameters
    ----------
    loss : str
    mean : ndarray of shape (...)
    variance, width, spacing : float

    Returns
    -------
    Grid
    """
    if loss != "max_margin":
        return margin_grid(mean, variance, width, spacing)
    low, high, spread = _range(mean, variance, width)
    kink = np.clip(np.arcsinh(1 / width), low, high)
    ends = np.stack([low, kink, high], axis=-2)
    x, w = np.polynomial.legendre.leggauss(2 * FEWEST)
    half = np.diff(ends, axis=-2) / 2
    t, measure = ends[..., :-1, :] + half * (1 + x), half * w
    shape = (*low.shape[:-1], -1)
    return _rule(mean, spread, width, t.reshape(shape), measure.reshape(shape))


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
