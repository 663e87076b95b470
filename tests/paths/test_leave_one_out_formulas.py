import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.model_selection import LeaveOneOut

from sklearn_prune import PrunedRegressorCV
from sklearn_prune._paths import leave_one_out_formulas
from sklearn_prune._paths.group_factors import GroupFactors
from sklearn_prune._pruning.selection import SelectionRule


def assert_equals_fits_without_each_row(X, y, **params):
    """Compare the closed forms with fits to n - 1 rows, to eight digits."""
    sizes = np.arange(1, X.shape[1] + 1)
    scores = [
        PrunedRegressorCV(sparsities=sizes, cv=cv, **params).fit(X, y).cv_results_
        for cv in (None, LeaveOneOut())
    ]
    closed, fitted = (table["mean_test_score"] for table in scores)
    assert_allclose(closed, fitted, rtol=1e-8, atol=1e-12 * np.var(y))


@pytest.mark.filterwarnings("ignore:An ill-conditioned matrix")  # of Ridge, below 1e-13
@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("n_equal", [1, 2, 4])
@pytest.mark.parametrize("alpha", [1e-14, 1e-10, 1e-3])
@pytest.mark.parametrize("p", [3, 6, 7, 12])
def test_tiny_penalties_and_repeated_rows(rng, p, alpha, n_equal, fit_intercept, retrain):
    X, y = rng.standard_normal((7, p)), rng.standard_normal(7)
    X[:n_equal] = X[0]
    assert_equals_fits_without_each_row(
        X, y, alphas=[alpha], fit_intercept=fit_intercept, retrain=retrain
    )


@pytest.mark.parametrize("strategy", ["magnitude", "hessian"])
@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("rest", [0, 1e-9, 1e-7, 1e-5, 1e-3])
@pytest.mark.parametrize("alpha", [1e-3, 1.0])
def test_columns_that_are_nearly_constant_without_a_row(rng, alpha, rest, retrain, strategy):
    X, y = rng.standard_normal((6, 8)), rng.standard_normal(6)
    X[1:] = X[1] + rest * X[1:]
    assert_equals_fits_without_each_row(X, y, strategy=strategy, alphas=[alpha], retrain=retrain)


@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("nearness", [1e-1, 1e-2, 1e-3, 1e-4])
@pytest.mark.parametrize("alpha", [1e-8, 1e-4])
def test_columns_that_are_nearly_equal(rng, alpha, nearness, retrain):
    X, y = rng.standard_normal((6, 4)), rng.standard_normal(6)
    X[:, 1:] = X[:, :1] + nearness * X[:, 1:]
    assert_equals_fits_without_each_row(X, y, alphas=[alpha], retrain=retrain)


@pytest.mark.parametrize("alpha", [0.0, 2.0])
@pytest.mark.parametrize("n_targets", [1, 2])
def test_rows_of_the_same_order_share_a_factor(rng, n_targets, alpha, monkeypatch):
    X = rng.standard_normal((40, 6))
    y = np.outer(X @ [9.0, -7, 5, -3, 2, 1], np.arange(1, n_targets + 1))
    y += 0.5 * rng.standard_normal(y.shape)
    y[7] += 5
    n_rows, factorise = [], leave_one_out_formulas._residuals_left_out

    def count(A, *args):
        n_rows.append(len(A))
        return factorise(A, *args)

    monkeypatch.setattr(leave_one_out_formulas, "_residuals_left_out", count)
    assert_equals_fits_without_each_row(X, y, alphas=[alpha])
    assert max(n_rows) > 30
    assert sum(n_rows) == 40


@pytest.mark.parametrize("alpha", [0.0, 1.0])
@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("constant", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_constant_columns(rng, alpha, retrain, constant, fit_intercept):
    """The mean of 43 ones is off by rounding, that of 43 threes is not."""
    X, y = rng.standard_normal((43, 6)), rng.standard_normal(43)
    X[:, 1] = constant
    search = {"alphas": [alpha], "retrain": retrain, "fit_intercept": fit_intercept}
    assert_equals_fits_without_each_row(X, y, **search)


@pytest.mark.parametrize("retrain", [True, False])
def test_constant_columns_need_no_fit_of_each_row(rng, retrain, monkeypatch):
    monkeypatch.delattr(leave_one_out_formulas.LeftOutRows, "_others")
    X = rng.standard_normal((43, 6))
    X[:, 1] = 1.0
    y = X[:, 0] + rng.random(43)
    search = PrunedRegressorCV(sparsities=[5, 6], retrain=retrain).fit(X, y)
    five, six = search.cv_results_["mean_test_score"]
    assert six == pytest.approx(five, rel=1e-12)


@pytest.mark.parametrize("sizes", [[2, 1, 3, 2, 9], [1, 4, 1, 1]])
@pytest.mark.parametrize("n_targets", [1, 2])
def test_squares_of_all_groups_at_once(rng, sizes, n_targets):
    labels = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    A, coef = (
        rng.standard_normal((6, len(labels))),
        rng.standard_normal((3, n_targets, len(labels))),
    )
    selection = SelectionRule(feature_groups=labels).resolve(len(labels), None)
    groups = GroupFactors.of(A, selection)
    members = [columns for columns in selection.members() if len(columns) > 1]
    expected = [np.sum((coef[..., m] @ A[:, m].T) ** 2, axis=2) for m in members]
    assert_allclose(groups.squares(coef[..., groups.columns]), np.moveaxis(expected, 0, 2))
    assert_allclose(
        groups.sums(coef[..., groups.columns]),
        [[[row[m].sum() for m in members] for row in rows] for rows in coef],
    )


def test_groups_take_no_call_each(rng, monkeypatch):
    """A product for each group and block of rows took sixteen times as long as the rest."""
    calls = []
    squares = GroupFactors.squares
    monkeypatch.setattr(GroupFactors, "squares", lambda *args: calls.append(1) or squares(*args))
    X, y = rng.standard_normal((30, 40)), rng.standard_normal(30)
    PrunedRegressorCV("hessian", [2, 5], feature_groups=np.arange(40) // 2).fit(X, y)
    assert len(calls) == 1
