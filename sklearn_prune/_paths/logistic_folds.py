"""Dense logistic fits to the training rows of every fold."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._logistic.coefficients import Coefficients
from sklearn_prune._logistic.logistic_fit import centred_columns, fit_logistic, fit_wide, row_gram
from sklearn_prune._logistic.rows import Rows
from sklearn_prune._pruning.linear_fit import LinearFit, fit_columns
from sklearn_prune._pruning.logistic_loss import fitted_logistic, logistic_penalty_of

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._logistic.logistic_fit import LogisticFit
    from sklearn_prune._typing import Array, Indices


class LogisticFolds:
    """Fits of two classes, to subsets of the rows that share one Gram matrix.

    Parameters
    ----------
    data : TrainingData
    centred : bool
        Whether the models have an intercept.
    """

    def __init__(self, data: TrainingData, *, centred: bool) -> None:
        self.data, self.centred = data, centred

    def fit(self, estimator: Any, rows: Indices) -> LinearFit:
        """Fit a clone of an estimator: to convergence, if it is a plain logistic regression."""
        penalty, part = logistic_penalty_of(estimator), self.data.take(rows)
        if penalty is None or part.classes is None or len(part.classes) > 2:
            return fit_columns(estimator, part)
        wide = penalty.alpha > 0 and part.X.shape[1] > len(rows)
        found = (self._fit_wide if wide else self._fit_tall)(part, rows, penalty.alpha)
        if found is None:
            return fit_columns(estimator, part)
        model = fitted_logistic(estimator, part.classes, *found)
        coef, intercept = (np.asarray(part, dtype=self.data.X.dtype) for part in found)
        return LinearFit(model, coef, intercept, self.centred)

    def _fit_tall(self, part: TrainingData, _: Indices, alpha: float) -> LogisticFit | None:
        return fit_logistic(part.X, part.y, part.weights, alpha=alpha, centred=self.centred)

    def _fit_wide(self, part: TrainingData, rows: Indices, alpha: float) -> LogisticFit | None:
        A, mean, gram = self._shared
        space = Coefficients(A[rows], alpha, self.centred)
        found = fit_wide(space, gram[np.ix_(rows, rows)], Rows(part.y, part.weights), None)
        if found is None:
            return None
        return found._replace(intercept=found.intercept - float(mean @ found.coef))

    @cached_property
    def _shared(self) -> tuple[Any, Array, Array]:
        """The columns, centred, their means, and the Gram matrix of all rows."""
        A, mean = centred_columns(self.data.X, self.data.weights, centred=self.centred)
        return A, mean, row_gram(A)
