"""The scorer of a table: accepted where leave-one-out agrees, refused elsewhere."""

import pickle

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_prune import MinNormRegressor, PrunedRegressor, PrunedRegressorCV, TheoreticalRisk
from sklearn_prune.theory import LinearGaussianProblem


@pytest.fixture(scope="module")
def diabetes():
    X, y = load_diabetes(return_X_y=True)
    return X, (y - y.mean()) / y.std()


@pytest.fixture(scope="module")
def scorer(diabetes):
    return TheoreticalRisk.from_data(*diabetes, n_draws=10)


@pytest.mark.parametrize("retrain", [True, False])
def test_curve_of_diabetes(diabetes, scorer, retrain):
    X, y = diabetes
    sizes, dense = [3, 5, 7, 9], Ridge(0.1)
    search = PrunedRegressorCV(sparsities=sizes, retrain=retrain, alphas=[0.1]).fit(X, y)
    measured = -search.cv_results_["mean_test_score"]
    models = [PrunedRegressor("hessian", s, retrain, estimator=dense).fit(X, y) for s in sizes]
    assert [-scorer(model) for model in models] == pytest.approx(measured, rel=0.06)


def heavy_tailed(n=100, p=300):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p)) * rng.standard_cauchy((n, 1))
    return X, X[:, :5].sum(axis=1) + rng.standard_normal(n) * rng.standard_cauchy(n)


def test_what_no_law_describes_is_refused():
    with pytest.raises(ValueError, match="leave-one-out measures"):
        TheoreticalRisk.from_data(*heavy_tailed())


def test_a_plan_that_fails_is_refused_and_others_are_not():
    # Of few strong features among many more than rows the guess has too low an opinion.
    truth = LinearGaussianProblem(np.ones(300), np.repeat([0.5, 0.0], [30, 270]), 1.0)
    X, y = truth.sample(150, random_state=0)
    scorer = TheoreticalRisk.from_data(X, y, n_draws=10)
    assert -scorer(MinNormRegressor().fit(X, y)) == pytest.approx(6.2, rel=0.2)
    model = PrunedRegressor("magnitude", 40, estimator=Ridge(50.0)).fit(X, y)
    with pytest.raises(ValueError, match=r"predicts 5\.\d+, but leave-one-out measures 4\.\d+"):
        scorer(model)


def test_scaler_and_folds(diabetes, scorer):
    X, y = diabetes
    pipe = make_pipeline(StandardScaler(), PrunedRegressor(sparsity=5, estimator=Ridge(20.0)))
    few, all_rows = (-scorer(pipe.fit(X[:m], y[:m])) for m in (300, len(y)))
    assert all_rows < few
    search = PrunedRegressorCV(sparsities=[5], alphas=[20.0]).fit(
        StandardScaler().fit_transform(X), y
    )
    assert all_rows == pytest.approx(-search.best_score_, rel=0.05)


def test_survives_pickling(diabetes, scorer):
    model = PrunedRegressor(sparsity=5).fit(*diabetes)
    assert pickle.loads(pickle.dumps(scorer))(model) == scorer(model)


def test_wide_synthetic_table():
    coef = np.random.default_rng(2).standard_normal(300) / 10
    truth = LinearGaussianProblem(np.geomspace(3, 0.3, 300), coef, 1.0)
    X, y = truth.sample(150, random_state=1)
    scorer = TheoreticalRisk.from_data(X, y, n_draws=4)
    for retrain in (True, False):
        model = PrunedRegressor("hessian", 40, retrain, estimator=Ridge(50.0)).fit(X, y)
        true_risk = -TheoreticalRisk(truth)(model)
        assert -scorer(model) == pytest.approx(true_risk, rel=0.2)


@pytest.mark.parametrize("tolerance", [0, -1, np.inf, "a"])
def test_bad_tolerance(diabetes, tolerance):
    with pytest.raises(ValueError, match="tolerance is"):
        TheoreticalRisk.from_data(*diabetes, tolerance=tolerance)


def test_too_few_rows():
    with pytest.raises(ValueError, match="X has 5 rows"):
        TheoreticalRisk.from_data(np.eye(5), np.arange(5))
