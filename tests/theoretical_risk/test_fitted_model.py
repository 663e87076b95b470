"""Where the plan of a fitted model meets the number of its rows."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, Ridge

from sklearn_prune import MinNormRegressor, PrunedRegressor, TargetedRidge
from sklearn_prune._theoretical_risk.fitted_model import read_plan
from sklearn_prune.theory import LinearGaussianProblem

N = 30


def rows(width):
    return LinearGaussianProblem(np.ones(width), np.ones(width), 0.5).sample(N, random_state=0)


def interpolators(fit_intercept):
    """Yield models, and by how many rows they miss interpolation."""
    least = N - fit_intercept
    for missing in (2, 1, 0, -1):
        width = least - missing
        yield missing, width, MinNormRegressor(fit_intercept=fit_intercept)
        dense = MinNormRegressor(fit_intercept=fit_intercept)
        yield missing, 50, PrunedRegressor("magnitude", width, estimator=dense)
        yield missing, width, PrunedRegressor("magnitude", 5, False, estimator=dense)


@pytest.mark.parametrize("fit_intercept", [False, True])
def test_weights_do_not_matter_from_interpolation_on(fit_intercept):
    """They move no fit through every row, and any that misses one."""
    weights = np.linspace(1, 2, N)
    for missing, width, model in interpolators(fit_intercept):
        X, y = rows(width)
        weighted = clone(model).fit(X, y, sample_weight=weights)
        moved = not np.allclose(weighted.coef_, clone(model).fit(X, y).coef_, atol=1e-6)
        assert moved == (missing > 0)
        if moved:
            with pytest.raises(ValueError, match="sample weights from 1 to 2"):
                read_plan(weighted)
        else:
            assert read_plan(weighted) == read_plan(clone(model).fit(X, y))


@pytest.mark.parametrize("width", [5, N - 1, N, 50])
def test_weights_matter_to_every_penalty(width):
    X, y = rows(width)
    ridge = PrunedRegressor("magnitude", 4, Ridge(2.0), estimator=MinNormRegressor())
    with pytest.raises(ValueError, match="sample weights from 1 to 2"):
        read_plan(ridge.fit(X, y, sample_weight=np.linspace(1, 2, N)))
    with pytest.raises(ValueError, match="sample weights from 3 to 3"):
        read_plan(ridge.fit(X, y, sample_weight=np.full(N, 3.0)))


@pytest.mark.parametrize("fit_intercept", [False, True])
@pytest.mark.parametrize("width", [20, N - 2, N - 1, N, N + 1, 50])
def test_a_cut_off_that_leaves_nothing_out(width, fit_intercept):
    """Of full rank are min(n, p) directions, one less of the rows with an intercept."""
    X, y = rows(width)
    for model in (MinNormRegressor, LinearRegression):
        fitted = model(fit_intercept=fit_intercept, tol=1e-9).fit(X, y)
        assert fitted.rank_ == min(width, N - fit_intercept)
        if model is MinNormRegressor:
            assert_allclose(read_plan(fitted)["alpha"], 0)


@pytest.mark.parametrize("fit_intercept", [False, True])
@pytest.mark.parametrize("width", [20, N - 1, N, 50])
def test_a_cut_off_that_leaves_one_direction_out(width, fit_intercept):
    X, y = rows(width)
    full = min(width, N - fit_intercept)
    centred = X - X.mean(axis=0) if fit_intercept else X
    values = np.linalg.svd(centred, compute_uv=False)[:full]
    tol = np.sqrt(values[-1] * values[-2]) / values[0]
    fitted = MinNormRegressor(fit_intercept=fit_intercept, tol=tol).fit(X, y)
    assert fitted.rank_ == full - 1
    with pytest.raises(ValueError, match="by which singular values were left out"):
        read_plan(fitted)


@pytest.mark.parametrize("strategy", ["obs", "obs-one-shot"])
def test_the_surgeon_and_its_refits(strategy):
    X, y = rows(10)
    plan = {
        "strategy": strategy,
        "sparsity": 4,
        "loss": "squared",
        "alpha": 2.0,
        "fit_intercept": True,
        "n_rounds": 1,
    }
    model = PrunedRegressor(strategy, 4, False, estimator=Ridge(2.0))
    assert read_plan(model.fit(X, y)) == plan
    model.set_params(retrain=TargetedRidge(3.0))
    assert read_plan(model.fit(X, y)) == plan | {"retrain": "pulled", "retrain_alpha": 3.0}
    model.set_params(retrain=False, estimator=None)
    with pytest.raises(ValueError, match="sample weights from 1 to 2"):
        read_plan(model.fit(*rows(50), sample_weight=np.linspace(1, 2, N)))


def test_a_target_of_which_nothing_is_known():
    X, y = rows(10)
    for model in (TargetedRidge(2.0), PrunedRegressor("hessian", 4, estimator=TargetedRidge(2.0))):
        with pytest.raises(ValueError, match=r"TargetedRidge\(alpha=2.0\) as a model"):
            read_plan(model.fit(X, y))
