import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.linear_model import Lasso, LogisticRegression, Ridge

from sklearn_prune import PrunedClassifier, PrunedRegressor, pruning_path

SIZES = [1, 2, 5]


@pytest.fixture(params=[(30, 12), (20, 40), (900, 12)], ids=["small", "wide", "tall"])
def data(rng, request):
    n_samples, n_features = request.param
    X = rng.standard_normal((n_samples, n_features)) + rng.standard_normal(n_features)
    coef = np.where(rng.random((n_features, 3)) < 0.3, 1.0, 0.1)
    return X, X @ coef + 0.3 * rng.standard_normal((n_samples, 3)) + 5


def assert_holds_models(path, X, Y, model=PrunedRegressor, rtol=1e-8, fit=None, **options):
    """Compare a path with the models of every size."""
    fit = {} if fit is None else fit
    for k, size in enumerate(path.sparsities.tolist()):
        single = model(sparsity=size, per_target=True, **options).fit(X, Y, **fit)
        assert_allclose(path.coef(k), single.coef_, rtol=rtol, atol=rtol)
        assert_allclose(path.intercepts[k], single.intercept_, rtol=rtol, atol=rtol)
        assert_array_equal(path.support(k), single.get_support(indices=True))
        if path.order is not None:
            for order, support in zip(path.order, single.support_, strict=True):
                assert_array_equal(np.sort(order[: support.sum()]), np.flatnonzero(support))


def shown(coef, X, y):
    return np.abs(X.T @ y) * np.abs(coef)


@pytest.mark.parametrize(
    "strategy", ["magnitude", "hessian", "obs", "obs-one-shot", "random", shown]
)
@pytest.mark.parametrize("retrain", [True, False])
def test_path_holds_the_models(data, strategy, retrain):
    options = {"strategy": strategy, "retrain": retrain, "random_state": 3}
    path = pruning_path(*data, sparsities=SIZES, per_target=True, **options)
    assert path.order.shape == data[1].shape[1:] + data[0].shape[1:]
    assert_holds_models(path, *data, **options)
    residuals = data[1][:, np.newaxis] - path.predict(data[0])
    assert_allclose(path.train_mse, (residuals**2).mean(axis=0), rtol=1e-8, atol=1e-20)


@pytest.mark.parametrize(
    "options",
    [
        {"estimator": Ridge(2), "n_rounds": 2},
        {"estimator": Ridge(2), "retrain": Ridge([1.0, 5.0, 9.0])},
        {"strategy": "hessian", "feature_groups": [[0, 5], [1, 2, 3]], "always_keep": [1]},
        {"feature_costs": np.linspace(1, 2, 12), "always_keep": [7]},
        {"retrain": Lasso(0.1)},
    ],
    ids=["rounds", "penalties", "groups", "costs", "lasso"],
)
@pytest.mark.parametrize("n_samples", [30, 900])
def test_options_with_weights(rng, options, n_samples):
    X = rng.standard_normal((n_samples, 12))
    Y = X @ rng.standard_normal((12, 3)) + rng.standard_normal((n_samples, 3))
    weights = rng.integers(0, 3, n_samples)
    path = pruning_path(
        X, Y, sparsities=SIZES[1:], sample_weight=weights, per_target=True, **options
    )
    assert_holds_models(path, X, Y, fit={"sample_weight": weights}, **options)
    squares = (Y[:, np.newaxis] - path.predict(X)) ** 2
    assert_allclose(path.train_mse, np.average(squares, axis=0, weights=weights), rtol=1e-8)


def test_distillation_of_sparse_samples(data, rng):
    X, Y = sparse.csr_array(np.where(data[0] > 1, data[0], 0)), data[1]
    options = {"retrain": "distill", "estimator": Ridge(1)}
    fit = {"X_unlabeled": sparse.csr_array(rng.random((7, X.shape[1])))}
    path = pruning_path(X, Y, sparsities=SIZES, per_target=True, **options, **fit)
    assert_holds_models(path, X, Y, fit=fit, **options)


def test_all_sizes(data):
    X, Y = data
    path = pruning_path(X, Y, per_target=True)
    joint = pruning_path(X, Y)
    assert_array_equal(path.sparsities, joint.sparsities)
    assert (path.train_mse[0] <= joint.train_mse[0] + 1e-9).any()
    assert_array_equal(np.diff(path.coefs.indptr), np.repeat(path.sparsities, 3))


def test_a_vector_and_a_column(data):
    X, y = data[0], data[1][:, 0]
    path = pruning_path(X, y, sparsities=SIZES, per_target=True)
    assert path.order.shape == (X.shape[1],)
    column = pruning_path(X, y[:, np.newaxis], sparsities=SIZES, per_target=True)
    assert_array_equal(column.order, path.order[np.newaxis])
    assert_allclose(column.coefs.toarray(), path.coefs.toarray())


@pytest.mark.parametrize("retrain", [True, False, "distill-labels"])
def test_classes(retrain):
    X, y = load_iris(return_X_y=True)
    options = {"estimator": Ridge(1), "retrain": retrain, "class_weight": {0: 1, 1: 2, 2: 3}}
    more = {"X_unlabeled": X[:40] + 0.1}
    path = pruning_path(
        X, y, sparsities=[1, 2, 3], classification=True, per_target=True, **options, **more
    )
    assert path.order.shape == (3, 4)
    assert_holds_models(path, X, y, PrunedClassifier, fit=more, **options)
    wrong = (path.predict(X) != y[:, np.newaxis]).mean(axis=0)
    assert_allclose(path.train_error_rate, wrong, atol=1e-12)


def test_classifiers_are_refused():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match="LogisticRegression fits all classes at once"):
        pruning_path(X, y, estimator=LogisticRegression(), classification=True, per_target=True)
