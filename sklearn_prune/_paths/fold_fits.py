"""Dense fits to the training rows of every fold, from one Gram matrix.

Folds are subsets of the same rows. With more features than rows the Gram matrix of
all rows is formed once, each fold factorises a block of it, and the coefficients of
all folds are one matrix product. With fewer, each fold has moments of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._least_squares.cholesky import cholesky
from sklearn_prune._least_squares.design import (
    as_design,
    has_safe_squares,
    is_dense,
    rank_cutoff,
    row_gram,
)
from sklearn_prune._least_squares.row_moments import row_moments
from sklearn_prune._least_squares.tall import NormalEquations
from sklearn_prune._pruning.linear_fit import LinearFit, fit_columns, penalised_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import AnyArray, Indices

# Down to this reciprocal condition number a Gram matrix keeps nine digits of the
# coefficients: with a step of refinement for that of the rows, of which it holds the
# square, and well above that of the features.
RCOND = 1e-7


def least_rcond(X: Any) -> float:
    """Return the reciprocal condition of a Gram matrix above which it decides the rank too."""
    return max(RCOND, 10 * rank_cutoff(X) ** 2)


class FoldFits:
    """Dense fits to subsets of the rows.

    Parameters
    ----------
    data : TrainingData
    folds : sequence of ndarray of int
        The training rows of each fold. One that occurs several times counts as often.
    fit_intercept : bool
    """

    def __init__(
        self, data: TrainingData, folds: Sequence[Indices], *, fit_intercept: bool
    ) -> None:
        self.data, self.folds, self.fit_intercept = data, folds, fit_intercept
        counted = [np.unique(rows, return_counts=True) for rows in folds]
        self.rows = [rows for rows, _ in counted]
        self.weights = [data.weights[rows] * counts for rows, counts in counted]
        self.design, mean = as_design(data.X, data.weights, centred=fit_intercept)
        self.mean = np.zeros(data.X.shape[1]) if mean is None else mean
        self.targets = data.y.reshape(len(data.y), -1)
        self.shares = np.zeros((len(data.y), len(folds)))
        for k, (rows, weights) in enumerate(zip(self.rows, self.weights, strict=True)):
            self.shares[rows, k] = weights / weights.sum()
        if not fit_intercept:
            self.shares[:] = 0
        self.wide = data.X.shape[1] > min(map(len, self.rows)) - fit_intercept
        self.safe = has_safe_squares(self.design)
        if self.safe and self.wide:
            self.gram, self.loss = row_gram(self.design)

    def fit(self, alpha: float) -> list[LinearFit]:
        """Return the fits of all folds with one penalty."""
        model = penalised_model(alpha, fit_intercept=self.fit_intercept)
        shared: dict[int, LinearFit] = {}
        if self.safe and self.wide:
            shared = self._fit_wide(model, alpha)
        elif self.safe and alpha > 0 and is_dense(self.design):
            shared = self._fit_tall(model, alpha)
        return [
            shared[k] if k in shared else fit_columns(model, self.data.take(rows))
            for k, rows in enumerate(self.folds)
        ]

    def _fit_wide(self, model: Any, alpha: float) -> dict[int, LinearFit]:
        """Fit the folds whose rows are well conditioned: ``b = A' d``, in the dual."""
        candidates = ((k, self._dual_solver(k, alpha)) for k in range(len(self.folds)))
        solvers = {k: solve for k, solve in candidates if solve is not None}
        folds = list(solvers)
        n_samples, n_targets = self.targets.shape
        dual = np.zeros((n_samples, len(folds), n_targets))
        coef = np.zeros((self.design.shape[1], len(folds), n_targets))
        means = self.design.T @ self.shares[:, folds]
        for _ in range(2):
            fitted = (self.design @ coef.reshape(len(coef), -1)).reshape(dual.shape)
            for j, k in enumerate(folds):
                rows, share = self.rows[k], self.shares[self.rows[k], k]
                penalty = alpha / self.weights[k][:, np.newaxis]
                residual = (self.targets - fitted[:, j])[rows] - penalty * dual[rows, j]
                dual[rows, j] += solvers[k](residual - share @ residual)
            coef = (self.design.T @ dual.reshape(n_samples, -1)).reshape(coef.shape)
        return {k: self._linear_fit(model, k, coef[:, j], means[:, j]) for j, k in enumerate(folds)}

    def _dual_solver(self, k: int, alpha: float) -> Callable[[AnyArray], AnyArray] | None:
        """Return a solver with the Gram matrix of a fold, centred, or None."""
        rows, weights = self.rows[k], self.weights[k]
        if alpha == 0 and len(rows) - self.fit_intercept >= self.data.X.shape[1]:
            return None
        gram = self.gram[np.ix_(rows, rows)]
        before = np.trace(gram)
        if self.fit_intercept:
            shift = gram @ self.shares[rows, k]
            gram -= shift + shift[:, np.newaxis] - self.shares[rows, k] @ shift
        # Rows far from the mean of all, about which the matrix was formed, lose digits.
        loss = self.loss * before / max(np.trace(gram), np.finfo(float).tiny)
        if self.fit_intercept:
            # Centring made it singular. To add a constant makes it regular, and leaves the
            # solution alone, whose sum is zero.
            gram += np.trace(gram) / len(rows) ** 2
        gram[np.diag_indices_from(gram)] += alpha / weights
        solve, rcond = cholesky(gram)
        return solve if rcond > loss * least_rcond(self.data.X) else None

    def _fit_tall(self, model: Any, alpha: float) -> dict[int, LinearFit]:
        """Fit the folds whose normal equations are well conditioned."""
        fits = {}
        n_features = self.data.X.shape[1]
        for k, rows in enumerate(self.folds):
            moments = row_moments(self.data.X, self.targets, self.data.weights, rows)
            equations = NormalEquations.of(
                moments, n_features, centred=self.fit_intercept, alpha=alpha
            )
            if equations is not None and equations.rcond > RCOND:
                coef = equations.unscaled(equations.solve(equations.right_side))
                mean = moments.mean[:n_features] - self.mean
                fits[k] = self._linear_fit(model, k, coef, mean)
        return fits

    def _linear_fit(self, model: Any, k: int, coef: AnyArray, mean: AnyArray) -> LinearFit:
        """Return coefficients for centred features as a fit to those of X."""
        intercept = np.zeros(coef.shape[1])
        if self.fit_intercept:
            intercept = self.shares[:, k] @ self.targets - (self.mean + mean) @ coef
        shape, dtype = self.data.y.shape[1:], self.data.X.dtype
        return LinearFit(
            model,
            coef.T.reshape(*shape, len(coef)).astype(dtype),
            intercept.reshape(shape).astype(dtype),
            self.fit_intercept,
        )
