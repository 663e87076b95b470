"""What other packages offer for the same work, and how its result is read."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.feature_selection import RFECV
from sklearn.model_selection import KFold
from sklearn.pipeline import Pipeline

N_FOLDS = 5


class PathCV(RegressorMixin, BaseEstimator):
    """Cross-validation over a path of penalties.

    What `LassoCV` does, for packages that bring the path: celer's own LassoCV passes an
    argument that scikit-learn 1.9 has no longer, and skglm's fits each penalty by itself.

    Parameters
    ----------
    path : callable
        ``(X, y, alphas) -> coefs`` of shape (n_features, n_alphas), without intercept.
    groups : ndarray of shape (n_features,), optional
        Number of the group of each feature: what the penalty sees is the norm of a group.
    least, n_alphas : float, int
        The least penalty as a share of the largest, and their number: those of `LassoCV`.
    """

    def __init__(self, path, groups=None, least=1e-3, n_alphas=100):
        self.path, self.groups, self.least, self.n_alphas = path, groups, least, n_alphas

    def fit(self, X, y):
        """Choose among penalties as `LassoCV` does."""
        X = np.asfortranarray(X)
        groups = np.arange(X.shape[1]) if self.groups is None else self.groups
        squares = np.bincount(groups, weights=(X.T @ (y - y.mean())) ** 2)
        largest = np.sqrt(squares.max()) / len(y)
        alphas = largest * np.geomspace(1, self.least, self.n_alphas)
        errors = np.zeros(len(alphas))
        for train, test in KFold(N_FOLDS).split(X):
            coefs, intercepts = self._fit_path(X[train], y[train], alphas)
            errors += ((y[test, np.newaxis] - X[test] @ coefs - intercepts) ** 2).mean(axis=0)
        best = alphas[errors.argmin()]
        coefs, intercepts = self._fit_path(X, y, np.array([best]))
        self.coef_, self.intercept_ = coefs[:, 0], intercepts[0]
        return self

    def _fit_path(self, X, y, alphas):
        X_mean, y_mean = X.mean(axis=0), y.mean()
        coefs = self.path(np.asfortranarray(X - X_mean), y - y_mean, alphas)
        return coefs, y_mean - X_mean @ coefs

    def predict(self, X):
        """Predict with the chosen penalty."""
        return X @ self.coef_ + self.intercept_


def celer_lasso_path(X, y, alphas):
    """Return the Lasso coefficients of celer."""
    return import_module("celer").celer_path(X, y, "lasso", alphas=alphas, tol=1e-4)[1]


def skglm_path(name):
    """Return the function that gives the coefficients of an estimator of skglm.

    It is compiled here, before any time is taken.
    """
    estimator = getattr(import_module("skglm"), name)

    def path(X, y, alphas):
        return estimator(fit_intercept=False).path(X, y, alphas)[1]

    rng = np.random.default_rng(0)
    X, y = np.asfortranarray(rng.standard_normal((20, 10))), rng.standard_normal(20)
    path(X, y, np.array([0.2, 0.1]))
    return path


def abess_cv(**params):
    """Return the function that selects the best subset with abess, on the folds of `KFold`."""
    abess = import_module("abess")

    def run(data):
        fold = np.empty(len(data.y), dtype=int)
        for k, (_, test) in enumerate(KFold(N_FOLDS).split(data.X)):
            fold[test] = k
        model = abess.LinearRegression(cv=N_FOLDS, **params)
        return model.fit(data.X, data.y, cv_fold_id=fold)

    return run


def abess_information():
    """Return the function that fits abess as it is: by an information criterion."""
    return fit(import_module("abess").LinearRegression())


def optional(package, make):
    """Return the methods of a package, none if it is not installed."""
    return make() if find_spec(package) else []


def fit(estimator):
    """Return the function that fits an estimator, to be timed."""
    return lambda data: estimator.fit(data.X, data.y)


def selection_quality(model, data):
    """Return the test R2, how many features are chosen, and how many of them matter."""
    chosen = np.flatnonzero(coefficients(model))
    row = {"test R2": data.test_r2(model), "chosen s": len(chosen)}
    if data.truth is not None:
        row["true features"] = len(np.intersect1d(chosen, data.truth))
    return row


def coefficients(model):
    """Return the coefficients of all features, whatever did the selection."""
    model = getattr(model, "best_estimator_", model)
    if isinstance(model, RFECV):
        return _scatter(model.support_, model.estimator_.coef_)
    if isinstance(model, Pipeline):
        return _scatter(model[0].get_support(), model[-1].coef_)
    return np.ravel(model.coef_)


def _scatter(support, coef):
    full = np.zeros(len(support))
    full[support] = np.ravel(coef)
    return full
