import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn import config_context
from sklearn.datasets import make_friedman1
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, Ridge, RidgeCV
from sklearn.metrics import make_scorer, max_error
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_prune import MinNormRegressor, PrunedRegressor, RandomFeatures
from sklearn_prune._displays.cross_validated_errors import cross_validate
from sklearn_prune._displays.shared_widths import cross_validate_widths, shares_widths

WIDTHS, BUDGETS = [3, 10, 39, 40, 120], [5, 10, 60]
P, S = "randomfeatures__n_components", "prunedregressor__sparsity"
AS_IT_IS = {(0, j): {P: w} for j, w in enumerate(WIDTHS)}
PRUNED = {
    (i, j): {S: b, P: w} for i, b in enumerate(BUDGETS) for j, w in enumerate(WIDTHS) if b <= w
}


@pytest.fixture(scope="module")
def data():
    return make_friedman1(n_samples=60, noise=0.5, random_state=0)


def pipeline(regressor, *before, **params):
    return make_pipeline(*before, RandomFeatures(**{"random_state": 0} | params), regressor)


def assert_shared_equals_separate(model, X, y, settings, scoring="neg_mean_squared_error"):
    shape = np.max(list(settings), axis=0) + 1
    splits = list(KFold(3).split(X))
    assert shares_widths(model, settings, scoring)
    before = str(model.get_params())
    shared, separate = (
        validate(model, X, y, settings, shape, splits, scoring, None)
        for validate in (cross_validate_widths, cross_validate)
    )
    assert_allclose(shared, separate, rtol=1e-8)
    assert np.isfinite(shared).sum() == 3 * len(settings)
    assert str(model.get_params()) == before


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"retrain": False},
        {"retrain": RidgeCV()},
        {"estimator": Ridge(2.0)},
        {"estimator": LinearRegression()},
        {"strategy": "hessian"},
        {"strategy": "random", "random_state": 3},
        {"strategy": "random", "random_state": np.random.RandomState(3)},
        {"strategy": lambda coef, X, y: np.abs(X.T @ y)},
    ],
    ids=range(9),
)
@pytest.mark.parametrize("settings", [PRUNED, AS_IT_IS], ids=["budgets", "as it is"])
def test_pruned_regressor(data, params, settings):
    model = pipeline(PrunedRegressor(**{"sparsity": 0.3} | params), StandardScaler())
    assert_shared_equals_separate(model, *data, settings)


@pytest.mark.parametrize("regressor", [MinNormRegressor(), MinNormRegressor(fit_intercept=False)])
@pytest.mark.parametrize("params", [{}, {"activation": "cos", "bias": True}, {"weights": "unit"}])
def test_min_norm_regressor(data, regressor, params):
    assert_shared_equals_separate(pipeline(regressor, **params), *data, AS_IT_IS)


@pytest.mark.parametrize("scoring", [None, "r2", "neg_max_error", make_scorer(max_error)])
def test_scoring(data, scoring):
    assert_shared_equals_separate(pipeline(PrunedRegressor()), *data, PRUNED, scoring)


def test_data_frames_and_several_targets(data):
    X, y = pd.DataFrame(data[0]).add_prefix("x"), pd.DataFrame({"a": data[1], "b": data[0][:, 0]})
    model = pipeline(PrunedRegressor(), PCA(5, random_state=0)).set_output(transform="pandas")
    assert_shared_equals_separate(model, X, y, {(0, 0): {S: 5, P: 10}, (0, 1): {S: 5, P: 80}})


def test_metadata_routing(data):
    with config_context(enable_metadata_routing=True):
        assert_shared_equals_separate(pipeline(PrunedRegressor()), *data, PRUNED)


def test_widths_below_all_budgets_are_missing(data):
    settings = {index: params for index, params in PRUNED.items() if index[0] > 0}
    shape = (len(BUDGETS), len(WIDTHS))
    model, splits = pipeline(PrunedRegressor()), list(KFold(3).split(data[0]))
    errors = cross_validate_widths(model, *data, settings, shape, splits, "r2", None)
    assert np.isnan(errors[0]).all()
    assert np.isnan(errors[1, 0]).all()
    assert np.isfinite(errors[1, 1:]).all()


def test_sparsity_beyond_a_width(data):
    splits = list(KFold(3).split(data[0]))
    model = pipeline(PrunedRegressor(sparsity=4))
    with pytest.raises(ValueError, match=r"sparsity is 4: .* an int from 1 to 3"):
        cross_validate_widths(model, *data, AS_IT_IS, (1, 5), splits, None, None)


@pytest.mark.parametrize(
    ("model", "scoring"),
    [
        (PrunedRegressor(), "r2"),
        (make_pipeline(PrunedRegressor()), "r2"),
        (pipeline(LinearRegression()), "r2"),
        (pipeline(PrunedRegressor(), random_state=None), "r2"),
        (pipeline(PrunedRegressor(), random_state=np.random.RandomState(0)), "r2"),
        (pipeline(PrunedRegressor(n_rounds=2)), "r2"),
        (pipeline(PrunedRegressor("oracle", saliency=np.ones(10))), "r2"),
        (pipeline(PrunedRegressor(retrain="distill")), "r2"),
        (pipeline(PrunedRegressor(per_target=True)), "r2"),
        (pipeline(PrunedRegressor(estimator=FrozenEstimator(Ridge()))), "r2"),
        (make_pipeline(RandomFeatures(random_state=0), PCA(), PrunedRegressor()), "r2"),
        (pipeline(PrunedRegressor()), lambda model, X, y: model[-1].n_nonzero_),
    ],
)
def test_what_cannot_be_shared(model, scoring):
    assert not shares_widths(model, AS_IT_IS, scoring)


def test_other_parameters_cannot_be_shared():
    model = pipeline(PrunedRegressor(), PCA())
    assert shares_widths(model, AS_IT_IS, None)
    assert not shares_widths(model, {(0, 0): {"pca__n_components": 3}}, None)
