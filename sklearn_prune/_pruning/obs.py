"""Optimal brain surgeon for least squares, on wide data with second chances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import linalg

from sklearn_prune._least_squares.cholesky import cholesky
from sklearn_prune._least_squares.design import (
    Problem,
    column_gram,
    column_scale,
    constant_norm,
    is_dense,
    joint_factor,
    magnitude,
    rescale,
    row_gram,
    take_columns,
)
from sklearn_prune._least_squares.equal_rows import count_distinct_rows

from .elimination import GRAM_RCOND, eliminate, eliminate_moments
from .extended_bic import above_rounding, extended_bic, log_choices
from .ranking import TIE, rank_features

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices, Mask

    from .selection import Selection

# The penalty of the ridge fit that screens, as a share of the mean eigenvalue.
SCREEN_RIDGE = 0.1

# Steps of refinement of this fit. Most often three are enough.
MAX_STEPS = 10

# How often features that were rejected may come back.
READMISSIONS = 2


def obs(
    coef: AnyArray,
    X: Any,
    y: AnyArray,
    *,
    weights: Array,
    centred: bool,
    selection: Selection | None = None,
) -> Array:
    """Score features by how long they survive backward elimination.

    The features of nonzero `coef` are refitted by least squares, and the one
    whose removal costs least is removed with an update of the others, until none
    is left. With more features than samples they are screened first.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,) or (n_samples, n_targets)
    weights : ndarray of shape (n_samples,)
        Positive weights of the samples.
    centred : bool
        Whether the model has an intercept.

    Returns
    -------
    ndarray of shape (n_features,)
        0 where `coef` is zero, 1 for the feature removed first, and so on.
    """
    n_features = X.shape[1]
    nonzero = (coef.reshape(-1, n_features) != 0).any(axis=0)
    problem, candidates = _Standardised.of(X, y, weights, nonzero, centred=centred)
    scores = np.zeros(n_features)
    if len(candidates) == 0:
        return scores
    if len(candidates) > problem.n_samples - centred:
        order = _rank_wide(problem)
    else:
        order, _ = problem.eliminate(np.arange(len(candidates)))
    scores[candidates[order]] = np.arange(1, len(candidates) + 1)
    return scores


def _rank_wide(problem: _Standardised) -> Indices:
    """Rank more features than samples, the worst first.

    Elimination ranks the best of a ridge fit, half as many as samples [1]_. The
    top of this order, of the size that the extended BIC calls best, then competes
    with as many others for the first places: those that correlate most with what
    it leaves unexplained [2]_. So a feature that screening missed comes back.

    References
    ----------
    .. [1] X. Wang, C. Leng, "High dimensional ordinary least squares projection
       for screening variables", J. R. Stat. Soc. B 78, 2016.
    .. [2] J. Fan, J. Lv, "Sure independence screening for ultrahigh dimensional
       feature space", J. R. Stat. Soc. B 70, 2008.
    """
    n_pool = max(1, problem.n_samples // 2)
    order = problem.screen()
    survivors, errors = problem.eliminate(order[-n_pool:])
    order = _move_to_end(order, survivors)
    for _ in range(READMISSIONS):
        size = problem.best_size(errors)
        top = order[-size:]
        rivals = problem.most_correlated(top)[: min(size, n_pool - size)]
        survivors, errors = problem.eliminate(np.append(top, rivals))
        order = _move_to_end(order, survivors)
    return order


def _move_to_end(order: Indices, features: Indices) -> Indices:
    return np.append(order[~np.isin(order, features)], features)


@dataclass(frozen=True)
class _Standardised:
    """Features and targets of a least-squares fit, standardised.

    Attributes
    ----------
    design : ndarray or CentredSparse of shape (n_rows, n_features)
    targets : ndarray of shape (n_rows, n_targets)
    root : ndarray of shape (n_rows, 1)
        Square roots of the weights.
    n_samples : int
        Number of distinct rows.
    """

    design: Any
    targets: Array
    root: Array
    n_samples: int

    @classmethod
    def of(
        cls, X: Any, y: AnyArray, weights: Array, among: Mask, *, centred: bool
    ) -> tuple[_Standardised, Indices]:
        """Centre, and divide columns by their root mean squares; return which of them vary."""
        weights = weights / weights.sum()
        A, targets, _, mean, _, dense = Problem.of(X, y, weights, centred=centred)
        # A dense A is centred by now, and has the same scale as X.
        scale = column_scale(A if dense else X, weights, centred=centred and not dense)
        columns = np.flatnonzero(among & (scale > constant_norm(mean, 1.0)))
        A, scale = _selected(A, columns), scale[columns]
        if dense:
            design = np.divide(A, scale, out=None if np.may_share_memory(A, X) else A)
        else:
            design = rescale(A, 1 / scale)
        n_distinct = count_distinct_rows(_selected(X, columns), len(columns) + 1)
        targets = targets / (magnitude(targets) or 1.0)
        return cls(design, targets, np.sqrt(weights)[:, np.newaxis], n_distinct), columns

    def screen(self) -> Indices:
        """Rank the features by the magnitude of a ridge fit, the least first."""
        return rank_features(linalg.norm(self._ridge(), axis=1))[::-1]

    def _ridge(self) -> Array:
        """Fit a ridge in the dual: with a factor of few digits, refined until it has all.

        The penalty bounds the condition, so that a step of refinement gains digits.
        """
        design, root, dual = self.design, self.root, np.zeros_like(self.targets)
        coef = np.zeros((design.shape[1], dual.shape[1]))
        penalty = SCREEN_RIDGE * design.shape[1] / self.n_samples
        gram = self._row_gram()
        gram.flat[:: len(gram) + 1] += penalty
        factor = linalg.cho_factor(gram.T, overwrite_a=True)
        for _ in range(MAX_STEPS):
            residual = root * (self.targets - design @ coef) - penalty * dual
            step = linalg.cho_solve(factor, residual.astype(factor[0].dtype))
            dual += step
            coef = design.T @ (root * dual)
            if linalg.norm(step) <= TIE * linalg.norm(dual):
                break
        return coef

    def _row_gram(self) -> AnyArray:
        """Return the Gram matrix of the weighted rows, of dense ones in float32."""
        if not is_dense(self.design):
            return row_gram(self.design)[0] * self.root * self.root.T
        rows = np.empty(self.design.shape, dtype=np.float32)
        np.multiply(self.root, self.design, out=rows, casting="same_kind")
        return rows @ rows.T

    def eliminate(self, features: Indices) -> tuple[Indices, Array]:
        """Return some features in the order of elimination, and the errors on the way."""
        features = np.sort(features)
        design = _selected(self.design, features)
        gram, moments, loss = self._moments(design)
        squares = (self._weighted * self.targets).sum(axis=0)
        found = eliminate_moments(gram, moments, squares, loss=loss)
        if found is None:
            found = eliminate(self._factor(design), len(features))
        return features[found[0]], found[1]

    def most_correlated(self, fitted: Indices) -> Indices:
        """Rank all other features by their correlation with the residuals of a fit."""
        design = take_columns(self.design, fitted)
        residuals = self.targets - design @ self._fit(design)
        correlation = linalg.norm(self.design.T @ (self.root**2 * residuals), axis=1)
        others = np.delete(np.arange(len(correlation)), fitted)
        return others[rank_features(correlation[others])]

    def _fit(self, design: Any) -> Array:
        """Return the coefficients of some columns, from second moments if these have the digits."""
        gram, moments, loss = self._moments(design)
        solve, rcond = cholesky(gram)
        if rcond > loss * GRAM_RCOND:
            return solve(moments)
        joint = self._factor(design)
        n_columns = design.shape[1]
        return linalg.lstsq(joint[:, :n_columns], joint[:, n_columns:])[0]

    def _moments(self, design: Any) -> tuple[Array, Array, float]:
        """Return the Gram matrix of some columns, their products with the targets, and its loss."""
        gram, loss = column_gram(design, self.root[:, 0] ** 2)
        return gram, design.T @ self._weighted, loss

    def _factor(self, design: Any) -> Array:
        """Return the triangular factor of some columns with the targets."""
        return joint_factor(design, self.targets, self.root)

    @property
    def _weighted(self) -> Array:
        return self.root**2 * self.targets

    def best_size(self, errors: Array) -> int:
        """Return the number of features of least extended BIC, per target.

        Errors below rounding count as rounding, so that an exact fit has a size.
        """
        size = np.arange(1, len(errors))
        deviance = self.n_samples * np.log(above_rounding(errors[1:], errors[0]))
        choices = log_choices(self.design.shape[1], size) / self.targets.shape[1]
        return 1 + int(np.argmin(extended_bic(deviance, size, self.n_samples, choices)))


def _selected(A: Any, columns: Indices) -> Any:
    """Return some of the columns in increasing order: A itself if these are all."""
    return A if len(columns) == A.shape[1] else take_columns(A, columns)
