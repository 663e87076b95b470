import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_prune import (
    PrunedRandomFeatures,
    PrunedRegressor,
    PrunedRegressorCV,
    TheoreticalRisk,
    pruning_path,
    width_path,
)
from sklearn_prune._pruning.strategies import STRATEGIES, Strategy, names_that
from sklearn_prune.theory import LinearGaussianProblem


@pytest.fixture
def data(rng):
    X = rng.standard_normal((40, 60)) + 1
    return X, X[:, :5].sum(axis=1) + rng.standard_normal(40)


def smallest(coef, X, y):
    return 1 / (1 + np.abs(coef))


@pytest.fixture
def _smallest(monkeypatch):
    """Register a strategy that nobody wants: the smallest coefficients stay."""
    row = Strategy(
        lambda given: smallest(given.coef, given.X, given.y),
        reads="coefficients",
        leave_one_out=lambda norms, _scales: 1 / (1 + norms),
        streams=True,
    )
    monkeypatch.setitem(STRATEGIES, "smallest", row)


@pytest.mark.usefixtures("_smallest")
@pytest.mark.parametrize("retrain", [True, False])
def test_a_new_strategy_is_a_row(data, retrain):
    X, y = data
    dense = PrunedRegressor(sparsity=1.0, retrain=False).fit(X, y)
    expected = np.sort(np.argsort(np.abs(dense.coef_))[:7])

    model = PrunedRegressor("smallest", 7, retrain).fit(X, y)
    assert_array_equal(model.get_support(indices=True), expected)
    path = pruning_path(X, y, strategy="smallest", retrain=retrain, sparsities=[3, 7])
    assert_array_equal(path.support(1), expected)
    assert_allclose(path.coef(1), model.coef_, rtol=1e-10)
    for cv in (4, None):
        named, called = (
            PrunedRegressorCV(strategy, [2, 7], retrain, cv=cv).fit(X, y).cv_results_
            for strategy in ("smallest", smallest)
        )
        assert_allclose(named["mean_test_score"], called["mean_test_score"], rtol=1e-8)
    named, called = (
        width_path(X, y, widths=[10, 60], sparsities=[2, 7], strategy=strategy, retrain=retrain)
        for strategy in ("smallest", smallest)
    )
    assert_allclose(named.pruned_errors, called.pruned_errors, rtol=1e-10)
    if retrain:
        assert_allclose(named.retrained_errors, called.retrained_errors, rtol=1e-10)


@pytest.mark.usefixtures("_smallest")
def test_what_a_row_says_is_what_others_take_and_refuse(data):
    X, y = data
    stream = PrunedRandomFeatures(500, 5, "smallest", random_state=0).fit(X, y)
    magnitude = PrunedRandomFeatures(500, 5, random_state=0).fit(X, y)
    assert not set(stream.component_indices_) & set(magnitude.component_indices_)
    problem = LinearGaussianProblem(np.ones(60), np.ones(60), 1.0)
    with pytest.raises(ValueError, match="'smallest', which the theory does not cover"):
        TheoreticalRisk(problem)(PrunedRegressor("smallest", 5).fit(X, y))
    with pytest.raises(ValueError, match="'obs-one-shot', 'smallest', or a callable"):
        PrunedRegressor("largest").fit(X, y)


def test_lists_of_names_come_from_the_table(data):
    known = "magnitude", "hessian", "oracle", "random", "obs", "obs-one-shot"
    assert names_that("theory") == known
    assert names_that("streams") == ("magnitude", "hessian", "random")
    with pytest.raises(ValueError, match="give one of 'magnitude', 'hessian', 'random'"):
        PrunedRandomFeatures(500, 5, "oracle").fit(*data)


def test_nothing_is_drawn_where_nothing_is_random(data):
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    PrunedRegressorCV(cv=3).fit(*data)
    PrunedRegressorCV("hessian").fit(*data)
    assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002
