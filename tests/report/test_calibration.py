import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize
from scipy.special import log_softmax
from scipy.stats import entropy
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import cross_val_predict

from sklearn_prune._report.comparison import calibration
from sklearn_prune._report.comparison.calibration import RIDGE, calibrated_log_losses


def make_scores(n_rows, prevalences, noise, seed=0):
    """Return noisy scores, as least squares has them, and the numbers of the classes."""
    rng = np.random.default_rng(seed)
    n_classes = len(prevalences)
    codes = rng.choice(n_classes, n_rows, p=prevalences)
    codes[:n_classes] = np.arange(n_classes)
    values = np.eye(n_classes)[codes] if n_classes > 2 else 2.0 * codes[:, np.newaxis] - 1
    scores = values + noise * rng.standard_normal(values.shape)
    return scores, codes, np.bincount(codes) / n_rows


def loss_of_one(scores, codes, prevalences, row):
    """Return the loss of a row, calibrated on the others by a general optimiser."""
    s = scores - scores.mean(axis=0)
    s /= np.sqrt(np.mean(s**2))
    logs = np.log(prevalences)
    fixed, start = (logs, [0, 1]) if len(logs) > 2 else ([0, 1], [0, logs[1] - logs[0]])
    s = s if len(logs) > 2 else np.hstack([0 * s, s])
    others = np.delete(np.arange(len(s)), row)

    def log_probabilities(theta):
        return log_softmax(theta[0] * s + theta[1] * np.asarray(fixed), axis=1)

    def loss(theta):
        logs, away = log_probabilities(theta)[others], theta - start
        rest = np.exp(logs) - np.eye(logs.shape[1])[codes[others]]
        gradient = [np.sum(rest * s[others]), np.sum(rest * fixed)] + RIDGE * away
        return -logs[rest < 0].sum() + np.sum(RIDGE * away**2) / 2, gradient

    theta = minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-6}).x
    return -log_probabilities(theta)[row, codes[row]]


@pytest.mark.parametrize(
    ("prevalences", "noise"),
    [([0.5, 0.5], 1.0), ([0.9, 0.1], 0.7), ([0.5, 0.5], 0.2), ([0.5, 0.3, 0.2], 0.5)],
)
def test_losses_are_those_of_fits_to_the_other_rows(prevalences, noise):
    problem = make_scores(60, prevalences, noise)
    exact = np.mean([loss_of_one(*problem, row) for row in range(60)])
    (found,) = calibrated_log_losses(problem[0][np.newaxis], *problem[1:])
    assert_allclose(found, exact, rtol=0.01)  # one Newton step


def test_the_log_loss_of_many_rows_is_that_of_a_logistic_regression():
    scores, codes, prevalences = make_scores(3000, [0.7, 0.3], 1.5)
    model = LogisticRegression(C=np.inf)
    predicted = cross_val_predict(model, scores, codes, cv=20, method="predict_proba")
    (found,) = calibrated_log_losses(scores[np.newaxis], codes, prevalences)
    assert_allclose(found, log_loss(codes, predicted), rtol=1e-3)


@pytest.mark.parametrize("prevalences", [[0.8, 0.2], [0.6, 0.3, 0.1]])
def test_scores_that_say_nothing_have_the_entropy(prevalences):
    scores, codes, prevalences = make_scores(500, prevalences, 0.0)
    for useless in np.zeros_like(scores), np.random.default_rng(1).standard_normal(scores.shape):
        (found,) = calibrated_log_losses(useless[np.newaxis], codes, prevalences)
        assert_allclose(found, entropy(prevalences), atol=3 / 500)


def test_few_rows_without_a_mistake_are_not_certain():
    scores = np.array([[[-1.0], [-1.0], [1.0], [1.0]]])
    (found,) = calibrated_log_losses(scores, np.array([0, 0, 1, 1]), np.array([0.5, 0.5]))
    assert 0.01 < found < 0.2


def test_one_row_is_judged_by_the_prevalences():
    (found,) = calibrated_log_losses(np.ones((1, 1, 1)), np.array([1]), np.array([0.8, 0.2]))
    assert_allclose(found, -np.log(0.2))


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("together", [1, 500, 10**6])
def test_units_and_other_models_make_no_difference(monkeypatch, n_classes, together):
    monkeypatch.setattr(calibration, "TOGETHER", together)
    shares = np.full(n_classes, 1 / n_classes)
    scores, codes, prevalences = make_scores(100, shares, 0.8)
    noisy = scores + np.random.default_rng(2).standard_t(1, scores.shape)
    models = np.array([scores, noisy, 1e6 * scores - 7, 1e-6 * noisy])
    found = calibrated_log_losses(models, codes, prevalences)
    assert_allclose(found[2:], found[:2], rtol=1e-6)
    assert found[0] < found[1]
