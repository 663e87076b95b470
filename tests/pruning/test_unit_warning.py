import warnings

import numpy as np
import pytest
from scipy import sparse

from sklearn_prune import (
    PrunedClassifier,
    PrunedClassifierCV,
    PrunedRandomFeatures,
    PrunedRegressor,
    PrunedRegressorCV,
    RowBatches,
    pruning_path,
)

DEPENDS = "The scales of features differ by a factor of more than 1,000"


def table(n=60, p=6, largest=2e3, dtype=np.float64):
    """Return features of scale one but for the last, and the codes of two classes."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p)) * np.append(np.ones(p - 1), largest)
    return X.astype(dtype), np.sign(X[:, 0] + 0.1 * rng.standard_normal(n))


FITS = {
    "regressor": lambda X, y, name: PrunedRegressor(name, 2).fit(X, y),
    "classifier": lambda X, y, name: PrunedClassifier(name, 2).fit(X, y),
    "regressor_cv": lambda X, y, name: PrunedRegressorCV(name, cv=3).fit(X, y),
    "classifier_cv": lambda X, y, name: PrunedClassifierCV(name, cv=3).fit(X, y),
    "path": lambda X, y, name: pruning_path(X, y, strategy=name),
    "stream": lambda X, y, name: PrunedRegressor(name, 2).partial_fit(X, y),
    "batches": lambda X, y, name: PrunedRegressor(name, 2).fit(RowBatches([(X, y)])),
}


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
@pytest.mark.parametrize("shape", [(60, 6), (400, 30), (12, 30)])
def test_warns_once_of_other_units(fit, shape):
    X, y = table(*shape)
    with pytest.warns(UserWarning, match=DEPENDS) as caught:
        fit(X, y, "magnitude")
    assert len(caught) == 1


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
@pytest.mark.parametrize(
    ("largest", "strategy"), [(5e2, "magnitude"), (2e3, "hessian"), (2e3, "obs")]
)
def test_is_silent_where_units_do_not_matter(fit, largest, strategy):
    fit(*table(largest=largest), strategy)


@pytest.mark.parametrize("to", [np.asarray, sparse.csr_array, sparse.csc_matrix])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("constant", [0.0, 0.1, 1e6])
def test_constant_features_do_not_count(to, dtype, constant):
    X, y = table(largest=5e2, dtype=dtype)
    X[:, 1] = constant
    PrunedRegressor("magnitude", 2).fit(to(X), y)
    X[:, 2] /= 10
    with pytest.warns(UserWarning, match=DEPENDS):
        PrunedRegressor("magnitude", 2).fit(to(X), y)


def test_the_mean_of_a_feature_does_not_count():
    X, y = table(largest=1.0)
    PrunedRegressor("magnitude", 2).fit(X + np.append(np.zeros(5), 1e5), y)


def test_scales_whose_squares_overflow():
    X, y = table(largest=1e200)
    with pytest.warns(UserWarning, match=DEPENDS):
        PrunedRegressor("magnitude", 2).fit(X, y)


def test_some_rows_tell():
    X, y = table(100_000, 3)
    with pytest.warns(UserWarning, match=DEPENDS):
        PrunedRegressor("magnitude", 2).fit(X, y)


def test_random_features_have_one_unit():
    X, y = table()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        PrunedRandomFeatures(50, 2, random_state=0).fit(X, y)


def test_a_search_that_chooses_another_strategy_is_silent():
    X, y = table()
    search = PrunedRegressorCV(["hessian", "magnitude"], sparsities=[1], cv=3).fit(X, y)
    assert search.strategy_ == "hessian"


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_features_that_are_seldom_active_have_no_unit(container):
    X, y = table(200, 6, largest=1.0)
    rare = np.zeros(200)
    rare[::50] = 1e-3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        PrunedRegressor("magnitude", 2).fit(container(np.column_stack([X, rare])), y)
    usual = np.where(np.arange(200) % 5, rare, 1e-4)
    with pytest.warns(UserWarning, match=DEPENDS):
        PrunedRegressor("magnitude", 2).fit(container(np.column_stack([X, usual])), y)
