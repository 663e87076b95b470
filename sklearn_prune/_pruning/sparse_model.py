"""What a fitted sparse linear model does: predict, select, shrink."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.validation import check_is_fitted

from sklearn_prune._checks.documentation_link import DocumentationLink
from sklearn_prune._checks.training_data import check_samples

from .score_classifier import ScoreClassifier


class SparseModel(DocumentationLink, SelectorMixin, BaseEstimator):
    """Base of the pruned models, which set `coef_`, `intercept_` and `support_`."""

    coef_: Any

    def _scores(self, X):
        """Return ``X @ coef_.T + intercept_``: only the kept columns of X are multiplied."""
        check_is_fitted(self)
        X = check_samples(self, X)
        kept = np.flatnonzero(self._get_support_mask())
        coef = self.coef_[..., kept]
        if sparse.issparse(coef):
            coef = coef.toarray().reshape(*np.shape(self.intercept_), len(kept))
        return X[:, kept] @ coef.T + self.intercept_

    def sparsify(self):
        """Convert `coef_` to a sparse CSR array, which keeps memory and pickles small.

        It has two dimensions, also with one target: (1, n_features) is what scikit-learn's
        selectors can read, whether their sparse interface is that of arrays or of matrices.

        Returns
        -------
        estimator
            The estimator itself.
        """
        check_is_fitted(self)
        self.coef_ = sparse.csr_array(self.coef_).reshape(-1, self.n_features_in_).tocsr()
        return self

    def _get_support_mask(self):
        """Return the mask of the features that are kept, for whatever target."""
        check_is_fitted(self)
        return self.support_.reshape(-1, self.support_.shape[-1]).any(axis=0)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


class SparseRegressor(MultiOutputMixin, RegressorMixin, SparseModel):
    """Base of the pruned regressors."""

    def predict(self, X):
        """Predict with the pruned model: only the kept columns of X are multiplied.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_targets)
            Predictions ``X @ coef_.T + intercept_``.
        """
        return self._scores(X)


class SparseClassifier(ScoreClassifier, SparseModel):
    """Base of the pruned classifiers."""
