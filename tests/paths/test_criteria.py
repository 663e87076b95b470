"""Criteria of every size are those of refits, with the traces of their smoothers."""

from math import comb, log

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LassoLarsIC, LinearRegression, LogisticRegression, Ridge, lars_path
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

from sklearn_prune import (
    MinNormRegressor,
    PrunedClassifier,
    PrunedClassifierCV,
    PrunedRegressor,
    PrunedRegressorCV,
    RowBatches,
)
from sklearn_prune._paths.criteria import Criterion
from sklearn_prune._paths.degrees_of_freedom import column_freedom, leading_freedom, nested_ranks

CRITERIA = ["aic", "bic", "ebic", "gcv", "cp"]
SHAPES = [(30, 50), (40, 12), (420, 20)]


def make_data(shape, *, n_targets=None, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal(shape) + 1
    signal = X[:, :3].sum(axis=1) if n_targets is None else 2 * X[:, :n_targets]
    return X, signal + rng.standard_normal(signal.shape)


def smoother_trace(X, support, weights, *, alpha, refit, centred):
    """The trace of the matrix from y to fitted values, of a given support, by the definition."""
    A = X - centred * np.average(X, axis=0, weights=weights)

    def coefficients(A, penalty):
        if penalty == 0:
            root = np.sqrt(weights)
            return np.linalg.pinv(root[:, np.newaxis] * A) * root
        right = A.T * weights
        return np.linalg.solve(right @ A + penalty * np.eye(A.shape[1]), right)

    kept = A[:, support]
    coef = coefficients(A, alpha)[support] if refit is None else coefficients(kept, refit)
    return centred + np.sum(kept * coef.T)


def by_definition(name, rss, df, *, n, p, s, sigma2=None):
    """A criterion of one target, given the residual sum of squares (weights of mean one)."""
    deviance = n * log(2 * np.pi * rss / n) + n
    if sigma2 is not None:
        deviance = n * log(2 * np.pi * sigma2) + rss / sigma2
    return {
        "aic": deviance + 2 * df,
        "bic": deviance + log(n) * df,
        "ebic": deviance + log(n) * df + 2 * log(comb(p, s)),
        "gcv": n * rss / (n - df) ** 2,
        "cp": None if sigma2 is None else rss / sigma2 - n + 2 * df,
    }[name]


def refitted(search, row, X, y, weights=None):
    """The model of a row of the table, and its weighted residual sum of squares."""
    refit = None if np.isnan(row.retrain_alpha) else row.retrain_alpha
    centred = search.fit_intercept

    def dense(alpha):
        model = Ridge(alpha) if alpha else MinNormRegressor()
        return model.set_params(fit_intercept=centred)

    retrain = False if refit is None else dense(refit)
    model = PrunedRegressor(row.strategy, row.sparsity, retrain, estimator=dense(row.alpha))
    model.fit(X, y, sample_weight=weights)
    weights = np.ones(len(y)) if weights is None else weights
    squares = (y - model.predict(X)).reshape(len(y), -1) ** 2
    rss = np.average(squares, axis=0, weights=weights) * len(y)
    options = {"alpha": row.alpha, "refit": refit, "centred": centred}
    return rss, smoother_trace(X, model.support_, weights, **options)


PARAMS = [
    {},
    {"retrain": False},
    {"alphas": [0, 5.0], "retrain_alphas": [0.5]},
    {"alphas": [2.0], "retrain": False},
    {"strategy": "obs", "fit_intercept": False},
]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("params", PARAMS, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_criteria_are_those_of_refits_and_traces(shape, params, weighted):
    X, y = make_data(shape)
    n, p = shape
    weights = np.random.default_rng(1).uniform(0.5, 2, n) if weighted else None
    sizes = [1, 4, 9, 12]
    for name in CRITERIA:
        sigma2 = 1.5 if name == "cp" else None
        search = PrunedRegressorCV(
            sparsities=sizes, criterion=name, noise_variance=sigma2, **params
        ).fit(X, y, sample_weight=weights)
        table = pd.DataFrame(search.cv_results_)
        wanted = []
        for row in table.itertuples():
            rss, df = refitted(search, row, X, y, weights)
            wanted.append(by_definition(name, rss[0], df, n=n, p=p, s=row.sparsity, sigma2=sigma2))
        assert_allclose(table[name], wanted, rtol=1e-8)
        assert_allclose(table["mean_test_score"], -table[name])
        assert search.best_index_ == np.argmin(wanted)


def test_the_known_noise_of_aic_and_bic():
    X, y = make_data((40, 12))
    for name in ("aic", "bic", "ebic"):
        search = PrunedRegressorCV(criterion=name, noise_variance=2).fit(X, y)
        row = next(pd.DataFrame(search.cv_results_).iloc[4:5].itertuples())
        rss, df = refitted(search, row, X, y)
        wanted = by_definition(name, rss[0], df, n=40, p=12, s=5, sigma2=2)
        assert_allclose(search.cv_results_[name][4], wanted, rtol=1e-10)
        assert search.noise_variance_ == 2


@pytest.mark.parametrize("name", ["aic", "bic"])
def test_lasso_lars_ic_has_the_same_formula(name):
    X, y = load_diabetes(return_X_y=True)
    peer = LassoLarsIC(criterion=name).fit(X, y)
    A, target = X - X.mean(axis=0), y - y.mean()
    _, _, coefs = lars_path(A, target, method="lasso")
    errors = np.mean((target[:, np.newaxis] - A @ coefs) ** 2, axis=0)[:, np.newaxis]
    freedom = np.count_nonzero(coefs, axis=0)
    ours = Criterion(name, len(y), np.array([peer.noise_variance_]))
    assert_allclose(ours.of_squares(errors, freedom, None), peer.criterion_, rtol=1e-10)


def test_several_targets_have_a_noise_of_their_own():
    X, y = make_data((40, 12), n_targets=3)
    for name, sigma2 in (("ebic", None), ("gcv", None), ("cp", [1.0, 2.0, 3.0])):
        search = PrunedRegressorCV(criterion=name, noise_variance=sigma2).fit(X, y)
        row = next(pd.DataFrame(search.cv_results_).iloc[3:4].itertuples())
        rss, df = refitted(search, row, X, y)
        parts = [
            by_definition(name, r, df, n=40, p=12, s=4, sigma2=v)
            for r, v in zip(rss, sigma2 or [None] * 3, strict=True)
        ]
        wanted = np.mean(parts) if name == "gcv" else np.sum(parts)
        wanted -= 4 * log(comb(12, 4)) if name == "ebic" else 0  # there is one support
        assert_allclose(search.cv_results_[name][3], wanted, rtol=1e-10)


def test_sparse_x():
    X, y = make_data((40, 12))
    X[X < 1] = 0
    for params in PARAMS:
        dense, filled = (
            PrunedRegressorCV(criterion="gcv", **params).fit(A, y) for A in (X, sparse.csr_array(X))
        )
        assert_allclose(filled.cv_results_["gcv"], dense.cv_results_["gcv"], rtol=1e-8)


@pytest.mark.parametrize("name", ["aic", "bic", "ebic", "gcv"])
def test_weights_have_no_unit(name):
    X, y = make_data((40, 12))
    weights = np.random.default_rng(1).uniform(0.5, 2, 40)
    X[0], y[0], weights[0] = 1e3, -1e3, 0
    search = PrunedRegressorCV(criterion=name)
    first = search.fit(X, y, weights).cv_results_[name]
    for A, t, w in ((X, y, 7 * weights), (X[1:], y[1:], weights[1:])):
        assert_allclose(clone(search).fit(A, t, w).cv_results_[name], first, rtol=1e-9)


@pytest.mark.parametrize("name", ["aic", "bic", "ebic", "gcv"])
@pytest.mark.parametrize("unit", [1e-8, 1.0, 1e8])
@pytest.mark.parametrize("shape", [(40, 12), (40, 90), (900, 12)])
def test_the_smallest_exact_fit_is_chosen_not_the_luckiest(shape, unit, name):
    X, _ = make_data(shape)
    y = unit * (X[:, 0] - 2 * X[:, 3] + X[:, 5] + 3)
    search = PrunedRegressorCV("obs", range(1, 12), criterion=name).fit(X, y)
    assert search.sparsity_ == 3
    assert np.isfinite(search.best_score_)


def test_constant_targets_and_columns():
    X, y = make_data((40, 12))
    X[:, 4] = 3.0
    search = PrunedRegressorCV("oracle", saliency=np.arange(12)[::-1], criterion="aic")
    table = search.fit(X, y).cv_results_
    assert table["sparsity"][-1] == 11
    assert_allclose(table["aic"][4], table["aic"][3], rtol=1e-12)  # it counts nothing
    assert np.isfinite(search.fit(X, np.ones(40)).cv_results_["aic"]).all()


def test_dependent_columns_count_once():
    X, y = make_data((40, 12))
    X[:, 3], X[:, 7] = X[:, 0] + X[:, 1], X[:, 2]
    search = PrunedRegressorCV(
        "oracle", range(1, 13), saliency=np.arange(12)[::-1], criterion="gcv"
    ).fit(X, y)
    for row in pd.DataFrame(search.cv_results_).itertuples():
        support = np.arange(row.sparsity)
        model = LinearRegression().fit(X[:, support], y)
        rss = np.sum((y - model.predict(X[:, support])) ** 2)
        df = 1 + np.linalg.matrix_rank(X[:, support] - X[:, support].mean(axis=0))
        assert_allclose(row.gcv, 40 * rss / (40 - df) ** 2, rtol=1e-9)


@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("alpha", [0.0, 7.0])
def test_constant_columns_count_nothing(alpha, weighted, retrain):
    X, y = make_data((45, 6))
    X[:, 2] = 1.0
    weights = np.random.default_rng(1).uniform(0.5, 2, 45) if weighted else None
    search = PrunedRegressorCV(alphas=[alpha], retrain=retrain, criterion="aic")
    table = search.set_params(sparsities=[5, 6]).fit(X, y, sample_weight=weights).cv_results_
    without = search.set_params(sparsities=[5]).fit(np.delete(X, 2, 1), y, sample_weight=weights)
    expected = without.cv_results_["aic"][[0, 0]]
    assert_allclose(table["aic"], expected, rtol=1e-10)


def test_groups_are_counted_by_ebic_as_groups():
    X, y = make_data((60, 12))
    labels = np.arange(12) // 3
    options = {"feature_groups": labels, "always_keep": [3], "criterion": "ebic"}
    table = PrunedRegressorCV(**options).fit(X, y).cv_results_
    assert_array_equal(table["sparsity"], [1, 2, 3, 4])
    for size, value in zip(table["sparsity"], table["ebic"], strict=True):
        model = PrunedRegressor(sparsity=int(size), feature_groups=labels, always_keep=[3])
        rss = np.sum((y - model.fit(X, y).predict(X)) ** 2)
        df = 3 * size + 1
        wanted = by_definition("bic", rss, df, n=60, p=12, s=0) + 2 * log(comb(3, size - 1))
        assert_allclose(value, wanted, rtol=1e-10)


def test_the_table_has_no_folds():
    X, y = make_data((40, 12))
    search = PrunedRegressorCV(["magnitude", "obs"], criterion="bic").fit(X, y)
    table = pd.DataFrame(search.cv_results_)
    assert search.n_splits_ == 0
    assert not [name for name in table if name.startswith("split")]
    assert table["std_test_score"].isna().all()
    assert table.loc[search.best_index_, "rank_test_score"] == 1
    assert search.best_score_ == -table["bic"].min()
    assert search.noise_variance_ is None
    direct = PrunedRegressor(search.strategy_, search.sparsity_).fit(X, y)
    assert_allclose(search.coef_, direct.coef_, rtol=1e-10)


def test_sizes_end_at_half_the_samples():
    X, y = make_data((30, 50))
    for params in ({}, {"retrain": False}, {"alphas": [1.0]}):
        search = PrunedRegressorCV(criterion="ebic", **params).fit(X, y)
        assert search.cv_results_["sparsity"].max() == 15


def test_the_noise_of_cp_is_that_of_the_dense_fit():
    X, y = make_data((40, 12))
    search = PrunedRegressorCV(criterion="cp", alphas=[3.0]).fit(X, y)
    residuals = y - LinearRegression().fit(X, y).predict(X)
    assert_allclose(search.noise_variance_, residuals @ residuals / (40 - 13), rtol=1e-10)
    full = PrunedRegressorCV(sparsities=[12], criterion="cp").fit(X, y)
    assert_allclose(full.cv_results_["cp"], 13)  # Cp of the dense model is its freedom
    with pytest.raises(ValueError, match="leaves no residuals"):
        PrunedRegressorCV(criterion="cp").fit(*make_data((30, 50)))


@pytest.mark.parametrize("name", CRITERIA)
def test_batches(name):
    X, y = make_data((400, 25))
    weights = np.random.default_rng(1).uniform(0.5, 2, 400)
    parts = [(X[k : k + 100], y[k : k + 100], weights[k : k + 100]) for k in range(0, 400, 100)]
    for params in ({"alphas": [0, 2.0]}, {"retrain": False}):
        search = PrunedRegressorCV(criterion=name, **params)
        table = clone(search).fit(X, y, weights).cv_results_
        read = search.fit(RowBatches(parts)).cv_results_
        assert_array_equal(read["sparsity"], table["sparsity"])
        assert_allclose(read[name], table[name], rtol=1e-8)


WRONG = [
    ({"criterion": "mdl"}, "criterion is 'mdl': give None for cross-validation, or one of"),
    ({"criterion": "aic", "cv": 5}, "criterion='aic' has no folds: leave cv out"),
    ({"criterion": "aic", "scoring": "r2"}, "leave scoring out"),
    ({"criterion": "aic", "one_standard_error": True}, "has no standard error"),
    ({"criterion": "gcv", "noise_variance": 1.0}, "noise_variance is for other criteria"),
    ({"noise_variance": 1.0}, "noise_variance is for other criteria"),
    ({"criterion": "aic", "noise_variance": 0}, "noise_variance is 0: give a positive"),
    ({"criterion": "aic", "noise_variance": "a"}, "give a positive number"),
    ({"criterion": "aic", "noise_variance": [1, 2]}, "noise_variance has 2 values: give one"),
]


@pytest.mark.parametrize(("params", "message"), WRONG, ids=str)
def test_what_is_refused(params, message):
    X, y = make_data((40, 12))
    with pytest.raises(ValueError, match=message.replace("[", r"\[")):
        PrunedRegressorCV(**params).fit(X, y)


def test_labels_of_rows_are_refused():
    X, y = make_data((40, 12))
    with pytest.raises(ValueError, match="leave groups out"):
        PrunedRegressorCV(criterion="aic").fit(X, y, groups=np.arange(40))


# Degrees of freedom.


@pytest.mark.parametrize("alpha", [0.0, 1e-9, 1.0, 1e9])
@pytest.mark.parametrize("decay", [0.0, 0.6])
def test_traces_by_singular_values(alpha, decay):
    rng = np.random.default_rng(0)
    A = rng.standard_normal((20, 30)) * np.exp(-decay * np.arange(30))
    counts = np.array([1, 5, 12, 18])
    found = leading_freedom(A, counts, alpha=alpha, cutoff=1e-12)
    for count, value in zip(counts, found, strict=True):
        d = np.linalg.svd(A[:, :count], compute_uv=False) ** 2
        # Without a penalty columns are judged in unit norm, and these are independent.
        assert_allclose(value, np.sum(d / (d + alpha)) if alpha else count, rtol=1e-7)
    _, d, rows = np.linalg.svd(A, full_matrices=False)
    kept = d**2 / (d**2 + alpha) if alpha else d > 1e-12 * d[0]
    each = column_freedom(A, alpha=alpha, cutoff=1e-12)
    assert_allclose(each, kept @ rows**2, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("unit", [1e-200, 1e200])
@pytest.mark.parametrize("shape", [(20, 30), (20, 8)])
def test_freedom_has_no_unit(shape, unit):
    A = np.random.default_rng(0).standard_normal(shape)
    options = {"cutoff": 1e-12, "alpha": 0.0}
    counts = np.array([1, 5, 8])
    assert_allclose(leading_freedom(unit * A, counts, **options), counts)
    each = column_freedom(A, **options)
    assert_allclose(column_freedom(unit * A, **options), each, rtol=1e-10)


def test_ranks_between_two_that_tell_are_not_computed():
    asked = []

    def rank(count):
        asked.append(count)
        return min(count, 50) - (count > 20)

    counts = np.arange(1, 101)
    assert_array_equal(nested_ranks(rank, counts), [min(c, 50) - (c > 20) for c in counts])
    assert len(asked) < 20


# Classes.


def hessian_trace(X, p, weights, alpha, support=None):
    """The trace of ``(H + alpha I)^-1 H``, intercepts without penalty; `p` of all classes."""
    n, m = X.shape
    K = p.shape[1]
    X1 = np.column_stack([X, np.ones(n)])
    H = np.zeros((K * (m + 1), K * (m + 1)))
    for x, q, w in zip(X1, p, weights, strict=True):
        H += w * np.kron(np.diag(q) - np.outer(q, q), np.outer(x, x))
    penalty = np.tile(np.append(np.full(m, alpha), 0.0), K)
    each = np.diag(np.linalg.lstsq(H + np.diag(penalty), H)[0]).reshape(K, m + 1)
    if support is None:
        return each.sum()
    return each[:, :-1][:, support].sum() + K - 1


@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_logistic_criteria(n_classes, retrain):
    X, y = load_iris(return_X_y=True)
    X = np.column_stack([StandardScaler().fit_transform(X), np.sin(np.arange(150))])
    X, y = X[50 * (3 - n_classes) :], y[50 * (3 - n_classes) :]
    n, C = len(y), 0.5
    estimator = LogisticRegression(C=C, tol=1e-10, max_iter=1000)
    for name, price in (("aic", 2), ("bic", log(n)), ("ebic", log(n))):
        search = PrunedClassifierCV(
            "hessian", [1, 3, 5], retrain, estimator=estimator, criterion=name
        ).fit(X, y)
        for s, value in zip((1, 3, 5), search.cv_results_[name], strict=True):
            model = PrunedClassifier("hessian", s, retrain, estimator=estimator).fit(X, y)
            deviance = 2 * n * log_loss(y, model.predict_proba(X))
            fitted = model if retrain else clone(estimator).fit(X, y)
            A = X[:, model.support_] if retrain else X
            p = fitted.predict_proba(X)
            if n_classes == 2:  # one row of coefficients, not two that share the penalty
                df = binary_trace(A, p[:, 1], 1 / C, None if retrain else model.support_)
            else:
                df = hessian_trace(A, p, np.ones(n), 1 / C, None if retrain else model.support_)
            wanted = deviance + price * df + (2 * log(comb(5, s)) if name == "ebic" else 0)
            assert_allclose(value, wanted, rtol=1e-6)


def binary_trace(X, p, alpha, support):
    X1 = np.column_stack([X, np.ones(len(X))])
    H = X1.T @ ((p * (1 - p))[:, np.newaxis] * X1)
    penalty = np.diag(np.append(np.full(X.shape[1], alpha), 0.0))
    each = np.diag(np.linalg.solve(H + penalty, H))
    return each.sum() if support is None else each[:-1][support].sum() + 1


def test_logistic_without_a_penalty_counts_coefficients():
    X, y = load_iris(return_X_y=True)
    X, y = X[50:, :3], y[50:]
    estimator = LogisticRegression(C=np.inf)
    search = PrunedClassifierCV("hessian", [1, 2, 3], estimator=estimator, criterion="aic")
    table = search.fit(X, y).cv_results_
    for s, aic in zip(table["sparsity"], table["aic"], strict=True):
        model = PrunedClassifier("hessian", int(s), estimator=estimator).fit(X, y)
        deviance = 200 * log_loss(y, model.predict_proba(X))
        assert_allclose(aic, deviance + 2 * (s + 1), rtol=1e-6)


def test_codes_of_classes_are_numbers():
    X, y = load_iris(return_X_y=True)
    X, y = X[50:], y[50:]
    by_class = PrunedClassifierCV(criterion="bic").fit(X, y)
    by_number = PrunedRegressorCV(criterion="bic").fit(X, np.where(y == 2, 1.0, -1.0))
    assert_allclose(by_class.cv_results_["bic"], by_number.cv_results_["bic"])
    assert by_class.sparsity_ == by_number.sparsity_


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"criterion": "gcv"}, "a logistic model does not minimise: give one of"),
        ({"criterion": "aic", "noise_variance": 1.0}, "has none"),
        ({"criterion": "aic", "cv": 3}, "leave cv out"),
        (
            {"criterion": "aic", "estimator": LogisticRegression(l1_ratio=0.5, solver="saga")},
            "needs a likelihood and a trace",
        ),
    ],
)
def test_what_is_refused_of_classes(params, message):
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match=message):
        PrunedClassifierCV(**{"estimator": LogisticRegression()} | params).fit(X, y)
