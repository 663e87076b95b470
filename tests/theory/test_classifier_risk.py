"""Predicted errors of classifiers trained by least squares on labels of -1 and +1."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import ndtr
from simulation import fit, simulated_risks

from sklearn_prune.theory import (
    BinaryProblem,
    GaussianMixtureProblem,
    LinearGaussianProblem,
    UniformQuantizer,
    predict_risk,
)
from sklearn_prune.theory._classification.least_squares import least_squares_steps, overlaps_of
from sklearn_prune.theory._classification.mixture_fit import MixtureFirstFit
from sklearn_prune.theory._classification.mixture_moments import MixtureMoments
from sklearn_prune.theory._classification.mixture_support import MixtureSelection
from sklearn_prune.theory._risk.contest import Contest
from sklearn_prune.theory._risk.first_fit import STRATEGIES, FirstFit
from sklearn_prune.theory._risk.refits import same_refit

METRICS = ["zero_one", "squared_error", "log_loss"]
RETRAIN = [None, "fresh", "same", "distill"]
P = 60


def autoregressive(p, r=0.6):
    return r ** np.abs(np.subtract.outer(np.arange(p), np.arange(p)))


COVARIANCES = {
    "isotropic": np.ones(P),
    "power law": np.arange(1, P + 1.0) ** -0.8,
    "autoregressive": autoregressive(P),
}


def direction(p, rng):
    return rng.standard_normal(p) * np.repeat([1.0, 0.2], [p // 5, p - p // 5]) / np.sqrt(p)


def pruned(strategy, retrain, s=20):
    plan = {"strategy": strategy, "sparsity": s, "retrain": retrain}
    return plan | {"n_unlabeled": 80} if retrain == "distill" else plan


# --- identities ----------------------------------------------------------------------


@pytest.mark.parametrize("name", COVARIANCES)
@pytest.mark.parametrize("offset", [0.0, 0.7])
def test_few_features_of_any_covariance(name, offset, rng):
    """Of p < n features the angle depends on p/n and on the labels alone."""
    problem = BinaryProblem(COVARIANCES[name], direction(P, rng), offset=offset, flip=0.05)
    n, k = 100, problem.slope * np.sqrt(problem.latent_variance)
    cosine = k / np.sqrt(k**2 + (1 - k**2) * P / (n - P))
    signal = cosine * np.sqrt(problem.latent_variance)
    expected = problem.risk_of(signal, 1.0, 0.0, "zero_one")
    assert_allclose(predict_risk(problem, n), expected, rtol=1e-9)


@pytest.mark.parametrize("name", COVARIANCES)
@pytest.mark.parametrize("p", [0.1, 0.6, 0.95])
def test_linear_discriminant_analysis(name, p, rng):
    """Of p < n features, and classes of one size: the classical formula."""
    mean = direction(P, rng)
    problem = GaussianMixtureProblem(COVARIANCES[name], mean)
    S = COVARIANCES[name]
    distance = mean @ (mean / S if S.ndim == 1 else np.linalg.solve(S, mean))
    n = round(P / p)
    y = P / n
    expected = ndtr(-distance * np.sqrt((1 - y) / (distance + y)))
    assert_allclose(predict_risk(problem, n), expected, rtol=1e-9)


@pytest.mark.parametrize("strategy", ["magnitude", "random"])
@pytest.mark.parametrize("retrain", RETRAIN)
@pytest.mark.parametrize("n", [40, 90])
def test_labels_of_no_use(strategy, retrain, n, rng):
    v = direction(P, rng)
    none = np.zeros(P)
    for problem in (
        BinaryProblem(np.ones(P), v, flip=0.5),
        BinaryProblem(autoregressive(P), none),
        GaussianMixtureProblem(np.ones(P), none),
    ):
        plan = pruned(strategy, retrain)
        assert_allclose(predict_risk(problem, n, **plan, n_draws=4), 0.5, rtol=1e-9)


@pytest.mark.parametrize("fit_intercept", [False, True])
def test_at_the_peak_the_noise_is_all_there_is(fit_intercept, rng):
    """With as many features as rows; the refit of a few features is better than that."""
    n = P + fit_intercept
    for problem in (
        BinaryProblem(np.ones(P), 9 * direction(P, rng)),
        GaussianMixtureProblem(np.ones(P), 3 * direction(P, rng)),
    ):
        plan = {"fit_intercept": fit_intercept}
        assert_allclose(predict_risk(problem, n, **plan), 0.5)
        assert_allclose(predict_risk(problem, n, **plan, **pruned("magnitude", None)), 0.5)
        assert predict_risk(problem, n, **plan, **pruned("hessian", "same")) < 0.49
        assert predict_risk(problem, n, **plan, metric="log_loss") == np.inf


@pytest.mark.parametrize("name", COVARIANCES)
@pytest.mark.parametrize("fit_intercept", [False, True])
@pytest.mark.parametrize("retrain", RETRAIN)
@pytest.mark.parametrize("alpha", [0.0, 5.0])
def test_the_squared_error_is_that_of_the_linear_problem(name, fit_intercept, retrain, alpha, rng):
    """By the overlaps, without the error of the intercept's estimate, and as a metric."""
    problem = BinaryProblem(COVARIANCES[name], direction(P, rng), offset=0.5)
    options = {"alpha": alpha, "fit_intercept": fit_intercept, "n_draws": 6, "random_state": 3}
    for n in (40, 100):
        plan = pruned("hessian", retrain) | options
        linear = predict_risk(problem.linear, n, **plan)
        assert_allclose(predict_risk(problem, n, **plan, metric="squared_error"), linear)
        plan.setdefault("n_unlabeled", 0.0)
        steps = least_squares_steps(
            problem,
            {key: value for key, value in plan.items() if key != "sparsity"}
            | {"retrain_alpha": alpha, "compression": None, "finite_n": False}
            | {"contest": Contest.free(np.ones(P)), "random_state": np.random.RandomState(3)},
        )
        outcome = steps.outcome(n, 20)
        overlaps = overlaps_of(problem, outcome, fit_intercept=fit_intercept)
        assert_allclose(problem.risk_of(*overlaps, "squared_error"), outcome.risk, rtol=1e-9)


@pytest.mark.parametrize("fit_intercept", [False, True])
@pytest.mark.parametrize("alpha", [0.0, 5.0])
@pytest.mark.parametrize("retrain_alpha", [0.0, 3.0])
@pytest.mark.parametrize("s", [10, 50])
def test_random_support_makes_the_same_samples_fresh(fit_intercept, alpha, retrain_alpha, s, rng):
    """For two classes by the state evolution, too."""
    problem = GaussianMixtureProblem(np.linspace(0.5, 2, P), direction(P, rng), prior=0.3)
    moments = MixtureMoments(problem, 0.84 if fit_intercept else 1.0)
    for n in (40.0, 100.0):
        first = MixtureFirstFit(moments, n, alpha, finite_n=False)
        selection = MixtureSelection(first, "random", s)
        same = same_refit(first, selection, retrain_alpha, finite_n=False)
        assert_allclose(same, selection.refit_afresh(n, retrain_alpha), rtol=1e-9)


@pytest.mark.parametrize("fit_intercept", [False, True])
@pytest.mark.parametrize("alpha", [0.0, 3.0])
def test_keeping_everything_changes_nothing(fit_intercept, alpha, rng):
    for problem in (
        BinaryProblem(COVARIANCES["power law"], direction(P, rng), offset=0.5),
        GaussianMixtureProblem(COVARIANCES["power law"], direction(P, rng), prior=0.3),
    ):
        options = {"fit_intercept": fit_intercept, "alpha": alpha}
        for n, metric in ((40, "zero_one"), (100, "log_loss")):
            dense = predict_risk(problem, n, metric=metric, **options)
            for retrain in (None, "fresh", "same"):
                kept = pruned("magnitude", retrain, P) | options
                assert_allclose(predict_risk(problem, n, metric=metric, **kept), dense, rtol=1e-9)


@pytest.mark.parametrize("strategy", [name for name in STRATEGIES if name != "obs"])
@pytest.mark.parametrize("retrain", RETRAIN)
@pytest.mark.parametrize("fit_intercept", [False, True])
def test_draws_agree_with_the_closed_form(strategy, retrain, fit_intercept, rng):
    """Within 4 standard errors and a percent, what is lost in the limit of many features."""
    p, v = 100, 3 * direction(100, rng)
    diagonal = np.linspace(2, 0.3, p)
    options = pruned(strategy, retrain, 27) | {"fit_intercept": fit_intercept, "alpha": 2.0}
    for kind, others in (
        (BinaryProblem, {"offset": 0.5}),
        (GaussianMixtureProblem, {"prior": 0.3}),
    ):
        exact, zero = predict_risk(
            kind(diagonal, v / 2, **others), 70, **options, return_std_error=True
        )
        full = kind(np.diag(diagonal), v / 2, **others)
        drawn, error = predict_risk(
            full, 70, **options, n_draws=24, random_state=1, return_std_error=True
        )
        assert zero == 0
        assert abs(drawn - exact) < 4 * error + 0.01 * exact


def test_the_surgeons_scores(rng):
    """Without correlation they are those of the Hessian, or magnitudes under a heavy penalty."""
    problem = BinaryProblem(COVARIANCES["power law"], direction(P, rng))
    kept = {"sparsity": 20}
    few = predict_risk(problem, 100, strategy="obs-one-shot", **kept)
    assert_allclose(few, predict_risk(problem, 100, strategy="hessian", **kept), rtol=1e-9)
    heavy = {"alpha": 1e12, "sparsity": 20}
    damped = predict_risk(problem, 100, strategy="obs-one-shot", **heavy)
    assert_allclose(damped, predict_risk(problem, 100, strategy="magnitude", **heavy), rtol=1e-6)


@pytest.mark.parametrize(("n", "alpha"), [(100, 0.0), (100, 4.0), (40, 4.0)])
def test_the_surgeons_weights_are_those_of_the_inverse_hessian(n, alpha, rng):
    """But for a factor: the mean over 300 samples, each entry within 5 percent."""
    problem = LinearGaussianProblem(autoregressive(P, 0.4), direction(P, rng), 0.5)
    first = FirstFit(problem, float(n), alpha, finite_n=False)
    inverse = np.zeros(P)
    for seed in range(300):
        X = problem.sample(n, random_state=seed)[0]
        inverse += np.diag(np.linalg.inv(X.T @ X + alpha * np.eye(P)))
    ratio = first.score_weights("obs-one-shot") ** -2 / inverse
    assert_allclose(ratio, ratio.mean(), rtol=0.05)


def test_what_others_replace_costs_the_surgeon_nothing():
    """Twins, and a feature without variance, beside one that nothing replaces."""
    S = np.array([[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0], [0.0] * 4])
    first = FirstFit(LinearGaussianProblem(S, np.ones(4), 0.5), 9.0, 0.0, finite_n=False)
    assert_allclose(first.score_weights("obs-one-shot"), [0, 0, np.sqrt(2), 0], atol=1e-12)


# --- simulation ----------------------------------------------------------------------


def loading(p, share, rng):
    return rng.standard_normal(p) * np.where(np.arange(p) < share * p, 3, 0.5) / np.sqrt(p)


SIMULATED = {
    "many features, noisy signs": (
        lambda rng: BinaryProblem(np.ones(400), loading(400, 0.1, rng), link="probit", noise=0.3),
        200,
        {"strategy": "magnitude", "sparsity": 70},
    ),
    "correlated, few": (
        lambda rng: BinaryProblem(
            autoregressive(150), loading(150, 0.2, rng), link="sign", flip=0.1, offset=-0.8
        ),
        250,
        {"strategy": "hessian", "sparsity": 40, "fit_intercept": True},
    ),
    "two classes, ridge": (
        lambda rng: GaussianMixtureProblem(
            np.arange(1, 301) ** -0.5, loading(300, 0.1, rng) / 3, prior=0.3
        ),
        200,
        {"strategy": "hessian", "sparsity": 50, "fit_intercept": True, "alpha": 30.0},
    ),
    "two classes, correlated": (
        lambda rng: GaussianMixtureProblem(autoregressive(150), loading(150, 0.2, rng) / 2),
        250,
        {"strategy": "magnitude", "sparsity": 40},
    ),
}


@pytest.mark.parametrize("case", SIMULATED)
@pytest.mark.parametrize("retrain", RETRAIN)
def test_simulated_errors(case, retrain, rng):
    """The exact errors of 30 models each, within 3.5 standard errors of their mean."""
    make, n, plan = SIMULATED[case]
    problem = make(rng)
    plan = plan | {"retrain": retrain} | ({"n_unlabeled": 150} if retrain == "distill" else {})
    errors = simulated_risks(problem, n, 30, **plan)
    theory, drawn = predict_risk(
        problem, n, **plan, n_draws=30, random_state=0, return_std_error=True
    )
    spread = np.hypot(errors.std() / np.sqrt(30), drawn)
    assert abs(errors.mean() - theory) < 3.5 * spread


def test_simulated_errors_of_random_features(rng):
    """Of 60 dense models that see a part of the score: 3.5 standard errors."""
    W = rng.standard_normal((120, 40)) / np.sqrt(40)
    inputs = BinaryProblem(np.ones(40), rng.standard_normal(40) / 3, link="sign", offset=0.5)
    problem = inputs.equivalent(W, "relu")
    samples = [problem.sample(200, random_state=seed) for seed in range(60)]
    models = [fit(*sample, 5.0, fit_intercept=True) for sample in samples]
    coef, b0 = (np.array(part) for part in zip(*models, strict=True))
    for metric in METRICS:
        errors = problem.risk(coef, b0, metric)
        theory = predict_risk(problem, 200, alpha=5.0, fit_intercept=True, metric=metric)
        assert abs(errors.mean() - theory) < 3.5 * errors.std() / np.sqrt(60)


# --- arguments -----------------------------------------------------------------------


def test_arrays_of_sizes(rng):
    problem = BinaryProblem(np.ones(P), direction(P, rng))
    errors = predict_risk(problem, [[40], [100]], strategy="magnitude", sparsity=[10, 20, 60])
    assert errors.shape == (2, 3)
    assert_allclose(errors[:, 2], predict_risk(problem, [40, 100]))
    assert isinstance(predict_risk(problem, 40), float)


def test_the_number_of_samples_corrects_squared_errors_alone(rng):
    problem = BinaryProblem(np.ones(P), direction(P, rng))
    corrected = predict_risk(problem, 70, metric="squared_error", finite_n=True)
    assert_allclose(corrected, predict_risk(problem.linear, 70, finite_n=True))
    mixture = GaussianMixtureProblem(np.ones(P), direction(P, rng))
    corrected = predict_risk(mixture, 70, metric="squared_error", finite_n=True)
    assert_allclose(corrected, predict_risk(mixture.linear, 70, finite_n=True))


BINARY, LINEAR = (
    BinaryProblem(np.ones(3), np.ones(3)),
    LinearGaussianProblem(np.ones(3), np.ones(3)),
)
MIXTURE = GaussianMixtureProblem(np.ones(3), np.ones(3))
MEANS = BINARY.scaled(np.ones(3), np.ones(3))
KEPT = {"strategy": "random", "sparsity": 2}


@pytest.mark.parametrize(
    ("problem", "options", "message"),
    [
        (BINARY, {"loss": "hinge"}, "loss is 'hinge': give None or one of 'squared'"),
        (BINARY, {"metric": "accuracy"}, "metric is 'accuracy': give None or one of"),
        (BINARY, KEPT | {"retrain_loss": "logistic"}, "but nothing is refitted"),
        (BINARY, {"finite_n": True}, "finite_n=True is for"),
        (BINARY, {"compression": UniformQuantizer(0.1)}, "compression is UniformQuantizer"),
        (
            BINARY,
            KEPT | {"retrain": "distill", "n_unlabeled": 9, "loss": "logistic"},
            'retrain="distill" is for loss="squared" alone',
        ),
        (MEANS, {}, "The features have means: give fit_intercept=True"),
        (MIXTURE, {"loss": "logistic"}, "loss='logistic' has no theory for a GaussianMixture"),
        (LINEAR, {"loss": "logistic"}, "need classes: give a BinaryProblem"),
        (LINEAR, {"metric": "zero_one"}, "need classes: give a BinaryProblem"),
    ],
)
def test_what_does_not_go_together(problem, options, message):
    with pytest.raises(ValueError, match=message):
        predict_risk(problem, 9, **options)


@pytest.mark.parametrize("n", [2, 9])
def test_features_with_means_and_an_intercept(n):
    expected = predict_risk(BINARY, n, fit_intercept=True)
    assert predict_risk(MEANS, n, fit_intercept=True) == expected
    squared = {"loss": "squared", "metric": "squared_error"}
    assert predict_risk(LINEAR, n, **squared) == predict_risk(LINEAR, n)
