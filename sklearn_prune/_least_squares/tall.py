"""Least squares on many rows: the normal equations, made exact by a second look at the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .cholesky import cholesky
from .design import constant_norm
from .refinement import refine
from .row_moments import NEAR, row_blocks_of, row_moments

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import AnyArray, Array, Mask

    from .row_moments import Moments

# Down to this reciprocal condition of the Gram matrix of columns of unit norm, refinement
# converges: that of a design of condition 3e6 or so.
TALL_RCOND = 1e-13

# Squares of this size are far from overflow and underflow.
LEAST_SQUARE, LARGEST_SQUARE = 1e-140, 1e140
LEAST_MEAN = 1e-60


class NormalEquations(NamedTuple):
    """The normal equations of a well-conditioned problem, factorised.

    Attributes
    ----------
    active : ndarray of shape (n_features,), dtype bool
        The columns that are not constant.
    norms : ndarray of shape (n_active, 1)
        Their norms.
    rcond : float
        Reciprocal condition of the Gram matrix of columns of unit norm.
    solve_scaled : callable
        Solves with this matrix.
    right_side : ndarray of shape (n_features, n_targets)
        ``A' W y``.
    """

    active: Mask
    norms: Array
    rcond: float
    solve_scaled: Callable[[Array], Array]
    right_side: Array

    @classmethod
    def of(
        cls, moments: Moments, n_features: int, *, centred: bool, alpha: float = 0.0
    ) -> NormalEquations | None:
        """Factorise, or return None where squares are unsafe or the matrix is singular.

        Parameters
        ----------
        moments : Moments
        n_features : int
            How many of its columns are features; the others are targets.
        centred : bool
            Whether there is an intercept.
        alpha : float, default=0.0
            A penalty on the squared norm of the coefficients.
        """
        squares = moments.squares(centred=centred)
        diagonal, mean = squares.diagonal(), moments.mean
        floor = constant_norm(mean if centred else None, moments.weight)
        constant = np.sqrt(diagonal) <= floor
        # Where no more than a tiny mean is left of a column, its squares have underflowed.
        underflow = constant & (mean != 0) & (np.abs(mean) < LEAST_MEAN)
        is_safe = constant | ((diagonal > LEAST_SQUARE) & (diagonal < LARGEST_SQUARE))
        active = ~constant[:n_features]
        if underflow.any() or not is_safe.all() or not active.any():
            return None
        norms = np.sqrt(diagonal[:n_features] + alpha)
        gram = squares[:n_features, :n_features]
        if not active.all():
            gram = gram[np.ix_(active, active)]
        norms = norms[active, np.newaxis]
        gram = gram / norms
        gram /= norms.T
        gram[np.diag_indices_from(gram)] = 1.0
        solve, rcond = cholesky(gram)
        return cls(active, norms, rcond / moments.loss, solve, squares[:n_features, n_features:])

    def solve(self, right_side: Array) -> Array:
        """Return coefficients, of shape (n_active, n_targets), of columns of unit norm."""
        return self.solve_scaled(right_side[self.active] / self.norms)

    def unscaled(self, coef: Array) -> Array:
        """Return these as coefficients of the columns, zero for constant ones."""
        unscaled = np.zeros((len(self.active), coef.shape[1]))
        unscaled[self.active] = coef / self.norms
        return unscaled


def tall_lstsq(
    X: AnyArray, y: AnyArray, weights: Array, *, centred: bool, cutoff: float
) -> tuple[Array, Array, int] | None:
    """Solve a least-squares problem of more rows than columns, or return None if that is unsafe.

    The rows are read block by block, twice or more, and never copied.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,) or (n_samples, n_targets)
    weights : ndarray of shape (n_samples,)
        Positive weights of the rows.
    centred : bool
        Whether there is an intercept.
    cutoff : float
        Singular values below `cutoff` times the largest, of columns of unit norm, count
        as zero: there must not be any.

    Returns
    -------
    coef : ndarray of shape (n_targets, n_features)
    intercept : ndarray of shape (n_targets,)
    rank : int
    """
    with np.errstate(over="ignore", invalid="ignore"):
        moments = row_moments(X, y, weights).seen_from_mean()
    return solve_moments(moments, X, y, weights, centred=centred, cutoff=cutoff)


def solve_moments(
    moments: Moments,
    X: AnyArray,
    y: AnyArray,
    weights: Array,
    *,
    centred: bool,
    cutoff: float,
) -> tuple[Array, Array, int] | None:
    """Solve a problem whose moments, seen from their mean, are known (see `tall_lstsq`)."""
    with np.errstate(over="ignore", invalid="ignore"):
        equations = NormalEquations.of(moments, X.shape[1], centred=centred)
    if equations is None or not equations.rcond > max(TALL_RCOND, 10 * cutoff**2):
        return None
    if X[:, ~equations.active & (moments.mean[: X.shape[1]] == 0)].any():
        return None  # not of zeros, but of numbers whose squares underflow
    return refined_fit(equations, moments, X, y, weights, centred=centred)


def refined_fit(
    equations: NormalEquations,
    moments: Moments,
    X: AnyArray,
    y: AnyArray,
    weights: Array,
    *,
    centred: bool,
) -> tuple[Array, Array, int] | None:
    """Solve normal equations, and refine the solution with the rows (see `tall_lstsq`).

    Parameters
    ----------
    moments : Moments
        Of all rows, seen from their mean.
    """
    targets = y.reshape(len(y), -1)

    def correction(scaled: Array) -> Array:
        coef = equations.unscaled(scaled)
        return equations.solve(_gradient(coef, moments, X, targets, weights, centred=centred))

    scaled = refine(equations.solve(equations.right_side), correction, equations.rcond)
    if scaled is None:
        return None
    coef = equations.unscaled(scaled).T
    return coef, _intercept(coef, moments, centred=centred), len(scaled)


def _gradient(
    coef: Array, moments: Moments, X: AnyArray, y: AnyArray, weights: Array, *, centred: bool
) -> Array:
    """Return ``A' W (y - A coef)``."""
    n_features = len(coef)
    unequal = weights.min() < weights.max()
    origin = moments.origin if centred else np.zeros_like(moments.origin)
    mean, y_mean = np.split(origin, [n_features])
    is_near = bool(
        np.all(mean**2 <= NEAR**2 * moments.scatter.diagonal()[:n_features] / moments.weight)
    )
    gradient, total = np.zeros_like(coef), np.zeros(y.shape[1])
    for block in row_blocks_of(X, y):
        if is_near:
            residuals = block.y - (y_mean - mean @ coef) - block.X @ coef
            features: AnyArray = block.X
        else:
            rows = block.less(origin)
            features = rows[:, :n_features]
            residuals = rows[:, n_features:-1] - features @ coef
        residuals *= weights[block.rows, np.newaxis] if unequal else weights[0]
        gradient += features.T @ residuals
        total += residuals.sum(axis=0)
    if centred:
        # What rounding left of the means, or all of them, times the mean of the residuals.
        left = moments.offset[:n_features] + (mean if is_near else 0)
        gradient -= np.outer(left, total)
    return gradient


def _intercept(coef: Array, moments: Moments, *, centred: bool) -> Any:
    """Return the intercepts of coefficients of shape (n_targets, n_features)."""
    if not centred:
        return np.zeros(len(coef))
    mean = moments.mean
    return mean[coef.shape[1] :] - coef @ mean[: coef.shape[1]]
