"""Classifiers of the largest margin."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize_scalar
from scipy.stats import norm
from sklearn.svm import SVC

from sklearn_prune.theory import BinaryProblem, predict_risk
from sklearn_prune.theory import DistributionalCharacterization as Law
from sklearn_prune.theory._classification.logistic.dense_law import dense_law
from sklearn_prune.theory._classification.logistic.label_law import LabelLaw


def power_law(p, rho, decay=1.0, **link):
    values = np.arange(1, p + 1.0) ** -decay
    direction = np.random.default_rng(p).standard_normal(p)
    return BinaryProblem(values, direction * rho / np.sqrt(values @ direction**2), **link)


def test_margin_of_pure_noise():
    """Gardner's capacity: with as many features per row as E(1/m + z)_+^2 the margin is m."""
    law = Law(BinaryProblem(np.ones(300), np.zeros(300)), 200, loss="max_margin")

    def excess(margin):
        x = np.linspace(-margin, 12, 200_001)
        return (np.sum((x + margin) ** 2 * norm.pdf(x)) * (x[1] - x[0]) - 1.5) ** 2

    margin = minimize_scalar(excess, (0.2, 1.0), tol=1e-14).x
    assert_allclose(law._law.overlaps().square, 1 / margin**2, rtol=1e-6)


def test_a_vanishing_penalty_has_the_largest_margin():
    problem = power_law(100, 2.0)
    labels, spectrum = LabelLaw(problem.label_link, 4.0), problem.second_moments.spectrum

    def cosine(penalty, loss="logistic"):
        law = dense_law(labels, spectrum, 60, penalty, loss=loss)
        return law.signal / np.sqrt(law.square)

    limit = cosine(0.0, "max_margin")
    path = np.array([cosine(penalty) for penalty in (1e-2, 1e-4, 1e-6, 1e-8)])
    assert (np.diff(path) < 0).all()
    assert limit < path[-1] < limit + 0.03


def test_the_length_of_the_truth_is_all_that_matters():
    """Without label noise the classifier is that of the directions."""
    problems = [power_law(80, rho, link="sign") for rho in (0.5, 40.0)]
    laws = [Law(problem, 60, loss="max_margin") for problem in problems]
    assert_allclose(laws[0].gamma_, laws[1].gamma_, rtol=1e-8)
    assert_allclose(laws[0].risk(), laws[1].risk(), rtol=1e-8)


@pytest.mark.parametrize("offset", [0.0, 1.0])
def test_simulated_margins(offset):
    problem, n, s = power_law(160, 2.0, 0.5, offset=offset), 80, 40
    fit_intercept = offset != 0
    model, rng, errors = SVC(kernel="linear", C=1e8, tol=1e-6), np.random.RandomState(0), []
    for _ in range(24):
        X, y = problem.sample(n, rng)
        if not fit_intercept:  # of rows and their mirror images no intercept is needed
            X, y = np.vstack([X, -X]), np.concatenate([y, -y])
        coef, b0 = model.fit(X, y).coef_[0], model.intercept_[0]
        pruned = np.where(np.argsort(np.argsort(-np.abs(coef))) < s, coef, 0)
        errors.append([problem.risk(coef, b0), problem.risk(coef, b0, "log_loss")])
        if not fit_intercept:
            errors[-1].append(problem.risk(pruned))
    how = {"loss": "max_margin", "fit_intercept": fit_intercept}
    predicted = [
        predict_risk(problem, n, **how),
        predict_risk(problem, n, metric="log_loss", **how),
    ]
    if not fit_intercept:
        predicted.append(predict_risk(problem, n, strategy="magnitude", sparsity=s, **how))
    standard_error = np.std(errors, axis=0, ddof=1) / np.sqrt(len(errors))
    assert (np.abs(np.mean(errors, axis=0) - predicted) < 3.5 * standard_error).all()


def test_a_fresh_refit_is_a_fit_to_the_support():
    problem = power_law(200, 2.0, 0.0)
    how = {"strategy": "random", "sparsity": 100, "retrain": "fresh", "loss": "max_margin"}
    alone = BinaryProblem(np.ones(100), np.full(100, 0.2 / np.sqrt(2)))
    alone.latent_variance = 4.0
    found = predict_risk(problem, 60, **how)
    assert_allclose(found, predict_risk(alone, 60, loss="max_margin"), rtol=1e-8)


def test_no_margin():
    problem = power_law(100, 2.0)
    with pytest.raises(ValueError, match="100 features do not separate 400 samples"):
        Law(problem, 400, loss="max_margin")
    with pytest.raises(ValueError, match="the largest margin has no penalty"):
        Law(problem, 60, 1.0, loss="max_margin")
