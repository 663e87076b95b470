"""Penalties that leave-one-out chooses, as RidgeCV does."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import Ridge, RidgeCV

from sklearn_prune import PrunedRegressor
from sklearn_prune.theory import (
    BinaryProblem,
    GaussianMixtureProblem,
    LinearGaussianProblem,
    predict_risk,
)
from sklearn_prune.theory._risk.diagonal_support import DiagonalSelection
from sklearn_prune.theory._risk.first_fit import FirstFit
from sklearn_prune.theory._risk.state_evolution import leave_one_out_error

N, P, S = 80, 160, 24
ALPHAS = [0.1, 1.0, 10.0, 30.0, 100.0, 1000.0]
PRUNED = {"strategy": "magnitude", "sparsity": S}
SAME = PRUNED | {"retrain": "same"}
COEF = np.where(np.arange(P) < 16, 0.8, 0.1)
INDEPENDENT = LinearGaussianProblem(3 * np.arange(1, P + 1) ** -0.5, COEF, 0.5)
CORRELATED = LinearGaussianProblem(
    0.6 ** np.abs(np.subtract.outer(np.arange(P), np.arange(P))), COEF, 0.5
)
PROBLEMS = [INDEPENDENT, CORRELATED]


def risks(problem, name="alpha", **options):
    """Return the risk at every candidate."""
    fixed = [predict_risk(problem, N, random_state=0, **options | {name: a}) for a in ALPHAS]
    return np.array(fixed)


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("options", [{}, {"fit_intercept": True}, {"finite_n": True}])
def test_the_dense_fit_has_the_best_penalty(problem, options):
    risk = predict_risk(problem, N, alpha=ALPHAS, **options)
    assert_allclose(risk, risks(problem, **options).min(), rtol=1e-12)
    several = predict_risk(problem, [40, N, 300], alpha=ALPHAS, **options)
    each = [predict_risk(problem, [40, N, 300], alpha=a, **options) for a in ALPHAS]
    assert_allclose(several, np.min(each, axis=0), rtol=1e-12)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_refit_to_fresh_samples_has_the_best_penalty(problem):
    options = PRUNED | {"retrain": "fresh", "alpha": 10.0, "n_draws": 20}
    risk = predict_risk(problem, N, retrain_alpha=ALPHAS, random_state=0, **options)
    assert_allclose(risk, risks(problem, "retrain_alpha", **options).min(), rtol=0.05)


@pytest.mark.parametrize("strategy", ["random", "oracle"])
def test_a_blind_support_leaves_the_samples_fresh(strategy):
    options = SAME | {"strategy": strategy, "alpha": 10.0}
    risk = predict_risk(INDEPENDENT, N, retrain_alpha=ALPHAS, **options)
    assert_allclose(risk, risks(INDEPENDENT, "retrain_alpha", **options).min(), rtol=1e-12)


def test_the_first_fit_is_chosen_by_the_dense_risk():
    """And not by that of the pruned model, which wants another penalty."""
    best = ALPHAS[int(np.argmin(risks(INDEPENDENT)))]
    pruned = risks(INDEPENDENT, **PRUNED)
    chosen = predict_risk(INDEPENDENT, N, alpha=ALPHAS, **PRUNED)
    assert_allclose(chosen, pruned[ALPHAS.index(best)], rtol=1e-12)
    assert chosen > pruned.min() * 1.001


def test_one_list_serves_both_fits():
    for retrain in ("fresh", "same"):
        options = PRUNED | {"retrain": retrain, "alpha": ALPHAS}
        both = predict_risk(INDEPENDENT, N, retrain_alpha=ALPHAS, **options)
        assert predict_risk(INDEPENDENT, N, **options) == both


@pytest.mark.parametrize("seed", [0])
def test_leave_one_out_of_a_refit_to_the_same_samples(seed):
    """Its error, its choice and the risk of that agree with RidgeCV in simulation."""
    rng, errors, chosen, measured = np.random.RandomState(seed), [], [], []
    refit = RidgeCV(ALPHAS, fit_intercept=False, store_cv_results=True)
    model = PrunedRegressor("magnitude", S, refit, estimator=Ridge(10.0, fit_intercept=False))
    for _ in range(100):
        model.fit(*INDEPENDENT.sample(N, rng))
        errors.append(model.retrained_estimator_.cv_results_.mean(axis=0))
        chosen.append(ALPHAS.index(model.retrained_estimator_.alpha_))
        measured.append(INDEPENDENT.risk(model.coef_))
    first = FirstFit(INDEPENDENT, float(N), 10.0, finite_n=False)
    selection = DiagonalSelection(first, "magnitude", float(S))
    expected = [leave_one_out_error(first, selection, alpha) for alpha in ALPHAS]
    deviation = np.abs(expected / np.mean(errors, axis=0) - 1)
    assert (deviation < 3 * np.std(errors, axis=0) / np.mean(errors, axis=0) / 10 + 0.02).all()
    assert np.argmin(expected) == np.bincount(chosen).argmax()
    risk = predict_risk(INDEPENDENT, N, alpha=10.0, retrain_alpha=ALPHAS, **SAME)
    assert abs(risk - np.mean(measured)) < 3 * np.std(measured) / 10 + 0.01 * risk


def test_draws_choose_as_the_closed_form_does():
    """Of a covariance with its zeros written out."""
    options = SAME | {"alpha": 10.0, "retrain_alpha": ALPHAS, "random_state": 0}
    closed = predict_risk(INDEPENDENT, N, **options)
    full = np.diag(INDEPENDENT.covariance)
    full[0, 1] = full[1, 0] = 1e-9
    drawn = LinearGaussianProblem(full, COEF, 0.5)
    risk, error = predict_risk(drawn, N, return_std_error=True, **options)
    assert abs(risk - closed) < 4 * error + 0.01 * closed


def test_the_last_refit_of_several_rounds():
    options = SAME | {"n_rounds": 2, "alpha": 10.0, "n_draws": 40}
    each = risks(INDEPENDENT, "retrain_alpha", **options)
    risk = predict_risk(INDEPENDENT, N, retrain_alpha=ALPHAS, random_state=0, **options)
    assert_allclose(risk, each[:3].min(), rtol=0.03)


@pytest.mark.parametrize(
    "problem",
    [
        BinaryProblem(np.ones(20), np.r_[np.ones(5), np.zeros(15)]),
        GaussianMixtureProblem(np.ones(20), np.r_[np.full(5, 0.4), np.zeros(15)]),
    ],
)
def test_classifiers_by_least_squares(problem):
    options = {"strategy": "magnitude", "sparsity": 8, "retrain": "fresh"}
    squares = risks(problem, metric="squared_error")
    best = ALPHAS[int(np.argmin(squares))]
    refits = risks(problem, "retrain_alpha", alpha=best, metric="squared_error", **options)
    best = {"alpha": best, "retrain_alpha": ALPHAS[int(np.argmin(refits))]}
    error = predict_risk(problem, N, alpha=ALPHAS, **options)
    assert_allclose(error, predict_risk(problem, N, **best, **options), rtol=1e-12)
    assert_allclose(
        predict_risk(problem, N, alpha=ALPHAS, metric="squared_error"), squares.min(), rtol=1e-12
    )


@pytest.mark.parametrize("name", ["alpha", "retrain_alpha"])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], r"is \[\]: give a number, or a list of several"),
        ([1.0, -2.0], "is -2: a ridge penalty must not be negative"),
        ([1.0, np.inf], "contains inf: every value must be finite"),
        ([1.0, np.nan], "contains nan: every value must be finite"),
        ([[1.0, 2.0]], r"is \[\[1.0, 2.0\]\]: give a number, or a list"),
        ([True, False], r"is \[True, False\]: give a number"),
        (["1", "2"], r"is \['1', '2'\]: give real numbers"),
    ],
)
def test_bad_candidates(name, value, message):
    with pytest.raises(ValueError, match=name + " " + message):
        predict_risk(INDEPENDENT, N, **SAME | {name: value})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"retrain": "distill", "n_unlabeled": 9, "alpha": ALPHAS}, "retrain_alpha has several"),
        ({"retrain": "pulled", "retrain_alpha": ALPHAS}, "retrain_alpha has several"),
        ({"n_rounds": 2, "alpha": ALPHAS}, "alpha has several penalties, and n_rounds is 2"),
    ],
)
def test_choices_without_a_law(options, message):
    with pytest.raises(ValueError, match=message):
        predict_risk(INDEPENDENT, N, **PRUNED | options)


def test_logistic_losses_have_one_penalty():
    problem = BinaryProblem(np.ones(20), np.ones(20))
    with pytest.raises(ValueError, match="Several penalties to choose from"):
        predict_risk(problem, N, loss="logistic", alpha=ALPHAS)
