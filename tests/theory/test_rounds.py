"""Pruning in rounds: identities, limits, and simulation."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import Ridge

from sklearn_prune import MinNormRegressor, PrunedRegressor
from sklearn_prune.theory import (
    BinaryProblem,
    LinearGaussianProblem,
    RoundsCharacterization,
    predict_risk,
)

ISOTROPIC = LinearGaussianProblem(np.ones(300), np.repeat([0.14, 0.0], [50, 250]), 0.5)


def autoregressive(p, noise=0.3):
    rng = np.random.default_rng(2)
    coef = rng.standard_normal(p) * (rng.uniform(size=p) < 0.2) * 3.4 / np.sqrt(p)
    distance = np.abs(np.subtract.outer(np.arange(p), np.arange(p)))
    return LinearGaussianProblem(0.7**distance, coef, noise)


@pytest.mark.parametrize("alpha", [0.0, 40.0])
@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "obs-one-shot"])
def test_one_round_is_retraining(strategy, alpha):
    problem = LinearGaussianProblem(np.geomspace(3, 0.2, 300), ISOTROPIC.coef, 0.5)
    how = {"strategy": strategy, "sparsity": 50, "alpha": alpha}
    rounds = RoundsCharacterization(problem, 200, **how, random_state=0)
    expected = predict_risk(problem, 200, retrain="same", **how)
    assert_allclose(rounds.risk_, [predict_risk(problem, 200, alpha=alpha), expected], rtol=1e-9)


@pytest.mark.parametrize("strategy", ["oracle", "random"])
def test_every_round_is_fresh_to_supports_that_know_no_sample(strategy):
    sizes = [150, 100, 40]
    rounds = RoundsCharacterization(ISOTROPIC, 200, sizes=sizes, strategy=strategy, random_state=0)
    fresh = predict_risk(ISOTROPIC, 200, strategy=strategy, sparsity=sizes, retrain="fresh")
    assert_allclose(rounds.risk_[1:], fresh, rtol=1e-9)
    for n_rounds in (1, 3):
        how = {"strategy": strategy, "sparsity": 40, "retrain": "same", "n_rounds": n_rounds}
        assert_allclose(predict_risk(ISOTROPIC, 200, **how), fresh[-1], rtol=1e-9)


@pytest.mark.parametrize("problem", [ISOTROPIC, autoregressive(100)], ids=["isotropic", "ar"])
@pytest.mark.parametrize("alpha", [0.0, 30.0])
def test_a_round_that_prunes_nothing_changes_nothing(problem, alpha):
    how = {"alpha": alpha, "n_draws": 8, "random_state": 0}
    rounds = RoundsCharacterization(problem, 200, sizes=[60, 60, 60], **how)
    assert_allclose(rounds.risk_[2:], rounds.risk_[1], rtol=1e-9)
    all_kept = RoundsCharacterization(problem, 250, sizes=[len(problem.coef)] * 2, **how)
    assert_allclose(all_kept.risk_, predict_risk(problem, 250, alpha=alpha), rtol=1e-9)


def simulate(problem, n, alpha, n_rounds, s, n_samples):
    """Return the risks of models that are pruned in rounds."""
    estimator = (
        Ridge(alpha, fit_intercept=False) if alpha else MinNormRegressor(fit_intercept=False)
    )
    model = PrunedRegressor("hessian", s, estimator=estimator, n_rounds=n_rounds)
    rng = np.random.RandomState(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        risks = [problem.risk(model.fit(*problem.sample(n, rng)).coef_) for _ in range(n_samples)]
    return np.array(risks)


@pytest.mark.parametrize(
    ("problem", "n", "alpha", "n_rounds", "s"),
    [
        (ISOTROPIC, 200, 0.0, 2, 50),
        (ISOTROPIC, 200, 100.0, 4, 50),
        (autoregressive(125), 200, 0.0, 4, 30),
        (autoregressive(200), 150, 40.0, 2, 40),
    ],
)
def test_rounds_against_simulation(problem, n, alpha, n_rounds, s):
    """Forty samples: within three standard errors, and two percent for the size of n."""
    simulated = simulate(problem, n, alpha, n_rounds, s, 40)
    how = {"strategy": "hessian", "sparsity": s, "retrain": "same", "alpha": alpha}
    predicted, error = predict_risk(
        problem, n, n_rounds=n_rounds, **how, random_state=0, return_std_error=True
    )
    noise = np.hypot(simulated.std() / np.sqrt(len(simulated)), error)
    assert abs(predicted - simulated.mean()) < 3 * noise + 0.02 * predicted


def test_training_error_and_mixture_against_simulation():
    n, s = 200, 50
    rounds = RoundsCharacterization(
        ISOTROPIC, n, sparsity=s, n_rounds=2, alpha=100.0, random_state=0
    )
    rng, training, mixtures = np.random.RandomState(0), [], []
    for _ in range(40):
        X, y = ISOTROPIC.sample(n, rng)
        models = [Ridge(100.0, fit_intercept=False).fit(X, y)]
        for k in (1, 2):
            size = int(rounds.sizes_[k - 1])
            how = {"estimator": models[0], "n_rounds": k}
            models.append(PrunedRegressor("hessian", size, **how).fit(X, y))
        training.append([np.mean((y - X @ model.coef_) ** 2) for model in models])
        mixtures.append(ISOTROPIC.risk(np.mean([model.coef_ for model in models], axis=0)))
    error = np.std(training, axis=0) / np.sqrt(40)
    expected = rounds.training_error_
    assert np.all(np.abs(np.mean(training, axis=0) - expected) < 3 * error + 0.03 * expected)
    error = np.std(mixtures) / np.sqrt(40)
    assert abs(np.mean(mixtures) - rounds.mixture_risk([1 / 3] * 3)) < 3 * error + 0.02


def test_mixtures():
    rounds = RoundsCharacterization(ISOTROPIC, 200, sparsity=50, n_rounds=3, random_state=0)
    assert_allclose([rounds.mixture_risk(row) for row in np.eye(4)], rounds.risk_)
    weights, risk = rounds.best_mixture()
    assert_allclose(weights.sum(), 1)
    assert risk <= rounds.risk_.min()
    assert risk <= rounds.mixture_risk(np.full(4, 0.25))
    with pytest.raises(ValueError, match="sum of the weights is 2"):
        rounds.mixture_risk([0.5] * 4)


def test_as_many_features_as_samples():
    with pytest.warns(UserWarning, match="leaves 200 features, within 3 of the 200"):
        rounds = RoundsCharacterization(ISOTROPIC, 200, sizes=[200, 50], random_state=0)
    assert np.isinf(rounds.risk_[1])
    assert np.isfinite(rounds.risk_[2])
    assert rounds.best_mixture()[0][1] == 0


def test_rounds_that_pass_the_samples_hurt_without_penalty():
    how = {"strategy": "magnitude", "sparsity": 50, "retrain": "same", "random_state": 0}
    risks = [predict_risk(ISOTROPIC, 200, n_rounds=k, **how) for k in (1, 2, 4)]
    assert risks[0] * 1.1 < risks[1] < risks[2]


def test_units_of_the_target_do_not_matter():
    small = LinearGaussianProblem(np.ones(300), ISOTROPIC.coef * 1e-3, 0.5e-6)
    how = {"sparsity": 50, "n_rounds": 2, "random_state": 0}
    pair = [RoundsCharacterization(problem, 200, **how) for problem in (ISOTROPIC, small)]
    assert_allclose(pair[0].risk_, pair[1].risk_ * 1e6, rtol=1e-9)
    assert_allclose(pair[0].training_error_, pair[1].training_error_ * 1e6, rtol=1e-9)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"sizes": [50, 60]}, "sizes has 60 after 50"),
        ({"sizes": [301]}, "sizes has 301 after 300"),
        ({"sizes": [50, 0]}, "sizes is 0"),
        ({"sizes": []}, "sizes is \\[\\]"),
        ({"sizes": [5.5]}, "number of features that each round leaves"),
        ({"sizes": [50], "sparsity": 50}, "give it alone"),
        ({}, "Neither sparsity nor sizes"),
        ({"sparsity": 50, "n_rounds": 0}, "n_rounds is 0"),
        ({"sparsity": 50, "alpha": -1}, "must not be negative"),
        ({"sparsity": 50, "strategy": "obs"}, "strategy is 'obs'"),
    ],
)
def test_bad_rounds(wrong, message):
    with pytest.raises(ValueError, match=message):
        RoundsCharacterization(ISOTROPIC, 200, **wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n_rounds": 0}, "n_rounds is 0"),
        ({"n_rounds": 2, "retrain": "pulled", "retrain_alpha": 1.0}, "one round alone"),
        ({"average": True, "retrain": None}, "average=True needs"),
    ],
)
def test_bad_arguments_of_rounds(wrong, message):
    how = {"strategy": "hessian", "sparsity": 50, "retrain": "same"} | wrong
    with pytest.raises(ValueError, match=message):
        predict_risk(ISOTROPIC, 200, **how)


def test_rounds_of_classifiers():
    problem = BinaryProblem(np.ones(100), np.full(100, 0.2))
    how = {"strategy": "hessian", "sparsity": 20, "retrain": "same", "random_state": 0}
    two = predict_risk(problem, 200, n_rounds=2, **how)
    assert abs(two - predict_risk(problem, 200, **how)) < 0.05
    with pytest.raises(ValueError, match="Several rounds"):
        predict_risk(problem, 200, n_rounds=2, loss="logistic", alpha=1.0, **how)
