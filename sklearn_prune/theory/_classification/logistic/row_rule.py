"""Quadrature over the rows of a fit: normal margins, and the forces of a loss on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import expit

from .proximal import moved_margin

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

# Beyond so many deviations a normal variable is not met in double precision.
REACH = 8.5
# The least number of nodes, and how many fall on a step of the labels' probability and on a
# standard deviation, where it matters.
FEWEST = 41
PER_STEP = 2.0
PER_DEVIATION = 1.4
BULK = 5.0


class Fineness(NamedTuple):
    """How fine a rule is.

    Attributes
    ----------
    spacing : float
        Spacing of the nodes, in units of the scale on which a loss bends.
    most : int
        The largest number of nodes.
    """

    spacing: float
    most: int


# Good for all digits unless they reach the limit, but for the last, which is to start from.
FINE, MEDIUM, COARSE = Fineness(0.2, 1001), Fineness(0.25, 401), Fineness(0.6, 81)


class RowRule(NamedTuple):
    """Nodes and weights for functions of a normal margin.

    Attributes
    ----------
    margins, forces, slopes : ndarray of shape (n_laws, n_nodes)
        Margins of a fit on rows it has not seen, the forces g on its own rows, and their
        derivatives.
    weights : ndarray of shape (n_laws, n_nodes)
        Those of every law sum to one.
    """

    margins: Array
    forces: Array
    slopes: Array
    weights: Array


def row_rule(
    loss: str,
    mean: Array,
    variance: float,
    width: float,
    step: float,
    fineness: Fineness = FINE,
) -> RowRule:
    r"""Return a rule for the rows of a fit.

    Parameters
    ----------
    loss : {"logistic", "squared", "max_margin"}
        What the fit minimises.
    mean : ndarray of shape (...)
        Means of the margins.
    variance : float
        Their variance.
    width : float
        V, by which a row gives way to the force on it.
    step : float
        The scale, in margins about zero, on which the probability of a label varies.
    fineness : Fineness
        How fine the rule is.

    Returns
    -------
    RowRule
        Of shape (..., n_nodes).
    """
    mean, spread = np.asarray(mean, dtype=np.float64)[..., np.newaxis], float(np.sqrt(variance))
    rule = {"logistic": _logistic, "squared": _squared, "max_margin": _hard}[loss]
    margins, forces, slopes, measure = rule(mean, spread, width, step, fineness)
    weights = np.exp(-(((margins - mean) / spread) ** 2) / 2) * measure
    return RowRule(margins, forces, slopes, weights / weights.sum(axis=-1, keepdims=True))


def _logistic(
    mean: Array, spread: float, width: float, step: float, fineness: Fineness
) -> tuple[Array, ...]:
    r"""Return margins, forces, slopes and measure, from where rows have moved to.

    Where a row has moved to x, its force is :math:`\sigma(-x)`, and it came from
    :math:`x-V\sigma(-x)`. Both are smooth in x on the scale of one, while as functions of
    the margin they bend where it is about -V and :math:`\log V`, perhaps far away.
    """
    unit = max(1.0, np.log(width))
    low, high = (moved_margin(mean + side * spread, width) for side in (-REACH, REACH))
    bulk = np.concatenate([mean - BULK * spread, mean + BULK * spread])
    finest = [PER_STEP / step * _stretch(np.zeros(1), width, unit)]
    finest.append(PER_DEVIATION / spread * _stretch(bulk, width, unit))
    spacing = 1 / max(unit / fineness.spacing, *finest)
    t = _nodes(np.arcsinh(low / unit), np.arcsinh(high / unit), spacing, fineness.most)
    x = unit * np.sinh(t)
    g = expit(-x)
    bend = g * expit(x)
    return x - width * g, g, -bend / (1 + width * bend), (1 + width * bend) * np.cosh(t)


def _stretch(margins: Array, width: float, unit: float) -> float:
    """Return by how much more than t margins vary, at most."""
    x = moved_margin(margins, width)
    return float(np.max((1 + width * expit(x) * expit(-x)) * np.hypot(unit, x)))


def _squared(
    mean: Array, spread: float, width: float, step: float, fineness: Fineness
) -> tuple[Array, ...]:
    """Return those of :math:`(1-z)^2/2`."""
    z = _nodes(mean - REACH * spread, mean + REACH * spread, step / PER_STEP, fineness.most)
    return z, (1 - z) / (1 + width), np.full_like(z, -1 / (1 + width)), np.ones_like(z)


def _hard(
    mean: Array, spread: float, width: float, step: float, fineness: Fineness
) -> tuple[Array, ...]:
    """Return those of the constraint that no margin is below one, where it ends broken in two."""
    low, high = mean - REACH * spread, mean + REACH * spread
    ends = np.stack([low, np.minimum(np.maximum(low, 1), high), high], axis=-2)
    x, w = np.polynomial.legendre.leggauss(
        _nodes(low, high, step / PER_STEP, fineness.most).shape[-1]
    )
    half = np.diff(ends, axis=-2) / 2
    shape = (*mean.shape[:-1], -1)
    z = (ends[..., :-1, :] + half * (1 + x)).reshape(shape)
    force: Array = np.maximum(1 - z, 0.0) / width
    return z, force, np.where(z < 1, -1 / width, 0.0), (half * w).reshape(shape)


def _nodes(low: Array, high: Array, spacing: float, most: int) -> Array:
    """Return equidistant nodes along a last axis."""
    count = float(np.max(high - low)) / spacing
    return low + (high - low) * np.linspace(0, 1, int(np.clip(count, FEWEST, most)))
