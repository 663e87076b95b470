import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Lasso, LinearRegression, Ridge, RidgeCV
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from sklearn_prune import (
    MinNormRegressor,
    PrunedRegressor,
    PrunedRegressorCV,
    RandomFeatures,
    TheoreticalRisk,
)
from sklearn_prune.theory import (
    LinearGaussianProblem,
    SampleProblem,
    SingleIndexProblem,
    predict_risk,
)

N, P = 60, 150


@pytest.fixture(scope="module")
def problem():
    return LinearGaussianProblem(
        np.geomspace(1, 0.1, P), np.repeat([1.0, 0.1], [15, P - 15]), noise_variance=0.5
    )


@pytest.fixture(scope="module")
def data(problem):
    return problem.sample(N, random_state=0)


NO_INTERCEPT = MinNormRegressor(fit_intercept=False)
PLAIN, RIDGE = {"fit_intercept": False}, Ridge(alpha=3.0, fit_intercept=False)


@pytest.mark.parametrize(
    ("model", "plan"),
    [
        (MinNormRegressor(), {"fit_intercept": True}),
        (NO_INTERCEPT, PLAIN),
        (Ridge(alpha=3.0), {"alpha": 3.0, "fit_intercept": True}),
        (RidgeCV(alphas=[7.0]), {"alpha": 7.0, "fit_intercept": True}),
        (LinearRegression(fit_intercept=False), PLAIN),
        (
            PrunedRegressor("magnitude", 20),
            {"strategy": "magnitude", "sparsity": 20, "retrain": "same", "fit_intercept": True},
        ),
        (
            PrunedRegressor("hessian", 0.2, False, estimator=NO_INTERCEPT),
            {"strategy": "hessian", "sparsity": 30} | PLAIN,
        ),
        (
            PrunedRegressor("random", 20, RIDGE, estimator=NO_INTERCEPT),
            {"strategy": "random", "sparsity": 20, "retrain": "same", "retrain_alpha": 3.0} | PLAIN,
        ),
        (
            PrunedRegressor("magnitude", 20, NO_INTERCEPT, estimator=RIDGE),
            {
                "strategy": "magnitude",
                "sparsity": 20,
                "retrain": "same",
                "alpha": 3.0,
                "retrain_alpha": 0.0,
            }
            | PLAIN,
        ),
    ],
)
def test_plan_of_the_model(problem, data, model, plan):
    fitted = clone(model).fit(*data)
    expected = predict_risk(problem, N, **plan)
    score = TheoreticalRisk(problem, n_samples=N)(fitted, None, None)
    assert isinstance(score, float)
    assert_allclose(-score, expected, rtol=1e-12)


def test_distillation(problem, data):
    model = PrunedRegressor("magnitude", 20, retrain="distill", estimator=NO_INTERCEPT)
    model.fit(*data, X_unlabeled=problem.sample(90, random_state=1)[0])
    expected = predict_risk(
        problem, N, strategy="magnitude", sparsity=20, retrain="distill", n_unlabeled=90
    )
    assert_allclose(-TheoreticalRisk(problem)(model), expected)


def test_oracle(problem, data):
    saliency = problem.variances * problem.coef**2
    model = PrunedRegressor("oracle", 15, saliency=saliency).fit(*data)
    expected = predict_risk(
        problem, N, strategy="oracle", sparsity=15, retrain="same", fit_intercept=True
    )
    assert_allclose(-TheoreticalRisk(problem)(model), expected)
    other = PrunedRegressor("oracle", 15, saliency=saliency[::-1]).fit(*data)
    with pytest.raises(ValueError, match="ranks otherwise"):
        TheoreticalRisk(problem)(other)


SELECTION = {
    "feature_groups": [range(10), range(20, 23)],
    "always_keep": [5, 40],
    "feature_costs": {1: 2.0},
}


@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "random", "oracle"])
@pytest.mark.parametrize("names", [None, [f"x{i}" for i in range(P)]])
def test_groups(problem, data, strategy, names):
    X, y = data
    plan = {"strategy": strategy, "sparsity": 20, **SELECTION}
    saliency = problem.variances * problem.coef**2
    model = PrunedRegressor(**plan, estimator=NO_INTERCEPT, saliency=saliency)
    if names is not None:
        always = {"always_keep": ["x5", "x40"], "feature_costs": {"x1": 2.0}}
        X, model = pd.DataFrame(X, columns=names), model.set_params(**always)
    expected = predict_risk(problem, N, retrain="same", **plan)
    assert_allclose(TheoreticalRisk(problem)(model.fit(X, y)), -expected, rtol=1e-12)


def test_the_oracle_of_groups_is_held_to_its_word(problem, data):
    options = {"sparsity": 20, "estimator": NO_INTERCEPT, "feature_groups": [range(10)]}
    saliency = problem.variances * problem.coef**2
    saliency[:10] = 0.0
    model = PrunedRegressor("oracle", saliency=saliency, **options).fit(*data)
    with pytest.raises(ValueError, match="a saliency that ranks otherwise"):
        TheoreticalRisk(problem)(model)


@pytest.mark.parametrize("unit", ["columns", "cost"])
def test_a_unit_that_changes_nothing(problem, data, unit):
    groups = np.arange(P) // 5
    plan = {"strategy": "hessian", "feature_groups": groups}
    model = PrunedRegressor(**plan, sparsity=23, sparsity_unit=unit, estimator=NO_INTERCEPT)
    expected = predict_risk(problem, N, sparsity=4, retrain="same", **plan)
    assert_allclose(TheoreticalRisk(problem)(model.fit(*data)), -expected, rtol=1e-12)


def test_the_oracle_beside_an_intercept_ranks_by_what_varies(problem, data):
    """Through means of 3 the last feature tells much of the target, but nothing that varies."""
    mean = 3.0 * (np.arange(P) == P - 1)
    explained = problem.coef @ problem.cross_moment
    shifted = LinearGaussianProblem.from_moments(
        np.diag(problem.covariance) + np.outer(mean, mean),
        problem.cross_moment + 3 * mean,
        problem.noise_variance + explained + 9,
        mean=mean,
        target_mean=3.0,
    )
    saliency = problem.variances * problem.coef**2
    model = PrunedRegressor("oracle", 15, saliency=saliency).fit(*data)
    plan = {"strategy": "oracle", "sparsity": 15, "retrain": "same", "random_state": 0}
    expected = predict_risk(shifted, N, fit_intercept=True, **plan)
    assert_allclose(-TheoreticalRisk(shifted)(model), expected)
    saliency = shifted.variances * shifted.coef**2
    other = PrunedRegressor("oracle", 15, saliency=saliency).fit(*data)
    with pytest.raises(ValueError, match="ranks otherwise"):
        TheoreticalRisk(shifted)(other)


def test_frozen_model(problem, data):
    dense = FrozenEstimator(NO_INTERCEPT.fit(*data))
    model = PrunedRegressor("magnitude", 20, retrain=False, estimator=dense).fit(*data)
    expected = predict_risk(problem, N, strategy="magnitude", sparsity=20)
    assert_allclose(-TheoreticalRisk(problem)(model), expected)


def test_prediction_agrees_with_the_measured_risk(problem):
    measured, predicted = [], []
    scorer = TheoreticalRisk(problem)
    for seed in range(40):
        model = PrunedRegressor("hessian", 10).fit(*problem.sample(400, random_state=seed))
        measured.append(problem.risk(model.coef_, model.intercept_))
        predicted.append(-scorer(model))
    std_error = np.std(measured) / np.sqrt(40)
    assert abs(np.mean(measured) - predicted[0]) < 3 * std_error + 0.01 * predicted[0]
    assert np.ptp(predicted) == 0


# Pipelines


@pytest.mark.parametrize("scaler", [StandardScaler(), RobustScaler(), MinMaxScaler()])
def test_scaler_before_a_linear_model(problem, data, scaler):
    X, y = data
    model = make_pipeline(scaler, PrunedRegressor(sparsity=20)).fit(X, y)
    scale = model[0].transform(np.ones((1, P)))[0] - model[0].transform(np.zeros((1, P)))[0]
    scaled = LinearGaussianProblem(
        problem.covariance * scale**2, problem.coef / scale, problem.noise_variance
    )
    expected = TheoreticalRisk(scaled)(model[-1])
    assert_allclose(TheoreticalRisk(problem)(model), expected, rtol=1e-10)
    dense = make_pipeline(scaler, MinNormRegressor()).fit(X[:, :P], y)
    assert TheoreticalRisk(problem)(dense) != TheoreticalRisk(problem)(dense[-1])


def test_shift_before_a_model_without_intercept(problem, data):
    X, y = data
    model = make_pipeline(MinMaxScaler(), Ridge(alpha=0.5, fit_intercept=False)).fit(X, y)
    scale, shift = model[0].scale_, model[0].min_
    second = np.diag(problem.covariance * scale**2) + np.outer(shift, shift)
    moved = LinearGaussianProblem.from_moments(
        second,
        problem.covariance * problem.coef * scale,
        problem.noise_variance + problem.coef @ (problem.covariance * problem.coef),
        mean=shift,
    )
    expected = predict_risk(moved, N, alpha=0.5)
    assert_allclose(-TheoreticalRisk(problem, n_samples=N)(model), expected, rtol=1e-8)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_random_features(fit_intercept):
    single = SingleIndexProblem(np.eye(12)[0], "square", 0.1)
    X, y = single.sample(N, random_state=0)
    dense = MinNormRegressor(fit_intercept=fit_intercept)
    features = RandomFeatures(80, random_state=0)
    model = make_pipeline(features, PrunedRegressor("magnitude", 20, estimator=dense)).fit(X, y)
    equivalent = single.equivalent(model[0].random_weights_.T, "relu")
    expected = predict_risk(
        equivalent,
        N,
        strategy="magnitude",
        sparsity=20,
        retrain="same",
        fit_intercept=fit_intercept,
        random_state=0,
    )
    assert_allclose(-TheoreticalRisk(single)(model), expected)


def test_scaled_inputs_of_random_features():
    single = SingleIndexProblem([1.0, 2.0, 0.0], "tanh", 0.1, covariance=[4.0, 1.0, 0.25])
    X, y = single.sample(N, random_state=0)
    model = make_pipeline(
        StandardScaler(with_mean=False), RandomFeatures(30, random_state=0), MinNormRegressor()
    ).fit(X, y)
    weights = model[1].random_weights_.T / model[0].scale_
    expected = predict_risk(single.equivalent(weights), N, fit_intercept=True)
    assert_allclose(-TheoreticalRisk(single)(model), expected, rtol=1e-6)
    centred = make_pipeline(StandardScaler(), RandomFeatures(30), MinNormRegressor()).fit(X, y)
    with pytest.raises(ValueError, match=r"StandardScaler shifts .*with_mean=False"):
        TheoreticalRisk(single)(centred)


def test_single_index_without_features():
    single = SingleIndexProblem([1.0, 1.0, 0.0, 0.0], "erf", 0.1)
    model = MinNormRegressor().fit(*single.sample(30, random_state=0))
    linear = single.equivalent(np.eye(4), "identity")
    assert_allclose(-TheoreticalRisk(single)(model), predict_risk(linear, 30, fit_intercept=True))


def test_real_data():
    X, y = load_digits(return_X_y=True)
    y = np.where(y % 2, 1.0, -1.0)
    model = make_pipeline(
        MinMaxScaler(clip=True), RandomFeatures(100, random_state=0), MinNormRegressor()
    ).fit(X[:300], y[:300])
    sample = SampleProblem(X, y)
    expected = predict_risk(sample.equivalent(model[:-1].transform), 300, fit_intercept=True)
    assert_allclose(-TheoreticalRisk(sample)(model), expected)


def test_equivalent_problems_are_cached(monkeypatch):
    single = SingleIndexProblem(np.eye(5)[0])
    X, y = single.sample(30, random_state=0)
    pipe = make_pipeline(RandomFeatures(20, random_state=0), PrunedRegressor("magnitude"))
    calls, original = [], SingleIndexProblem.equivalent

    def counted(self, *args):
        calls.append(args)
        return original(self, *args)

    monkeypatch.setattr(SingleIndexProblem, "equivalent", counted)
    scorer = TheoreticalRisk(single)
    first = scorer(pipe.fit(X, y))
    assert scorer(pipe.set_params(prunedregressor__sparsity=0.1).fit(X, y)) == first
    scorer(pipe.set_params(prunedregressor__sparsity=10).fit(X, y))
    assert len(calls) == 1
    scorer(pipe.set_params(randomfeatures__random_state=1).fit(X, y))
    assert len(calls) == 2
    assert pickle.loads(pickle.dumps(scorer))(pipe) == scorer(pipe)


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("n_jobs", [None, 2])
def test_grid_search(problem, data, routing, n_jobs):
    with config_context(enable_metadata_routing=routing):
        search = GridSearchCV(
            PrunedRegressor("magnitude"),
            {"sparsity": [5, 20], "retrain": [True, False]},
            scoring={"mse": "neg_mean_squared_error", "theory": TheoreticalRisk(problem)},
            refit="mse",
            cv=3,
            n_jobs=n_jobs,
        ).fit(*data)
    results = search.cv_results_
    assert {"mean_test_mse", "mean_test_theory"} <= set(results)
    for params, score in zip(results["params"], results["mean_test_theory"], strict=True):
        expected = predict_risk(
            problem,
            40,
            strategy="magnitude",
            sparsity=params["sparsity"],
            retrain="same" if params["retrain"] else None,
            fit_intercept=True,
        )
        assert_allclose(-score, expected)


@pytest.mark.parametrize(
    "model",
    [
        GridSearchCV(Ridge(), {"alpha": [1.0, 100.0]}),
        GridSearchCV(PrunedRegressor(), {"sparsity": [3, 9]}),
        GridSearchCV(make_pipeline(StandardScaler(), RIDGE), {"ridge__alpha": [1.0, 9.0]}),
        PrunedRegressorCV(sparsities=[3, 9]),
    ],
    ids=str,
)
def test_a_search_is_what_it_has_chosen(problem, data, model):
    score = TheoreticalRisk(problem.centred(), n_samples=N)
    assert score(model.fit(*data)) == score(model.best_estimator_)


def test_a_search_at_the_end_of_a_pipeline(problem, data):
    score, alphas = TheoreticalRisk(problem, n_samples=N), {"alpha": [1.0, 100.0]}
    model = make_pipeline(StandardScaler(), GridSearchCV(Ridge(), alphas)).fit(*data)
    assert score(model) == score(make_pipeline(model[0], model[1].best_estimator_))


@pytest.mark.parametrize("options", [{}, {"alpha_per_target": True}, {"cv": 3}])
def test_a_penalty_that_was_chosen(problem, data, options):
    model = RidgeCV([1.0, 10.0, 100.0], **options).fit(*data)
    expected = predict_risk(problem, N, alpha=model.alpha_, fit_intercept=True)
    assert_allclose(-TheoreticalRisk(problem, n_samples=N)(model), expected)


# What it refuses


@pytest.mark.parametrize(
    ("model", "match"),
    [
        (Lasso(), "Lasso"),
        (Ridge(positive=True), "positive=True"),
        (PrunedRegressor(lambda coef, X, y: np.abs(coef), 5), "strategy=<function"),
        (
            PrunedRegressor(sparsity=5, feature_groups=[[0, 1]], sparsity_unit="columns"),
            "sparsity_unit='columns' with groups that do not all count the same",
        ),
        (
            PrunedRegressor(sparsity=9, feature_costs={1: 2.0}, sparsity_unit="cost"),
            "sparsity_unit='cost' with groups that do not all count the same",
        ),
        (PrunedRegressor(sparsity=5, retrain=Lasso()), "Lasso"),
        (PrunedRegressor(sparsity=5, retrain=NO_INTERCEPT), "intercept in only one"),
        (make_pipeline(PCA(5), MinNormRegressor()), "no moments of PCA"),
        (make_pipeline(MinMaxScaler(clip=True), MinNormRegressor()), "clip=False"),
        (make_pipeline(RandomFeatures(5), MinNormRegressor()), "no moments of RandomFeatures"),
    ],
)
def test_refusals(problem, data, model, match):
    with pytest.raises(ValueError, match=match):
        TheoreticalRisk(problem, n_samples=N)(model.fit(*data))


@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("strategy", ["magnitude", "oracle"])
def test_one_target_that_keeps_features_of_its_own(problem, data, strategy, retrain):
    X, y = data
    saliency = problem.variances * problem.coef**2
    model = PrunedRegressor(strategy, 2, retrain, saliency=saliency, per_target=True)
    score = TheoreticalRisk(problem)
    expected = score(model.fit(X, y))
    assert score(model.fit(X, y[:, np.newaxis])) == expected
    with pytest.raises(ValueError, match="several outputs"):
        score(model.fit(X, np.column_stack([y, -y])))


def test_several_outputs(problem, data):
    X, y = data
    with pytest.raises(ValueError, match="several outputs"):
        TheoreticalRisk(problem)(MinNormRegressor().fit(X, np.column_stack([y, y])))


def test_unknown_number_of_samples(problem, data):
    model = LinearRegression().fit(*data)
    with pytest.raises(ValueError, match="give n_samples"):
        TheoreticalRisk(problem)(model)


def test_problem_of_another_width(problem, data):
    X, y = data
    with pytest.raises(ValueError, match="fitted to 149 features, but the problem has 150"):
        TheoreticalRisk(problem)(MinNormRegressor().fit(X[:, 1:], y))


@pytest.mark.parametrize("problem", [None, np.eye(3), "square"])
def test_not_a_problem(problem):
    with pytest.raises(ValueError, match=r"give a problem of sklearn_prune\.theory"):
        TheoreticalRisk(problem)


@pytest.mark.parametrize(
    ("model", "allowed"),
    [
        (MinNormRegressor(), True),
        (PrunedRegressor("magnitude", 20, retrain=False), True),
        (PrunedRegressor("hessian", 20, False), False),
        (PrunedRegressor("magnitude", 20), False),
        (PrunedRegressor("magnitude", 100), True),
    ],
)
def test_unequal_weights(problem, data, model, allowed):
    weights = np.linspace(1, 2, N)
    weighted = clone(model).fit(*data, sample_weight=weights)
    scorer = TheoreticalRisk(problem)
    if allowed:
        assert_allclose(scorer(weighted), scorer(clone(model).fit(*data)))
    else:
        with pytest.raises(ValueError, match="sample weights from 1 to 2"):
            scorer(weighted)
    equal = clone(model).fit(*data, sample_weight=np.full(N, 3.0))
    assert_allclose(scorer(equal), scorer(clone(model).fit(*data)))


def test_a_cut_off_that_leaves_directions_out():
    problem = LinearGaussianProblem(np.ones(20), np.repeat([1.0, 0.0], [5, 15]), 0.5)
    X, y = problem.sample(60, random_state=0)
    score = TheoreticalRisk(problem, n_samples=60)
    expected = score(MinNormRegressor().fit(X, y))
    assert score(MinNormRegressor(tol=1e-12).fit(X, y)) == expected
    assert score(LinearRegression(tol=1e-3).fit(X, y)) == expected
    pruned = PrunedRegressor(sparsity=5, estimator=MinNormRegressor(tol=0.9))
    for model in (MinNormRegressor(tol=0.99), LinearRegression(tol=0.9), pruned):
        with pytest.raises(ValueError, match=r"tol=0\.9.*, by which singular values were left out"):
            score(model.fit(X, y))


def test_not_fitted():
    problem = LinearGaussianProblem(np.ones(20), np.ones(20), 0.5)
    with pytest.raises(NotFittedError):
        TheoreticalRisk(problem)(MinNormRegressor())
