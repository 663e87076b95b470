"""Backward elimination as rounds of least squares, against identities and simulation."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import Ridge

from sklearn_prune import PrunedRegressor
from sklearn_prune.theory import (
    BinaryProblem,
    GaussianMixtureProblem,
    LinearGaussianProblem,
    predict_risk,
)
from sklearn_prune.theory._risk.contest import Contest
from sklearn_prune.theory._risk.first_fit import FirstFit
from sklearn_prune.theory._rounds.greedy_elimination import elimination_sizes
from sklearn_prune.theory._rounds.removal_costs import removal_costs

P, N, S = 80, 200, 16
RETRAIN = [None, "fresh", "same"]


def autoregressive(p, r=0.7):
    return r ** np.abs(np.subtract.outer(np.arange(p), np.arange(p)))


def sparse(covariance, rng, noise=0.5):
    """Return a problem of which every fifth feature matters, all to a different degree."""
    coef = np.where(np.arange(P) % 5 == 0, rng.uniform(0.5, 1.5, P), 0.05) / 3
    return LinearGaussianProblem(covariance, coef, noise)


def greedy(problem, n=N, s=S, **options):
    return predict_risk(problem, n, strategy="obs", sparsity=s, random_state=0, **options)


# --- the rounds ----------------------------------------------------------------------


def test_the_rounds_are_four_to_eight():
    for p, s, n_rounds in [(100, 90, 4), (200, 100, 5), (200, 40, 8), (2000, 10, 8)]:
        sizes = elimination_sizes(p, s)
        assert len(sizes) == n_rounds
        assert sizes[-1] == s
        assert_array_equal(sizes, np.sort(sizes)[::-1])
        taken = -np.diff([p, *sizes])
        assert taken[-1] == min(taken)
    assert elimination_sizes(7, 6) == [6]  # no round takes nothing


def test_costs_of_a_removal_are_those_of_least_squares_on_what_is_left(rng):
    problem, free = sparse(autoregressive(P), rng), Contest.free(np.ones(P))
    kept = rng.uniform(size=(3, P)) < 0.5
    costs = removal_costs(problem, free, kept, kept.astype(float))
    assert (costs[~kept] == 0).all()
    for support, row in zip(kept, costs, strict=True):
        first = FirstFit(problem.restrict(support), float(N), 0.0, finite_n=False)
        assert_allclose(row[support], first.score_weights("obs-one-shot"), rtol=1e-9)
    twice = kept[[0, 0]]
    assert_array_equal(removal_costs(problem, free, twice, twice.astype(float)), costs[[0, 0]])
    alone = LinearGaussianProblem(np.arange(1.0, P + 1), problem.coef)
    expected = kept * np.sqrt(np.arange(1.0, P + 1))
    assert_allclose(removal_costs(alone, free, kept, kept.astype(float)), expected)


def test_costs_of_a_group_are_the_rise_of_least_squares_without_it(rng):
    problem = LinearGaussianProblem(autoregressive(12), rng.standard_normal(12), 0.5)
    labels, kept = np.repeat(np.arange(4), 3), np.repeat([True, True, False, True], 3)
    left, coefs = problem.restrict(kept), np.zeros(12)
    coefs[kept] = left.coef
    contest = Contest.of(np.ones(12), labels, None, None)
    for supports in (np.array([kept, kept]), np.array([kept, labels > -1])):
        costs = removal_costs(problem, contest, supports, np.array([coefs, problem.coef]))[0]
        assert costs[2] == 0
        for group in (0, 1, 3):
            rise = problem.restrict(kept & (labels != group)).noise_variance - left.noise_variance
            assert_allclose(costs[group] ** 2, rise, rtol=1e-9)


# --- identities ----------------------------------------------------------------------


@pytest.mark.parametrize("retrain", RETRAIN)
@pytest.mark.parametrize("alpha", [0.0, 5.0])
def test_pruning_nothing_is_the_dense_fit(retrain, alpha, rng):
    variances = np.append(np.linspace(0.5, 2, P - 4), np.zeros(4))
    for covariance in (autoregressive(P), variances):
        problem = sparse(covariance, rng)
        n_features = np.count_nonzero(problem.variances)
        for fit_intercept in (False, True):
            options = {"alpha": alpha, "fit_intercept": fit_intercept}
            risk = greedy(problem, s=n_features, retrain=retrain, **options)
            assert_allclose(risk, predict_risk(problem, N, **options), rtol=1e-9)


def test_features_of_weight_nothing_go_first(rng):
    """With them, the problem of the others."""
    covariance = autoregressive(P)
    problem = sparse(covariance, rng)
    padded = LinearGaussianProblem(
        np.block([[covariance, np.zeros((P, 3))], [np.zeros((3, P + 3))]]),
        np.append(problem.coef, np.ones(3)),
        problem.noise_variance,
    )
    kept = {"retrain": "same", "n_draws": 20}
    assert_allclose(greedy(padded, **kept), greedy(problem, **kept), rtol=0.02)


def test_without_noise_nothing_that_matters_goes(rng):
    coef = np.where(np.arange(P) % 5 == 0, 1.0, 0.0)
    problem = LinearGaussianProblem(autoregressive(P), coef, 0.0)
    for retrain in RETRAIN:
        assert_allclose(greedy(problem, retrain=retrain, n_draws=10), 0, atol=1e-12)


def test_weights_of_a_problem_are_numbers_of_features():
    variances, coef, counts = [1.0, 0.5], [1.0, 0.1], [20, 60]
    few = LinearGaussianProblem(variances, coef, 0.4, weights=counts)
    columns = np.repeat(variances, counts), np.repeat(coef, counts)
    all_of_them = LinearGaussianProblem(*columns, 0.4)
    for retrain in (None, "same"):
        assert greedy(few, retrain=retrain) == greedy(all_of_them, retrain=retrain)


def test_units_of_features_and_target_do_not_matter(rng):
    covariance, units = autoregressive(P), 10 ** rng.uniform(-2, 2, P)
    problem = sparse(covariance, rng)
    scaled = covariance * np.outer(units, units), 1e3 * problem.coef / units
    other = LinearGaussianProblem(*scaled, 1e6 * problem.noise_variance)
    for retrain in (None, "same"):
        kept = {"retrain": retrain, "n_draws": 20}
        (a, error), (b, _) = (
            greedy(each, **kept, return_std_error=True) for each in (problem, other)
        )
        assert abs(a - 1e-6 * b) < 5 * error


def test_independent_features_of_a_full_matrix(rng):
    variances = np.linspace(0.5, 2, P)
    for retrain in RETRAIN:
        risks = [
            greedy(sparse(covariance, np.random.default_rng(1)), retrain=retrain, n_draws=60)
            for covariance in (variances, np.diag(variances))
        ]
        assert_allclose(risks[0], risks[1], rtol=0.02)


def test_classes_are_those_of_the_linear_problem(rng):
    v = sparse(autoregressive(P), rng).coef * 3
    for problem in (
        BinaryProblem(autoregressive(P), v, offset=0.3),
        GaussianMixtureProblem(np.ones(P), 0.3 * v, prior=0.3),
    ):
        plan = {"retrain": "same", "fit_intercept": True, "n_draws": 10}
        linear = greedy(problem.linear.centred(), **plan)
        assert_allclose(greedy(problem, metric="squared_error", **plan), linear, rtol=1e-9)
        assert 0 < greedy(problem, **plan) < 0.5


# --- simulation ----------------------------------------------------------------------


def eliminated(gram, moments, s):
    """Return what is left when the feature whose removal costs least goes, one at a time."""
    inverse, left = np.linalg.inv(gram), np.arange(len(gram))
    coef = inverse @ moments
    while len(left) > s:
        worst = np.argmin(coef**2 / np.diag(inverse))
        column = inverse[:, worst] / inverse[worst, worst]
        coef, inverse = coef - column * coef[worst], inverse - np.outer(column, inverse[worst])
        rest = np.arange(len(left)) != worst
        left, coef, inverse = left[rest], coef[rest], inverse[np.ix_(rest, rest)]
    return left


PLANS = [(None, 0.0, 0.0), (None, 30.0, 0.0), ("same", 0.0, 0.0), ("same", 0.0, 30.0)]


@pytest.mark.parametrize("name", ["isotropic", "spiked", "autoregressive"])
def test_simulated(name, rng):
    """Every kind of fit, within 4 percent and 4 standard errors."""
    spectra = {
        "isotropic": np.ones(P),
        "spiked": np.where(np.arange(P) % 5, 1.0, 4.0),
        "autoregressive": autoregressive(P),
    }
    problem = sparse(spectra[name], rng)
    risks = []
    for seed in range(80):
        X, y = problem.sample(N, random_state=seed)
        gram, moments = X.T @ X, X.T @ y
        left = eliminated(gram, moments, S)
        row = []
        for retrain, alpha, retrain_alpha in PLANS:
            coef = np.zeros(P)
            if retrain is None:
                coef[left] = np.linalg.solve(gram + alpha * np.eye(P), moments)[left]
            else:
                block = gram[np.ix_(left, left)] + retrain_alpha * np.eye(S)
                coef[left] = np.linalg.solve(block, moments[left])
            row.append(problem.risk(coef))
        risks.append(row)
    means, errors = np.mean(risks, axis=0), np.std(risks, axis=0) / np.sqrt(len(risks))
    for plan, mean, error in zip(PLANS, means, errors, strict=True):
        retrain, alpha, retrain_alpha = plan
        options = {"retrain": retrain, "alpha": alpha, "n_draws": 20}
        if retrain:
            options["retrain_alpha"] = retrain_alpha
        risk, drawn = greedy(problem, **options, return_std_error=True)
        assert abs(risk - mean) < 0.04 * mean + 4 * np.hypot(error, drawn), plan


@pytest.mark.parametrize("retrain", [True, Ridge(20.0)])
def test_the_estimator(retrain, rng):
    """Thirty samples, with an intercept."""
    problem, model = sparse(autoregressive(P), rng), PrunedRegressor("obs", S, retrain)
    risks = []
    for seed in range(30):
        model.fit(*problem.sample(N, random_state=seed))
        risks.append(problem.risk(model.coef_, model.intercept_))
    alpha = 0.0 if retrain is True else 20.0
    plan = {"retrain": "same", "retrain_alpha": alpha, "fit_intercept": True, "n_draws": 20}
    risk, drawn = greedy(problem, **plan, return_std_error=True)
    error = np.hypot(np.std(risks) / np.sqrt(30), drawn)
    assert abs(risk - np.mean(risks)) < 3 * error + 0.02 * risk


# --- what is refused -----------------------------------------------------------------


def test_refusals(rng):
    problem = sparse(autoregressive(P), rng)
    for n, fit_intercept in ((P, False), (P + 1, True)):
        with pytest.raises(ValueError, match=r"80 features and 80 degrees .* of which there is no"):
            greedy(problem, n, fit_intercept=fit_intercept)
    with pytest.raises(ValueError, match='no law with retrain="pulled"'):
        greedy(problem, retrain="pulled", retrain_alpha=1.0)
    with pytest.raises(ValueError, match='no law with retrain="distill"'):
        greedy(problem, retrain="distill", n_unlabeled=10)
    twins = LinearGaussianProblem(np.ones((2, 2)), np.ones(2), 1.0)
    with pytest.raises(ValueError, match="none is a combination of others"):
        greedy(twins, s=1)
    with pytest.raises(ValueError, match="whole numbers of features"):
        greedy(LinearGaussianProblem([1.0, 2.0], [1.0, 0.1], 1.0, weights=[1.5, 9]), s=3)
    binary = BinaryProblem(np.ones(P), np.ones(P))
    with pytest.raises(ValueError, match='strategy="obs" is for loss="squared" alone'):
        greedy(binary, loss="logistic", alpha=1.0)
