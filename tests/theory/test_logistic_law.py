"""The law of dense and pruned classifiers: special cases, and simulation."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from sklearn_prune.theory import BinaryProblem, mle_exists, predict_risk
from sklearn_prune.theory import DistributionalCharacterization as Law
from sklearn_prune.theory._classification.logistic.classifier_fit import ClassifierFit
from sklearn_prune.theory._classification.logistic.classifier_support import DiagonalSupport
from sklearn_prune.theory._classification.logistic.dense_law import dense_law
from sklearn_prune.theory._classification.logistic.label_law import LabelLaw
from sklearn_prune.theory._classification.logistic.least_squares_law import least_squares_law
from sklearn_prune.theory._classification.logistic.proximal import logistic_force
from sklearn_prune.theory._problems.label_link import LabelLink
from sklearn_prune.theory._problems.spectrum import Spectrum

LINKS = [
    LabelLink("logistic"),
    LabelLink("probit", noise=0.3),
    LabelLink("sign"),
    LabelLink("sign", flip=0.1),
    LabelLink("logistic", offset=1.0),
    LabelLink("probit", noise=0.5, offset=-0.8),
]


def power_law(p, rho, decay=1.0, **link):
    values = np.arange(1, p + 1.0) ** -decay
    direction = np.random.default_rng(p).standard_normal(p)
    return BinaryProblem(values, direction * rho / np.sqrt(values @ direction**2), **link)


def labels_of(problem):
    return LabelLaw(problem.label_link, problem.latent_variance)


@pytest.mark.parametrize("width", [1e-2, 1.0, 50.0, 1e4, 1e8])
def test_proximal_force(width):
    """The force is that of the loss where the row has moved to."""
    margin = np.concatenate([np.linspace(-30, 30, 61), [-1e3, -300, 300, 600]])
    force = logistic_force(margin, width)
    expected = [
        brentq(lambda g, z=z: g - expit(-(z + width * g)), 0, 1, xtol=1e-300, rtol=1e-13)
        for z in margin
    ]
    assert_allclose(force, expected, rtol=1e-9)


@pytest.mark.parametrize("options", [{}, {"offset": 0.7}, {"flip": 0.2}])
@pytest.mark.parametrize("fit_intercept", [False, True])
def test_squared_loss_is_the_linear_problem(options, fit_intercept):
    problem = power_law(90, 2.0, **options)
    labels, spectrum = labels_of(problem), problem.second_moments.spectrum
    for n, mu in [(60, 5.0), (200, 0.3), (200, 0.0)]:
        law = dense_law(labels, spectrum, n, mu, loss="squared", fit_intercept=fit_intercept)
        linear = problem.linear.centred() if fit_intercept else problem.linear
        expected = Law(linear, n, mu)
        direct = least_squares_law(labels, spectrum, n, mu, fit_intercept=fit_intercept)
        for found in (law, direct):
            assert_allclose(found.kappa, expected.gamma_, rtol=1e-9)
            assert_allclose(found.xi, expected.xi_, rtol=1e-9)
            assert_allclose(found.scale, problem.slope, rtol=1e-9)
            assert_allclose(found.intercept, problem.target_mean * fit_intercept, atol=1e-9)
        assert_allclose([direct.signal, direct.square], [law.signal, law.square], rtol=1e-9)


def test_pruned_squared_loss_is_that_of_the_linear_problem():
    problem, n, s = power_law(90, 2.0), 60, 20
    for strategy in ("magnitude", "hessian", "obs-one-shot", "oracle", "random"):
        law = dense_law(labels_of(problem), problem.second_moments.spectrum, n, 5.0, loss="squared")
        fit = ClassifierFit.of(problem.second_moments, n, law)
        signal, square = DiagonalSupport(fit, strategy, s).pruned_moments()
        expected = predict_risk(problem.linear, n, alpha=5.0, strategy=strategy, sparsity=s)
        assert_allclose(1 - 2 * problem.slope * signal + square, expected, rtol=1e-9)


def test_example_of_sur_and_candes():
    """Unpenalised, p/n = .2, a score of variance 5: PNAS 116(29), 2019."""
    problem = power_law(200, np.sqrt(5.0))
    law = dense_law(labels_of(problem), problem.second_moments.spectrum, 1000, 0.0)
    found = [law.scale, np.sqrt(law.kappa), law.width]
    assert_allclose(found, [1.4994, 4.7436, 3.0269], atol=5e-5)


def test_without_penalty_the_covariance_does_not_matter():
    laws = [
        dense_law(labels_of(problem), problem.second_moments.spectrum, 300, 0.0)
        for problem in (power_law(50, 2.0, 0.0), power_law(50, 2.0, 2.0))
    ]
    assert_allclose(laws[0].square, laws[1].square, rtol=1e-10)
    assert_allclose(laws[0].signal, laws[1].signal, rtol=1e-10)


def test_no_signal():
    problem = BinaryProblem(np.ones(30), np.zeros(30))
    assert Law(problem, 100, 1.0, loss="logistic").risk() == 0.5
    noise = power_law(30, 1.0, flip=0.5)
    assert_allclose(Law(noise, 100, 1.0, loss="logistic").risk(), 0.5, atol=1e-12)


def test_large_penalty_is_one_step_of_gradient_descent():
    """Then b is the gradient at zero over the penalty, half the cross moment of the labels."""
    problem = power_law(40, 2.0)
    law = Law(problem, 100, 1e9, loss="logistic")
    cross = 0.5 * problem.slope * problem.second_moments.cross_moment
    assert_allclose(law.mean_ * 1e9, 100 * cross, rtol=1e-6)


def test_equal_features_are_one_atom():
    problem = power_law(7, 1.5)
    counts = np.arange(1, 8.0) * 10
    values = problem.second_moments.spectrum
    atoms = Spectrum(values.eigenvalues, counts, values.energy)
    repeats = counts.astype(int)
    full = Spectrum(
        np.repeat(values.eigenvalues, repeats),
        np.ones(repeats.sum()),
        np.repeat(values.energy / counts, repeats),
    )
    laws = [dense_law(labels_of(problem), spectrum, 150, 0.5) for spectrum in (atoms, full)]
    assert_allclose(laws[0].square, laws[1].square, rtol=1e-11)


def test_an_offset_is_the_same_whichever_class_is_called_one():
    problems = [power_law(40, 2.0, offset=offset) for offset in (0.8, -0.8)]
    laws = [Law(problem, 90, 0.5, loss="logistic", fit_intercept=True) for problem in problems]
    assert_allclose(laws[0].gamma_, laws[1].gamma_, rtol=1e-10)
    assert_allclose(laws[0].risk("log_loss"), laws[1].risk("log_loss"), rtol=1e-10)


def test_a_function_is_a_link():
    by_name, by_function = power_law(40, 2.0), power_law(40, 2.0, link=expit)
    laws = [Law(problem, 90, 0.5, loss="logistic") for problem in (by_name, by_function)]
    assert_allclose(laws[0].gamma_, laws[1].gamma_, rtol=1e-9)


def test_any_basis_has_the_same_law(rng):
    problem = power_law(40, 2.0)
    Q = np.linalg.qr(rng.standard_normal((40, 40)))[0]
    turned = BinaryProblem(Q * problem.covariance @ Q.T, Q @ problem.direction)
    laws = [Law(each, [60, 90], 0.5, loss="logistic") for each in (problem, turned)]
    assert_allclose(laws[0].mean_ @ Q.T, laws[1].mean_, atol=1e-10)
    assert_allclose(laws[0].risk("log_loss"), laws[1].risk("log_loss"), rtol=1e-10)
    draws = laws[1].sample(5, random_state=0)
    assert draws.shape == (5, 2, 40)


@pytest.mark.parametrize("seed", range(20))
def test_hard_problems_are_solved(seed):
    """Sizes of 10 to 3000, penalties of 1e-8 to 1e4, scores of variance 1e-2 to 1e4."""
    rng = np.random.default_rng(seed)
    p, n = (10 ** rng.uniform(1, 3.5, 2)).astype(int)
    mu, variance = 10 ** rng.uniform(-8, 4), 10 ** rng.uniform(-2, 4)
    values = np.arange(1, p + 1.0) ** -rng.uniform(0, 2)
    energy = values * rng.standard_normal(p) ** 2
    spectrum = Spectrum(values, np.ones(p), energy * variance / energy.sum())
    labels = LabelLaw(LINKS[seed % len(LINKS)], variance * (1 + rng.uniform() * (seed % 2)))
    law = dense_law(labels, spectrum, n, mu, fit_intercept=bool(seed % 3))
    assert law is not None
    assert np.isfinite([law.square, law.kappa, law.scale, law.width]).all()
    assert law.signal**2 <= law.square * variance


@pytest.mark.parametrize(
    ("options", "strategy", "alpha"),
    [
        ({}, "magnitude", 1.0),
        ({"link": "sign", "flip": 0.1}, "hessian", 4.0),
        ({"offset": 1.5}, "magnitude", 1.0),
    ],
)
def test_simulated_classifiers(options, strategy, alpha):
    problem, n, s, fit_intercept = power_law(200, 3.0, **options), 160, 40, "offset" in options
    how = {"loss": "logistic", "alpha": alpha, "fit_intercept": fit_intercept}
    rng, errors = np.random.RandomState(0), []
    model = LogisticRegression(
        C=1 / alpha, fit_intercept=fit_intercept, solver="newton-cholesky", tol=1e-8
    )
    for _ in range(16):
        X, y = problem.sample(n, rng)
        model.fit(X, y)
        coef, b0 = model.coef_[0], model.intercept_[0] if fit_intercept else 0.0
        weights = np.sqrt(problem.covariance) if strategy == "hessian" else 1.0
        pruned = np.where(np.argsort(np.argsort(-weights * np.abs(coef))) < s, coef, 0)
        errors.append([problem.risk(coef, b0, "log_loss"), problem.risk(coef, b0)])
        if not fit_intercept:
            errors[-1] += [problem.risk(pruned, metric="log_loss"), problem.risk(pruned)]
    plans = [{}, {"strategy": strategy, "sparsity": s}][: len(errors[0]) // 2]
    predicted = [
        predict_risk(problem, n, metric=metric, **plan, **how)
        for plan in plans
        for metric in ("log_loss", "zero_one")
    ]
    standard_error = np.std(errors, axis=0, ddof=1) / np.sqrt(len(errors))
    assert (np.abs(np.mean(errors, axis=0) - predicted) < 3.5 * standard_error).all()


def test_a_fit_that_does_not_exist():
    problem = power_law(100, 2.0)
    assert not mle_exists(problem, 200)
    with pytest.raises(ValueError, match=r'alpha is 0, but 100 features .* or loss="max_margin"'):
        Law(problem, 200, loss="logistic")
    with pytest.raises(ValueError, match="training error"):
        Law(problem, 200, 1.0, loss="logistic").training_error()
    with pytest.raises(ValueError, match=r'finite_n=True is for loss="squared"'):
        Law(problem, 200, 1.0, loss="logistic", finite_n=True)


@pytest.mark.parametrize("metric", ["zero_one", "log_loss", "squared_error"])
@pytest.mark.parametrize("loss", ["squared", "logistic"])
def test_the_law_and_the_prediction_agree(metric, loss):
    problem = power_law(60, 2.0, offset=0.4)
    how = {"alpha": 2.0, "loss": loss, "fit_intercept": True}
    expected = predict_risk(problem, [40, 90], metric=metric, **how)
    assert_allclose(Law(problem, [40, 90], **how).risk(metric), expected, rtol=1e-12)
