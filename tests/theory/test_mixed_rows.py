"""Rows of several kinds, and random features of few inputs, which are such rows."""

import numpy as np
import pytest
from scipy.special import erf
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

from sklearn_prune import MinNormRegressor, PrunedRegressor, RandomFeatures, TheoreticalRisk
from sklearn_prune.theory import (
    DistributionalCharacterization,
    LinearGaussianProblem,
    MixedRowsProblem,
    SingleIndexProblem,
    optimal_alpha,
    predict_risk,
)
from sklearn_prune.theory._moments.sphere_moments import sphere_moments

P = 40


def gaussian_problem():
    rng = np.random.default_rng(0)
    A = rng.standard_normal((P, P)) / np.sqrt(P)
    covariance, coef = A @ A.T + 0.1 * np.eye(P), rng.standard_normal(P) / 4
    mean, target_mean = 0.3 * rng.standard_normal(P), 0.7
    return LinearGaussianProblem.from_moments(
        covariance + np.outer(mean, mean),
        covariance @ coef + target_mean * mean,
        coef @ covariance @ coef + 0.3 + target_mean**2,
        mean=mean,
        target_mean=target_mean,
    )


def repeated(problem, n_kinds=3):
    """The same rows, as several kinds that do not differ."""
    return MixedRowsProblem(
        np.arange(1, n_kinds + 1),
        np.stack([problem.covariance] * n_kinds),
        np.stack([problem.cross_moment] * n_kinds),
        np.full(n_kinds, problem.noise_variance + problem.signal @ problem.signal),
        means=np.stack([problem.mean] * n_kinds),
        target_means=np.full(n_kinds, problem.target_mean),
    )


def sized_rows(p, sizes=(0.3, 3.0), shares=(0.7, 0.3), noise=(0.5, 0.5)):
    """Rows that differ in size."""
    sizes, coef = np.array(sizes), np.random.default_rng(1).standard_normal(p) / np.sqrt(p)
    second = sizes[:, np.newaxis, np.newaxis] * np.diag(np.linspace(0.3, 2, p))
    cross = second @ coef
    return MixedRowsProblem(shares, second, cross, cross @ coef + np.array(noise))


@pytest.mark.parametrize("n", [20, 39, 40, 41, 42, 100])
@pytest.mark.parametrize("finite_n", [False, True])
@pytest.mark.parametrize("alpha", [0.0, 2.0])
def test_kinds_that_do_not_differ(n, alpha, finite_n):
    plain = gaussian_problem()
    laws = [
        DistributionalCharacterization(problem, n, alpha, finite_n=finite_n)
        for problem in (plain, repeated(plain))
    ]
    assert laws[1].risk() == pytest.approx(laws[0].risk(), rel=1e-9)
    assert laws[1].training_error() == pytest.approx(laws[0].training_error(), rel=1e-9)
    assert laws[1].xi_ == pytest.approx(laws[0].xi_, rel=1e-9)
    assert laws[1].mean_ == pytest.approx(laws[0].mean_, rel=1e-9, abs=1e-12)
    if not finite_n:
        assert laws[1].variance_ == pytest.approx(laws[0].variance_, rel=1e-9)


@pytest.mark.parametrize(("n", "alpha"), [(20, 0.0), (100, 0.0), (30, 2.0)])
def test_the_intercept_is_a_feature_without_penalty(n, alpha):
    plain = gaussian_problem()
    expected = predict_risk(plain, n, alpha=alpha, fit_intercept=True)
    risk = predict_risk(repeated(plain), n, alpha=alpha, fit_intercept=True)
    assert risk == pytest.approx(expected, rel=2 / n**1.5)


def test_several_n_at_once():
    problem = sized_rows(10)
    law = DistributionalCharacterization(problem, [[8, 10], [20, 30]])
    assert law.mean_.shape == law.variance_.shape == (2, 2, 10)
    assert law.risk()[1, 1] == predict_risk(problem, 30)
    assert np.isinf(law.risk()[0, 1])
    with pytest.raises(ValueError, match="finite variance"):
        law.sample(2)
    draws = DistributionalCharacterization(problem, [20, 30]).sample(4000, random_state=0)
    assert draws.shape == (4000, 2, 10)
    assert draws.var(axis=0) == pytest.approx(law.variance_[1] * [[1], [1]], rel=0.6)


def test_draws_have_the_moments_of_the_law():
    law = DistributionalCharacterization(sized_rows(10), 30)
    draws = law.sample(20_000, random_state=0)
    # 20,000 draws: 0.7 % of a deviation for means, 1 % for variances
    assert np.abs((draws.mean(axis=0) - law.mean_) / np.sqrt(law.variance_)).max() < 0.03
    assert draws.var(axis=0) == pytest.approx(law.variance_, rel=0.05)


def test_of_many_rows_least_squares_has_the_sandwich_variance():
    problem, n = sized_rows(10, noise=(0.2, 2.0)), 1_000_000
    inverse = np.linalg.inv(problem.average.covariance)
    middle = np.tensordot(problem.kinds.shares * [0.2, 2.0], problem.kinds.second, 1)
    excess = predict_risk(problem, n) - problem.average.noise_variance
    assert n * excess == pytest.approx(np.trace(inverse @ middle), rel=1e-4)


@pytest.mark.parametrize(("n", "alpha"), [(60, 0.0), (240, 0.0), (100, 5.0)])
def test_simulated_rows_of_two_sizes(n, alpha):
    problem, rng = sized_rows(120), np.random.RandomState(0)
    model = Ridge(alpha, fit_intercept=False) if alpha else MinNormRegressor(fit_intercept=False)
    risks = [problem.risk(model.fit(*problem.sample(n, rng)).coef_) for _ in range(300)]
    error = np.std(risks) / np.sqrt(len(risks))
    predicted = predict_risk(problem, n, alpha=alpha, finite_n=True)
    assert error < 0.012 * predicted
    assert abs(np.mean(risks) - predicted) < 3 * error + 0.01 * predicted
    assert abs(np.mean(risks) - predict_risk(problem.average, n, alpha=alpha)) > 5 * error


def test_pruned_and_retrained_on_fresh_samples_simulated():
    problem, rng, risks = sized_rows(120), np.random.RandomState(0), {None: [], "fresh": []}
    refit = MinNormRegressor(fit_intercept=False)
    for _ in range(150):
        model = PrunedRegressor("hessian", 30, False, estimator=refit).fit(*problem.sample(60, rng))
        risks[None].append(problem.risk(model.coef_))
        coef, (X, y) = np.zeros(120), problem.sample(60, rng)
        coef[model.get_support()] = refit.fit(model.transform(X), y).coef_
        risks["fresh"].append(problem.risk(coef))
    for retrain, values in risks.items():
        predicted, draws_error = predict_risk(
            problem,
            60,
            strategy="hessian",
            sparsity=30,
            retrain=retrain,
            finite_n=True,
            random_state=0,
            return_std_error=True,
        )
        error = np.hypot(np.std(values) / np.sqrt(len(values)), draws_error)
        assert abs(np.mean(values) - predicted) < 3 * error + 0.01 * predicted


@pytest.mark.parametrize("strategy", ["magnitude", "obs-one-shot", "oracle", "random"])
@pytest.mark.parametrize("retrain", [None, "fresh"])
@pytest.mark.parametrize("fit_intercept", [False, True])
def test_pruning_of_kinds_that_do_not_differ(strategy, retrain, fit_intercept):
    plain = gaussian_problem()
    plan = {"strategy": strategy, "sparsity": 15, "retrain": retrain}
    plan["n_draws"] = 60 if retrain else 600
    (expected, error), (risk, other) = [
        predict_risk(
            problem,
            100,
            fit_intercept=fit_intercept,
            random_state=0,
            return_std_error=True,
            **plan,
        )
        for problem in (plain, repeated(plain))
    ]
    assert abs(risk - expected) < 4 * np.hypot(error, other) + 1e-3 * expected


def test_pruning_at_the_peak():
    problem = sized_rows(30)
    plan = {"strategy": "magnitude", "sparsity": 10, "n_draws": 10, "random_state": 0}
    assert np.isinf(predict_risk(problem, 30, **plan))
    assert np.isfinite(predict_risk(problem, 30, retrain="fresh", **plan))
    assert predict_risk(problem, 20, **plan | {"sparsity": 30}) == predict_risk(problem, 20)


@pytest.mark.parametrize("activation", ["tanh", "relu", "sign", np.cos])
def test_moments_on_a_sphere(activation):
    rng = np.random.default_rng(0)
    W, v, radius = rng.standard_normal((4, 6)), np.eye(6)[0], 2.0
    function = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0), "sign": np.sign}.get(
        activation, activation
    )
    moments = sphere_moments(W, v, np.array([radius]), "square", activation, None)
    X = rng.standard_normal((200_000, 6))
    X *= radius / np.linalg.norm(X, axis=1, keepdims=True)
    features, y = function(X @ W.T), X[:, 0] ** 2
    products = features[:, :, np.newaxis] * features[:, np.newaxis]
    for exact, sampled in [
        (moments.second[0], products),
        (moments.cross[0], y[:, np.newaxis] * features),
        (moments.mean[0], features),
        (moments.target_second[0], y**2),
        (moments.target_mean[0], y),
    ]:
        error = sampled.std(axis=0) / np.sqrt(len(X))
        assert np.all(np.abs(sampled.mean(axis=0) - exact) < 4.5 * error + 1e-12)


@pytest.mark.parametrize(("d", "rel"), [(2, 0.03), (5, 0.02), (10, 2e-3), (60, 1e-4)])
@pytest.mark.parametrize("activation", ["relu", "erf", "tanh", "step", "cos"])
def test_all_lengths_together_have_the_moments_of_gaussian_inputs(d, rel, activation):
    W, v = np.random.default_rng(0).standard_normal((30, d)), np.ones(d) / np.sqrt(d)
    problem = SingleIndexProblem(v, "square", noise_variance=0.3)
    exact = problem.equivalent(W, activation)
    average = problem.equivalent_by_norm(W, activation).average
    size = np.sqrt(exact.variances.max())
    for name, unit in [("covariance", size**2), ("cross_moment", 2 * size), ("mean", size)]:
        assert getattr(average, name) == pytest.approx(getattr(exact, name), abs=rel * unit)
    assert average.target_mean == pytest.approx(1, rel=1e-12)


def test_with_many_inputs_lengths_do_not_matter():
    W, v = np.random.default_rng(0).standard_normal((120, 200)) / 14, np.eye(200)[0]
    problem = SingleIndexProblem(v, "linear", noise_variance=0.3)
    plain, by_norm = (make(W, "erf") for make in (problem.equivalent, problem.equivalent_by_norm))
    assert predict_risk(by_norm, 200) == pytest.approx(predict_risk(plain, 200), rel=2e-3)


def test_covariance_and_offset():
    rng = np.random.default_rng(0)
    W, b, root = rng.standard_normal((20, 8)), rng.uniform(0, 6, 20), np.linspace(0.5, 1, 8)
    given = SingleIndexProblem(np.eye(8)[0], "linear", covariance=root**2)
    white = SingleIndexProblem(np.eye(8)[0] * root[0], "linear")
    pair = [
        problem.equivalent_by_norm(weights, "cos", b)
        for problem, weights in ((given, W), (white, W * root))
    ]
    assert pair[0].kinds.second == pytest.approx(pair[1].kinds.second, abs=1e-12)
    exact = given.equivalent(W, "cos", b)
    assert pair[0].average.covariance == pytest.approx(exact.covariance, abs=2e-3)
    average = given.equivalent_by_norm(W, "square", b).average  # no longer homogeneous
    assert average.covariance == pytest.approx(given.equivalent(W, "square", b).covariance)


@pytest.mark.parametrize(
    ("activation", "link", "alpha", "off"),
    [("relu", "square", 0.0, 0.07), ("erf", "tanh", 0.0, 0.25), ("erf", "tanh", 1.0, 0.02)],
)
def test_few_inputs_simulated(activation, link, alpha, off):
    d, n, p = 10, 200, 400
    rng = np.random.default_rng(0)
    W, v = rng.standard_normal((p, d)) / np.sqrt(d), np.eye(d)[0]
    problem = SingleIndexProblem(v, link, noise_variance=0.3)
    plain, by_norm = (
        make(W, activation) for make in (problem.equivalent, problem.equivalent_by_norm)
    )
    phi = erf if activation == "erf" else lambda z: np.maximum(z, 0)
    risks, state = [], np.random.RandomState(0)
    for _ in range(100):
        X, y = problem.sample(n, state)
        features = phi(X @ W.T)
        dual = np.linalg.solve(features @ features.T + alpha * np.eye(n), y)
        risks.append(plain.risk(features.T @ dual))
    mean, error = np.mean(risks), np.std(risks) / np.sqrt(len(risks))
    risk, gaussian = (predict_risk(rows, n, alpha=alpha) for rows in (by_norm, plain))
    assert abs(risk / mean - 1) < 0.03 + 2 * error / mean
    assert gaussian / mean - 1 < -off


def test_restrict_and_sample():
    problem = sized_rows(6)
    part = problem.restrict([1, 4])
    assert part.average.covariance == pytest.approx(
        problem.average.covariance[np.ix_([1, 4], [1, 4])], rel=1e-12
    )
    assert part.average.noise_variance == pytest.approx(
        problem.average.restrict([1, 4]).noise_variance
    )
    X, y = problem.sample(100_000, random_state=0)
    assert X.T @ X / len(X) == pytest.approx(problem.average.covariance, abs=0.05)
    assert X.T @ y / len(X) == pytest.approx(problem.average.cross_moment, abs=0.02)


def test_scorer_by_norm():
    problem = SingleIndexProblem(np.eye(5)[0], "square", noise_variance=0.1)
    X, y = problem.sample(60, random_state=0)
    pipeline = make_pipeline(RandomFeatures(20, random_state=0), Ridge(2.0)).fit(X, y)
    layer = pipeline[0]
    scorer = TheoreticalRisk(problem, n_samples=60, by_norm=True)
    rows = problem.equivalent_by_norm(layer.random_weights_.T, "relu")
    assert -scorer(pipeline) == pytest.approx(predict_risk(rows, 60, alpha=2.0, fit_intercept=True))
    scaled = make_pipeline(RandomFeatures(20), MaxAbsScaler(), Ridge()).fit(X, y)
    with pytest.raises(ValueError, match="MaxAbsScaler"):
        scorer(scaled)
    with pytest.raises(ValueError, match="SingleIndexProblem"):
        TheoreticalRisk(rows.average, by_norm=True)
    oracle = PrunedRegressor("oracle", 5, False, saliency=np.arange(20.0))
    with pytest.raises(ValueError, match="oracle"):
        scorer(make_pipeline(layer, oracle).fit(X, y))


def test_prices_and_features_that_stay():
    """The weights of the Hessian are prices; an oracle that prefers what stays changes nothing."""
    problem = sized_rows(30)
    plan = {"sparsity": 12, "random_state": 0, "n_draws": 10}
    prices = problem.average.variances**-0.5
    priced = predict_risk(problem, 60, strategy="magnitude", feature_costs=prices, **plan)
    assert priced == pytest.approx(predict_risk(problem, 60, strategy="hessian", **plan), rel=1e-9)
    stays = list(range(10, 22))
    kept = predict_risk(
        problem, 60, strategy="magnitude", always_keep=stays, retrain="fresh", **plan
    )
    assert kept == pytest.approx(predict_risk(problem.restrict(stays), 60), rel=1e-9)


@pytest.mark.parametrize(
    "plan",
    [
        {"retrain": "same"},
        {"retrain": "distill", "n_unlabeled": 10},
        {"retrain": "pulled", "retrain_alpha": 1.0},
        {"feature_groups": [[0, 1]]},
        {"alpha": [0.0, 1.0]},
        {"strategy": "obs"},
        {"n_rounds": 2},
    ],
)
def test_refits_to_the_same_samples_are_refused(plan):
    plan = {"strategy": "magnitude", "sparsity": 3} | plan
    with pytest.raises(ValueError, match=r"problem\.average"):
        predict_risk(sized_rows(6), 20, **plan)


def test_bad_problems():
    second, cross, target = np.stack([np.eye(3)] * 2), np.zeros((2, 3)), np.ones(2)
    with pytest.raises(ValueError, match="shares"):
        MixedRowsProblem([1.0], second, cross, target)
    with pytest.raises(ValueError, match="positive shares"):
        MixedRowsProblem([1.0, 0.0], second, cross, target)
    with pytest.raises(ValueError, match="cross_moments has shape"):
        MixedRowsProblem([0.5, 0.5], second, cross[0], target)
    with pytest.raises(ValueError, match="second_moments"):
        MixedRowsProblem([0.5, 0.5], second[:1], cross, target)
    with pytest.raises(ValueError, match="weights must have shape"):
        SingleIndexProblem(np.eye(3)[0]).equivalent_by_norm(np.eye(2))
    with pytest.raises(ValueError, match=r"problem\.average"):
        optimal_alpha(MixedRowsProblem([0.5, 0.5], second, cross, target), 10)
