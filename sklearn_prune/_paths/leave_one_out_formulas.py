r"""Leave one row out, of dense, pruned and retrained models, without fitting n times.

For the dense models there are closed forms. In the dual, with ``S = A A' + alpha/W``
and M the inverse of S restricted to the sum zero (with an intercept), the residual of
the row that is left out is ``(M y)_i / M_ii`` and the coefficients are
``b - A' M e_i (M y)_i / M_ii``. In the primal they are ``b - H a_i w_i r_i / (1 - h_i)``.
So the coefficients of all n models are one matrix product, and pruned models a sort
and a cumulative sum along each row of it. A retrained model has a support of its own
for each row; one small factorisation with all rows, in the order of that row, gives
its leave-one-out residual ``r_i / (1 - h_i)`` at every sparsity. Rows of the same order
share it.
"""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import linalg

from sklearn_prune._least_squares.blocks import slices
from sklearn_prune._least_squares.design import (
    Problem,
    column_norms,
    column_scale,
    constant_norm,
    filled,
    has_safe_squares,
    row_gram,
    triangular_factor,
)
from sklearn_prune._least_squares.equal_rows import group_equal_rows

from .fold_fits import least_rcond
from .group_factors import GroupFactors
from .path_models import refitted_models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._pruning.selection import Selection
    from sklearn_prune._typing import AnyArray, Array, Indices, Mask

    from .row_orders import RowOrders

# What is left of the weight of a row loses as many digits as it is small, and as the
# condition of the factor is large that it comes from. Below this product of both, too many.
LEAST_FREEDOM = 1e-6

# With less than that left of the variance of a column, it loses digits as a difference.
LEAST_VARIANCE = 1e-4

# So many coefficients are worked on at once: half a MB, so that a cache holds what is made
# of them. A product of matrices is faster if it has more of them.
BLOCK_ENTRIES = 2**16
PRODUCT_ENTRIES = 2**21


class ClosedForm(NamedTuple):
    """The dense models without each of the rows.

    Parameters
    ----------
    coef : ndarray of shape (n_targets, n_features)
        Coefficients with all rows.
    steps : ndarray of shape (n_rows, n_targets)
    directions : callable
        From rows to an array of shape (n_rows, n_features): without a row, `coef` is off
        by its step in its direction.
    """

    coef: AnyArray
    steps: AnyArray
    directions: Callable[[slice], AnyArray]

    def target(self, t: int) -> ClosedForm:
        """Return the models of one target."""
        return self._replace(coef=self.coef[[t]], steps=self.steps[:, [t]])

    def blocks(self) -> Iterator[tuple[slice, AnyArray]]:
        """Yield rows, and coefficients of shape (n_rows, n_targets, n_features) without each."""
        n_rows, size = len(self.steps), self.coef.size
        for many in slices(range(n_rows), size, entries=PRODUCT_ENTRIES):
            directions = self.directions(many)
            for rows in slices(range(many.start, many.stop), size, entries=BLOCK_ENTRIES):
                part = directions[rows.start - many.start : rows.stop - many.start]
                coef = part[:, np.newaxis] * -self.steps[rows, :, np.newaxis]
                coef += self.coef
                yield rows, coef


class LeftOutRows:
    """The rows of a data set, each predicted by models that have not seen it.

    Parameters
    ----------
    data : TrainingData
    fit_intercept : bool
    """

    def __init__(self, data: TrainingData, *, fit_intercept: bool) -> None:
        self.data, self.fit_intercept = data, fit_intercept
        problem = Problem.of(data.X, data.y, data.weights, centred=fit_intercept)
        self.design, self.targets, self.intercept = filled(problem.A), problem.y, problem.intercept
        zero = np.zeros(self.targets.shape[1])
        self.target_mean = zero if problem.y_mean is None else problem.y_mean
        self.rcond = least_rcond(data.X)
        total = data.weights.sum()
        norms = column_norms(np.sqrt(data.weights)[:, np.newaxis] * self.design)
        # Of these columns centring leaves zeros, or what looks like a column of its own.
        self.constant = norms <= constant_norm(problem.mean, total)
        if fit_intercept:
            self.design[:, self.constant] = 0.0
        # What is left of the total weight without each row.
        self.share = data.weights / total if fit_intercept else np.zeros(len(data.y))
        self._factors: dict[bytes, GroupFactors] = {}

    def target(self, t: int) -> LeftOutRows:
        """Return the rows with one of several targets, as a vector."""
        part = copy(self)
        part.data, part.targets = self.data.target(t), self.targets[:, [t]]
        part.target_mean = self.target_mean[[t]]
        return part

    def closed_form(self, alpha: float) -> ClosedForm | None:
        """Return the dense models of one penalty, or None where digits would be lost."""
        if not has_safe_squares(self.design):
            return None
        n_samples, n_features = self.design.shape
        if n_features >= n_samples - self.fit_intercept:
            return self._dual(alpha)
        return self._primal(alpha)

    @cached_property
    def _gram(self) -> AnyArray:
        return row_gram(self.design)[0]

    def _dual(self, alpha: float) -> ClosedForm | None:
        A, weights = self.design, self.data.weights
        S = self._gram.copy()
        S[np.diag_indices_from(S)] += alpha / weights
        ones = 0.0
        if self.fit_intercept:
            # Centring made it singular: a constant makes it regular, and M does not see it.
            constant = np.trace(self._gram) / len(A) ** 2
            S += constant
            ones = weights.sum() * (alpha + constant * weights.sum())
        size = np.abs(S).sum(axis=0).max()
        factor, info = linalg.lapack.dpotrf(S.T, lower=True, overwrite_a=True)
        if info or not linalg.lapack.dpocon(factor, size, uplo="L")[0] > self.rcond:
            return None
        inverse = linalg.lapack.dpotri(factor, lower=True, overwrite_c=True)[0].T
        inverse += np.triu(inverse, 1).T
        # The weights w are orthogonal to the columns, and S maps them to a constant: the part
        # of its inverse that M does not have is w w' over that of `ones`.
        diagonal = inverse.diagonal()
        if self.fit_intercept:
            diagonal = diagonal - weights**2 / ones
        dual = inverse @ self.targets
        dual += inverse @ (self.targets - A @ (A.T @ dual) - alpha / weights[:, np.newaxis] * dual)
        steps = dual / diagonal[:, np.newaxis]
        return ClosedForm((A.T @ dual).T, steps, lambda rows: inverse[rows] @ A)

    def _primal(self, alpha: float) -> ClosedForm | None:
        A, root = self.design, np.sqrt(self.data.weights)[:, np.newaxis]
        penalty = np.diag(np.sqrt(np.maximum(alpha, self.constant)))
        R = triangular_factor([np.vstack([root * A, penalty])])
        norms = linalg.norm(R, axis=0)
        rcond = linalg.lapack.dtrcon(R / norms)[0] if norms.all() else 0.0
        # The fits that this stands for square the condition: beyond, they are off themselves.
        if not rcond > np.sqrt(10 * self.rcond):
            return None
        Q = linalg.solve_triangular(R, (root * A).T, trans="T").T
        freedom = 1 - np.sum(Q**2, axis=1) - self.share
        if not freedom.min() * rcond > LEAST_FREEDOM:
            return None
        coef = linalg.solve_triangular(R, Q.T @ (root * self.targets))
        steps = (self.targets - A @ coef) / freedom[:, np.newaxis]
        Q *= root
        return ClosedForm(coef.T, steps, lambda rows: linalg.solve_triangular(R, Q[rows].T).T)

    @cached_property
    def _squares(self) -> AnyArray:
        return np.einsum("i,ij,ij->j", self.data.weights, self.design, self.design)

    def column_scales(self, rows: slice) -> AnyArray:
        """Return the root mean square of each column, centred, without each of the rows."""
        weights, A = self.data.weights, self.design
        total = weights.sum()
        left = (total - weights[rows])[:, np.newaxis]
        out = weights[rows, np.newaxis] * A[rows]
        squares = self._squares
        variance = (squares - out * A[rows]) / left
        if self.fit_intercept:
            variance -= (out / left) ** 2
        scales = np.sqrt(np.maximum(variance, 0))
        lost = variance < LEAST_VARIANCE * squares / total
        for i in np.flatnonzero(lost.any(axis=1)):
            others = self._others(rows.start + i)
            part = others.X[:, lost[i]]
            scales[i, lost[i]] = column_scale(part, others.weights, centred=self.fit_intercept)
        return scales

    def spread_groups(
        self, rows: slice, coef: AnyArray, selection: Selection, scores: Array
    ) -> None:
        """Put the root mean squares of what groups add to predictions into scores of columns.

        Parameters
        ----------
        rows : slice
        coef : ndarray of shape (n_rows, n_targets, n_features)
            Coefficients without each of the rows, which also is without it here.
        selection : Selection
        scores : ndarray of shape (n_rows, n_features)
            Only those of groups of several columns change.
        """
        groups = self._group_factors(selection)
        spread = self._spread(rows, coef[..., groups.columns], groups)
        scores[:, groups.columns] = np.repeat(spread, groups.sizes, axis=1)

    def _spread(self, rows: slice, coef: AnyArray, groups: GroupFactors) -> Array:
        """Return the root mean squares (n_rows, n_groups) of what groups add, centred."""
        weights = self.data.weights[rows, np.newaxis, np.newaxis]
        left = self.data.weights.sum() - weights
        own = groups.sums(coef * self.design[rows][:, np.newaxis, groups.columns])
        squares = groups.squares(coef)
        out = weights * own
        variance = (squares - out * own) / left
        if self.fit_intercept:
            variance -= (out / left) ** 2
        lost = np.any(variance * (left + weights) < LEAST_VARIANCE * squares, axis=1)
        for i in np.flatnonzero(lost.any(axis=1)):
            others = self._others(rows.start + i)
            for group in np.flatnonzero(lost[i]).tolist():
                scale = self._scale(others, coef[i], groups, group)
                variance[i, :, group] = scale**2
        return np.sqrt(np.sum(np.maximum(variance, 0), axis=1))

    def _scale(
        self, others: TrainingData, coef: AnyArray, groups: GroupFactors, group: int
    ) -> Array:
        """Return the root mean square of what one group adds, of shape (n_targets,)."""
        part = groups.part(group)
        sums = others.X[:, groups.columns[part]] @ coef[:, part].T
        return column_scale(sums, others.weights, centred=self.fit_intercept)

    def _group_factors(self, selection: Selection) -> GroupFactors:
        """Return the factors of the groups of several columns, and remember them."""
        key = selection.groups.tobytes()
        if key not in self._factors:
            root = np.sqrt(self.data.weights)[:, np.newaxis]
            self._factors[key] = GroupFactors.of(root * self.design, selection)
        return self._factors[key]

    def _others(self, i: int) -> TrainingData:
        """Return the data without a row."""
        return self.data.take(np.flatnonzero(np.arange(len(self.design)) != i))

    def predict_pruned(self, rows: slice, coef: AnyArray, orders: RowOrders) -> AnyArray:
        """Return predictions of the models whose coefficients are cut off, for every size.

        Parameters
        ----------
        rows : slice
        coef : ndarray of shape (n_rows, n_targets, n_features)
            Coefficients without each of the rows.
        orders : RowOrders
            What is kept without each of the rows.

        Returns
        -------
        ndarray of shape (n_rows, n_sizes, n_targets)
        """
        # The mean without a row is as far from it as its weight says.
        far = 1 / (1 - self.share[rows])[:, np.newaxis]
        mean = np.zeros_like(self.targets[rows])
        if self.fit_intercept:
            mean = self.target_mean - self.targets[rows] * (far * self.share[rows, np.newaxis])
        terms = coef * (far * self.design[rows])[:, np.newaxis]
        columns, counts, all_sizes = *orders, orders.cut_everywhere
        sums = np.empty(columns.shape)
        predictions = np.empty((*counts.shape, mean.shape[1]))
        for t, target_mean in enumerate(mean.T):
            for ordered, row, best in zip(sums, terms[:, t], columns, strict=True):
                row.take(best, out=ordered, mode="clip")  # "raise" would take a buffer
            sums[:, 0] += target_mean
            np.cumsum(sums, axis=1, out=sums)
            predictions[:, :, t] = (
                sums if all_sizes else np.take_along_axis(sums, counts - 1, axis=1)
            )
        return predictions

    def predict_retrained(self, orders: RowOrders, recipe: Recipe) -> AnyArray:
        """Return predictions of models refitted to the first features of an order, for every size.

        Parameters
        ----------
        orders : RowOrders
            What is kept without each row.
        recipe : Recipe
            Its refit, `MinNormRegressor` or `Ridge`, is fitted where the factorisation would
            lose digits.

        Returns
        -------
        ndarray of shape (n_samples, n_sizes, n_targets)
        """
        root = np.sqrt(self.data.weights)[:, np.newaxis]
        used, columns = np.unique(orders.columns, return_inverse=True)
        orders = orders._replace(columns=columns)
        A, y = root * self.design[:, used], root * self.targets
        gram, moments = A.T @ A, A.T @ y
        penalty = np.maximum(getattr(recipe.refit, "alpha", 0.0), self.constant[used])
        gram[np.diag_indices_from(gram)] += penalty
        predictions = np.empty((*orders.counts.shape, y.shape[1]))
        for rows in _rows_of_equal_order(columns):
            order, counts = orders.of_row(rows[0])
            part = A[rows][:, order], y[rows], gram[np.ix_(order, order)], moments[order]
            residuals, is_safe = _residuals_left_out(*part, self.share[rows], counts)
            residuals /= root[rows, np.newaxis]
            predictions[rows] = (self.target_mean + self.targets[rows])[:, np.newaxis] - residuals
            for i in rows[~is_safe]:
                predictions[i] = self._refit(i, used[order], counts, recipe)
        return predictions

    def _refit(self, i: int, order: Indices, counts: Indices, recipe: Recipe) -> AnyArray:
        """Return predictions for a row by models that are fitted to the others."""
        models = refitted_models(recipe, order, counts, self._others(i))
        row = self.data.X[[i]]
        return np.concatenate([piece.predict(row) for piece in models], axis=1)[0]


def _rows_of_equal_order(orders: Indices) -> Iterator[Indices]:
    """Yield rows that share a factor, so many at once as a cache holds."""
    _, group = group_equal_rows(orders)
    ends = np.cumsum(np.bincount(group))[:-1]
    most = max(1, PRODUCT_ENTRIES // orders.shape[1])
    for rows in np.split(np.argsort(group, kind="stable"), ends):
        for start in range(0, len(rows), most):
            yield rows[start : start + most]


def _residuals_left_out(
    A: Array, y: Array, gram: Array, moments: Array, share: Array, sizes: Indices
) -> tuple[Array, Mask]:
    """Return the residuals of rows by models refitted without each, and which have their digits.

    Parameters
    ----------
    A : ndarray of shape (n_rows, n_columns)
        Ordered columns.
    y : ndarray of shape (n_rows, n_targets)
    gram : ndarray of shape (n_columns, n_columns)
        Matrix of the normal equations of all rows, with their right-hand side `moments`.
    share : ndarray of shape (n_rows,)
        Shares of the rows in the means.
    sizes : ndarray of shape (n_sizes,)
        Numbers of columns.

    Returns
    -------
    residuals : ndarray of shape (n_rows, n_sizes, n_targets)
    is_safe : ndarray of shape (n_rows,), dtype bool
    """
    R, info = linalg.lapack.dpotrf(gram)
    rcond = np.min(np.diag(R) ** 2 / np.diag(gram)) if info == 0 else 0.0
    if not rcond > LEAST_FREEDOM:
        return np.zeros((len(A), len(sizes), y.shape[1])), np.zeros(len(A), dtype=bool)
    rhs = np.hstack([A.T, moments])
    solved = linalg.solve_triangular(R, rhs, trans="T", check_finite=False)
    q, z = solved[:, : len(A)].T, solved[:, len(A) :]
    freedom = 1 - share[:, np.newaxis] - np.cumsum(q**2, axis=1)[:, sizes - 1]
    fitted = np.cumsum(q[..., np.newaxis] * z, axis=1)[:, sizes - 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        residuals = (y[:, np.newaxis] - fitted) / freedom[..., np.newaxis]
    return residuals, freedom.min(axis=1) * rcond > LEAST_FREEDOM
