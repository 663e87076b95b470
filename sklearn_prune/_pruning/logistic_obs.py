"""Optimal brain surgeon for logistic fits: backward elimination in their quadratic model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import linalg

from sklearn_prune._least_squares.design import (
    EPS,
    as_design,
    column_blocks,
    column_gram,
    joint_factor,
    rescale,
    row_gram,
    take_columns,
    triangular_factor,
)
from sklearn_prune._logistic.curvature import curvature_scale, curvature_weights

from .elimination import eliminate, eliminate_moments
from .ranking import rank_features

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices

    from .selection import Selection


def logistic_obs(
    coef: AnyArray,
    probabilities: AnyArray,
    X: Any,
    weights: Array,
    *,
    alpha: float,
    centred: bool,
    selection: Selection | None = None,
) -> Array:
    """Score features by how long they survive backward elimination at a logistic fit.

    The loss is taken for quadratic, with its Hessian at the fit; several classes share the
    mean of their Hessians. Of more features than samples only the best, half as many as
    samples, are eliminated one at a time, with the others already gone; these are ranked
    by what the removal of each alone costs.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_classes, n_features)
    probabilities : ndarray of shape (n_samples,) or (n_samples, n_classes)
        What the fit says of a class, or of each.
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
    weights : ndarray of shape (n_samples,)
        Positive weights of the samples.
    alpha : float
        Penalty: of the loss, half of this times the squared norm.
    centred : bool
        Whether the model has an intercept.

    Returns
    -------
    ndarray of shape (n_features,)
        0 where `coef` is zero, 1 for the feature removed first, and so on.
    """
    b = coef.reshape(-1, X.shape[1]).astype(np.float64)
    curvatures = curvature_weights(probabilities, weights)
    scale = curvature_scale(X, curvatures, alpha=alpha, centred=centred)
    candidates = np.flatnonzero((b != 0).any(axis=0) & (scale > 0))
    scores = np.zeros(X.shape[1])
    if len(candidates) == 0:
        return scores
    # Without any curvature, the mean does not matter.
    shares = curvatures if curvatures.any() else weights
    A, _ = as_design(X[:, candidates], shares, centred=centred)
    model = _QuadraticModel(A, b[:, candidates].T, curvatures, alpha, scale[candidates])
    scores[candidates[model.order()]] = np.arange(1, len(candidates) + 1)
    return scores


class _QuadraticModel(NamedTuple):
    """The loss ``(c - b)' H (c - b) / 2`` of coefficients c near those of a fit, b.

    Attributes
    ----------
    A : ndarray or CentredSparse of shape (n_samples, n_features)
        Design, centred with the curvatures for weights.
    coef : ndarray of shape (n_features, n_classes)
        b.
    curvatures : ndarray of shape (n_samples,)
        Curvatures of the loss: H is ``A' diag(curvatures) A + alpha I``.
    alpha : float
    scale : ndarray of shape (n_features,)
        Square roots of the diagonal of H.
    """

    A: Any
    coef: Array
    curvatures: Array
    alpha: float
    scale: Array

    @property
    def root(self) -> Array:
        """Return square roots of the curvatures, in a column."""
        return np.sqrt(self.curvatures)[:, np.newaxis]

    def order(self) -> Indices:
        """Return the features, the first to go first."""
        n_samples, n_features = self.A.shape
        if n_features <= n_samples:
            return self.eliminate(np.arange(n_features))
        worst_first = rank_features(self.single_costs())[::-1]
        rest, pool = np.split(worst_first, [n_features - max(1, n_samples // 2)])
        return np.append(rest, self.eliminate(np.sort(pool)))

    def single_costs(self) -> Array:
        """Return the roots of what the loss rises by if one feature goes, times two.

        The diagonal of the inverse of H comes from the Gram matrix of the rows. A penalty
        that is lost in its rounding is a larger one.
        """
        gram = row_gram(self.A)[0] * self.root * self.root.T
        alpha = max(self.alpha, len(gram) * EPS * float(gram.diagonal().max()))
        gram.flat[:: len(gram) + 1] += alpha
        lower = linalg.cholesky(gram, lower=True)
        shares = [
            (linalg.solve_triangular(lower, self.root * block, lower=True) ** 2).sum(axis=0)
            for block in column_blocks(self.A)
        ]
        inverse = np.maximum(1 - np.concatenate(shares), EPS) / alpha
        costs: Array = linalg.norm(self.coef, axis=1) / np.sqrt(inverse)
        return costs

    def eliminate(self, features: Indices) -> Indices:
        """Return some features in the order of elimination, the others gone."""
        part, scale = take_columns(self.A, features), self.scale[features, np.newaxis]
        margins = self.A @ self.coef
        weighted = self.curvatures[:, np.newaxis] * margins
        gram, loss = column_gram(part, self.curvatures)
        gram.flat[:: len(gram) + 1] += self.alpha
        gram /= scale * scale.T
        moments = (part.T @ weighted + self.alpha * self.coef[features]) / scale
        squares = (margins * weighted).sum(axis=0) + self.alpha * (self.coef**2).sum(axis=0)
        # The loss of the fit itself is not zero, and does not matter.
        found = eliminate_moments(gram, moments, 2 * squares, loss=loss)
        if found is None:
            found = eliminate(self._factor(part, features, margins), len(features))
        return features[found[0]]

    def _factor(self, part: Any, features: Indices, margins: Array) -> Array:
        """Return the triangular factor of some columns of H with their targets."""
        scale = self.scale[features]
        joint = joint_factor(rescale(part, 1 / scale), margins, self.root)
        penalty = np.sqrt(self.alpha) * np.hstack([np.diag(1 / scale), self.coef[features]])
        return triangular_factor([joint, penalty])
