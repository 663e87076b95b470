"""Backward elimination: prediction by rounds, against the estimator."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge

from sklearn_prune import PrunedRegressor
from sklearn_prune.theory import LinearGaussianProblem, predict_risk


@pytest.fixture(scope="module")
def problem():
    p, rng = 100, np.random.default_rng(0)
    distance = np.abs(np.subtract.outer(np.arange(p), np.arange(p)))
    coef = rng.standard_normal(p) * (rng.uniform(size=p) < 0.2) * 0.3
    return LinearGaussianProblem(0.7**distance, coef, 0.5)


@pytest.mark.parametrize(
    ("retrain", "estimator", "alpha"),
    [
        (LinearRegression(fit_intercept=False), LinearRegression(fit_intercept=False), 0.0),
        (Ridge(20.0, fit_intercept=False), LinearRegression(fit_intercept=False), 20.0),
    ],
)
def test_elimination_against_simulation(problem, retrain, estimator, alpha):
    """Thirty samples: within three standard errors and four percent."""
    n, s, rng = 200, 20, np.random.RandomState(0)
    model = PrunedRegressor("obs", s, retrain, estimator=estimator)
    risks = [problem.risk(model.fit(*problem.sample(n, rng)).coef_) for _ in range(30)]
    predicted = predict_risk(
        problem, n, strategy="obs", sparsity=s, retrain="same", retrain_alpha=alpha, random_state=0
    )
    error = np.std(risks) / np.sqrt(30)
    assert abs(predicted - np.mean(risks)) < 3 * error + 0.04 * predicted


def test_elimination_needs_fewer_features_than_samples(problem):
    with pytest.raises(ValueError, match="screens features first"):
        predict_risk(problem, 100, strategy="obs", sparsity=20)
    with pytest.raises(ValueError, match="no law with retrain"):
        predict_risk(problem, 200, strategy="obs", sparsity=20, retrain="pulled", retrain_alpha=1.0)


def test_nothing_is_eliminated(problem):
    kept = predict_risk(problem, 200, strategy="obs", sparsity=1.0, retrain="same")
    assert kept == pytest.approx(predict_risk(problem, 200), rel=1e-9)
