"""What folds select, in the tables of searches."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification, make_regression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold, StratifiedKFold

from sklearn_prune import (
    PrunedClassifier,
    PrunedClassifierCV,
    PrunedRegressor,
    PrunedRegressorCV,
    RowBatches,
)
from sklearn_prune._paths.selections import SelectionFrequency, Selections

SHAPES = [(40, 60), (400, 25), (60, 8)]


def nogueira(supports):
    """Return the index of Nogueira et al. as its definition has it."""
    n, p = supports.shape
    variances = n / (n - 1) * supports.mean(axis=0) * (1 - supports.mean(axis=0))
    share = supports.sum(axis=1).mean() / p
    return 1 - variances.mean() / (share * (1 - share))


def folds_of(X, cv=3):
    return [train for train, _ in KFold(cv).split(X)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("strategy", ["magnitude", "obs", "random", lambda b, X, y: abs(X.T @ y)])
@pytest.mark.parametrize("alpha", [0, 5.0])
@pytest.mark.parametrize("scoring", [None, "r2", lambda m, X, y: m.score(X, y)])
def test_frequencies_are_those_of_refits_to_folds(shape, strategy, alpha, scoring):
    X, y = make_regression(*shape, n_informative=5, noise=30, random_state=0)
    sizes, estimator = [1, 3, 8], Ridge(alpha) if alpha else None
    search = PrunedRegressorCV(
        strategy, sizes, alphas=[alpha], cv=3, scoring=scoring, random_state=0
    ).fit(X, y)
    model = PrunedRegressor(strategy, estimator=estimator, random_state=0)
    supports = np.array(
        [
            [clone(model).set_params(sparsity=s).fit(X[rows], y[rows]).support_ for s in sizes]
            for rows in folds_of(X)
        ]
    )
    table = search.cv_results_
    np.testing.assert_allclose(np.stack(table["selection_frequency"]), supports.mean(axis=0))
    chosen = sizes.index(search.sparsity_)
    np.testing.assert_array_equal(search.fold_supports_, supports[:, chosen])
    for k, size in enumerate(sizes):
        if size < shape[1]:
            assert table["stability"][k] == pytest.approx(nogueira(supports[:, k]))


@pytest.mark.parametrize("shape", SHAPES[:2])
def test_rows_of_a_path_share_what_they_tell(shape):
    X, y = make_regression(*shape, n_informative=5, noise=30, random_state=0)
    search = PrunedRegressorCV(["hessian", "obs"], retrain_alphas=[0, 1.0], cv=3).fit(X, y)
    column = search.cv_results_["selection_frequency"]
    assert len({id(row.selections.entries) for row in column}) == 2
    assert column[0].selections.entries.dtype == np.int32
    table = pd.DataFrame(search.cv_results_)
    assert len(table) == len(column)
    assert "selection_frequency" in table.to_string()
    again = pickle.loads(pickle.dumps(search))
    np.testing.assert_array_equal(again.cv_results_["selection_frequency"][5], column[5])


@pytest.mark.parametrize("estimator", [None, LogisticRegression()])
@pytest.mark.parametrize("scoring", [None, lambda m, X, y: m.score(X, y)])
def test_folds_of_classes(estimator, scoring):
    X, y = make_classification(90, 30, n_informative=6, random_state=0)
    search = PrunedClassifierCV("hessian", estimator=estimator, cv=3, scoring=scoring)
    search.set_params(sparsities=[2, 9]).fit(X, y)
    model = PrunedClassifier("hessian", estimator=estimator)
    for k, size in enumerate([2, 9]):
        supports = [
            clone(model).set_params(sparsity=size).fit(X[rows], y[rows]).support_
            for rows, _ in StratifiedKFold(3).split(X, y)
        ]
        frequency = search.cv_results_["selection_frequency"][k]
        np.testing.assert_allclose(frequency, np.mean(supports, axis=0))
        if size == search.sparsity_:
            np.testing.assert_array_equal(search.fold_supports_, supports)


def test_from_coarse_to_fine():
    X, y = make_classification(150, 80, n_informative=30, n_redundant=0, random_state=2)
    search = PrunedClassifierCV("hessian", estimator=LogisticRegression(), cv=3).fit(X, y)
    column = search.cv_results_["selection_frequency"]
    sizes = search.cv_results_["sparsity"]
    assert len(set(np.diff(sizes) > 0)) == 2  # a second round begins anew
    np.testing.assert_allclose([np.asarray(row).sum() for row in column], sizes)
    np.testing.assert_array_equal(search.fold_supports_.sum(axis=1), [search.sparsity_] * 3)


def test_groups_in_folds():
    X, y = make_regression(60, 12, n_informative=5, noise=30, random_state=0)
    options = {"feature_groups": np.arange(12) // 3, "always_keep": [11]}
    search = PrunedRegressorCV("hessian", [1, 2, 4], cv=3, **options).fit(X, y)
    for size, row in zip([1, 2, 4], search.cv_results_["selection_frequency"], strict=True):
        models = [
            PrunedRegressor("hessian", size, **options).fit(X[rows], y[rows])
            for rows in folds_of(X)
        ]
        np.testing.assert_allclose(row, np.mean([model.support_ for model in models], axis=0))


def test_rows_that_are_read_in_batches():
    X, y = make_regression(400, 25, n_informative=5, noise=30, random_state=0)
    batches = RowBatches(lambda: ((X[i : i + 90], y[i : i + 90]) for i in range(0, 400, 90)))
    one = PrunedRegressorCV("hessian", [3, 6], cv=4).fit(batches)
    other = PrunedRegressorCV("hessian", [3, 6], cv=4).fit(X, y)
    np.testing.assert_array_equal(one.fold_supports_, other.fold_supports_)


@pytest.mark.parametrize("strategy", ["hessian", "obs"])
def test_leave_one_out_keeps_no_supports(strategy):
    X, y = make_regression(30, 8, n_informative=5, noise=30, random_state=0)
    search = PrunedRegressorCV(strategy).fit(X, y)
    assert search.fold_supports_ is None
    assert not {"selection_frequency", "stability"} & set(search.cv_results_)


def test_stability_is_zero_by_chance_and_one_if_all_agree():
    rng = np.random.RandomState(0)
    orders = np.array([rng.permutation(50) + 1 for _ in range(400)], dtype=np.int32)
    index = Selections(orders).stability(np.arange(1, 51))
    assert np.abs(index[:-1]).max() < 0.01
    assert np.isnan(index[-1])
    same = Selections(np.tile(orders[0], (3, 1))).stability(np.arange(1, 50))
    np.testing.assert_array_equal(same, 1)
    assert np.isnan(Selections(orders[:1]).stability(np.array([3]))).all()


def test_stability_of_supports_of_different_sizes():
    entries = np.array([[1, 2, 9, 9], [2, 9, 1, 9], [1, 2, 2, 9]], dtype=np.int32)
    index = Selections(entries).stability(np.array([1, 2]))
    expected = [nogueira(entries <= 1), nogueira(entries <= 2)]
    np.testing.assert_allclose(index, expected)


def test_a_frequency_is_an_array_on_demand():
    frequency = SelectionFrequency(Selections(np.array([[1, 2, 3], [2, 1, 3]])), 1)
    np.testing.assert_array_equal(np.asarray(frequency), [0.5, 0.5, 0])
    assert np.asarray(frequency, dtype=np.float32).dtype == np.float32
    assert repr(frequency) == "<3 features, 2 fits>"
    with pytest.raises(ValueError, match="cannot be a view"):
        np.array(frequency, copy=False)
