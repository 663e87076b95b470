"""Moments of pairs of functions of correlated Gaussian variables, by their Hermite series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .gaussian_quadrature import gaussian_mean_square, hermite_coefficients, pair_moment

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Function

N_TERMS = 160
# What the series may leave out, relative to the largest standard deviations.
TOLERANCE = 1e-13
_ROWS_AT_ONCE = 64


def series_second_moment(
    function: Function, scale: Array, offset: Array | None, angle: Array
) -> Array:
    r"""Return :math:`E[f(s_i g_i + b_i) f(s_j g_j + b_j)]` for all i and j.

    Mehler's formula: with :math:`c_{ik}` the Hermite coefficients of the i-th function,

    .. math:: E[f_i f_j] = \sum_k c_{ik} c_{jk} \cos^k t_{ij}.

    Its terms fall off slowly where t is near 0 or pi. There, by the bound
    :math:`|\cos t|^K \sqrt{T_i T_j}` on the rest of the series, where
    :math:`T_i = E f_i^2 - \sum_{k<K} c_{ik}^2`, quadrature in two dimensions takes
    over; on the diagonal, quadrature in one.

    Parameters
    ----------
    function : callable
        f, elementwise; smooth but where its argument is 0.
    scale : ndarray of shape (p,)
        s, standard deviations.
    offset : ndarray of shape (p,) or None
        b, zero if None.
    angle : ndarray of shape (p, p)
        t: the correlation of the standard normal :math:`g_i` and :math:`g_j` is cos t.

    Returns
    -------
    ndarray of shape (p, p)
    """
    square = gaussian_mean_square(function, scale, offset)
    C = hermite_coefficients(function, scale, offset, N_TERMS)
    limit = _largest_correlation(square, C, square, C)
    R = np.cos(angle)
    moment = _sum_series(C, C, R)
    i, j = np.nonzero(np.triu(np.abs(R) > limit, 1))
    b = np.zeros_like(scale) if offset is None else offset
    near = pair_moment(function, scale[i], b[i], function, scale[j], b[j], angle[i, j])
    moment[i, j] = moment[j, i] = near
    np.fill_diagonal(moment, square)
    return moment


def series_cross_moment(
    link: Function,
    link_scale: float,
    function: Function,
    scale: Array,
    offset: Array | None,
    angle: Array,
) -> Array:
    r"""Return :math:`E[\ell(\nu g_0) f(s_i g_i + b_i)]` for all i.

    The series of `series_second_moment`, and its quadrature near the ends. For a
    polynomial link the series ends: the result is exact.

    Parameters
    ----------
    link : callable
        The function of the label, elementwise.
    link_scale : float
        nu, the standard deviation of its argument.
    function, scale, offset
        As in `series_second_moment`.
    angle : ndarray of shape (p,)
        The correlation of :math:`g_0` and :math:`g_i` is the cosine of it.

    Returns
    -------
    ndarray of shape (p,)
    """
    nu = np.array([link_scale])
    link_square = gaussian_mean_square(link, nu)
    square = gaussian_mean_square(function, scale, offset)
    link_C = hermite_coefficients(link, nu, None, N_TERMS)
    matters = np.abs(link_C[0]) > 1e-15 * np.sqrt(link_square)
    n_terms = 1 + int(np.max(np.nonzero(matters), initial=0))
    C = hermite_coefficients(function, scale, offset, n_terms)
    limit = _largest_correlation(link_square, link_C, square, C)
    R = np.cos(angle)
    moment = _sum_series(link_C[:, :n_terms], C, R[np.newaxis])[0]
    near = np.abs(R) > limit
    b = 0.0 if offset is None else offset[near]
    moment[near] = pair_moment(
        link, np.full(near.sum(), link_scale), 0.0, function, scale[near], b, angle[near]
    )
    return moment


def _largest_correlation(f_square: Array, f_C: Array, g_square: Array, g_C: Array) -> float:
    """Return up to which |cos t| the truncated series is as good as exact."""
    rests = [
        np.sqrt(np.max(np.maximum(square - np.sum(C**2, axis=1), 0.0), initial=0.0))
        for square, C in ((f_square, f_C), (g_square, g_C))
    ]
    size = np.sqrt(np.max(f_square, initial=0.0) * np.max(g_square, initial=0.0))
    if rests[0] * rests[1] <= TOLERANCE * size:
        return 1.0
    return float((TOLERANCE * size / (rests[0] * rests[1])) ** (1 / N_TERMS))


def _sum_series(A: Array, B: Array, R: Array) -> Array:
    """Return ``sum_k outer(A[:, k], B[:, k]) * R**k``, by Horner's rule in R squared."""
    total = np.empty_like(R)
    for start in range(0, len(R), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        square = R[rows] ** 2
        even = _horner(A[rows, ::2], B[:, ::2], square)
        total[rows] = even + R[rows] * _horner(A[rows, 1::2], B[:, 1::2], square)
    return total


def _horner(A: Array, B: Array, X: Array) -> Array:
    """Return ``sum_k outer(A[:, k], B[:, k]) * X**k`` without its vanishing last terms."""
    size = np.max(np.abs(A), axis=0, initial=0.0) * np.max(np.abs(B), axis=0, initial=0.0)
    n_terms = 1 + np.max(np.nonzero(size > 1e-17 * np.max(size, initial=0.0)), initial=-1)
    total, term = np.zeros_like(X), np.empty_like(X)
    for k in range(n_terms)[::-1]:
        total *= X
        np.multiply(A[:, k, np.newaxis], B[:, k], out=term)
        total += term
    return total
