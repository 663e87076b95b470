"""Criteria of distilled models, by the matrix from y to what they say of the rows."""

from math import log

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression, Ridge

from sklearn_prune import (
    MinNormRegressor,
    PrunedClassifierCV,
    PrunedRegressor,
    PrunedRegressorCV,
)
from sklearn_prune._paths.degrees_of_freedom import leading_traces

SIZES = [1, 9]


def make_data(shape):
    rng = np.random.default_rng(0)
    X, more = rng.standard_normal(shape) + 1, 2 * rng.standard_normal((15, shape[1]))
    return X, X[:, :3].sum(axis=1) + rng.standard_normal(shape[0]), more


def regressor(alpha, *, fit_intercept):
    model = Ridge(alpha, tol=1e-12) if alpha else MinNormRegressor()
    return model.set_params(fit_intercept=fit_intercept)


def residuals_and_trace(X, y, more, weights, support, alpha, *, fit_intercept):
    """The weighted RSS of a distilled model, and the trace of its map, by unit vectors."""
    n = len(y)
    targets = np.column_stack([y, np.eye(n)])
    dense = regressor(alpha, fit_intercept=fit_intercept).fit(X, targets, weights)
    everything = np.vstack([X, more])
    refit = regressor(alpha, fit_intercept=fit_intercept)
    all_weights = np.append(weights, np.ones(len(more)))
    refit.fit(everything[:, support], dense.predict(everything), all_weights)
    fitted = refit.predict(X[:, support])
    rss = n * np.average((y - fitted[:, 0]) ** 2, weights=weights)
    return rss, np.trace(fitted[:, 1:])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("fit_intercept", [False, True])
@pytest.mark.parametrize("alpha", [0.0, 3.0])
@pytest.mark.parametrize("shape", [(24, 40), (40, 12), (420, 20)], ids=str)
def test_by_the_matrix_of_the_model(shape, alpha, fit_intercept, weighted):
    X, y, more = make_data(shape)
    weights = np.random.default_rng(1).uniform(0.5, 2, len(y)) if weighted else np.ones(len(y))
    n, options = len(y), {"fit_intercept": fit_intercept}
    bic, gcv = (
        PrunedRegressorCV("hessian", SIZES, "distill", alphas=[alpha], criterion=name, **options)
        .fit(X, y, weights, X_unlabeled=more)
        .cv_results_[name]
        for name in ("bic", "gcv")
    )
    for k, size in enumerate(SIZES):
        model = PrunedRegressor("hessian", size, "distill", estimator=regressor(alpha, **options))
        support = model.fit(X, y, weights, X_unlabeled=more).support_
        rss, df = residuals_and_trace(X, y, more, weights, support, alpha, **options)
        assert_allclose(bic[k], n * log(2 * np.pi * rss / n) + n + log(n) * df, rtol=1e-8)
        assert_allclose(gcv[k], n * rss / (n - df) ** 2, rtol=1e-8)


def test_of_the_same_rows_it_is_the_refit():
    X, y, _ = make_data((40, 12))
    taught, refitted = (
        PrunedRegressorCV("obs", SIZES, retrain, criterion="cp").fit(X, y, X_unlabeled=more)
        for retrain, more in (("distill", np.vstack([X, X])), (True, None))
    )
    assert_allclose(taught.cv_results_["cp"], refitted.cv_results_["cp"], rtol=1e-8)


def test_dependent_columns():
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((2, 20, 8))
    A[:, 5] = A[:, 0] + A[:, 1]
    counts = np.array([2, 6, 8])
    for alpha, rtol in ((0.0, 1e-8), (1e-12, 1e-3)):
        found = leading_traces(A, B, counts, alpha=alpha, cutoff=1e-12)
        wanted = [np.trace(np.linalg.pinv(A[:, :c], rcond=1e-12) @ B[:, :c]) for c in counts]
        assert_allclose(found, wanted, rtol=rtol)


def test_targets_that_keep_features_of_their_own():
    X, y, more = make_data((40, 12))
    Y = np.column_stack([y, X[:, 7] - 2 * X[:, 4] + np.sin(np.arange(40))])
    options = {"sparsities": SIZES, "retrain": "distill", "alphas": [2.0], "criterion": "ebic"}
    search = PrunedRegressorCV(per_target=True, **options).fit(X, Y, X_unlabeled=more)
    each = [PrunedRegressorCV(**options).fit(X, t, X_unlabeled=more) for t in Y.T]
    assert_allclose(search.cv_results_["ebic"], sum(s.cv_results_["ebic"] for s in each))


def test_classes_by_least_squares():
    X, y = load_iris(return_X_y=True)
    X, y, more = X[50:], y[50:], X[:20]
    options = {"retrain": "distill", "criterion": "bic", "alphas": [1.0]}
    by_class = PrunedClassifierCV(**options).fit(X, y, X_unlabeled=more)
    codes = np.where(y == 2, 1.0, -1.0)
    by_number = PrunedRegressorCV(**options).fit(X, codes, X_unlabeled=more)
    assert_allclose(by_class.cv_results_["bic"], by_number.cv_results_["bic"], rtol=1e-10)
    assert_array_equal(by_class.support_, by_number.support_)


@pytest.mark.parametrize(
    "options",
    [{"retrain": "distill-labels"}, {"retrain": "distill", "estimator": LogisticRegression()}],
    ids=str,
)
def test_what_is_not_linear_is_refused(options):
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match="a refit to classes or probabilities that a model"):
        PrunedClassifierCV(criterion="bic", **options).fit(X, y, X_unlabeled=X)
