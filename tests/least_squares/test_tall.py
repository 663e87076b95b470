import numpy as np
import pytest
from exact_least_squares import exact_fit
from numpy.testing import assert_allclose
from scipy import linalg
from sklearn.linear_model import LinearRegression

from sklearn_prune import MinNormRegressor
from sklearn_prune._least_squares import min_norm
from sklearn_prune._least_squares.tall import tall_lstsq

CUTOFF = 1e-13


def relative_error(estimate, truth):
    return linalg.norm(estimate - truth) / linalg.norm(truth)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("shift", [0.0, 1e8])
@pytest.mark.parametrize("n_targets", [1, 2])
def test_rational_arithmetic_agrees(rng, centred, shift, n_targets):
    X = rng.standard_normal((30, 4)) * [1e-8, 1, 1e3, 1e8]
    X[:, 1] += shift
    y, weights = rng.standard_normal((30, n_targets)), rng.uniform(0.1, 1, 30)
    exact, intercept, rank = exact_fit(X, y, weights, fit_intercept=centred)
    coef, found, found_rank = tall_lstsq(X, y, weights, centred=centred, cutoff=CUTOFF)
    scale = X.std(axis=0)[:, np.newaxis]
    assert relative_error(coef.T * scale, exact.astype(float) * scale) < 2e-15
    assert_allclose(found, intercept.astype(float), rtol=1e-13, atol=1e-13)
    assert found_rank == rank == 4


@pytest.mark.parametrize(("cond", "tolerance"), [(1e2, 1e-14), (1e4, 1e-12), (1e6, 1e-9)])
def test_refinement_restores_what_the_gram_matrix_lost(rng, cond, tolerance):
    U = linalg.qr(rng.standard_normal((300, 6)), mode="economic")[0]
    V = linalg.qr(rng.standard_normal((6, 6)))[0]
    X = U * np.geomspace(1, 1 / cond, 6) @ V
    y = X @ np.ones(6) + 1e-6 * rng.standard_normal(300)
    exact, _, _ = exact_fit(X, y)
    coef, _, rank = tall_lstsq(X, y, np.ones(300), centred=True, cutoff=CUTOFF)
    assert relative_error(coef.T, exact.astype(float)) < tolerance
    assert rank == 6


def test_a_constant_column_gets_zero_and_counts_for_nothing(rng):
    X, y = rng.standard_normal((50, 3)), rng.standard_normal(50)
    X[:, 1] = 1e8 + 0.1
    coef, _, rank = tall_lstsq(X, y, np.ones(50), centred=True, cutoff=CUTOFF)
    assert coef[0, 1] == 0
    assert rank == 2
    assert_allclose(coef[0, [0, 2]], LinearRegression().fit(X[:, [0, 2]], y).coef_, rtol=1e-12)


def test_what_is_unsafe_is_left_to_others(rng):
    X, y, weights = rng.standard_normal((50, 3)), rng.standard_normal(50), np.ones(50)
    copied, tiny, huge = np.hstack([X, X[:, :1]]), X * [1, 1, 1e-90], X * [1, 1, 1e90]
    coded = X.copy()
    coded[:, 2] = np.resize([1e-200, -1e-200], 50)  # of mean zero, and squares as well
    for unsafe in copied, tiny, huge, coded, np.ones((50, 3)):
        assert tall_lstsq(unsafe, y, weights, centred=True, cutoff=CUTOFF) is None
    assert tall_lstsq(X, 1e-200 * y, weights, centred=True, cutoff=CUTOFF) is None
    assert tall_lstsq(X, y, weights, centred=True, cutoff=0.5) is None  # a rank to judge


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_both_branches_of_the_estimator_agree(rng, monkeypatch, dtype, fit_intercept):
    X = (rng.standard_normal((2000, 200)) + 3).astype(dtype)
    y, weights = rng.standard_normal((2000, 2)), rng.uniform(0, 1, 2000)
    weights[::10] = 0
    model = MinNormRegressor(fit_intercept=fit_intercept)
    fast = model.fit(X, y, weights).coef_
    seen = []
    monkeypatch.setattr(min_norm, "tall_lstsq", lambda *_, **__: seen.append(1))
    slow = model.fit(X, y, weights).coef_
    assert seen == [1]
    assert relative_error(fast, slow) < 100 * np.finfo(dtype).eps
    assert fast.dtype == dtype


def test_weights_of_very_unequal_size_are_fitted_row_by_row(rng, monkeypatch):
    monkeypatch.setattr(min_norm, "tall_lstsq", lambda *_, **__: pytest.fail("not safe"))
    X, y = rng.standard_normal((3000, 100)), rng.standard_normal(3000)
    MinNormRegressor().fit(X, y, np.geomspace(1e-10, 1, 3000))
