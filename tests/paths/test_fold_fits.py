import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV

from sklearn_prune import MinNormRegressor, PrunedRegressor, PrunedRegressorCV, width_path


def repeated(n_rows, n_folds, seed=0):
    """Bootstrap samples, and the rows that are in none of their places."""
    rng = np.random.default_rng(seed)
    samples = rng.integers(0, n_rows, (n_folds, n_rows))
    return [(rows, np.setdiff1d(np.arange(n_rows), rows)) for rows in samples]


def make_data(shape):
    rng = np.random.default_rng(1)
    X = rng.standard_normal(shape) + 1
    return X, X[:, :3].sum(axis=1) + rng.standard_normal(shape[0])


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("alpha", [0.0, 1.0])
@pytest.mark.parametrize("shape", [(60, 20), (60, 100), (60, 40)], ids=str)
def test_a_row_counts_as_often_as_a_fold_has_it(shape, alpha, retrain, container):
    X, y = make_data(shape)
    cv, sizes = repeated(60, 4), [5, 10]
    model = PrunedRegressorCV("magnitude", sizes, retrain, alphas=[alpha], cv=cv)
    estimator = Ridge(alpha) if alpha else MinNormRegressor()
    search = GridSearchCV(
        PrunedRegressor("magnitude", retrain=retrain, estimator=estimator),
        {"sparsity": sizes},
        cv=cv,
        scoring="neg_mean_squared_error",
    )
    expected = search.fit(X, y).cv_results_["mean_test_score"]
    scores = model.fit(container(X), y).cv_results_["mean_test_score"]
    assert_allclose(scores, expected, rtol=1e-7)


def test_oversampled_rows_are_weights():
    X, y = make_data((60, 30))
    half = np.arange(60) % 2
    times = np.where(np.arange(60) < 20, 3, 1)
    cv = [(np.repeat(np.flatnonzero(half == k), times[half == k]), half != k) for k in (0, 1)]
    weighted = [
        -np.mean((y[test] - model.predict(X[test])) ** 2)
        for train, test in ((half == 0, half == 1), (half == 1, half == 0))
        for model in [
            PrunedRegressor(sparsity=4, estimator=Ridge(2.0)).fit(X[train], y[train], times[train])
        ]
    ]
    model = PrunedRegressorCV(sparsities=[4], alphas=[2.0], cv=cv).fit(X, y)
    assert_allclose(model.cv_results_["mean_test_score"], [np.mean(weighted)], rtol=1e-10)


@pytest.mark.parametrize("alphas", [None, [1.0]])
def test_default_sizes_end_where_distinct_rows_interpolate(alphas):
    X, y = make_data((30, 60))
    cv = repeated(30, 3)
    distinct = min(len(np.unique(train)) for train, _ in cv)
    model = PrunedRegressorCV(alphas=alphas, cv=cv).fit(X, y)
    assert model.cv_results_["sparsity"].max() == distinct - 2


@pytest.mark.parametrize("estimator", [MinNormRegressor(), Ridge(1.0)], ids=str)
def test_width_path_of_repeated_rows(estimator):
    X, y = make_data((40, 100))
    cv, widths = repeated(40, 3), [5, 20, 100]
    path = width_path(X, y, widths=widths, sparsities=[4], cv=cv, estimator=estimator)
    for fold, (train, test) in enumerate(cv):
        for k, width in enumerate(widths):
            model = PrunedRegressor(sparsity=4, estimator=estimator)
            model.fit(X[train, :width], y[train])
            error = np.mean((y[test] - model.predict(X[test, :width])) ** 2)
            assert_allclose(path.retrained_errors[0, k, fold], error, rtol=1e-7)
            dense = np.mean((y[test] - model.estimator_.predict(X[test, :width])) ** 2)
            assert_allclose(path.dense_errors[k, fold], dense, rtol=1e-7)


@pytest.mark.filterwarnings("ignore:The scales of features differ")
@pytest.mark.parametrize("alpha", [0.0, 0.01])
@pytest.mark.parametrize("n_features", [4, 30])
def test_folds_far_from_the_mean_of_all_rows_keep_their_digits(n_features, alpha):
    X, y = make_data((40, n_features))
    X[20:, 0] += 1e7
    cv = [(np.arange(0, 20, 2), np.arange(1, 20, 2)), (np.arange(20, 40, 2), np.arange(21, 40, 2))]
    estimator = Ridge(alpha) if alpha else MinNormRegressor()
    search = GridSearchCV(
        PrunedRegressor(estimator=estimator, retrain=False),
        {"sparsity": [2, 4]},
        cv=cv,
        scoring="neg_mean_squared_error",
    )
    expected = search.fit(X, y).cv_results_["mean_test_score"]
    model = PrunedRegressorCV(sparsities=[2, 4], retrain=False, alphas=[alpha], cv=cv).fit(X, y)
    assert_allclose(model.cv_results_["mean_test_score"], expected, rtol=1e-7)
