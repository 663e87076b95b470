"""What a classifier does with the scores of its classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.metaestimators import available_if

from sklearn_prune._checks.class_codes import decide


class ScoreClassifier(ClassifierMixin):
    """Base of the classifiers that have `classes_`, and a method `_scores`."""

    classes_: Any

    def decision_function(self, X):
        """Return the scores of the classes, linear functions of the kept features.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            Scores, by `coef_` and `intercept_`. Of two classes the second one is predicted
            where it is positive.
        """
        scores = self._scores(X)
        return scores[:, 0] if scores.shape[1] == 1 else scores

    def predict(self, X):
        """Predict the class of the largest score.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels.
        """
        codes = decide(self.decision_function(X))
        return self.classes_[codes]

    @available_if(lambda model: hasattr(model, "predict_proba"))
    def predict_log_proba(self, X):
        """Return the logarithms of the probabilities of the classes, if the model has some.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Log-probabilities, in the order of `classes_`.
        """
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # Few of many features tell little where many are needed.
        tags.classifier_tags.poor_score = True
        return tags
