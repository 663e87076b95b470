"""Second moments of random features of standard normal inputs, where a closed form exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .scalar_functions import LEAKY_SLOPE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import Array

PERIODIC = ("cos", "sin")
_ELEMENTS_AT_ONCE = 1 << 22
_ROWS_AT_ONCE = 128


def angles(A: Array, B: Array) -> Array:
    """Return the angle between each row of A and each row of B; pi/2 for zero rows.

    Where it is near 0 or pi the arc cosine would keep half the digits. There the angle
    comes from the lengths of the difference and the sum of the unit vectors (Kahan).
    """
    U, V = _unit_rows(A), _unit_rows(B)
    cosine = U @ V.T
    angle = np.arccos(np.clip(cosine, -1, 1))
    i, j = np.nonzero(np.abs(cosine) > 0.99)
    step = max(1, _ELEMENTS_AT_ONCE // U.shape[1])
    for start in range(0, len(i), step):
        rows, columns = i[start : start + step], j[start : start + step]
        difference = np.linalg.norm(U[rows] - V[columns], axis=1)
        total = np.linalg.norm(U[rows] + V[columns], axis=1)
        angle[rows, columns] = 2 * np.arctan2(difference, total)
    return angle


def _unit_rows(A: Array) -> Array:
    """Scale rows to unit length, but for zero rows."""
    norm = np.linalg.norm(A, axis=1, keepdims=True)
    return np.divide(A, norm, out=np.zeros_like(A), where=norm > 0)


def _norms(A: Array, B: Array) -> Array:
    return np.multiply.outer(np.linalg.norm(A, axis=1), np.linalg.norm(B, axis=1))


def _step_second_moment(A: Array, B: Array) -> Array:
    moment = (np.pi - angles(A, B)) / (2 * np.pi)
    moment[~A.any(axis=1)], moment[:, ~B.any(axis=1)] = 0.0, 0.0  # step(0) = 0
    return moment


def _sign_second_moment(A: Array, B: Array) -> Array:
    return 1 - angles(A, B) * (2 / np.pi)


def _abs_second_moment(A: Array, B: Array) -> Array:
    t = angles(A, B)
    return (2 / np.pi) * _norms(A, B) * (np.sin(t) + (np.pi / 2 - t) * np.cos(t))


def _leaky_second_moment(A: Array, B: Array, slope: float) -> Array:
    """Return the moments of (1 + slope)/2 z + (1 - slope)/2 |z|: its parts are uncorrelated."""
    linear = ((1 + slope) / 2) ** 2 * (A @ B.T)
    return linear + ((1 - slope) / 2) ** 2 * _abs_second_moment(A, B)


def _erf_second_moment(A: Array, B: Array) -> Array:
    A, B = (rows / np.sqrt(1 + 2 * np.sum(rows**2, axis=1, keepdims=True)) for rows in (A, B))
    return (2 / np.pi) * np.arcsin(2 * A @ B.T)


def _square_second_moment(A: Array, B: Array) -> Array:
    squares = np.multiply.outer(np.sum(A**2, axis=1), np.sum(B**2, axis=1))
    return squares + 2 * (A @ B.T) ** 2


# Of the features of rows of A with those of rows of B.
CLOSED_FORMS: dict[str, Callable[[Array, Array], Array]] = {
    "relu": lambda A, B: _leaky_second_moment(A, B, 0.0),
    "leaky_relu": lambda A, B: _leaky_second_moment(A, B, LEAKY_SLOPE),
    "abs": _abs_second_moment,
    "step": _step_second_moment,
    "sign": _sign_second_moment,
    "erf": _erf_second_moment,
    "square": _square_second_moment,
    "identity": lambda A, B: A @ B.T,
}


def closed_form(activation: str, W: Array) -> Array:
    """Return the symmetric matrix of second moments, half of it as the mirror of the other."""
    moment = np.empty((len(W), len(W)))
    for start in range(0, len(W), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        block = CLOSED_FORMS[activation](W[rows], W[start:])
        square = block[:, : len(block)]
        square[:] = (square + square.T) / 2
        moment[rows, start:], moment[start:, rows] = block, block.T
    return moment


def periodic_second_moment(W: Array, b: Array | None, sign: float) -> Array:
    """Return the moments of cos (sign = 1) or sin (sign = -1)."""
    phase = np.zeros(len(W)) if b is None else b
    square, inner = np.sum(W**2, axis=1), W @ W.T
    total = np.add.outer(square, square)
    minus = np.exp(-np.maximum(total / 2 - inner, 0)) * np.cos(np.subtract.outer(phase, phase))
    plus = np.exp(-np.maximum(total / 2 + inner, 0)) * np.cos(np.add.outer(phase, phase))
    return (minus + sign * plus) / 2
