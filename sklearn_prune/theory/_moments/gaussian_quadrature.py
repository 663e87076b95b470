"""Expectations of one or two functions of standard normal variables, by quadrature.

The functions are ``f(scale * g + offset)`` with g ~ N(0, 1). Plain Gauss-Hermite rules
are several percent off where f has a kink, and slow where it bends sharply. So the
rules here break where the argument of f is 0, the only place where a function may fail
to be smooth, and crowd their nodes there.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Array, Function

# The square root of the normal density at this radius is 2e-16.
RADIUS = 12.0
# Neighbouring panels differ by a factor of at most three or so: 16 Gauss-Legendre
# nodes then lose nothing to a pole beside the origin.
_PANELS = np.array([0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.8, 1.6, 2.6, 3.8, 5.2, 6.8, 8.5])
_PANELS = np.append(_PANELS, [10.2, RADIUS])
_NODES_AT_ONCE = 1 << 20


def gaussian_mean(
    function: Function,
    scale: Array,
    offset: Array | None = None,
    *,
    factor: Function | None = None,
) -> Array:
    """Return E f(scale_i g + offset_i), g ~ N(0, 1), for each i; times factor(g) if given."""
    parts = []
    for s, b, g, weight in _chunks(scale, offset):
        weighted = weight if factor is None else weight * factor(g)
        parts.append(np.sum(function(s * g + b) * weighted, axis=1))
    return np.concatenate(parts)


def gaussian_mean_square(function: Function, scale: Array, offset: Array | None = None) -> Array:
    """Return E f(scale_i g + offset_i)^2, or raise if it is out of reach.

    Raises
    ------
    ValueError
        If the tails contribute: f grows too fast for its mean square to exist, or to
        be found within RADIUS standard deviations.
    """
    parts = []
    for s, b, g, weight in _chunks(scale, offset):
        terms = function(s * g + b) ** 2 * weight
        total = terms.sum(axis=1)
        tails = np.sum(terms * (np.abs(g) > 0.8 * RADIUS), axis=1)
        if not np.all(tails <= 1e-9 * total):
            raise ValueError(
                "a function grows too fast on Gaussian arguments for its second moment to be "
                "computed: choose one of polynomial growth, or smaller weights."
            )
        parts.append(total)
    return np.concatenate(parts)


def hermite_coefficients(
    function: Function, scale: Array, offset: Array | None, n_terms: int
) -> Array:
    r"""Expand functions of a standard normal variable in Hermite polynomials.

    Returns
    -------
    C : ndarray of shape (len(scale), n_terms)
        :math:`E[f(s_i g + b_i) h_k(g)]`, where :math:`h_k = He_k / \sqrt{k!}` are
        orthonormal for g ~ N(0, 1).
    """
    parts = []
    for s, b, g, weight in _chunks(scale, offset):
        F = function(s * g + b)
        C = np.empty((len(F), n_terms))
        # Without weights in the recurrence, h_k overflows at no k below 10^4.
        before, h = np.zeros_like(g), np.ones_like(g)
        for k in range(n_terms):
            C[:, k] = np.einsum("ij,ij->i", F, np.broadcast_to(h * weight, F.shape))
            before, h = h, (g * h - np.sqrt(k) * before) / np.sqrt(k + 1)
        parts.append(C)
    return np.concatenate(parts)


def pair_moment(
    f: Function,
    f_scale: Array,
    f_offset: Array | float,
    g: Function,
    g_scale: Array,
    g_offset: Array | float,
    angle: Array,
) -> Array:
    r"""Return :math:`E[f(s_i x + b_i) g(s'_i y + b'_i)]` for pairs of correlated variables.

    x and y are standard normal with correlation :math:`\cos t_i`. In polar coordinates,
    ``x = r cos(phi)`` and ``y = r cos(phi - t)``, the half plane x > 0 is two sectors,
    y < 0 of angle t and y > 0 of angle pi - t, in each of which both factors are
    smooth. The other half plane mirrors it. The rule is exact to rounding for offset 0,
    however close t is to 0 or pi.

    Parameters
    ----------
    f, g : callable
        Elementwise functions.
    f_scale, g_scale : ndarray of shape (n_pairs,)
        s and s'.
    f_offset, g_offset : float or ndarray of shape (n_pairs,)
        b and b'.
    angle : ndarray of shape (n_pairs,)
        t, in [0, pi].

    Returns
    -------
    ndarray of shape (n_pairs,)
    """
    n_pairs = len(angle)
    given = (f_scale, f_offset, g_scale, g_offset, angle)
    columns = [np.broadcast_to(np.asarray(c, np.float64), n_pairs) for c in given]
    # 64 nodes a side serve functions that bend at a unit scale, or jump at 0.
    steepest = max(np.max(columns[0], initial=0.0), np.max(columns[2], initial=0.0))
    n_nodes = 64 + 8 * int(np.ceil(min(steepest, 24)))
    if np.any(columns[1]) or np.any(columns[3]):
        n_nodes *= 2
    (u, u_weight), (r, r_weight) = _sector_rule(n_nodes), _radial_rule(n_nodes)
    weight = (u_weight[:, np.newaxis] * r_weight).ravel()
    moment = np.empty(n_pairs)
    step = max(1, _NODES_AT_ONCE // weight.size)
    for start in range(0, n_pairs, step):
        chunk = slice(start, start + step)
        s, b, s2, b2, t = (c[chunk, np.newaxis, np.newaxis] for c in columns)
        total = np.zeros(len(t))
        for width, sign in ((t, -1.0), (np.pi - t, 1.0)):
            x = s * np.sin(width * u[::-1, np.newaxis]) * r
            y = sign * s2 * np.sin(width * u[:, np.newaxis]) * r
            values = f(b + x) * g(b2 + y) + f(b - x) * g(b2 - y)
            total += width[:, 0, 0] * (values.reshape(len(t), -1) @ weight)
        moment[chunk] = total / (2 * np.pi)
    return moment


def _chunks(
    scale: Array, offset: Array | None
) -> Iterator[tuple[Array, Array | float, Array, Array]]:
    """Yield scales, offsets, nodes and weights, all with nodes along the rows.

    The nodes are shared, of shape (1, n_nodes), where there is no offset.
    """
    refine = 1 + min(int(np.max(scale, initial=0.0) / 10), 19)
    n_nodes = 2 * refine * 16 * (len(_PANELS) - 1)
    step = max(1, _NODES_AT_ONCE // n_nodes)
    for start in range(0, max(len(scale), 1), step):
        s = scale[start : start + step, np.newaxis]
        if offset is None:
            yield s, 0.0, *_nodes(np.zeros((1, 1)), refine)
        else:
            b = offset[start : start + step, np.newaxis]
            zero = -np.divide(b, s, out=np.zeros_like(b), where=s > 0)
            yield s, b, *_nodes(np.clip(zero, -RADIUS, RADIUS), refine)


def _nodes(zero: Array, refine: int) -> tuple[Array, Array]:
    """Return nodes g on [-RADIUS, RADIUS], graded towards `zero`, and normal weights."""
    u, weight = _panel_rule(refine)
    right, left = RADIUS - zero, RADIUS + zero
    g = np.hstack([zero - left * u[::-1], zero + right * u])
    density = np.exp(-0.5 * g**2) / np.sqrt(2 * np.pi)
    return g, np.hstack([left * weight[::-1], right * weight]) * density


@cache
def _panel_rule(refine: int) -> tuple[Array, Array]:
    """Return nodes and weights on [0, 1], graded towards 0."""
    edges = np.interp(
        np.arange(refine * (len(_PANELS) - 1) + 1) / refine, np.arange(len(_PANELS)), _PANELS
    )
    x, weight = np.polynomial.legendre.leggauss(16)
    half = np.diff(edges)[:, np.newaxis] / 2
    nodes = edges[:-1, np.newaxis] + half * (1 + x)
    return nodes.ravel() / RADIUS, (half * weight).ravel() / RADIUS


@cache
def _sector_rule(n_nodes: int) -> tuple[Array, Array]:
    """Return nodes and weights on [0, 1], graded towards both ends."""
    # Double exponential. Both u and u[::-1] = 1 - u keep their relative precision.
    v = np.linspace(-3.1, 3.1, n_nodes)
    z = np.pi / 2 * np.sinh(v)
    u = 1 / (1 + np.exp(-2 * z))
    weight = np.cosh(v) / np.cosh(z) ** 2
    return u, weight / weight.sum()


@cache
def _radial_rule(n_nodes: int) -> tuple[Array, Array]:
    """Return nodes and weights for the integral over r > 0 of r exp(-r^2/2) f(r)."""
    v, weight = np.polynomial.legendre.leggauss(n_nodes)
    v = (1 + v) / 2
    r = 0.8 * RADIUS * v**2
    return r, 0.8 * RADIUS * v * weight * r * np.exp(-0.5 * r**2)
