"""Where counts and numbers of rows meet: the risk is infinite there, in every order of features."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_prune.theory import (
    DistributionalCharacterization,
    LinearGaussianProblem,
    optimal_alpha,
    predict_risk,
)

INTERCEPTS = [False, True]
KEPT = {"strategy": "magnitude", "retrain": "fresh"}


def finite(problem, dof, fit_intercept, **options):
    """Return the finite-n risk at some degrees of freedom, without the factor of an intercept."""
    n = dof + fit_intercept
    risk = predict_risk(problem, n, finite_n=True, fit_intercept=fit_intercept, **options)
    return risk / (1 + fit_intercept / n)


@pytest.mark.parametrize("fit_intercept", INTERCEPTS)
@pytest.mark.parametrize("p", range(6))
def test_finite_n_of_least_squares_and_least_norm(p, fit_intercept):
    """Isotropic, without signal: p/(n-p-1) and n/(p-n-1), inverse Wishart, inf between."""
    problem = LinearGaussianProblem(np.ones(max(p, 1)) * (p > 0), np.zeros(max(p, 1)), 2.0)
    for n in range(1, 9):
        expected = np.inf
        if p == 0:
            expected = 2.0
        elif p < n - 1:
            expected = 2 * (1 + p / (n - p - 1))
        elif p > n + 1:
            expected = 2 * (1 + n / (p - n - 1))
        assert_allclose(finite(problem, n, fit_intercept), expected, rtol=1e-12)
        law = DistributionalCharacterization(problem, n, finite_n=True)
        assert_allclose(law.risk(), expected, rtol=1e-12)


@pytest.mark.parametrize("fit_intercept", INTERCEPTS)
@pytest.mark.parametrize("retrain", [None, "fresh", "same"])
@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "oracle", "random"])
def test_nothing_is_pruned_nothing_is_changed(strategy, retrain, fit_intercept):
    problem = LinearGaussianProblem([3.0, 1.0, 2.0], [1.0, -2.0, 0.5], 2.0)
    for n in range(1, 8):
        dense = finite(problem, n, fit_intercept)
        options = {"strategy": strategy, "sparsity": 3, "retrain": retrain}
        assert_allclose(finite(problem, n, fit_intercept, **options), dense, rtol=1e-12)


@pytest.mark.parametrize("retrain", ["fresh", "same"])
@pytest.mark.parametrize("strategy", ["magnitude", "oracle", "random"])
@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_refits_within_a_row_of_their_peak(strategy, retrain, noise):
    """Lost features are noise, too, so that the refit has a peak without any other."""
    problem = LinearGaussianProblem(np.ones(7), np.linspace(1, 2, 7), noise)
    for n, s in itertools.product(range(1, 9), range(1, 7)):
        options = {"strategy": strategy, "sparsity": s, "retrain": retrain}
        risk = predict_risk(problem, n, **options, finite_n=True)
        assert np.isinf(risk) == (abs(n - s) <= 1), (n, s)
        assert np.isinf(predict_risk(problem, n, **options)) == (n == s), (n, s)


def test_same_samples_are_fresh_where_only_features_without_variance_are_lost():
    problem = LinearGaussianProblem([1.0, 0.0], [3.0, 1.0], 2.0)
    options = {"strategy": "magnitude", "sparsity": 1, "retrain": "same", "finite_n": True}
    assert_allclose(predict_risk(problem, [2, 5], **options), [np.inf, 2 * 4 / 3])


@pytest.mark.parametrize("fit_intercept", INTERCEPTS)
@pytest.mark.parametrize("options", [{}, KEPT | {"sparsity": 5}, KEPT | {"sparsity": 0.5}])
def test_fractional_counts_in_every_order(rng, options, fit_intercept):
    """Ten counts of whole sum, of which a sum in floating point is off in some orders."""
    counts = np.array([0.1, 0.2, 0.3, 0.4, 0.7, 1.3, 2.6, 3.4, 0.55, 0.45])
    variances, coef = np.ones(10), np.full(10, 0.5)
    orders = [rng.permutation(10) for _ in range(20)]
    assert len({counts[order].sum() for order in orders}) > 1
    problems = [
        LinearGaussianProblem(variances, coef, 0.3, weights=counts[order]) for order in orders
    ]
    for n in range(2, 14):
        risks = [finite(problem, n, fit_intercept, **options) for problem in problems]
        assert_allclose(risks, risks[0], rtol=1e-9)
        peak = 10 if not options else 5
        assert np.isinf(risks[0]) == (abs(n - peak) <= 1)
    assert {problem.n_features for problem in problems} == {10.0}


def test_a_hundred_tenths_are_ten():
    problem = LinearGaussianProblem(np.ones(100), np.ones(100), 1.0, weights=np.full(100, 0.1))
    assert problem.n_features == 10
    assert predict_risk(problem, 10) == np.inf
    whole = LinearGaussianProblem(np.ones(10), np.ones(10), 1.0)
    options = {"strategy": "hessian", "sparsity": 10}
    assert_allclose(predict_risk(problem, 20, **options), predict_risk(whole, 20, **options))


def test_nothing_is_finite_between_the_peaks_of_fractional_counts():
    """With finite n, from n - 1 to n + 1 coordinates, and rising towards there."""
    counts = np.r_[np.linspace(0.5, 9, 18), np.linspace(9, 11, 9), np.linspace(11, 40, 30)]
    risks = np.array(
        [
            predict_risk(LinearGaussianProblem([1], [0], 1, weights=[w]), 10, finite_n=True)
            for w in counts
        ]
    )
    assert np.isinf(risks[(counts >= 9) & (counts <= 11)]).all()
    assert (np.diff(risks[counts < 9]) > 0).all()
    assert (np.diff(risks[counts > 11]) < 0).all()
    assert_allclose(risks[-1], 1 + 10 / 29)


STRATEGIES = ["magnitude", "hessian", "oracle", "random"]
RETRAIN = [None, "fresh", "same", "distill"]


@pytest.mark.parametrize(
    ("strategy", "retrain"), [(None, None), *itertools.product(STRATEGIES, RETRAIN)]
)
@pytest.mark.parametrize("finite_n", [False, True])
def test_every_order_of_features(rng, strategy, retrain, finite_n):
    variances, coef = rng.exponential(size=8), rng.standard_normal(8)
    options = {"strategy": strategy, "retrain": retrain, "finite_n": finite_n}
    options |= {"n_unlabeled": 3} if retrain == "distill" else {}
    n = np.arange(1, 12)
    for s in [4, 7] if strategy else [None]:
        risks = predict_risk(LinearGaussianProblem(variances, coef, 0.3), n, sparsity=s, **options)
        for order in (rng.permutation(8), np.arange(8)[::-1]):
            permuted = LinearGaussianProblem(variances[order], coef[order], 0.3)
            assert_allclose(predict_risk(permuted, n, sparsity=s, **options), risks, rtol=1e-7)


def test_every_order_of_correlated_features(rng):
    factor, coef = rng.standard_normal((6, 9)), rng.standard_normal(6)
    covariance = factor @ factor.T
    order = rng.permutation(6)
    problem = LinearGaussianProblem(covariance, coef, 0.3)
    permuted = LinearGaussianProblem(covariance[np.ix_(order, order)], coef[order], 0.3)
    for options in ({}, {"finite_n": True}, {"alpha": 2.0}):
        risks = predict_risk(problem, np.arange(1, 12), **options)
        assert_allclose(predict_risk(permuted, np.arange(1, 12), **options), risks, rtol=1e-9)
    assert_allclose(optimal_alpha(permuted, 9), optimal_alpha(problem, 9), rtol=1e-4)


@pytest.mark.parametrize("alpha", [0.0, 1e-310, 1e-160, 1.0, 1e160, 1e300])
def test_more_rows_and_less_penalty_towards_their_limits(alpha):
    problem = LinearGaussianProblem([2.0, 1.0, 0.5], [1.0, 1.0, 1.0], 0.5)
    risks = predict_risk(problem, 10 ** np.arange(1, 16), alpha=alpha)
    assert (np.diff(risks) <= 1e-12).all()
    assert (risks >= 0.5).all()
    if alpha <= 1:
        assert_allclose(risks[-1], 0.5, rtol=1e-10)
    if alpha >= 1e160:
        assert_allclose(risks, 0.5 + 3.5, rtol=1e-10)
    if 0 < alpha < 1e-100:
        assert_allclose(risks, predict_risk(problem, 10 ** np.arange(1, 16)), rtol=1e-10)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("finite_n", [False, True])
@pytest.mark.parametrize(("strategy", "retrain"), list(itertools.product(STRATEGIES, RETRAIN)))
def test_features_without_variance_cost_nothing(strategy, retrain, finite_n, full):
    """The model predicts 0, whatever it makes of them."""
    variances = np.zeros((3, 3)) if full else np.zeros(3)
    problem = LinearGaussianProblem(variances, np.ones(3), 0.5)
    options = {"strategy": strategy, "sparsity": 2, "retrain": retrain, "finite_n": finite_n}
    options |= {"n_unlabeled": 4} if retrain == "distill" else {}
    assert_allclose(predict_risk(problem, [1, 2, 3, 9], **options), 0.5)


def test_no_sizes_no_risks():
    problem = LinearGaussianProblem(np.ones(3), np.ones(3), 0.5)
    assert predict_risk(problem, []).shape == (0,)
    risk, error = predict_risk(problem, [], **KEPT, sparsity=1, return_std_error=True)
    assert risk.shape == error.shape == (0,)
