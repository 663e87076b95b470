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
    filled,
    joint_factor,
    rescale,
    row_gram,
    take_columns,
    triangular_factor,
)
from sklearn_prune._logistic.coefficients import TINY
from sklearn_prune._logistic.curvature import curvature_scale, curvature_weights

from .ranking import rank_features
from .rivals import Rivals, competing

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

    Features that belong together go together, those that always stay never, and costs are
    divided by prices. The best groups have half as many columns as there are samples but for
    those that stay, or are one.

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
    selection : Selection or None
        Which features belong together, stay, or cost more than others.

    Returns
    -------
    ndarray of shape (n_features,)
        0 where `coef` is zero, 1 for the feature removed first, and so on (see `obs`).
    """
    b = coef.reshape(-1, X.shape[1]).astype(np.float64)
    curvatures = curvature_weights(probabilities, weights)
    scale = curvature_scale(X, curvatures, alpha=alpha, centred=centred)
    candidates = competing(b, scale > 0, selection)
    rivals, order = Rivals.among(candidates, selection), np.empty(0, dtype=np.intp)
    if len(rivals.numbers) == 0:
        return rivals.survival(order, X.shape[1], selection)
    # Without any curvature, the mean does not matter.
    shares = curvatures if curvatures.any() else weights
    A, _ = as_design(X[:, candidates], shares, centred=centred)
    model = _QuadraticModel(A, b[:, candidates].T, curvatures, alpha, scale[candidates], rivals)
    return rivals.survival(model.order(), X.shape[1], selection)


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
    rivals : Rivals
        What competes: features, or groups of them.
    """

    A: Any
    coef: Array
    curvatures: Array
    alpha: float
    scale: Array
    rivals: Rivals

    @property
    def root(self) -> Array:
        """Return square roots of the curvatures, in a column."""
        return np.sqrt(self.curvatures)[:, np.newaxis]

    def order(self) -> Indices:
        """Return the rivals, the first to go first."""
        rivals, (n_samples, n_features) = self.rivals, self.A.shape
        if n_features <= n_samples:
            return self.eliminate(np.arange(len(rivals.numbers)))
        n_stays = n_features - int(rivals.sizes.sum())
        best_first = rank_features(rivals.per_price(self.single_costs()))
        pool = rivals.fitting(best_first, max(1, (n_samples - n_stays) // 2))
        pool = pool if len(pool) else best_first[:1]
        rest = best_first[~np.isin(best_first, pool)][::-1]
        return np.append(rest, self.eliminate(np.sort(pool)))

    def single_costs(self) -> Array:
        """Return the roots of what the loss rises by if one rival goes, times two.

        The diagonal of the inverse of H comes from the Gram matrix of the rows. A penalty
        that is lost in its rounding is a larger one.
        """
        gram = row_gram(self.A)[0] * self.root * self.root.T
        alpha = max(self.alpha, len(gram) * EPS * float(gram.diagonal().max()), TINY)
        gram.flat[:: len(gram) + 1] += alpha
        lower = linalg.cholesky(gram, lower=True)
        shares = [
            (linalg.solve_triangular(lower, self.root * block, lower=True) ** 2).sum(axis=0)
            for block in column_blocks(self.A)
        ]
        inverse = np.maximum(1 - np.concatenate(shares), EPS) / alpha
        costs: Array = linalg.norm(self.coef, axis=1) / np.sqrt(inverse)
        return costs if self.rivals.alone else self._group_costs(costs, lower, alpha)

    def _group_costs(self, costs: Array, lower: Array, alpha: float) -> Array:
        """Return the same of groups, from those of columns and blocks of the inverse."""
        found = np.empty(len(self.rivals.numbers))
        for rival, columns in enumerate(self.rivals.members()):
            found[rival] = costs[columns[0]]
            if len(columns) > 1:
                found[rival] = self._group_cost(columns, lower, alpha)
        return found

    def _group_cost(self, columns: Indices, lower: Array, alpha: float) -> float:
        rows = self.root * filled(take_columns(self.A, columns))
        shares = linalg.solve_triangular(lower, rows, lower=True)
        inverse, basis = linalg.eigh(np.eye(len(columns)) - shares.T @ shares)
        inverse = np.maximum(inverse, EPS)[:, np.newaxis] / alpha
        return float(linalg.norm(basis.T @ self.coef[columns] / np.sqrt(inverse)))

    def eliminate(self, rivals: Indices) -> Indices:
        """Return some rivals in the order of elimination, the others gone."""
        features, competition = self.rivals.take(rivals)
        part, scale = take_columns(self.A, features), self.scale[features, np.newaxis]
        margins = self.A @ self.coef
        weighted = self.curvatures[:, np.newaxis] * margins
        gram, loss = column_gram(part, self.curvatures)
        gram.flat[:: len(gram) + 1] += self.alpha
        gram /= scale * scale.T
        moments = (part.T @ weighted + self.alpha * self.coef[features]) / scale
        squares = (margins * weighted).sum(axis=0) + self.alpha * (self.coef**2).sum(axis=0)
        # The loss of the fit itself is not zero, and does not matter.
        found = competition.eliminate_moments(gram, moments, 2 * squares, loss)
        if found is None:
            found = competition.eliminate(self._factor(part, features, margins))
        return rivals[found[0]]

    def _factor(self, part: Any, features: Indices, margins: Array) -> Array:
        """Return the triangular factor of some columns of H with their targets."""
        scale = self.scale[features]
        joint = joint_factor(rescale(part, 1 / scale), margins, self.root)
        penalty = np.sqrt(self.alpha) * np.hstack([np.diag(1 / scale), self.coef[features]])
        return triangular_factor([joint, penalty])
