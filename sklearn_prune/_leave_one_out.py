r"""Leave one row out, of dense, pruned and retrained models, without fitting n times.

For the dense models there are closed forms. In the dual, with ``S = A A' + alpha/W``
and M the inverse of S restricted to the sum zero (with an intercept), the residual of
the row that is left out is ``(M y)_i / M_ii`` and the coefficients are
``b - A' M e_i (M y)_i / M_ii``. In the primal they are ``b - H a_i w_i r_i / (1 - h_i)``.
So the coefficients of all n models are one matrix product, and pruned models a sort
and a cumulative sum along each row of it. A retrained model has a support of its own
for each row; one small factorisation with all rows, in the order of that row, gives
its leave-one-out residual ``r_i / (1 - h_i)`` at every sparsity.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import linalg

from ._centred_sparse import CentredSparse
from ._design import as_design, magnitude, row_blocks, row_gram, triangular_factor
from ._fold_fits import training_rows
from ._fold_predictions import FoldSearch
from ._path_pieces import refitted_pieces
from ._ranking import TIE, rank_features
from ._strategies import score_features

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from ._training_data import TrainingData

    Array = NDArray[Any]
    Indices = NDArray[np.intp]

# Strategies whose scores without one row have a closed form.
CLOSED_FORM = ("magnitude", "hessian", "oracle", "random")

# Conditions under which the closed forms keep nine digits.
RCOND = 1e-7
LEAST_FREEDOM = 1e-5

# So many coefficients are worked on at once: 2 MB, which a cache holds.
BLOCK_ENTRIES = 2**18


class LeftOutRows:
    """The rows of a data set, each predicted by models that have not seen it.

    Parameters
    ----------
    data : TrainingData
    fit_intercept : bool
    """

    def __init__(self, data: TrainingData, *, fit_intercept: bool) -> None:
        self.data, self.fit_intercept = data, fit_intercept
        design, _ = as_design(data.X, data.weights, centred=fit_intercept)
        if isinstance(design, CentredSparse):
            design = np.vstack([block for _, block in row_blocks(design)])
        self.design = design
        targets, mean = as_design(
            data.y.reshape(len(data.y), -1), data.weights, centred=fit_intercept
        )
        self.targets = targets
        self.target_mean = np.zeros(targets.shape[1]) if mean is None else mean
        # What is left of the total weight without each row.
        total = data.weights.sum()
        self.share = data.weights / total if fit_intercept else np.zeros(len(data.y))

    def coefficients(self, alpha: float) -> Callable[[slice], Array] | None:
        """Return the function from rows to the coefficients without each of them.

        It returns an array of shape (n_rows, n_targets, n_features). None is returned
        where the closed forms would lose digits.
        """
        if not 1e-70 < magnitude(self.design) < 1e70:
            return None
        n_samples, n_features = self.design.shape
        if n_features >= n_samples - self.fit_intercept:
            closed_form = self._dual(alpha)
        else:
            closed_form = self._primal(alpha)
        if closed_form is None:
            return None
        coef, steps, directions = closed_form

        def without(rows: slice) -> Array:
            change = -steps[rows, :, np.newaxis] * directions(rows)[:, np.newaxis]
            change += coef
            return change

        return without

    def _dual(self, alpha: float) -> tuple[Array, Array, Callable[[slice], Array]] | None:
        A, n_samples = self.design, len(self.design)
        gram, _ = row_gram(A)
        if self.fit_intercept:
            # Centring made it singular: a constant makes it regular, and M does not see it.
            gram += np.trace(gram) / n_samples**2
        gram[np.diag_indices_from(gram)] += alpha / self.data.weights
        factor, info = linalg.lapack.dpotrf(gram, lower=True)
        size = np.abs(gram).sum(axis=0).max()
        if info or not linalg.lapack.dpocon(factor, size, uplo="L")[0] > RCOND:
            return None
        M = linalg.lapack.dpotri(factor, lower=True)[0]
        M += np.tril(M, -1).T
        if self.fit_intercept:
            sums = M.sum(axis=0)
            M -= np.outer(sums / sums.sum(), sums)
        dual = M @ self.targets
        return (A.T @ dual).T, dual / np.diag(M)[:, np.newaxis], lambda rows: M[rows] @ A

    def _primal(self, alpha: float) -> tuple[Array, Array, Callable[[slice], Array]] | None:
        A, root = self.design, np.sqrt(self.data.weights)[:, np.newaxis]
        penalty = np.sqrt(alpha) * np.eye(A.shape[1])
        R = triangular_factor([np.vstack([root * A, penalty])])
        norms = linalg.norm(R, axis=0)
        if not norms.all() or not linalg.lapack.dtrcon(R / norms)[0] > np.sqrt(RCOND):
            return None
        Q = linalg.solve_triangular(R, (root * A).T, trans="T").T
        freedom = 1 - np.sum(Q**2, axis=1) - self.share
        if not freedom.min() > LEAST_FREEDOM:
            return None
        coef = linalg.solve_triangular(R, Q.T @ (root * self.targets))
        steps = (self.targets - A @ coef) / freedom[:, np.newaxis]
        return coef.T, steps, lambda rows: linalg.solve_triangular(R, (root * Q)[rows].T).T

    def blocks(self) -> Iterator[slice]:
        """Return slices of rows whose coefficients fit into memory together."""
        n_samples, n_features = self.design.shape
        step = max(1, BLOCK_ENTRIES // (n_features * self.targets.shape[1]))
        return (slice(start, start + step) for start in range(0, n_samples, step))

    def column_scales(self, rows: slice) -> Array:
        """Return the root mean square of each column, centred, without each of the rows."""
        weights, A = self.data.weights, self.design
        total = weights.sum()
        left = (total - weights[rows])[:, np.newaxis]
        out = weights[rows, np.newaxis] * A[rows]
        squares = weights @ A**2
        variance = (squares - out * A[rows]) / left
        if self.fit_intercept:
            variance -= (out / left) ** 2
        return np.sqrt(np.where(variance > 1e-12 * squares / total, variance, 0))

    def predict_pruned(self, rows: slice, coef: Array, order: Array, sizes: Indices) -> Array:
        """Return predictions of the models whose coefficients are cut off, for every size.

        Parameters
        ----------
        rows : slice
        coef : ndarray of shape (n_rows, n_targets, n_features)
            Coefficients without each of the rows.
        order : ndarray of shape (n_rows, n_columns)
            The best features, the best first, for each of the rows.
        sizes : ndarray of shape (n_sizes,)
            Numbers of features kept, the last of them `n_columns`.

        Returns
        -------
        ndarray of shape (n_rows, n_sizes, n_targets)
        """
        # The mean without a row is as far from it as its weight says.
        far = 1 / (1 - self.share[rows])[:, np.newaxis]
        x = far * self.design[rows]
        sums = []
        for b in coef.swapaxes(0, 1):
            terms = np.array([row.take(best) for row, best in zip(x * b, order, strict=True)])
            np.cumsum(terms, axis=1, out=terms)
            sums.append(terms if len(sizes) == order.shape[1] else terms[:, sizes - 1])
        mean = self.target_mean - self.targets[rows] * (far * self.share[rows, np.newaxis])
        if not self.fit_intercept:
            mean = np.zeros_like(mean)
        return np.stack(sums, axis=-1) + mean[:, np.newaxis]

    def predict_retrained(self, orders: Indices, sizes: Indices, refit: Any) -> Array:
        """Return predictions of models refitted to the first features of an order, for every size.

        Parameters
        ----------
        orders : ndarray of shape (n_samples, n_columns)
            The best features of each row, the best first.
        sizes : ndarray of shape (n_sizes,)
            Numbers of features kept, at most `n_columns`.
        refit : MinNormRegressor or Ridge
            What is fitted: by itself where the factorisation would lose digits.

        Returns
        -------
        ndarray of shape (n_samples, n_sizes, n_targets)
        """
        root = np.sqrt(self.data.weights)[:, np.newaxis]
        used, orders = np.unique(orders, return_inverse=True)
        A, y = root * self.design[:, used], root * self.targets
        gram, moments = A.T @ A, A.T @ y
        gram[np.diag_indices_from(gram)] += getattr(refit, "alpha", 0.0)
        predictions = np.empty((len(y), len(sizes), y.shape[1]))
        for i, order in enumerate(orders):
            R, info = linalg.lapack.dpotrf(gram[np.ix_(order, order)])
            residual = None
            if info == 0 and np.all(np.diag(R) > 1e-3 * np.sqrt(gram[order, order])):
                rhs = np.column_stack([A[i, order], moments[order]])
                q, z = np.split(linalg.solve_triangular(R, rhs, trans="T"), [1], axis=1)
                freedom = (1 - self.share[i] - np.cumsum(q**2))[sizes - 1, np.newaxis]
                if freedom.min() > LEAST_FREEDOM:
                    residual = (y[i] - np.cumsum(q * z, axis=0)[sizes - 1]) / freedom
            if residual is None:
                predictions[i] = self._refit(i, used[order], sizes, refit)
            else:
                predictions[i] = self.target_mean + self.targets[i] - residual / root[i]
        return predictions

    def _refit(self, i: int, order: Indices, sizes: Indices, refit: Any) -> Array:
        """Return predictions for a row by models that are fitted to the others."""
        others = np.flatnonzero(np.arange(len(self.design)) != i)
        samples = training_rows(self.data, others)
        pieces = refitted_pieces(refit, order, sizes, samples, self.data.weights[others])
        row = self.data.X[[i]]
        return np.concatenate([piece.predict(row) for piece in pieces], axis=1)[0]


class LeaveOneOutSearch(FoldSearch):
    """Paths that are fitted without one row, for every row, and predict it.

    Other strategies than those by name, "obs" and distillation are fitted n times.
    """

    def __init__(self, data: TrainingData, **options: Any) -> None:
        rows = np.arange(len(data.y))
        super().__init__(data, [(np.delete(rows, i), rows[[i]]) for i in rows], **options)
        self.held_out = [rows]

    @cached_property
    def _left_out(self) -> LeftOutRows:
        return LeftOutRows(self.data, fit_intercept=self.fit_intercept)

    def rank(self, alpha: float) -> int:
        if self._left_out.coefficients(alpha) is None:
            return super().rank(alpha)
        n_samples, n_features = self.data.X.shape
        return min(n_samples - 1 - self.fit_intercept, n_features)

    def predictions(
        self, strategy: Any, alpha: float, refits: Sequence[Any], sizes: Indices
    ) -> list[list[Array]]:
        coefficients = None
        if strategy in CLOSED_FORM and self.data.unlabeled is None:
            coefficients = self._left_out.coefficients(alpha)
        if coefficients is None:
            folds = super().predictions(strategy, alpha, refits, sizes)
            return [[np.concatenate(rows)] for rows in folds]
        rows, pruned, orders = self._left_out, [], []
        for block in rows.blocks():
            coef = coefficients(block).astype(self.data.X.dtype, copy=False)
            order = self._orders(strategy, block, coef)[:, : sizes[-1]]
            if None in refits:
                pruned.append(rows.predict_pruned(block, coef, order, sizes))
            orders.append(order)
        return [
            [np.concatenate(pruned)]
            if refit is None
            else [rows.predict_retrained(np.concatenate(orders), sizes, refit)]
            for refit in refits
        ]

    def _orders(self, strategy: str, block: slice, coef: Array) -> Indices:
        """Return the features from best to worst without each of the rows of a block."""
        if strategy in ("random", "oracle"):
            score = self.resolve(strategy, self.data.weights)
            scores = score_features(score, coef[0], self.data.X, self.data.y)
            return np.broadcast_to(rank_features(scores), (len(coef), len(scores)))
        magnitudes = np.abs(coef[:, 0]) if coef.shape[1] == 1 else linalg.norm(coef, axis=1)
        scores = magnitudes.astype(np.float64, copy=False)
        if strategy == "hessian":
            scores *= self._left_out.column_scales(block)
        return rank_rows(scores)


def rank_rows(scores: Array) -> Indices:
    """Return the features from best to worst for each row of scores (see `rank_features`).

    Scores of at least 0 have the order of their bits. The last bits of each give way to
    the number of the feature, so that to sort the keys is to sort the features, at half
    the time; rows where what was cut off might decide are ranked one by one.

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_features)
        At least 0.

    Returns
    -------
    ndarray of shape (n_rows, n_features)
    """
    n_features = scores.shape[1]
    number = np.uint64(2 ** (n_features - 1).bit_length() - 1)
    keys = ~scores.view(np.uint64)
    keys &= ~number
    keys |= np.arange(n_features, dtype=np.uint64)
    keys.sort(axis=1)
    order = (keys & number).view(np.intp)
    np.invert(keys, out=keys)
    keys &= ~number
    descending = keys.view(np.float64)
    gaps = descending[:, :-1] - descending[:, 1:]
    precision = TIE + 2.0 ** ((n_features - 1).bit_length() - 52)
    for i in np.flatnonzero(gaps.min(axis=1, initial=np.inf) <= precision * descending[:, 0]):
        order[i] = rank_features(scores[i])
    return order
