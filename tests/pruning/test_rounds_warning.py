import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Lasso, LinearRegression, Ridge, RidgeCV

from sklearn_prune import PrunedClassifier, PrunedRegressor, pruning_path

PASSES = r"Rounds from 40 features to 5 pass the number of samples, 20, .* estimator=RidgeCV\(\)"


@pytest.fixture
def data(rng):
    X = rng.standard_normal((20, 40))
    return X, X[:, 0] + rng.standard_normal(20)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"estimator": LinearRegression()},
        {"strategy": "magnitude", "retrain": False},
        {"retrain": RidgeCV()},
        {"strategy": "obs-one-shot"},
    ],
)
def test_rounds_that_pass_the_number_of_samples(data, options):
    X, y = data
    with pytest.warns(UserWarning, match=PASSES):
        PrunedRegressor(sparsity=5, n_rounds=2).set_params(**options).fit(X, y)
    with pytest.warns(UserWarning, match=PASSES):
        pruning_path(X, y, sparsities=[5, 30], n_rounds=3, **options)


def test_of_classes(data):
    X, y = data
    with pytest.warns(UserWarning, match=PASSES):
        PrunedClassifier(sparsity=5, n_rounds=2).fit(X, y > 0)


@pytest.mark.parametrize(
    "options",
    [
        {"n_rounds": 1},
        {"estimator": RidgeCV()},
        {"estimator": Ridge(1.0)},
        {"estimator": Lasso(0.1)},
        {"strategy": "obs"},
        {"strategy": "random", "random_state": 0},
        {"sparsity": 19},
    ],
)
def test_others_are_silent(data, options):
    X, y = data
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ConvergenceWarning)
        PrunedRegressor(sparsity=5, n_rounds=2).set_params(**options).fit(X, y)
        PrunedRegressor(sparsity=5, n_rounds=2).fit(X[:, :15], y)


def test_an_intercept_takes_a_sample(data):
    X, y = data
    with pytest.warns(UserWarning, match="Rounds from 20 features to 5 pass"):
        PrunedRegressor(sparsity=5, n_rounds=2).fit(X[:, :20], y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        without = LinearRegression(fit_intercept=False)
        PrunedRegressor(sparsity=5, n_rounds=2, estimator=without).fit(X[:, :20], y)


def test_groups_count_their_columns(data):
    X, y = data
    groups = np.arange(40) // 4
    with pytest.warns(UserWarning, match="Rounds from 40 features to 8 pass"):
        PrunedRegressor(sparsity=2, n_rounds=2, feature_groups=groups).fit(X, y)
