r"""Moments of random features of inputs on a sphere, by the harmonics of the sphere.

A function of one projection of a uniform point s of the unit sphere in d dimensions has a
series of Gegenbauer polynomials :math:`P_k`, here with mean square 1 on the sphere, and
by the theorem of Funk and Hecke

.. math:: E[f(u's) g(u''s)] = \sum_k f_k g_k P_k(u'u'') / P_k(1),
          \qquad f_k = E[f(s_1) P_k(s_1)].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import linalg

from .closed_forms import angles
from .feature_moments import (
    check_activation,
    check_direction,
    check_weights,
    second_moment,
)
from .scalar_functions import LINKS, check_function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Array, Function

MAX_DEGREE = 80
# Terms of a series that are smaller, relative to the mean square, are left out.
TOLERANCE = 1e-12
N_NODES = 200

# phi(r z) = r^k phi(z) for r > 0.
HOMOGENEOUS = {
    "step": 0,
    "sign": 0,
    "identity": 1,
    "relu": 1,
    "leaky_relu": 1,
    "abs": 1,
    "square": 2,
}


class SphereMoments(NamedTuple):
    """Moments of features and label on spheres of several radii.

    Parameters
    ----------
    second : ndarray of shape (n_radii, p, p)
    cross, mean : ndarray of shape (n_radii, p)
    target_second, target_mean : ndarray of shape (n_radii,)
    """

    second: Array
    cross: Array
    target_second: Array
    mean: Array
    target_mean: Array


def radii(n_inputs: int) -> tuple[Array, Array]:
    """Return lengths of standard normal inputs, and their shares: a Gauss quadrature.

    Lengths of one or two inputs vary so much that it takes more nodes.
    """
    # Half the square of the length has a gamma law: the polynomials are those of Laguerre.
    k, shape = np.arange(6 + 12 // n_inputs), n_inputs / 2
    edge = np.sqrt(k[1:] * (k[1:] + shape - 1))
    nodes, vectors = linalg.eigh_tridiagonal(2 * k + shape, edge)
    return np.sqrt(2 * nodes), vectors[0] ** 2


def sphere_moments(
    W: Array,
    v: Array,
    lengths: Array,
    link: str | Function,
    activation: str | Function,
    offset: Array | None,
) -> SphereMoments:
    """Return the moments of features phi(Wx + b) and labels link(v'x), by the length of x.

    Parameters
    ----------
    W : array-like of shape (p, d)
    v : array-like of shape (d,)
    lengths : ndarray of shape (n_radii,)
    link, activation : str or callable
    offset : array-like of shape (p,) or None

    Returns
    -------
    SphereMoments
    """
    W, b = check_weights(W, offset)
    v = check_direction(v, W.shape[1])
    phi, ell = (
        check_activation(activation, b),
        check_function(link, LINKS, "link"),
    )
    d = W.shape[1]
    t, weight = _projections(d)
    f = [phi(_arguments(W, r, t, b)) for r in lengths]
    g = [ell(_arguments(v[np.newaxis], r, t, None)) for r in lengths]
    polynomials = np.array(list(_gegenbauer(t, d)))
    F, G = np.array(f) @ (weight * polynomials).T, (np.array(g) @ (weight * polynomials).T)[:, 0]
    square = np.array(f) ** 2 @ weight
    if b is None and isinstance(activation, str) and activation in HOMOGENEOUS:
        unit = second_moment(W, activation)
        second = np.multiply.outer(_energies(lengths, d, HOMOGENEOUS[activation]), unit)
    else:
        second = _sum_pairs(F, square, np.cos(angles(W, W)), d)
    return SphereMoments(
        second=second,
        cross=_sum_cross(F, G, np.cos(angles(v[np.newaxis], W)[0]), d),
        target_second=(np.array(g) ** 2 @ weight)[:, 0],
        mean=F[..., 0],
        target_mean=G[:, 0],
    )


def _arguments(W: Array, length: float, t: Array, b: Array | None) -> Array:
    """Return pre-activations, of shape (p, n_nodes), at the projections t on the unit sphere."""
    argument = np.multiply.outer(length * np.linalg.norm(W, axis=1), t)
    return argument if b is None else argument + b[:, np.newaxis]


def _projections(d: int) -> tuple[Array, Array]:
    """Return nodes and weights of one coordinate of the unit sphere; they break at 0."""
    if d == 1:
        return np.array([-1.0, 1.0]), np.array([0.5, 0.5])
    x, weight = np.polynomial.legendre.leggauss(N_NODES)
    angle = np.pi / 4 * (1 + x)
    weight = weight * np.cos(angle) ** (d - 2)
    nodes, weight = np.sin(angle), weight / (2 * weight.sum())
    return np.concatenate([-nodes, nodes]), np.concatenate([weight, weight])


def _gegenbauer(t: Array, d: int) -> Iterator[Array]:
    """Yield the polynomials of degree 0, 1, ... at t, of mean square 1."""
    before, P, edge = np.zeros_like(t), np.ones_like(t), 0.0
    for k in range(2 if d == 1 else MAX_DEGREE):
        yield P
        step = np.sqrt((k + 1) * max(k + d - 2, 1) / ((2 * k + d) * max(2 * k + d - 2, 1)))
        if k == 0:
            step = 1 / np.sqrt(d)
        before, P, edge = P, (t * P - edge * before) / step, step


def _sum_pairs(F: Array, square: Array, cosine: Array, d: int) -> Array:
    """Return the second moments of features of given coefficients, and of given mean squares."""
    total = np.zeros((len(F), *cosine.shape))
    top = np.max(F**2, axis=(0, 1)) > TOLERANCE * square.max()
    n_terms = 1 + int(np.max(np.nonzero(top), initial=0))
    ends = _gegenbauer(np.ones(1), d)
    for k, (P, end) in enumerate(zip(_gegenbauer(cosine, d), ends, strict=True)):
        if k == n_terms:
            break
        harmonic = P / end
        for i, f in enumerate(F[..., k]):
            total[i] += np.multiply.outer(f, f) * harmonic
    for moment, diagonal in zip(total, square, strict=True):
        np.fill_diagonal(moment, diagonal)
    return total


def _sum_cross(F: Array, G: Array, cosine: Array, d: int) -> Array:
    """Return the cross moments of features and a label of given coefficients."""
    at, ends = (np.array(list(_gegenbauer(x, d))) for x in (cosine, np.ones(1)))
    return np.einsum("rpk,rk,kp->rp", F, G, at / ends)


def _energies(lengths: Array, d: int, degree: int) -> Array:
    """Return the mean squares of a homogeneous function by length, over that of all inputs."""
    return lengths ** (2 * degree) / np.prod([d + 2 * k for k in range(degree)])
