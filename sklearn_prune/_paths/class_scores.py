"""Scores of all models of a path of classifiers, from their scores of the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.metaestimators import available_if

from sklearn_prune._checks.class_codes import decide
from sklearn_prune._pruning.logistic_loss import probabilities_of

from .scores import ResultsTable

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array


class KnownScores(ClassifierMixin, BaseEstimator):
    """A fitted classifier that decides by what it is given, so that any scorer can judge it."""

    def __init__(
        self, classes_: Any = None, scores: Any = None, *, is_logistic: bool = False
    ) -> None:
        self.classes_, self.scores, self.is_logistic = classes_, scores, is_logistic

    def fit(self, X: Any, y: Any) -> KnownScores:
        return self

    def decision_function(self, X: Any) -> Any:
        return self.scores

    def predict(self, X: Any) -> Any:
        return self.classes_[decide(self.scores)]

    @available_if(lambda model: model.is_logistic)
    def predict_proba(self, X: Any) -> AnyArray:
        p = probabilities_of(self.scores)
        return p if p.ndim == 2 else np.column_stack([1 - p, p])

    def __sklearn_is_fitted__(self) -> bool:
        return True


class ClassTable(ResultsTable):
    """Scores of all classifiers of a search, by default their accuracy, weighted.

    Parameters
    ----------
    *args, **options : object
        As of `ResultsTable`.
    is_logistic : bool
        Whether the scores are log-odds.
    tells_all : bool
        Whether scores are all that is to be known of a model; else other scorers than the
        default see the model itself.
    """

    default = "accuracy"

    def __init__(self, *args: Any, is_logistic: bool, tells_all: bool, **options: Any) -> None:
        self.is_logistic = is_logistic
        super().__init__(*args, **options)
        self.reads_models |= self.scorer is not None and not tells_all

    @property
    def is_of_moments(self) -> bool:
        return False

    def _row_scores(self, y: AnyArray, predictions: AnyArray) -> Array:
        if predictions.shape[2] == 1:
            return ((predictions[:, :, 0] > 0) == (y > 0)[:, np.newaxis]).astype(np.float64)
        right: Array = predictions.argmax(axis=2) == y.argmax(axis=1)[:, np.newaxis]
        return right.astype(np.float64)

    def _known(self, predictions: Any) -> KnownScores:
        return KnownScores(self.data.classes, predictions, is_logistic=self.is_logistic)

    def _call(self, model: Any, X: Any, y: Any) -> float:
        try:
            return super()._call(model, X, y)
        except (AttributeError, ValueError) as error:
            if self.is_logistic or "predict_proba" not in str(error):
                raise
            msg = (
                "The scorer needs probabilities, and the model has none: give "
                "estimator=LogisticRegression(), or a scorer of labels or decisions."
            )
            raise ValueError(msg) from error

    def _rounding(self, best: float) -> float:
        return 1e-12 * max(1.0, abs(best))
