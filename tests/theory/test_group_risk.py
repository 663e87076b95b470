"""Groups, prices and features that stay: identities, laws coded anew, draws, simulation."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import brentq
from scipy.stats import chi2, ncx2
from sklearn.linear_model import Ridge

from sklearn_prune import MinNormRegressor, PrunedRegressor
from sklearn_prune.theory import (
    BinaryProblem,
    DistributionalCharacterization,
    GaussianMixtureProblem,
    LinearGaussianProblem,
    optimal_alpha,
    predict_risk,
)

P, SIZE = 120, 4
LABELS = np.repeat(np.arange(P // SIZE), SIZE)
STRATEGIES = ["magnitude", "hessian", "obs-one-shot", "oracle", "random"]
RETRAIN = [
    {},
    {"retrain": "fresh"},
    {"retrain": "same", "retrain_alpha": 4.0},
    {"retrain": "distill", "n_unlabeled": 50},
    {"retrain": "pulled", "retrain_alpha": 4.0},
]


def power_law(rng, p=P, extra=0):
    variances = 5 * np.arange(1, p + 1) ** -0.7
    coef = rng.standard_normal(p) * 2 / np.sqrt(p)
    return LinearGaussianProblem(
        np.append(variances, np.zeros(extra)), np.append(coef, np.zeros(extra)), 0.3
    )


def block_diagonal(rng, n_groups=P // SIZE, size=SIZE):
    covariance = np.zeros((n_groups * size,) * 2)
    for start in range(0, len(covariance), size):
        root = rng.standard_normal((size, 2 * size)) * (1 + rng.uniform())
        covariance[start : start + size, start : start + size] = root @ root.T / (2 * size)
    strong = np.repeat(rng.uniform(size=n_groups) < 0.3, size)
    return LinearGaussianProblem(covariance, strong * 0.4 + 0.05 * rng.standard_normal(P), 1.0)


# --- identities ----------------------------------------------------------------------


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("plan", RETRAIN)
@pytest.mark.parametrize(("n", "alpha"), [(80, 0.0), (200, 0.0), (80, 5.0)])
def test_groups_of_one(strategy, plan, n, alpha, rng):
    """With a group of features without variance, what is alone is treated as a group, too."""
    problem = power_law(rng, extra=2)
    plan = plan | {"strategy": strategy, "sparsity": 20, "alpha": alpha}
    alone = predict_risk(problem, n, **plan)
    assert predict_risk(problem, n, feature_groups=np.arange(P + 2), **plan) == alone
    if strategy == "random":  # the empty group has one chance, not two
        alone = predict_risk(power_law(np.random.default_rng(0), extra=1), n, **plan)
    grouped = predict_risk(problem, n, feature_groups=[[P, P + 1]], **plan)
    assert_allclose(grouped, alone, rtol=1e-12)


def test_prices_of_scores(rng):
    """The weights of the Hessian are prices that make up for the variances."""
    problem = power_law(rng)
    plan = {"strategy": "magnitude", "sparsity": 20, "retrain": "same"}
    prices = problem.covariance**-0.5
    priced = predict_risk(problem, 80, feature_costs=prices, **plan)
    hessian = predict_risk(problem, 80, **plan | {"strategy": "hessian"})
    assert_allclose(priced, hessian, rtol=1e-12)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_equal_prices_change_nothing(strategy, rng):
    problem = power_law(rng)
    plan = {"strategy": strategy, "sparsity": 7, "retrain": "same", "feature_groups": LABELS}
    plain = predict_risk(problem, 80, **plan)
    assert_allclose(predict_risk(problem, 80, feature_costs=3.0, **plan), plain, rtol=1e-11)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("groups", [None, LABELS])
def test_nothing_but_what_stays(strategy, groups, rng):
    """A support that is fixed beforehand knows no sample."""
    problem = power_law(rng)
    stays = np.arange(4, 36)
    plan = {"strategy": strategy, "always_keep": stays, "feature_groups": groups}
    plan["sparsity"] = 32 if groups is None else 8
    exact = predict_risk(problem.restrict(stays), 80)
    for retrain in ("fresh", "same"):
        assert_allclose(predict_risk(problem, 80, retrain=retrain, **plan), exact, rtol=1e-12)
    full = LinearGaussianProblem(np.diag(problem.covariance), problem.coef, 0.3)
    risk = predict_risk(full, 80, retrain="same", random_state=0, **plan)
    assert_allclose(risk, exact, rtol=1e-9)


def test_a_fraction_keeps_what_stays(rng):
    problem = power_law(rng)
    plan = {"strategy": "hessian", "always_keep": [0, 4, 8], "feature_groups": LABELS}
    least = predict_risk(problem, 80, sparsity=3, **plan)
    assert predict_risk(problem, 80, sparsity=0.01, **plan) == least
    with pytest.raises(ValueError, match="sparsity is 2, and 3 groups are always kept"):
        predict_risk(problem, 80, sparsity=2, **plan)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("plan", RETRAIN)
def test_weights_of_groups(strategy, plan, rng):
    """A group of entries of one weight stands for as many groups."""
    variances, coef, groups = [3.0, 1.0, 2.0, 0.5], [0.5, -0.2, 0.1, 0.1], [0, 0, 1, 1]
    plan = plan | {"strategy": strategy, "sparsity": 9, "feature_costs": [1.0, 2.0, 1.0, 1.0]}
    atoms = LinearGaussianProblem(variances, coef, 0.5, weights=[10, 10, 20, 20])
    repeats, labels = [10, 10, 20, 20], np.concatenate([range(10)] * 2 + [range(10, 30)] * 2)
    many = LinearGaussianProblem(np.repeat(variances, repeats), np.repeat(coef, repeats), 0.5)
    plan_many = plan | {"feature_costs": np.repeat(plan["feature_costs"], repeats)}
    few = predict_risk(atoms, 40, feature_groups=groups, **plan)
    assert_allclose(few, predict_risk(many, 40, feature_groups=labels, **plan_many), rtol=1e-10)
    with pytest.raises(ValueError, match="entries of several weights in one group"):
        predict_risk(atoms, 40, feature_groups=[0, 1, 0, 1], **plan)


# --- laws coded anew -----------------------------------------------------------------


@pytest.mark.parametrize(("n", "s", "alpha"), [(200, 8, 0.0), (60, 8, 0.0), (60, 12, 5.0)])
def test_isotropic_blocks(n, s, alpha, rng):
    """By non-central chi-square laws: pruned, refitted to fresh and to the same samples."""
    lam = np.repeat(rng.uniform(0.5, 3, P // SIZE), SIZE)
    beta, noise = np.where(LABELS < 5, 0.5, 0.05) * rng.standard_normal(P), 0.5
    problem = LinearGaussianProblem(lam, beta, noise)
    law = DistributionalCharacterization(problem, n, alpha=alpha)
    K, shrunk, u = (
        law.gamma_ / n,
        1 - 1 / (1 + law.xi_ * lam) if n < P or alpha else np.ones(P),
        lam**0.5 * beta,
    )
    energy, first = np.bincount(LABELS, u**2), np.arange(0, P, SIZE)

    def beyond(t, more):
        return ncx2.sf(t / (shrunk[first] ** 2 * K), SIZE + more, energy / K)

    t = brentq(lambda t: beyond(t, 0).sum() - s, 1e-9, 1e3, xtol=1e-15)
    F0, F2, F4 = (beyond(t, more) for more in (0, 2, 4))
    z = shrunk[first]
    products = energy * F2, K * (SIZE * F2 + energy / K * F4)
    pruned = noise + np.sum(energy - 2 * z * products[0] + z**2 * products[1])
    plan = {"strategy": "hessian", "sparsity": s, "feature_groups": LABELS, "alpha": alpha}
    assert_allclose(predict_risk(problem, n, **plan), pruned, rtol=1e-9)
    plan["retrain_alpha"] = 0.0
    size, left = SIZE * F0.sum(), noise + np.sum(energy * (1 - F0))
    fresh = predict_risk(problem, n, retrain="fresh", **plan)
    assert_allclose(fresh, left * n / (n - size), rtol=1e-9)
    # Section "two linear equations" of the page on retraining, with a projector.
    uu, ut, tt = energy * F0, products[0], products[1]
    uG, GG = np.sum(ut - uu), np.sum(tt - 2 * ut + uu)
    dG = np.sum(z * (tt - ut) - (ut - uu))
    system = [
        [n * K - dG, np.sum((1 - z) * (z * tt - ut))],
        [K * size - GG, K * (n - size) + np.sum((1 - z) * (tt - ut))],
    ]
    gap = np.sum(z * ut - uu) - np.sum(z * energy - energy)
    r, c = np.linalg.solve(system, [noise + gap, uG])
    a, b = 1 - r, r - c * (1 - z)  # v = a u + b theta
    bias = np.sum(a**2 * uu + 2 * a * b * ut + b**2 * tt - 2 * (a * uu + b * ut) + energy)
    same = n * (noise + bias - r**2 * K * size) / (n - size)
    assert_allclose(predict_risk(problem, n, retrain="same", **plan), same, rtol=1e-9)


def test_unequal_sizes(rng):
    """The mean number of columns is what a refit pays for."""
    sizes = np.array([1] * 10 + [9] * 10)
    labels = np.repeat(np.arange(20), sizes)
    problem = LinearGaussianProblem(np.ones(100), np.zeros(100), 1.0)
    law = {"strategy": "hessian", "sparsity": 5, "feature_groups": labels}
    t = brentq(lambda t: chi2.sf(t, sizes).sum() - 5, 1e-9, 1e3, xtol=1e-15)
    expected = 200 / (200 - sizes @ chi2.sf(t, sizes))
    assert_allclose(predict_risk(problem, 200, retrain="fresh", **law), expected, rtol=1e-9)


# --- draws ---------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("plan", RETRAIN)
@pytest.mark.parametrize(("n", "alpha"), [(200, 0.0), (80, 5.0)])
def test_draws_agree_with_the_closed_form(strategy, plan, n, alpha, rng, monkeypatch):
    """Blocks turned to their axes, of unequal variances, with a price and a group that stays."""
    problem = block_diagonal(rng)
    plan = plan | {"strategy": strategy, "sparsity": 9, "alpha": alpha, "feature_groups": LABELS}
    plan |= {"always_keep": [3], "feature_costs": dict.fromkeys(range(40), 2.0)}
    draws = {"n_draws": 300, "random_state": 0, "return_std_error": True}
    closed, no_error = predict_risk(problem, n, **plan, **draws)
    monkeypatch.setattr(
        "sklearn_prune.theory._rounds.choice_of_steps.on_block_axes", lambda problem, *_: problem
    )
    drawn, error = predict_risk(problem, n, **plan, **draws)
    assert no_error == 0 or strategy == "oracle"
    assert abs(drawn - closed) < max(4 * error, 0.012 * closed)


@pytest.mark.parametrize("strategy", ["hessian", "obs-one-shot"])
@pytest.mark.parametrize("retrain", [None, "same"])
def test_logistic_draws_agree_with_the_closed_form(strategy, retrain, rng):
    variances, direction = np.geomspace(4, 0.2, 60), rng.standard_normal(60) * 0.3
    plan = {"strategy": strategy, "sparsity": 6, "retrain": retrain, "loss": "logistic"}
    plan |= {"alpha": 2.0, "feature_groups": np.repeat(np.arange(20), 3), "metric": "log_loss"}
    closed = predict_risk(BinaryProblem(variances, direction), 90, **plan)
    draws = {"n_draws": 20, "random_state": 0, "return_std_error": True}
    full = BinaryProblem(np.diag(variances), direction)
    drawn, error = predict_risk(full, 90, **plan, **draws)
    assert abs(drawn - closed) < max(4 * error, 0.03 * closed)


def test_groups_of_a_mixture(rng):
    """The means of the classes are in the Hessian of a group: draws, which groups of one match."""
    mixture = GaussianMixtureProblem(np.geomspace(3, 0.3, 60), rng.standard_normal(60) * 0.2)
    plan = {"strategy": "magnitude", "sparsity": 20, "retrain": "same", "alpha": 3.0}
    alone = predict_risk(mixture, 90, **plan)
    labels = np.arange(60)
    labels[-1] = labels[-2]  # the pair of least variance
    draws = {"n_draws": 200, "random_state": 0, "return_std_error": True}
    paired, error = predict_risk(mixture, 90, feature_groups=labels, **plan, **draws)
    assert error > 0
    assert abs(paired - alone) < max(4 * error, 0.03 * alone)


@pytest.mark.parametrize("n_rounds", [1, 3])
@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "obs-one-shot", "obs"])
@pytest.mark.parametrize("diagonal", [True, False])
def test_rounds_of_groups_of_one(n_rounds, strategy, diagonal, rng):
    problem = power_law(rng)
    if not diagonal:
        problem = LinearGaussianProblem(block_diagonal(rng).covariance, problem.coef, 0.3)
    plan = {"strategy": strategy, "sparsity": 20, "retrain": "same", "n_rounds": n_rounds}
    plan |= {"alpha": 2.0, "n_draws": 10, "random_state": 0}
    alone = predict_risk(problem, 200, **plan)
    grouped = predict_risk(problem, 200, feature_groups=np.arange(P), feature_costs=2.0, **plan)
    assert_allclose(grouped, alone, rtol=1e-9)


@pytest.mark.parametrize("strategy", ["hessian", "obs"])
def test_weights_of_groups_in_rounds(strategy):
    """A group of entries of one weight stands for as many groups, here in draws."""
    variances, coef = np.array([3.0, 1.0, 2.0, 0.5]), np.array([0.5, -0.2, 0.1, 0.1])
    repeats, labels = [10, 10, 20, 20], np.concatenate([range(10)] * 2 + [range(10, 30)] * 2)
    plan = {"strategy": strategy, "sparsity": 9, "retrain": "same", "n_rounds": 2}
    plan |= {"n_draws": 10, "random_state": 0}
    few = LinearGaussianProblem(variances, coef, 0.5, weights=repeats)
    many = LinearGaussianProblem(np.repeat(variances, repeats), np.repeat(coef, repeats), 0.5)
    few_risk = predict_risk(
        few, 150, feature_groups=[0, 0, 1, 1], always_keep=[0], **plan | {"sparsity": 14}
    )
    plan |= {"sparsity": 14, "always_keep": np.arange(10), "feature_groups": labels}
    assert_allclose(few_risk, predict_risk(many, 150, **plan), rtol=1e-9)


def test_optimal_alpha_of_groups(rng):
    problem = power_law(rng)
    plan = {"strategy": "hessian", "sparsity": 6, "retrain": "same", "feature_groups": LABELS}
    plan |= {"always_keep": [0], "feature_costs": {3: 2.0}}
    best = optimal_alpha(problem, 80, **plan)
    least = predict_risk(problem, 80, alpha=best, **plan)
    for factor in (0.8, 1.25):
        assert predict_risk(problem, 80, alpha=best * factor, **plan) > least


# --- simulation ----------------------------------------------------------------------

CASES = [
    ({"strategy": "hessian", "feature_groups": LABELS}, 6, 200),
    ({"strategy": "magnitude", "feature_groups": LABELS, "always_keep": [40, 41]}, 6, 80),
    ({"strategy": "hessian", "feature_costs": np.linspace(1, 3, P)}, 30, 80),
    (
        {
            "strategy": "random",
            "feature_groups": LABELS,
            "feature_costs": dict.fromkeys(range(60), 4.0),
        },
        8,
        200,
    ),
]


@pytest.mark.parametrize(("selection", "s", "n"), CASES)
@pytest.mark.parametrize("retrain", [None, "same"])
def test_simulation(selection, s, n, retrain, rng):
    problem = power_law(rng)
    state, dense = np.random.RandomState(0), MinNormRegressor(fit_intercept=False)
    risks = []
    for _ in range(40):
        X, y = problem.sample(n, state)
        options = {"estimator": dense, "random_state": state, **selection}
        model = PrunedRegressor(sparsity=s, retrain=retrain == "same", **options)
        risks.append(problem.risk(model.fit(X, y).coef_))
    predicted = predict_risk(problem, n, sparsity=s, retrain=retrain, **selection)
    error = np.std(risks, ddof=1) / np.sqrt(len(risks))
    assert abs(predicted - np.mean(risks)) < max(3 * error, 0.02 * predicted)


@pytest.mark.parametrize("diagonal", [True, False])
@pytest.mark.parametrize(
    ("strategy", "n_rounds", "retrain"),
    [
        ("hessian", 3, True),
        ("hessian", 3, None),
        ("obs-one-shot", 2, True),
        ("obs", 1, True),
        ("obs", 1, None),
    ],
)
def test_simulation_of_rounds(diagonal, strategy, n_rounds, retrain, rng):
    problem, s, n = power_law(rng), 6, 200
    if not diagonal:
        lags = np.abs(np.subtract.outer(np.arange(P), np.arange(P)))
        problem = LinearGaussianProblem(0.6**lags, np.where(LABELS % 5 == 0, 0.3, 0.03), 0.5)
    selection = {"feature_groups": LABELS, "always_keep": [8], "feature_costs": {0: 6.0, 40: 3.0}}
    state, dense = np.random.RandomState(0), Ridge(4.0, fit_intercept=False)
    how = {"estimator": dense, "n_rounds": n_rounds, **selection}
    model = PrunedRegressor(strategy, s, dense if retrain else False, **how)
    risks = [problem.risk(model.fit(*problem.sample(n, state)).coef_) for _ in range(40)]
    how = {"n_rounds": n_rounds, "retrain": "same" if retrain else None, **selection}
    predicted = predict_risk(
        problem, n, strategy=strategy, sparsity=s, alpha=4.0, random_state=0, **how
    )
    error = np.std(risks, ddof=1) / np.sqrt(len(risks))
    assert abs(predicted - np.mean(risks)) < 3 * error + 0.02 * predicted
