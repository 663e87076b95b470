"""Refits that are pulled to the dense coefficients, and the update of the brain surgeon."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from simulation import solve

from sklearn_prune.theory import (
    BinaryProblem,
    GaussianMixtureProblem,
    LinearGaussianProblem,
    predict_risk,
)
from sklearn_prune.theory._risk.diagonal_support import DiagonalSelection
from sklearn_prune.theory._risk.first_fit import FirstFit
from sklearn_prune.theory._risk.refits import fresh_refit, pulled_refit

P = 120
# Rows and penalty of least squares, least norm, and ridge on either side of n = p.
FIRST = [(200, 0.0), (70, 0.0), (200, 3.0), (70, 3.0)]


def diagonal(rng):
    return LinearGaussianProblem(np.arange(1, P + 1.0) ** -0.7, rng.standard_normal(P), 0.3)


def full(rng):
    covariance = 0.6 ** np.abs(np.subtract.outer(np.arange(P), np.arange(P)))
    return LinearGaussianProblem(covariance, 0.2 * rng.standard_normal(P), 0.3)


# --- the surgeon's update is a refit -------------------------------------------------


@pytest.mark.parametrize(("n", "alpha"), [(50, 0.0), (50, 2.0), (20, 2.0)])
def test_the_update_after_a_ridge_is_the_ridge_of_what_is_kept(n, alpha, rng):
    X, y = rng.standard_normal((n, 30)), rng.standard_normal(n)
    coef, kept = solve(X, y, alpha), np.arange(30) < 12
    updated = update(coef, X.T @ X + alpha * np.eye(30), kept)
    assert_allclose(updated[kept], solve(X[:, kept], y, alpha), rtol=1e-9, atol=1e-12)
    assert_allclose(updated[~kept], 0, atol=1e-12)


@pytest.mark.parametrize("n", [50, 20])
@pytest.mark.parametrize("pull", [0.1, 20.0])
def test_the_damped_update_is_a_pulled_refit(n, pull, rng):
    """After least squares or least norm, where the gradient of the squared error is zero."""
    X, y = rng.standard_normal((n, 30)), rng.standard_normal(n)
    coef, kept = solve(X, y, 0.0), np.arange(30) < 12
    hessian = X.T @ X + pull * np.eye(30)
    step = solve(X[:, kept], y - X[:, kept] @ coef[kept], pull)
    updated = update(coef, hessian, kept)
    assert_allclose(updated[kept], coef[kept] + step, rtol=1e-9)
    # Both minimise (b - coef)'H(b - coef) over the coefficients that are kept.
    gradient = hessian @ (updated - coef)
    assert_allclose(gradient[kept], 0, atol=1e-9)


def update(coef, hessian, kept):
    """Return the surgeon's coefficients: b - (H^-1)_R ((H^-1)_RR)^-1 b_R, R being removed."""
    inverse = np.linalg.inv(hessian)
    removed = ~kept
    return coef - inverse[:, removed] @ np.linalg.solve(
        inverse[np.ix_(removed, removed)], coef[removed]
    )


# --- limits --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "strategy"),
    [
        (diagonal, "magnitude"),
        (diagonal, "obs-one-shot"),
        (diagonal, "random"),
        (full, "magnitude"),
        (full, "obs-one-shot"),
    ],
)
@pytest.mark.parametrize(("n", "alpha"), FIRST)
def test_from_a_plain_refit_to_none(make, strategy, n, alpha, rng):
    problem = make(rng)
    plan = {"strategy": strategy, "sparsity": 30, "alpha": alpha, "n_draws": 4, "random_state": 0}
    weak, strong = (
        predict_risk(problem, n, **plan, retrain="pulled", retrain_alpha=pull)
        for pull in (1e-10, 1e13)
    )
    assert_allclose(weak, predict_risk(problem, n, **plan, retrain="same", retrain_alpha=0), 1e-9)
    assert_allclose(strong, predict_risk(problem, n, **plan), rtol=1e-9)


@pytest.mark.parametrize("make", [diagonal, full])
@pytest.mark.parametrize("n", [200, 70])
def test_a_fit_that_nothing_was_taken_from_stays_as_it_is(make, n, rng):
    problem = make(rng)
    plan = {"strategy": "magnitude", "sparsity": P, "retrain": "pulled", "retrain_alpha": 5.0}
    assert_allclose(predict_risk(problem, n, **plan), predict_risk(problem, n))
    first = FirstFit(diagonal(rng), float(n), 0.0, finite_n=False)  # by the equations, too
    outcome = pulled_refit(first, DiagonalSelection(first, "magnitude", P), 5.0, 0, finite_n=False)
    assert_allclose(outcome.risk, first.risk, rtol=1e-10)
    assert_allclose(outcome.overlap, first.overlap, rtol=1e-10)


@pytest.mark.parametrize("n", [200, 70])
def test_a_pull_to_zero_is_a_ridge(n, rng):
    """Of a support that knows no sample, after a first fit of nothing."""
    first = FirstFit(diagonal(rng), float(n), 1e14, finite_n=False)
    selection = DiagonalSelection(first, "random", 30)
    pulled = pulled_refit(first, selection, 4.0, 30, finite_n=False)
    fresh = fresh_refit(selection, float(n), 4.0, finite_n=False)
    assert_allclose(pulled, fresh, rtol=1e-9)


def test_at_the_peak(rng):
    """A pull to coefficients of infinite variance is fatal, where there is one."""
    problem = diagonal(rng)
    plan = {"strategy": "magnitude", "sparsity": 30}
    assert predict_risk(problem, P, **plan, retrain="pulled", retrain_alpha=1.0) == np.inf
    none = predict_risk(problem, P, **plan, retrain="pulled", retrain_alpha=0.0)
    assert_allclose(none, predict_risk(problem, P, **plan, retrain="same"))


# --- the same by draws, and by simulation --------------------------------------------


@pytest.mark.parametrize("strategy", ["magnitude", "obs-one-shot"])
@pytest.mark.parametrize(("n", "alpha"), FIRST[1:3])
def test_draws_agree_with_the_closed_form(strategy, n, alpha, rng):
    variances, coef = np.linspace(2, 0.3, P), 0.1 * rng.standard_normal(P)
    options = {
        "strategy": strategy,
        "sparsity": 30,
        "retrain": "pulled",
        "alpha": alpha,
        "retrain_alpha": 8.0,
    }
    for kind in (LinearGaussianProblem, BinaryProblem, GaussianMixtureProblem):
        closed = predict_risk(kind(variances, coef), n, **options)
        drawn, error = predict_risk(
            kind(np.diag(variances), coef),
            n,
            **options,
            n_draws=40,
            random_state=1,
            return_std_error=True,
        )
        assert abs(drawn - closed) < 4 * error + 0.01 * closed


@pytest.mark.parametrize("make", [diagonal, full])
@pytest.mark.parametrize(("n", "alpha"), FIRST)
def test_simulated(make, n, alpha, rng):
    """Within 4 standard errors and 2 percent, at these few samples."""
    problem, pull, s = make(rng), 15.0, 30
    weights = FirstFit(problem, float(n), alpha, finite_n=False).score_weights("obs-one-shot")
    risks = []
    for seed in range(150):
        X, y = problem.sample(n, random_state=seed)
        dense = solve(X, y, alpha)
        kept = np.argsort(-weights * np.abs(dense))[:s]
        coef = np.zeros(P)
        coef[kept] = dense[kept] + solve(X[:, kept], y - X[:, kept] @ dense[kept], pull)
        risks.append(problem.risk(coef))
    plan = {"alpha": alpha, "retrain_alpha": pull, "n_draws": 60, "random_state": 0}
    risk, error = predict_risk(
        problem,
        n,
        strategy="obs-one-shot",
        sparsity=s,
        retrain="pulled",
        **plan,
        return_std_error=True,
    )
    error = np.hypot(error, np.std(risks) / np.sqrt(len(risks)))
    assert abs(risk - np.mean(risks)) < 4 * error + 0.02 * risk


# --- what is refused -----------------------------------------------------------------


def test_refusals(rng):
    plan = {"strategy": "magnitude", "sparsity": 5, "retrain": "pulled"}
    with pytest.raises(ValueError, match="needs a retrain_alpha"):
        predict_risk(diagonal(rng), 50, **plan)
    problem = BinaryProblem(np.ones(20), np.ones(20))
    with pytest.raises(ValueError, match='retrain="pulled" is for loss="squared" alone'):
        predict_risk(problem, 50, **plan, loss="logistic", alpha=1.0, retrain_alpha=1.0)
