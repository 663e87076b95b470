import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import Ridge

from sklearn_prune import MinNormRegressor
from sklearn_prune._checks.training_data import TrainingData
from sklearn_prune._paths.path_models import path_models, predict_paths
from sklearn_prune._pruning.linear_fit import fit_columns
from sklearn_prune._pruning.ranking import Order
from sklearn_prune._pruning.recipe import Recipe

ORDER = Order(np.array([4, 0, 7, 2, 9, 5, 1, 3, 6, 8]), np.array([2, 3, 7, 10]), np.arange(1, 5))


@pytest.fixture
def data(rng):
    X = rng.standard_normal((30, 10)) + 1
    return TrainingData.unweighted(X, X[:, :3].sum(axis=1) + rng.standard_normal(30))


@pytest.mark.parametrize("refit", [MinNormRegressor(), Ridge(2.0), False], ids=str)
@pytest.mark.parametrize("sizes", [[1, 2, 4], [3]], ids=str)
def test_cuts_keep_several_columns_at_once(data, refit, sizes):
    recipe = Recipe.of("magnitude", refit)
    dense = fit_columns(recipe.estimator, data)
    (predicted,) = predict_paths([recipe], dense, ORDER, np.array(sizes), data, data.X)
    (models,) = path_models(recipe, dense, ORDER, np.array(sizes), data)
    assert_array_equal(models.counts, ORDER.counts(np.array(sizes)))
    for k, size in enumerate(sizes):
        support = np.isin(np.arange(10), ORDER.kept(size))
        assert support.sum() == ORDER.counts(size)
        expected = fit_columns(refit, data, support) if refit else dense.masked(support, data)
        assert_allclose(predicted[:, k, 0], expected.predict(data.X), rtol=1e-10)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_order_within_a_size(size):
    columns, order = ORDER.within(size)
    assert_array_equal(columns, np.sort(ORDER.kept(size)))
    for smaller in range(1, size + 1):
        assert_array_equal(columns[order.kept(smaller)], ORDER.kept(smaller))


def test_order_by_score():
    order = Order.by_score(np.array([1.0, 3.0, 3.0, 2.0]))
    assert_array_equal(order.columns, [1, 2, 3, 0])
    assert_array_equal(order.kept(2), [1, 2])
