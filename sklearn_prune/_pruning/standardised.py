"""What backward elimination asks of least-squares fits of standardised features."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import linalg

from sklearn_prune._least_squares.cholesky import cholesky
from sklearn_prune._least_squares.design import (
    Problem,
    column_gram,
    column_scale,
    constant_norm,
    filled,
    is_dense,
    joint_factor,
    magnitude,
    rescale,
    row_gram,
    take_columns,
)
from sklearn_prune._least_squares.equal_rows import count_distinct_rows

from .elimination import GRAM_RCOND
from .extended_bic import above_rounding, extended_bic, log_choices
from .group_bases import GroupBases
from .ranking import TIE, rank_features
from .rivals import Rivals, competing

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices

    from .selection import Selection

# The penalty of the ridge fit that screens, as a share of the mean eigenvalue.
SCREEN_RIDGE = 0.1

# Steps of refinement of this fit. Most often three are enough.
MAX_STEPS = 10


@dataclass(frozen=True)
class Standardised:
    """Features and targets of a least-squares fit, standardised.

    Attributes
    ----------
    design : ndarray or CentredSparse of shape (n_rows, n_features)
    targets : ndarray of shape (n_rows, n_targets)
    root : ndarray of shape (n_rows, 1)
        Square roots of the weights.
    n_samples : int
        Number of distinct rows, less the rank of what was projected out.
    centred : bool
        Whether these have one dimension less.
    rivals : Rivals
        What competes: features, or groups of them.
    """

    design: Any
    targets: Array
    root: Array
    n_samples: int
    centred: bool
    rivals: Rivals

    @classmethod
    def of(
        cls,
        coef: AnyArray,
        X: Any,
        y: AnyArray,
        weights: Array,
        *,
        centred: bool,
        selection: Selection | None = None,
    ) -> Standardised:
        """Centre those that compete or stay, and divide them by their root mean squares."""
        weights = weights / weights.sum()
        A, targets, _, mean, _, dense = Problem.of(X, y, weights, centred=centred)
        # A dense A is centred by now, and has the same scale as X.
        scale = column_scale(A if dense else X, weights, centred=centred and not dense)
        columns = competing(coef, scale > constant_norm(mean, 1.0), selection)
        A, scale = _selected(A, columns), scale[columns]
        if dense:
            design = np.divide(A, scale, out=None if np.may_share_memory(A, X) else A)
        else:
            design = rescale(A, 1 / scale)
        n_distinct = count_distinct_rows(_selected(X, columns), len(columns) + 1)
        targets, root = targets / (magnitude(targets) or 1.0), np.sqrt(weights)[:, np.newaxis]
        rivals = Rivals.among(columns, selection)
        return cls(design, targets, root, n_distinct, centred, rivals)

    @property
    def is_wide(self) -> bool:
        """Whether there are more features than samples."""
        return bool(self.design.shape[1] > self.n_samples - self.centred)

    def without_stays(self) -> Standardised:
        """Return what those that stay leave of the others, as orthonormal bases of groups.

        Its rivals are those of which something is left, with their places here as numbers.
        """
        groups, prices = self.rivals.groups, self.rivals.prices
        rows = self.root * filled(self.design)
        bases = GroupBases.of(rows, groups, self.root * self.targets)
        left = np.flatnonzero(bases.sizes)
        rivals = Rivals(
            np.repeat(np.arange(len(left)), bases.sizes[left]),
            left,
            None if prices is None else prices[left],
        )
        return replace(
            self,
            design=bases.columns,
            targets=bases.targets,
            root=np.ones((len(bases.columns), 1)),
            n_samples=self.n_samples - (len(rows) - len(bases.columns)),
            rivals=rivals,
        )

    def screen(self) -> Indices:
        """Rank the rivals by the magnitude of a ridge fit, the least first."""
        return rank_features(self.rivals.norms(self._ridge()))[::-1]

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

    def eliminate(self, rivals: Indices) -> tuple[Indices, Array]:
        """Return some rivals in the order of elimination, and the errors on the way."""
        rivals = np.sort(rivals)
        columns, part = self.rivals.take(rivals)
        design = _selected(self.design, columns)
        gram, moments, loss = self._moments(design)
        squares = (self._weighted * self.targets).sum(axis=0)
        found = part.eliminate_moments(gram, moments, squares, loss)
        if found is None:
            found = part.eliminate(self._factor(design))
        return rivals[found[0]], found[1]

    def most_correlated(self, fitted: Indices) -> Indices:
        """Rank all other rivals by their correlation with the residuals of a fit."""
        columns, _ = self.rivals.take(fitted)
        design = take_columns(self.design, columns)
        residuals = self.targets - design @ self._fit(design)
        correlation = self.rivals.norms(self.design.T @ (self.root**2 * residuals))
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

    def best_size(self, survivors: Indices, errors: Array) -> int:
        """Return the number of rivals of least extended BIC, per target.

        Errors below rounding count as rounding, so that an exact fit has a size.
        """
        size, columns = np.arange(1, len(errors)), self.rivals.sizes[survivors[::-1]].cumsum()
        deviance = self.n_samples * np.log(above_rounding(errors[1:], errors[0]))
        choices = log_choices(len(self.rivals.numbers), size) / self.targets.shape[1]
        return 1 + int(np.argmin(extended_bic(deviance, columns, self.n_samples, choices)))


def _selected(A: Any, columns: Indices) -> Any:
    """Return some of the columns in increasing order: A itself if these are all."""
    return A if len(columns) == A.shape[1] else take_columns(A, columns)
