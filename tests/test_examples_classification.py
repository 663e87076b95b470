"""The numbers behind the figures of examples/classification, at small sizes."""

import numpy as np
import pytest
from scipy.linalg import toeplitz
from sklearn.datasets import load_breast_cancer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_prune import MinNormRegressor, PrunedClassifier
from sklearn_prune.theory import BinaryProblem, mle_exists, predict_risk

N, S = 200, 40
VARIANCES = np.repeat([25.0, 1.0], [S, 960])
NOISE = 0.01 * VARIANCES.sum()


def of_width(p):
    """Return what a model of the first p features sees."""
    noise = np.sqrt(NOISE + VARIANCES[p:].sum())
    return BinaryProblem(VARIANCES[:p], np.ones(p), link="probit", noise=noise)


def error_rate(p, **plan):
    return predict_risk(of_width(p), N, **plan)


# Double descent


def test_least_squares_peaks_at_n():
    curve = np.array([error_rate(p) for p in (40, 150, 200, 250, 1000)])
    assert curve[2] == pytest.approx(0.5)
    assert (np.diff(curve[:3]) > 0).all()
    assert (np.diff(curve[2:]) < 0).all()


def test_logistic_peaks_where_classes_are_separable():
    assert mle_exists(of_width(72), N)
    assert not mle_exists(of_width(73), N)
    logistic = {"loss": "logistic", "alpha": 0.1}
    before, at, beyond = (error_rate(p, **logistic) for p in (40, 80, 300))
    assert at > before + 0.03
    assert at > beyond + 0.03
    assert error_rate(200, **logistic) < error_rate(200) - 0.1


@pytest.mark.parametrize(
    ("loss", "p"), [("squared", 60), ("squared", 300), ("logistic", 60), ("logistic", 300)]
)
def test_simulated_error_rates(loss, p):
    fit, penalty = MinNormRegressor(fit_intercept=False), 0.0
    if loss == "logistic":
        fit, penalty = LogisticRegression(C=10, fit_intercept=False, max_iter=1000), 0.1
    problem, rng = of_width(p), np.random.RandomState(0)
    errors = []
    for _ in range(15):
        model = PrunedClassifier("hessian", S, estimator=fit)
        dense = model.fit(*problem.sample(N, random_state=rng)).estimator_.coef_.ravel()
        errors.append(problem.risk([dense, dense * model.support_, model.coef_[0]]))
    kept = {"strategy": "hessian", "sparsity": S}
    plans = {}, kept, kept | {"retrain": "same"}
    theory = [error_rate(p, loss=loss, alpha=penalty, **plan) for plan in plans]
    std_error = np.std(errors, axis=0, ddof=1) / np.sqrt(len(errors))
    assert (np.abs(np.mean(errors, axis=0) - theory) < 3.5 * std_error).all()


# Labels and probabilities


def test_retraining_helps_labels_and_hurts_probabilities():
    n, p, s = 300, 300, 60
    rng = np.random.RandomState(0)
    covariance = toeplitz(0.8 ** np.arange(p))
    direction = rng.standard_normal(p)
    direction *= 3 / np.sqrt(direction @ covariance @ direction)
    problem = BinaryProblem(covariance, direction)
    dense = LogisticRegression(fit_intercept=False, max_iter=1000)
    refit = LogisticRegression(C=10, fit_intercept=False, max_iter=1000)
    coefs = []
    for _ in range(6):
        X, y = problem.sample(n, random_state=rng)
        frozen = FrozenEstimator(dense.fit(X, y))
        for retrain in False, refit:
            model = PrunedClassifier(sparsity=s, retrain=retrain, estimator=frozen)
            coefs.append(model.fit(X, y).coef_[0])
    wrong, loss = (
        problem.risk(coefs, metric=metric).reshape(6, 2).mean(axis=0)
        for metric in ("zero_one", "log_loss")
    )
    assert wrong[1] < wrong[0]
    assert loss[1] > loss[0] + 0.3


# Measurements


def test_elimination_finds_three_measurements():
    X, y = load_breast_cancer(return_X_y=True)
    scores = {
        strategy: cross_val_score(
            make_pipeline(
                StandardScaler(), PrunedClassifier(strategy, 3, estimator=LogisticRegression())
            ),
            X,
            y,
        ).mean()
        for strategy in ("obs", "hessian")
    }
    assert scores["obs"] > 0.94
    assert scores["obs"] > scores["hessian"] + 0.03
