"""Refits of pruned classifiers to fresh samples and to the same ones."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import LogisticRegression, Ridge

from sklearn_prune.theory import BinaryProblem, predict_risk
from sklearn_prune.theory._classification.logistic.classifier_fit import ClassifierFit
from sklearn_prune.theory._classification.logistic.classifier_support import (
    DiagonalSupport,
    SampledSupport,
)
from sklearn_prune.theory._classification.logistic.dense_law import dense_law, dense_solution
from sklearn_prune.theory._classification.logistic.label_law import LabelLaw
from sklearn_prune.theory._classification.logistic.least_squares_law import least_squares_law
from sklearn_prune.theory._classification.logistic.logistic_steps import (
    LogisticSteps,
    logistic_intercept,
)
from sklearn_prune.theory._classification.logistic.same_refit import same_refit
from sklearn_prune.theory._problems.label_link import LabelLink


def power_law(p, rho, **link):
    values = np.arange(1, p + 1.0) ** -0.7
    direction = np.random.default_rng(p).standard_normal(p)
    return BinaryProblem(values, direction * rho / np.sqrt(values @ direction**2), **link)


def full(problem):
    """The same problem, with its covariance as a matrix."""
    link = {name: getattr(problem, name) for name in ("link", "noise", "flip", "offset")}
    return BinaryProblem(np.diag(problem.covariance), problem.direction, **link)


def labels_of(problem):
    return LabelLaw(problem.label_link, problem.latent_variance)


def support(problem, n, law, strategy, s):
    return DiagonalSupport(ClassifierFit.of(problem.second_moments, n, law), strategy, s)


def steps(problem, **options):
    plan = {
        "loss": "logistic",
        "retrain_loss": "logistic",
        "strategy": "magnitude",
        "retrain": "same",
        "alpha": 1.0,
        "retrain_alpha": 1.0,
        "fit_intercept": False,
        "n_draws": 60,
        "seed": 0,
    }
    return LogisticSteps(problem, **(plan | options))


@pytest.mark.parametrize(("mu", "mu2"), [(5.0, 3.0), (0.0, 0.0), (0.0, 2.0)])
@pytest.mark.parametrize("offset", [0.0, 0.7])
def test_squared_losses_are_the_linear_problem(mu, mu2, offset):
    problem, n, s = power_law(90, 2.0, offset=offset), 60, 20
    labels, spectrum = labels_of(problem), problem.second_moments.spectrum
    law = least_squares_law(labels, spectrum, n, mu)
    kept = support(problem, n, law, "magnitude", s).kept(whole=True)
    signal, square, _ = same_refit(labels, law, kept, n, mu2, loss="squared").moments
    how = {"alpha": mu, "retrain_alpha": mu2, "strategy": "magnitude", "sparsity": s}
    expected = predict_risk(problem.linear, n, retrain="same", **how)
    assert_allclose(1 - 2 * problem.slope * signal + square, expected, rtol=1e-9)


def test_strong_penalties_make_the_loss_quadratic():
    """With an intercept, after a first fit that almost separates the classes."""
    p, n, penalty = 60, 23, 1600.0
    values = np.random.default_rng(0).gamma(1, 1, p)
    direction = np.random.default_rng(1).standard_normal(p)
    direction *= 3.3 / np.sqrt(values @ direction**2)
    problem = BinaryProblem(values, direction, offset=-4.0)
    labels, spectrum = labels_of(problem), problem.second_moments.spectrum
    law = dense_law(labels, spectrum, n, 1e-4, fit_intercept=True)
    kept = support(problem, n, law, "magnitude", 22).kept(whole=True)
    found = same_refit(labels, law, kept, n, penalty, fit_intercept=True).moments
    curvature = problem.prevalence * (1 - problem.prevalence)
    options = {"loss": "squared", "fit_intercept": True}
    linear = same_refit(labels, law, kept, n, penalty / curvature, **options).moments
    assert_allclose(2 * curvature * found[0], linear[0], rtol=1e-4)
    assert_allclose((2 * curvature) ** 2 * found[1], linear[1], rtol=1e-4)


@pytest.mark.parametrize("offset", [0.0, 0.7])
@pytest.mark.parametrize(("n", "mu"), [(50, 1.0), (300, 0.0)])
def test_refit_of_everything_is_the_dense_fit(offset, n, mu):
    problem = power_law(60, 2.0, offset=offset)
    labels, fit_intercept = labels_of(problem), offset != 0
    law = dense_law(labels, problem.second_moments.spectrum, n, mu, fit_intercept=fit_intercept)
    kept = support(problem, n, law, "magnitude", 60).kept(whole=True)
    found = same_refit(labels, law, kept, n, mu, fit_intercept=fit_intercept).moments
    assert_allclose(found, [law.signal, law.square, law.intercept], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("first_loss", ["logistic", "squared", "max_margin"])
@pytest.mark.parametrize("offset", [0.0, 0.7])
def test_to_a_random_support_samples_are_fresh(first_loss, offset):
    problem, n = power_law(60, 2.0, offset=offset), 50
    labels, spectrum, how = labels_of(problem), problem.second_moments.spectrum, {}
    how["fit_intercept"] = offset != 0
    if first_loss == "squared":
        law = least_squares_law(labels, spectrum, n, 2.0, **how)
    else:
        penalty = 2.0 * (first_loss == "logistic")
        law = dense_law(labels, spectrum, n, penalty, loss=first_loss, **how)
    kept = support(problem, n, law, "random", 20).kept(whole=True)
    fresh = dense_law(labels, kept.spectrum, n, 0.5, **how)
    found = same_refit(labels, law, kept, n, 0.5, **how).moments
    assert_allclose(found, [fresh.signal, fresh.square, fresh.intercept], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("retrain", [None, "fresh", "same"])
@pytest.mark.parametrize(("n", "mu2"), [(300, 1.0), (900, 0.0)])
def test_draws_are_the_closed_form(retrain, n, mu2):
    """But for a percent: draws keep s features, in closed form it is s in the mean."""
    problem = power_law(300, 2.0)
    options = {"retrain": retrain, "retrain_alpha": mu2, "n_draws": 60}
    exact = steps(problem, **options).overlaps(n, 90)
    drawn = steps(full(problem), **options).overlaps(n, 90)
    for a, b in zip(exact[:2], drawn[:2], strict=True):
        pairs = (b[::2] + b[1::2]) / 2
        assert abs(a[0] - pairs.mean()) < 3 * np.std(pairs) / np.sqrt(len(pairs)) + 0.01 * a[0]


def test_a_draw_left_out_is_a_solution_without_it():
    problem, n = full(power_law(60, 2.0)), 80
    labels = labels_of(problem)
    law = dense_law(labels, problem.second_moments.spectrum, n, 1.0)
    fit = ClassifierFit.of(problem.second_moments, n, law)
    kept = SampledSupport(fit, "magnitude", 20, 40, np.random.RandomState(0)).kept(whole=True)
    for solve in (
        lambda kept: dense_solution(labels, kept.spectrum, n, 1.0),
        lambda kept: same_refit(labels, law, kept, n, 1.0),
    ):
        found, mean = solve(kept).draws(kept)[6], np.array(solve(kept).moments)
        exact = 20 * mean - 19 * np.array(solve(kept.without(3)).moments)
        assert_allclose(found[:2], exact[:2], rtol=2e-3)
        assert (np.abs(found - mean)[:2] > 5e-3 * mean[:2]).any()


@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "obs-one-shot", "oracle", "random"])
def test_pruning_nothing(strategy):
    problem = power_law(40, 2.0)
    dense = steps(problem, strategy="", retrain=None).overlaps(60, 40)
    for retrain in (None, "fresh", "same"):
        kept = steps(problem, strategy=strategy, retrain=retrain).overlaps(60, 40)
        assert_allclose(kept, dense, rtol=1e-9)


def test_surgeon_weights_of_draws_are_those_of_the_closed_form():
    problem, n = power_law(40, 2.0), 60
    law = dense_law(labels_of(problem), problem.second_moments.spectrum, n, 1.0)
    weights = np.sqrt(1 + law.xi * problem.covariance)
    for each in (problem, full(problem)):
        found = ClassifierFit.of(each.second_moments, n, law).score_weights("obs-one-shot")
        assert_allclose(found / found[0], weights / weights[0], rtol=1e-9)


def test_draws_keep_as_many_as_asked():
    problem, n = full(power_law(30, 2.0)), 60
    law = dense_law(labels_of(problem), problem.second_moments.spectrum, n, 1.0)
    fit = ClassifierFit.of(problem.second_moments, n, law)
    selection = SampledSupport(fit, "magnitude", 7, 5, np.random.RandomState(0))
    for whole in (False, True):
        assert_allclose(selection.kept(whole=whole).spectrum.rank, 7)


def test_intercept_of_given_scores():
    square = np.array([0.0, 1e-3, 4.0, 1e4])
    for share in (1e-6, 0.3, 0.5, 0.97):
        intercept = logistic_intercept(np.array(share), square)
        mean = LabelLink("logistic").smoothed(intercept, square)[0]
        assert_allclose(mean, share, rtol=1e-10)


def fitted(X, y, loss, alpha, fit_intercept):
    if loss == "squared":
        model = Ridge(alpha, fit_intercept=fit_intercept)
    else:
        model = LogisticRegression(
            C=1 / alpha, fit_intercept=fit_intercept, solver="newton-cholesky", tol=1e-8
        )
    model.fit(X, y)
    return np.ravel(model.coef_), float(np.ravel(model.intercept_)[0]) if fit_intercept else 0.0


@pytest.mark.parametrize(
    ("loss", "alpha", "mu2", "link"),
    [
        ("logistic", 1.0, 1.0, {}),
        ("logistic", 3.0, 0.3, {"link": "probit", "noise": 0.3}),
        ("logistic", 1.0, 1.0, {"offset": 1.2}),
        ("squared", 20.0, 1.0, {}),
    ],
)
def test_simulated_refits(loss, alpha, mu2, link):
    problem, n, s, fit_intercept = power_law(150, 3.0, **link), 120, 30, "offset" in link
    rng, errors = np.random.RandomState(1), []
    for _ in range(16):
        X, y = problem.sample(n, rng)
        kept = np.argsort(-np.abs(fitted(X, y, loss, alpha, fit_intercept)[0]))[:s]
        row = []
        for rows, targets in ((X, y), problem.sample(n, rng)):
            coef = np.zeros(150)
            coef[kept], b0 = fitted(rows[:, kept], targets, "logistic", mu2, fit_intercept)
            row += [problem.risk(coef, b0, metric) for metric in ("log_loss", "zero_one")]
        errors.append(row)
    how = {"loss": loss, "alpha": alpha, "retrain_alpha": mu2, "fit_intercept": fit_intercept}
    refits = [
        steps(problem, retrain=retrain, **how).overlaps(n, s) for retrain in ("same", "fresh")
    ]
    predicted = [
        problem.risk_of(*overlaps, metric)[0]
        for overlaps in refits
        for metric in ("log_loss", "zero_one")
    ]
    standard_error = np.std(errors, axis=0, ddof=1) / np.sqrt(len(errors))
    assert (np.abs(np.mean(errors, axis=0) - predicted) < 3.5 * standard_error).all()


def test_refits_that_do_not_exist():
    problem = power_law(100, 2.0)
    with pytest.raises(ValueError, match="retrain_alpha is 0, but 80 features separate 100"):
        steps(problem, retrain="fresh", retrain_alpha=0.0, strategy="random").overlaps(100, 80)
    with pytest.raises(ValueError, match="give a larger retrain_alpha"):
        steps(problem, retrain_alpha=0.0).overlaps(100, 80)
    with pytest.raises(ValueError, match="law on the same samples is not known"):
        steps(problem, retrain_loss="max_margin", retrain_alpha=0.0).overlaps(100, 80)
