import re

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_prune.theory import LinearGaussianProblem, predict_risk
from sklearn_prune.theory._risk.diagonal_support import DiagonalSelection
from sklearn_prune.theory._risk.first_fit import FirstFit
from sklearn_prune.theory._risk.refits import fresh_refit, same_refit

STRATEGIES = ["magnitude", "hessian", "oracle", "random"]
PENALTIES = [(0.0, 0.0), (3.0, 0.0), (0.0, 3.0), (3.0, 5.0)]


@pytest.fixture
def problem(rng):
    return LinearGaussianProblem(np.arange(1, 301.0) ** -0.7, rng.standard_normal(300), 0.3)


def spiked(p, strong, size=25.0, *, in_coef):
    spikes = np.where(np.arange(p) < strong, size, 1.0)
    if in_coef:
        return LinearGaussianProblem(np.ones(p), np.sqrt(spikes))
    return LinearGaussianProblem(spikes, np.ones(p))


WIDTHS = [0.05, 0.10, 0.15, 0.20, 0.26, 0.36, 0.44, 0.60, 0.80, 1.0]
FIGURE_3 = {
    "a": [0.759, 0.397, 0.500, 0.706, 1.632, 1.265, 0.783, 0.676, 0.682, 0.700],
    "b": [0.759, 0.397, 0.537, 0.749, 1.555, 1.118, 0.620, 0.427, 0.372, 0.355],
}


@pytest.mark.parametrize("panel", FIGURE_3)
def test_figure_3(panel):
    """The dense risk of Fig. 3(a) and the Hessian-pruned one of Fig. 3(b), over E y^2."""
    p, n, s = 4000, 1200, 400
    problem = spiked(p, s, in_coef=panel == "a")
    pruned = {"strategy": "hessian"} if panel == "b" else {}
    risks = []
    for width in WIDTHS:
        k = round(width * p)
        if pruned:
            pruned["sparsity"] = min(s, k)
        risks.append(predict_risk(problem.restrict(np.arange(k)), n, **pruned))
    assert_allclose(np.array(risks) / problem.risk(np.zeros(p)), FIGURE_3[panel], atol=5.1e-4)


def test_figure_3_best_sparse_model():
    """In (b) pruning the widest model by Hessian or oracle beats every model of s features."""
    problem, s, n = spiked(4000, 400, in_coef=False), 400, 1200
    best = problem.restrict(np.arange(s)).noise_variance * n / (n - s)
    for strategy in ("hessian", "oracle"):
        assert predict_risk(problem, n, strategy=strategy, sparsity=s) < best
        assert (
            predict_risk(problem, n, strategy=strategy, sparsity=s, retrain="same") > best * 0.999
        )


def test_retraining_on_the_same_samples():
    """The isotropic case of Fig. 3(a) near the peak; 4.685 +- 0.025 was simulated."""
    problem = spiked(4000, 400, in_coef=True).restrict(np.arange(1280))
    pruned = {"strategy": "magnitude", "sparsity": 400}
    assert_allclose(predict_risk(problem, 1200, **pruned, retrain="fresh") / 4000, 3.478, atol=5e-4)
    assert_allclose(predict_risk(problem, 1200, **pruned, retrain="same") / 4000, 4.696, atol=5e-4)


def test_lemma_1(rng):
    """One direction of features: pruning shrinks, retraining does not."""
    n, s, noise = 30, 12, 2.0
    loading, coef = np.abs(rng.standard_normal(40)), rng.standard_normal(40)
    problem = LinearGaussianProblem(np.outer(loading, loading), coef, noise)
    best = np.sort(loading)[-s:]
    rho = best @ best / (loading @ loading)
    options = {"strategy": "magnitude", "sparsity": s, "finite_n": True, "random_state": 0}
    risk, error = predict_risk(problem, n, **options, n_draws=1000, return_std_error=True)
    expected = (1 - rho) ** 2 * (loading @ coef) ** 2 + rho**2 * noise / (n - 2)
    assert abs(risk - noise - expected) < 4 * error
    for retrain in ("fresh", "same"):
        risk, error = predict_risk(
            problem, n, **options, retrain=retrain, n_draws=600, return_std_error=True
        )
        assert_allclose(risk - noise, noise / (n - 2), atol=4 * error + 1e-10)


@pytest.mark.parametrize("n", [100, 299, 500])
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("finite_n", [False, True])
def test_no_pruning_is_dense(problem, n, strategy, finite_n):
    options = {"strategy": strategy, "finite_n": finite_n}
    for alpha in (0.0, 2.0):
        dense = predict_risk(problem, n, alpha=alpha, finite_n=finite_n)
        for sparsity in (300, 1.0):
            assert_allclose(
                predict_risk(problem, n, **options, sparsity=sparsity, alpha=alpha),
                dense,
                rtol=1e-10,
            )
        for retrain in ("fresh", "same"):
            refitted = predict_risk(
                problem, n, **options, sparsity=300, alpha=alpha, retrain=retrain
            )
            assert_allclose(refitted, dense, rtol=1e-9)
    dense = predict_risk(problem, n, finite_n=finite_n)
    distilled = predict_risk(
        problem, n, **options, sparsity=300, retrain="distill", n_unlabeled=400
    )
    assert_allclose(distilled, dense, rtol=1e-10)


@pytest.mark.parametrize("n", [100, 200, 301, 500])
@pytest.mark.parametrize(("alpha", "retrain_alpha"), PENALTIES)
@pytest.mark.parametrize("s", [30, 150, 250, 300])
def test_random_support_makes_the_same_samples_fresh(problem, n, alpha, retrain_alpha, s):
    """By the state evolution, and (finite_n) by definition."""
    first = FirstFit(problem, float(n), alpha, finite_n=False)
    selection = DiagonalSelection(first, "random", float(s))
    fresh = fresh_refit(selection, float(n), retrain_alpha, finite_n=False)
    same = same_refit(first, selection, retrain_alpha, finite_n=False)
    assert_allclose(same, fresh, rtol=1e-10)
    options = {"strategy": "random", "sparsity": s, "alpha": alpha, "retrain_alpha": retrain_alpha}
    for finite_n in (False, True):
        fresh = predict_risk(problem, n, **options, retrain="fresh", finite_n=finite_n)
        same = predict_risk(problem, n, **options, retrain="same", finite_n=finite_n)
        assert_allclose(same, fresh, rtol=1e-10)


@pytest.mark.parametrize("strategy", ["hessian", "random"])
@pytest.mark.parametrize("s", [10, 75])
@pytest.mark.parametrize(("alpha", "retrain_alpha"), PENALTIES[::3])
@pytest.mark.parametrize("retrain", [None, "fresh", "same", "distill"])
def test_draws_agree_with_the_closed_form(rng, strategy, s, alpha, retrain_alpha, retrain):
    """The same problem with its covariance given as a matrix."""
    variances, coef = np.arange(1, 121.0) ** -0.7, rng.standard_normal(120)
    options = {
        "strategy": strategy,
        "sparsity": s,
        "alpha": alpha,
        "retrain_alpha": retrain_alpha if retrain else None,
        "retrain": retrain,
        "n_unlabeled": 30 if retrain == "distill" else None,
        "finite_n": True,
    }
    closed = predict_risk(LinearGaussianProblem(variances, coef, 0.3), 70, **options)
    full = LinearGaussianProblem(np.diag(variances), coef, 0.3)
    risk, error = predict_risk(
        full, 70, **options, n_draws=100, random_state=1, return_std_error=True
    )
    assert 0 <= error < 0.2 * risk
    # A fixed number of features instead of an expected one makes a difference of order 1/p.
    assert abs(risk - closed) < 4 * error + 0.02 * closed


def test_distillation_without_end_is_pruning_for_diagonal_features(problem):
    pruned = {"strategy": "hessian", "sparsity": 80}
    for n in (100, 500):
        limit = predict_risk(problem, n, **pruned, retrain="distill", n_unlabeled=np.inf)
        assert_allclose(limit, predict_risk(problem, n, **pruned), rtol=1e-12)
        many = predict_risk(problem, n, **pruned, retrain="distill", n_unlabeled=1e9)
        assert_allclose(many, limit, rtol=1e-5)


def test_distillation_without_end_is_a_projection(rng):
    factor = rng.standard_normal((40, 60))
    problem = LinearGaussianProblem(factor @ factor.T / 60, rng.standard_normal(40), 0.3)
    pruned = {"strategy": "magnitude", "sparsity": 10, "random_state": 0, "n_draws": 20}
    limit = predict_risk(problem, 30, **pruned, retrain="distill", n_unlabeled=np.inf)
    many = predict_risk(problem, 30, **pruned, retrain="distill", n_unlabeled=1e9)
    assert_allclose(many, limit, rtol=1e-5)
    assert limit < predict_risk(problem, 30, **pruned)


def test_a_discrete_law_is_repeated_eigenvalues(rng):
    values, coef, counts = rng.exponential(size=7), rng.standard_normal(7), np.arange(10, 80, 10)
    atoms = LinearGaussianProblem(values, coef, 0.2, weights=counts)
    full = LinearGaussianProblem(np.repeat(values, counts), np.repeat(coef, counts), 0.2)
    for strategy in STRATEGIES:
        for retrain in (None, "fresh", "same"):
            options = {"strategy": strategy, "sparsity": [7, 100, 0.9], "retrain": retrain}
            options["sparsity"] = [7, 100]
            a, b = (predict_risk(one, 130, **options) for one in (atoms, full))
            assert_allclose(a, b, rtol=1e-10)


def test_infinite_penalty(problem):
    target = problem.risk(np.zeros(300))
    for retrain in (None, "fresh", "same", "distill"):
        m = 50 if retrain == "distill" else None
        options = {"strategy": "magnitude", "sparsity": 30, "retrain": retrain, "n_unlabeled": m}
        assert_allclose(predict_risk(problem, 100, **options, alpha=1e14), target, rtol=1e-10)


def test_rotated_dense_risk(problem, rng):
    Q = np.linalg.qr(rng.standard_normal((300, 300)))[0]
    full = LinearGaussianProblem(Q * problem.covariance @ Q.T, Q @ problem.coef, 0.3)
    assert_allclose(predict_risk(full, [100, 400]), predict_risk(problem, [100, 400]), rtol=1e-10)


def test_peaks(problem):
    pruned = {"strategy": "magnitude", "sparsity": 50}
    assert predict_risk(problem, 300) == np.inf
    assert predict_risk(problem, 300, **pruned) == np.inf
    assert predict_risk(problem, 300, **pruned, retrain="distill", n_unlabeled=9) == np.inf
    for retrain in ("fresh", "same"):  # the dense peak does no harm to these...
        for count in (1 - 1e-7, 1 + 1e-7):  # of the last coordinate
            weights = np.append(np.ones(299), count)
            near = LinearGaussianProblem(problem.covariance, problem.coef, 0.3, weights=weights)
            assert_allclose(
                predict_risk(problem, 300, **pruned, retrain=retrain),
                predict_risk(near, 300, **pruned, retrain=retrain),
                rtol=1e-3,
            )
        # ... which have their own
        assert predict_risk(problem, 50, **pruned, retrain=retrain) == np.inf
    noiseless = LinearGaussianProblem(problem.covariance, problem.coef)
    exact = noiseless.restrict(np.argsort(-np.abs(problem.coef))[:50]).noise_variance
    for n in (300, 400):
        assert_allclose(predict_risk(noiseless, n), 0, atol=1e-12)
        assert_allclose(predict_risk(noiseless, n, **pruned), exact, rtol=1e-9)
        refitted = predict_risk(noiseless, n, **pruned, retrain="fresh")
        assert_allclose(refitted, exact * n / (n - 50), rtol=1e-9)


def test_equal_scores_share_the_last_places():
    """Scores closer than 1e-10 are ties; rounding places the threshold to 1e-16."""
    problem = LinearGaussianProblem(np.ones(10), np.ones(10))
    assert_allclose(predict_risk(problem, 20, strategy="magnitude", sparsity=3), 7, rtol=1e-5)


def test_broadcasting(problem):
    n, s = np.array([[100], [400]]), np.array([20, 50, 250])
    for options in ({}, {"retrain": "same"}, {"retrain": "fresh", "alpha": 2.0}):
        risks = predict_risk(problem, n, strategy="hessian", sparsity=s, **options)
        assert risks.shape == (2, 3)
        single = predict_risk(problem, 400, strategy="hessian", sparsity=50, **options)
        assert risks[1, 1] == single
        assert np.ndim(single) == 0
    risk, error = predict_risk(problem, [100, 400], return_std_error=True)
    assert_allclose(error, [0, 0])
    assert risk.shape == (2,)
    fractions = predict_risk(problem, 100, strategy="hessian", sparsity=[0.1, 0.5])
    assert_allclose(fractions, predict_risk(problem, 100, strategy="hessian", sparsity=[30, 150]))


def test_intercept_is_a_degree_of_freedom_and_a_factor(problem):
    for options in ({}, {"strategy": "magnitude", "sparsity": 40}):
        plain = predict_risk(problem, 99, **options)
        with_intercept = predict_risk(problem, 100, **options, fit_intercept=True)
        assert_allclose(with_intercept, plain * 1.01, rtol=1e-12)


def test_draws_are_reproducible(rng):
    problem = LinearGaussianProblem(np.eye(20), rng.standard_normal(20), 0.1)
    options = {"strategy": "random", "sparsity": 5, "n_draws": 10}
    one, two = (predict_risk(problem, 10, **options, random_state=3) for _ in range(2))
    assert one == two
    assert one != predict_risk(problem, 10, **options, random_state=4)


BAD = {
    "n_samples is 0": ({}, 0),
    "n_samples contains nan": ({}, np.nan),
    "give at least 2 with an intercept": ({"fit_intercept": True}, 1),
    "strategy is 'obd': give None or one of 'magnitude'": ({"strategy": "obd", "sparsity": 3}, 9),
    "retrain is True: give None or one of 'fresh'": (
        {"strategy": "random", "sparsity": 3, "retrain": True},
        9,
    ),
    "needs a sparsity": ({"strategy": "random"}, 9),
    "sparsity and retrain need a strategy": ({"sparsity": 3}, 9),
    "sparsity is 301": ({"strategy": "random", "sparsity": 301}, 9),
    "sparsity is 0": ({"strategy": "random", "sparsity": [3, 0]}, 9),
    "sparsity is 1.5": ({"strategy": "random", "sparsity": 1.5}, 9),
    "sparsity is True": ({"strategy": "random", "sparsity": True}, 9),
    "sparsity is nan": ({"strategy": "random", "sparsity": np.nan}, 9),
    "sparsity is 'half'": ({"strategy": "random", "sparsity": "half"}, 9),
    "alpha is -1": ({"alpha": -1}, 9),
    "alpha contains nan": ({"alpha": np.nan}, 9),
    "retrain_alpha is -2": ({"retrain_alpha": -2}, 9),
    "n_unlabeled go together": (
        {"strategy": "random", "sparsity": 3, "retrain": "distill"},
        9,
    ),
    "n_unlabeled is 0": (
        {"strategy": "random", "sparsity": 3, "retrain": "distill", "n_unlabeled": 0},
        9,
    ),
    "compression is 0.5": ({"compression": 0.5}, 9),
    "n_draws is 1": ({"n_draws": 1}, 9),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input(problem, message):
    options, n = BAD[message]
    with pytest.raises(ValueError, match=re.escape(message)):
        predict_risk(problem, n, **options)
