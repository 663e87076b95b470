import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Lasso, LinearRegression, Ridge, RidgeCV
from sklearn.model_selection import KFold, ShuffleSplit

from sklearn_prune import MinNormRegressor, PrunedRegressor, RandomFeatures
from sklearn_prune._paths.width_path import width_path

# 40 rows train: fewer columns, as many as interpolate, as many as rows, and more.
N_TRAIN, WIDTHS, BUDGETS = 40, [3, 12, 39, 40, 41, 150], [2, 12, 38, 60]
ONE_FOLD = ShuffleSplit(1, train_size=N_TRAIN, random_state=0)
SALIENCY = np.random.default_rng(5).random(150)


def make_data(*, n_targets=None, dtype=np.float64):
    rng = np.random.default_rng(0)
    Z = rng.standard_normal((60, 6))
    X = RandomFeatures(150, random_state=0).fit_transform(Z) + 0.5
    signal = np.abs(Z[:, 0] if n_targets is None else Z[:, :n_targets])
    return X.astype(dtype), signal + 0.3 * rng.standard_normal(signal.shape)


def refitted_errors(X, y, split, width, model, weights):
    """Return the error of a PrunedRegressor, and of the dense model inside, on one fold."""
    train, test = split
    weights = np.ones(len(y)) if weights is None else weights
    model = clone(model)
    if model.saliency is not None:
        model.set_params(saliency=model.saliency[:width])
    model.fit(X[train][:, :width], y[train], sample_weight=weights[train])
    predictions = model.predict(X[test][:, :width]), model.estimator_.predict(X[test][:, :width])
    return [
        np.mean(np.average((y[test] - predicted) ** 2, axis=0, weights=weights[test]))
        for predicted in predictions
    ]


def assert_path_is_refits(
    X,
    y,
    *,
    cv=ONE_FOLD,
    sample_weight=None,
    strategy="magnitude",
    retrain=True,
    rtol=1e-8,
    **params,
):
    """Compare every error of a path with that of an estimator that is fitted for it."""
    path = width_path(
        X,
        y,
        widths=WIDTHS,
        sparsities=BUDGETS,
        cv=cv,
        sample_weight=sample_weight,
        strategy=strategy,
        retrain=retrain,
        **params,
    )
    splits = list(cv.split(X))
    models = [
        (path.pruned_errors, PrunedRegressor(strategy, retrain=False, **params)),
        (path.retrained_errors, PrunedRegressor(strategy, retrain=retrain, **params)),
        (path.random_errors, PrunedRegressor("random", retrain=retrain, **params)),
    ]
    assert path.dense_errors.shape == (len(WIDTHS), len(splits))
    for errors, model in models:
        assert errors.shape == (len(BUDGETS), *path.dense_errors.shape)
        for i, j, k in np.ndindex(errors.shape):
            width, budget = WIDTHS[j], BUDGETS[i]
            if budget > width:
                assert np.isnan(errors[i, j, k])
                continue
            model.set_params(sparsity=budget)
            expected, dense = refitted_errors(X, y, splits[k], width, model, sample_weight)
            where = f"width {width}, sparsity {budget}, {model}"
            assert_allclose(errors[i, j, k], expected, rtol=rtol, err_msg=where)
            assert_allclose(path.dense_errors[j, k], dense, rtol=rtol, err_msg=where)
    return path


SETTINGS = {
    "default": {},
    "no intercept": {"estimator": MinNormRegressor(fit_intercept=False)},
    "cut-off": {"estimator": MinNormRegressor(tol=0.05)},
    "ridge": {"estimator": Ridge(1.0)},
    "ridge, min-norm refit": {
        "estimator": Ridge(0.3, fit_intercept=False),
        "retrain": MinNormRegressor(),
    },
    "almost no ridge": {"estimator": Ridge(1e-10)},
    "ridge refit": {"retrain": Ridge(2.0)},
    "ridge by cross-validation": {"retrain": RidgeCV()},
    "hessian": {"strategy": "hessian"},
    "obs": {"strategy": "obs"},
    "oracle": {"strategy": "oracle", "saliency": SALIENCY},
    "callable": {"strategy": lambda coef, X, y: np.abs(X.T @ y)},
    "random": {"strategy": "random"},
    "another estimator": {"estimator": Lasso(0.1, tol=1e-12)},
}


@pytest.mark.parametrize("params", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("weighted", [False, True], ids=["", "weighted"])
def test_every_error_is_that_of_a_refit(params, weighted):
    weights = np.random.default_rng(1).uniform(0.5, 3, 60) if weighted else None
    assert_path_is_refits(*make_data(), sample_weight=weights, random_state=3, **params)


@pytest.mark.parametrize("estimator", [None, Ridge(1.0)], ids=str)
def test_folds_targets_and_weights_of_zero(estimator):
    weights = np.random.default_rng(1).choice([0.0, 0.5, 1, 3], 60)
    assert_path_is_refits(
        *make_data(n_targets=2),
        cv=KFold(3),
        sample_weight=weights,
        estimator=estimator,
        random_state=0,
    )


@pytest.mark.parametrize("estimator", [None, Ridge(1.0)], ids=str)
def test_float32(estimator):
    def strategy(coef, X, y):
        assert coef.dtype == np.float32
        return np.abs(coef)

    X, y = make_data(dtype=np.float32)
    params = {"estimator": estimator, "strategy": strategy, "random_state": 0}
    assert_path_is_refits(X, y, rtol=1e-2, **params)


@pytest.mark.parametrize("weighted", [False, True])
def test_repeated_rows_and_columns(weighted):
    X, y = make_data()
    X[:, 5], X[:, 8], X[:, 60] = X[:, 1], 2.0, X[:, 30]
    X[20:30] = X[:10]
    weights = np.random.default_rng(1).uniform(0.5, 3, 60) if weighted else None
    assert_path_is_refits(X, y, sample_weight=weights, random_state=0)


@pytest.mark.parametrize("estimator", [MinNormRegressor(), Ridge(1.0)], ids=str)
def test_work_is_shared(estimator, monkeypatch):
    def separate(*args):
        raise AssertionError

    monkeypatch.setattr("sklearn_prune._paths.width_fits.fit_columns", separate)
    monkeypatch.setattr("sklearn_prune._paths.path_models.fit_columns", separate)
    X, y = make_data()
    width_path(X, y, widths=WIDTHS, sparsities=[2, 30], estimator=estimator, cv=ONE_FOLD)


def test_no_gram_matrix_where_rows_are_many(monkeypatch):
    monkeypatch.delattr("sklearn_prune._paths.width_fits._gram_fits")
    X, y = make_data()
    X[:, 1] = X[:, 0]
    width_path(X, y, widths=[5, 20], sparsities=[2], cv=ONE_FOLD)


@pytest.mark.parametrize("scale", [1e-100, 1e100])
def test_extreme_scales(scale):
    X, y = make_data()
    assert_path_is_refits(X * scale, y, random_state=0)


def test_entries_whose_squares_overflow():
    X, y = make_data()
    settings = {"widths": [70, 150], "sparsities": [20], "retrain": False}
    large, expected = (width_path(A, y, **settings) for A in (X * 1e160, X))
    assert_allclose(large.dense_errors, expected.dense_errors)
    assert_allclose(large.pruned_errors, expected.pruned_errors)


@pytest.mark.parametrize("scale", [1, 1e200])
def test_weights_of_very_unequal_size(scale):
    X, y = make_data()
    weights = np.full(60, float(scale))
    weights[::7] *= 1e-9
    assert_path_is_refits(X, y, sample_weight=weights, random_state=0)


@pytest.mark.parametrize("container", [sparse.csr_array, sparse.csc_array])
def test_sparse_data(container):
    X, y = make_data()
    X[X < 1] = 0
    path, dense = (
        width_path(A, y, widths=WIDTHS, sparsities=BUDGETS, random_state=0)
        for A in (container(X), X)
    )
    assert_allclose(path.dense_errors, dense.dense_errors, rtol=1e-6)
    assert_allclose(path.retrained_errors, dense.retrained_errors, rtol=1e-6)


@pytest.mark.parametrize("cls", [MinNormRegressor, LinearRegression])
def test_the_data_are_left_alone(cls):
    X, y = make_data()
    before = X.copy(), y.copy()
    settings = {"widths": WIDTHS, "sparsities": BUDGETS, "random_state": 0}
    path = width_path(X, y, estimator=cls(copy_X=False), **settings)
    expected = width_path(X, y, estimator=cls(), **settings)
    assert_allclose(path.retrained_errors, expected.retrained_errors)
    assert_array_equal(X, before[0])
    assert_array_equal(y, before[1])


def test_parallel_equals_serial():
    X, y = make_data()
    settings = {"widths": WIDTHS, "sparsities": BUDGETS}
    settings["random_state"] = np.random.RandomState(0)
    one, two = (width_path(X, y, n_jobs=n_jobs, **settings) for n_jobs in (1, 2))
    assert_allclose(one.random_errors, two.random_errors, rtol=1e-10)


def test_fractions_of_each_width():
    X, y = make_data()
    sparsities = [1.0, 0.11, 0.1]  # two of which are the same number of 20 features
    fractions = width_path(X, y, widths=[100, 20], sparsities=sparsities, random_state=0)
    counts = width_path(X, y, widths=[20, 100], sparsities=[2, 10, 20, 100], random_state=0)
    assert_array_equal(fractions.sparsities, [0.1, 0.11, 1])
    assert_array_equal(*fractions.random_errors[:2, 0])
    assert_allclose(fractions.random_errors[0], counts.random_errors[[0, 1], [0, 1]])
    assert_allclose(fractions.pruned_errors[2], fractions.dense_errors)
    assert_allclose(fractions.retrained_errors[2], fractions.dense_errors)


@pytest.mark.parametrize("sparsities", [[5, 30], [0.5]])
def test_long_table(sparsities):
    X, y = make_data()
    path = width_path(X, y, widths=[10, 100], sparsities=sparsities, cv=3, random_state=0)
    table = pd.DataFrame(path.to_dict())
    assert list(table.columns) == ["model", "width", "sparsity", "fold", "error"]
    n_pruned = np.isfinite(path.pruned_errors).sum()
    counts = {"dense": 6, "pruned": n_pruned, "retrained": n_pruned, "random": n_pruned}
    assert table["model"].value_counts().to_dict() == counts
    assert np.isfinite(table["error"]).all()
    for name in counts:
        errors = np.reshape(getattr(path, f"{name}_errors"), (-1, 2, 3))
        kept = {10: 10, 100: 100} if sparsities[-1] > 1 else {10: 1.0, 100: 1.0}
        for i, j, k in np.argwhere(np.isfinite(errors)):
            sparsity = kept[path.widths[j]] if name == "dense" else path.sparsities[i]
            row = table.query("model == @name and width == @path.widths[@j] and fold == @k")
            row = row[row["sparsity"] == sparsity]
            assert row["error"].item() == errors[i, j, k]


def test_without_retraining():
    X, y = make_data()
    path = width_path(X, y, widths=[10, 50], sparsities=[5], retrain=False)
    assert path.retrained_errors is path.random_errors is None
    assert set(path.to_dict()["model"]) == {"dense", "pruned"}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"widths": []}, "widths is"),
        ({"widths": 5}, "widths is 5: give a list"),
        ({"sparsities": 5}, "sparsities is 5: give a list"),
        ({"cv": []}, r"cv is \[\], which has no folds"),
        ({"widths": [5, 151]}, "give ints from 1 to 150"),
        ({"widths": [0, 5]}, "widths is"),
        ({"widths": [True]}, "widths is"),
        ({"widths": [0.5]}, "widths is"),
        ({"sparsities": []}, "sparsities is"),
        ({"sparsities": [31]}, "sparsity is 31"),
        ({"sparsities": [0.5, 1]}, "sparsities is"),
        ({"sparsities": [True]}, "sparsity is True"),
        ({"strategy": "largest"}, "strategy is 'largest'"),
        ({"strategy": "oracle"}, "needs the true importance"),
        ({"strategy": "oracle", "saliency": np.ones(20)}, "scores have shape"),
        ({"retrain": "distill"}, "needs unlabelled samples"),
        ({"retrain": "yes"}, "retrain is 'yes'"),
        ({"estimator": FrozenEstimator(Ridge())}, "FrozenEstimator cannot be refitted"),
        ({"sample_weight": np.ones(3)}, "sample_weight has shape"),
        (
            {
                "sample_weight": np.append(np.zeros(20), np.ones(40)),
                "cv": [(range(20), range(20, 60))],
            },
            "Fold 0 of cv has no sample of positive weight",
        ),
    ],
)
def test_bad_arguments(params, message):
    X, y = make_data()
    with pytest.raises(ValueError, match=message):
        width_path(X, y, **{"widths": [10, 30], "sparsities": [5]} | params)
