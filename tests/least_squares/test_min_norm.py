import os
import pickle

import nist_strd
import numpy as np
import pytest
from exact_least_squares import exact_fit
from numpy.testing import assert_allclose, assert_array_equal
from scipy import linalg, sparse
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    parametrize_with_checks,
)

from sklearn_prune import MinNormRegressor

SPARSE = [sparse.csr_array, sparse.csc_array, sparse.csr_matrix, sparse.csc_matrix]
SHAPES = [(20, 60), (40, 40), (41, 40), (60, 20), (21, 20), (20, 21)]


@parametrize_with_checks([MinNormRegressor()])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def test_dataframe_column_names():
    check_dataframe_column_names_consistency("MinNormRegressor", MinNormRegressor())


def design(rng, n, p, cond, *, centred):
    """Return X with the given condition number, and its pseudo-inverse, built from factors."""
    k = min(n - centred, p)
    columns = rng.standard_normal((n, k))
    if centred:
        columns -= columns.mean(axis=0)
    U = linalg.qr(columns, mode="economic")[0]
    V = linalg.qr(rng.standard_normal((p, k)), mode="economic")[0]
    values = np.geomspace(1, 1 / cond, k)
    return U * values @ V.T, V / values @ U.T


def relative_error(estimate, truth):
    return linalg.norm(estimate - truth) / linalg.norm(truth)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize(("n", "p"), SHAPES)
@pytest.mark.parametrize(("cond", "tolerance"), [(1e1, 1e-13), (1e3, 1e-11), (1e5, 1e-10)])
def test_accuracy_against_svd(rng, n, p, cond, tolerance, fit_intercept):
    X, pinv = design(rng, n, p, cond, centred=fit_intercept)
    y = rng.standard_normal(n)
    model = MinNormRegressor(fit_intercept=fit_intercept).fit(X, y)
    assert relative_error(model.coef_, pinv @ (y - fit_intercept * y.mean())) < tolerance
    assert model.rank_ == min(n - fit_intercept, p)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize(("n", "p"), SHAPES)
@pytest.mark.parametrize("cond", [1e2, 1e5, 3e5, 1e6, 1e8])
def test_residual_and_norm_of_lstsq(rng, n, p, cond, fit_intercept):
    X, _ = design(rng, n, p, cond, centred=fit_intercept)
    y = rng.standard_normal(n)
    model = MinNormRegressor(fit_intercept=fit_intercept).fit(X, y)
    centred = y - fit_intercept * y.mean()
    # The cut-off keeps what is left of the null direction of the centring out of the oracle.
    oracle = linalg.lstsq(X, centred, cond=1e-12)[0]
    residual, expected = y - model.predict(X), centred - X @ oracle
    assert_allclose(residual, expected, atol=1e-8 * linalg.norm(y))
    assert_allclose(linalg.norm(model.coef_), linalg.norm(oracle), rtol=1e-8)


@pytest.mark.parametrize("name", nist_strd.problems())
def test_nist_digits_of_lstsq(name):
    X, y, certified, fit_intercept = nist_strd.problems()[name]
    model = MinNormRegressor(fit_intercept=fit_intercept).fit(X, y)
    estimate = np.append(model.intercept_, model.coef_) if fit_intercept else model.coef_
    full = np.column_stack([np.ones(len(X)), X]) if fit_intercept else X
    ours = nist_strd.digits(estimate, certified)
    peer = nist_strd.digits(linalg.lstsq(full, y)[0], certified)
    assert ours > 5.5
    assert ours >= min(peer, 14.5)


@pytest.mark.parametrize("name", ["Filip", "Pontius", "Wampler1", "Wampler5"])
def test_where_the_default_tolerance_of_linear_regression_reaches_no_digit(name):
    X, y, certified, _ = nist_strd.problems()[name]
    model = LinearRegression().fit(X, y)
    assert nist_strd.digits(np.append(model.intercept_, model.coef_), certified) < 1


@pytest.mark.parametrize("container", [np.asarray, *SPARSE])
@pytest.mark.parametrize(("n", "p", "rank"), [(30, 80, 12), (80, 30, 12), (40, 40, 20)])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_rank_deficient(rng, n, p, rank, fit_intercept, container):
    X = rng.standard_normal((n, rank)) @ rng.standard_normal((rank, p))
    Y = rng.standard_normal((n, 2))
    model = MinNormRegressor(fit_intercept=fit_intercept).fit(container(X), Y)
    centred, target = X - fit_intercept * X.mean(0), Y - fit_intercept * Y.mean(0)
    assert model.rank_ == rank
    assert_allclose(model.coef_.T, linalg.pinv(centred, rtol=1e-10) @ target, atol=1e-11)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_rank_of_tall_data_ignores_the_units(rng, scale):
    X = rng.standard_normal((50, 6))
    X[:, 5] = X[:, 0] + X[:, 1]
    units = scale ** np.arange(6)
    y = rng.standard_normal(50)
    model = MinNormRegressor().fit(X * units, y)
    assert model.rank_ == 5
    centred = X * units - (X * units).mean(0)
    # Least norm in the metric of the data: orthogonal to the null space of the scaled columns.
    null = np.array([1, 1, 0, 0, 0, -1]) / units
    assert abs(null @ model.coef_) < 1e-9 * linalg.norm(null) * linalg.norm(model.coef_)
    fitted = LinearRegression().fit(X[:, :5], y).predict(X[:, :5])
    assert_allclose(model.predict(X * units), fitted, atol=1e-9)
    assert_allclose(centred.T @ (y - model.predict(X * units)) / units, 0, atol=1e-10)


def test_wide_solution_with_intercept_is_the_shortest_interpolant(rng):
    X = rng.standard_normal((15, 40)) + 5
    y = rng.standard_normal(15)
    model = MinNormRegressor().fit(X, y)
    assert_allclose(model.predict(X), y, atol=1e-12)
    # Among all (b, b0) that interpolate, b has no part outside the differences of the rows.
    differences = np.diff(X, axis=0)
    projection = linalg.pinv(differences) @ differences
    assert_allclose(projection @ model.coef_, model.coef_, atol=1e-12)


def test_peak_at_n_equals_p_interpolates(rng):
    X, y = rng.standard_normal((50, 50)), rng.standard_normal(50)
    assert_allclose(MinNormRegressor(fit_intercept=False).fit(X, y).predict(X), y, atol=1e-8)
    assert MinNormRegressor(fit_intercept=False).fit(X, y).rank_ == 50
    assert MinNormRegressor().fit(X, y).rank_ == 49


@pytest.mark.parametrize("offset", [0, 1e3, 1e6])
@pytest.mark.parametrize("shape", [(20, 60), (60, 20)])
def test_large_means_do_not_change_the_fit(rng, shape, offset):
    X, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    X = np.round(X, 6)  # so that the offset is added exactly
    model, shifted = MinNormRegressor().fit(X, y), MinNormRegressor().fit(X + offset, y)
    assert shifted.rank_ == model.rank_
    assert_allclose(shifted.coef_, model.coef_, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("shape", [(20, 60), (60, 20), (12, 12)])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_integer_weights_are_repetitions(rng, shape, container, fit_intercept):
    X, Y = rng.standard_normal(shape), rng.standard_normal((shape[0], 2))
    X[3], X[4] = X[0], X[0]  # so that weights matter even where p > n
    weights = rng.integers(0, 4, shape[0])
    repeated = np.repeat(np.arange(shape[0]), weights)
    model = MinNormRegressor(fit_intercept=fit_intercept)
    weighted = clone(model).fit(container(X), Y, sample_weight=weights)
    explicit = clone(model).fit(container(X[repeated]), Y[repeated])
    assert weighted.rank_ == explicit.rank_
    assert weighted.n_samples_fit_ == np.count_nonzero(weights)
    assert_allclose(weighted.coef_, explicit.coef_, atol=1e-11)
    assert_allclose(weighted.intercept_, explicit.intercept_, atol=1e-11)


def test_weights_of_interpolated_samples_have_no_influence(rng):
    X, y = rng.standard_normal((20, 60)), rng.standard_normal(20)
    weights = 10.0 ** rng.uniform(-8, 8, 20)
    equal, unequal = MinNormRegressor().fit(X, y), MinNormRegressor().fit(X, y, weights)
    assert_allclose(unequal.coef_, equal.coef_, atol=1e-10)
    assert_allclose(unequal.intercept_, equal.intercept_, atol=1e-10)


def test_scalar_weight_and_weight_of_one_target(rng):
    X, y = rng.standard_normal((30, 5)), rng.standard_normal(30)
    assert_allclose(MinNormRegressor().fit(X, y, 2.5).coef_, MinNormRegressor().fit(X, y).coef_)


@pytest.mark.parametrize("container", SPARSE)
@pytest.mark.parametrize("shape", [(20, 200), (200, 20), (30, 30)])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_sparse_equals_dense(rng, container, shape, fit_intercept):
    X = sparse.random_array(shape, density=0.3, rng=rng)
    X = X.tolil()
    X[:, 3] = 0  # a column that was never seen
    y, weights = rng.standard_normal(shape[0]), rng.uniform(0.5, 2, shape[0])
    model = MinNormRegressor(fit_intercept=fit_intercept)
    dense = clone(model).fit(X.toarray(), y, weights)
    thin = clone(model).fit(container(X), y, weights)
    assert thin.rank_ == dense.rank_
    assert_allclose(thin.coef_, dense.coef_, atol=1e-10)
    assert_allclose(thin.predict(container(X)), dense.predict(X.toarray()), atol=1e-10)


@pytest.mark.parametrize("shape", [(20, 200), (200, 20)])
@pytest.mark.parametrize("cond", [1e5, 1e8])
def test_ill_conditioned_sparse(rng, shape, cond):
    X, pinv = design(rng, *shape, cond, centred=False)
    y = rng.standard_normal(shape[0])
    model = MinNormRegressor(fit_intercept=False).fit(sparse.csr_array(X), y)
    assert model.rank_ == 20
    assert relative_error(model.coef_, pinv @ y) < 1e-15 * cond * 20


def test_wide_sparse_is_not_filled(rng):
    tracemalloc = pytest.importorskip("tracemalloc")
    X = sparse.random_array((100, 400_000), density=1e-3, rng=rng, format="csr")
    y = rng.standard_normal(100)
    tracemalloc.start()
    model = MinNormRegressor().fit(X, y)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 0.2 * 8 * X.shape[0] * X.shape[1]
    assert_allclose(model.predict(X), y, atol=1e-10)


@pytest.mark.parametrize("shape", [(20, 60), (60, 20)])
def test_dtype_is_kept(rng, shape):
    X, Y = rng.standard_normal(shape), rng.standard_normal((shape[0], 3))
    double = MinNormRegressor().fit(X, Y)
    single = MinNormRegressor().fit(X.astype(np.float32), Y)
    assert single.coef_.dtype == single.intercept_.dtype == np.float32
    assert single.predict(X.astype(np.float32)).dtype == np.float32
    assert double.coef_.dtype == np.float64
    assert_allclose(single.coef_, double.coef_, atol=1e-5)
    assert MinNormRegressor().fit(np.eye(3, dtype=int), [1, 2, 4]).coef_.dtype == np.float64


def test_shapes_of_multi_output(rng):
    X, Y = rng.standard_normal((20, 30)), rng.standard_normal((20, 3))
    model = MinNormRegressor().fit(X, Y)
    assert model.coef_.shape == (3, 30)
    assert model.intercept_.shape == (3,)
    for k in range(3):
        single = MinNormRegressor().fit(X, Y[:, k])
        assert single.coef_.shape == (30,)
        assert np.ndim(single.intercept_) == 0
        assert_allclose(model.coef_[k], single.coef_, atol=1e-13)
    assert MinNormRegressor().fit(X, Y[:, :1]).coef_.shape == (1, 30)
    assert MinNormRegressor(fit_intercept=False).fit(X, Y[:, 0]).intercept_ == 0.0


def test_tol_sets_the_rank(rng):
    for shape in (20, 60), (60, 20):
        X, _ = design(rng, *shape, 1e4, centred=False)
        y = rng.standard_normal(shape[0])
        ranks = [
            MinNormRegressor(fit_intercept=False, tol=tol).fit(X, y).rank_
            for tol in (0, 1e-6, 1e-2, 0.99)
        ]
        assert ranks[:2] == [20, 20]
        assert 1 <= ranks[3] < ranks[2] < 20
    wide = X.T - X.T.mean(0)
    assert MinNormRegressor(tol=0).fit(wide, np.arange(20.0)).rank_ <= 19


def test_constant_and_empty_columns(rng):
    X = rng.standard_normal((50, 4))
    X[:, 1], X[:, 2] = 0.1, 0.0
    y = rng.standard_normal(50)
    model = MinNormRegressor().fit(X, y)
    assert model.rank_ == 2
    assert_array_equal(model.coef_[[1, 2]], 0)
    assert_allclose(model.coef_[[0, 3]], LinearRegression().fit(X[:, [0, 3]], y).coef_)
    nothing = MinNormRegressor().fit(np.full((5, 3), 0.1), np.arange(5.0))
    assert nothing.rank_ == 0
    assert_array_equal(nothing.coef_, 0)
    assert nothing.intercept_ == 2


def test_one_sample():
    model = MinNormRegressor().fit([[1.0, 2.0]], [3.0])
    assert_array_equal(model.coef_, 0)
    assert model.intercept_ == 3
    assert_allclose(MinNormRegressor(fit_intercept=False).fit([[1.0, 2.0]], [5.0]).coef_, [1, 2])


def test_copy_X(rng):
    X, y = rng.standard_normal((10, 30)), rng.standard_normal(10)
    kept, given = X.copy(), X.copy()
    model = MinNormRegressor().fit(X, y)
    assert_array_equal(X, kept)
    assert_allclose(MinNormRegressor(copy_X=False).fit(given, y).coef_, model.coef_)
    assert not np.array_equal(given, kept)


@pytest.mark.parametrize(
    ("parameters", "weights", "match"),
    [
        ({"tol": -1.0}, None, "tol is -1.0"),
        ({"tol": "small"}, None, "tol is 'small'"),
        ({"tol": np.nan}, None, "tol is nan"),
        ({}, [1.0, 2.0], r"sample_weight has shape \(2,\), but X has 4 samples"),
        ({}, [1.0, 2.0, -1.0, 1.0], "Negative values"),
        ({}, [0.0] * 4, "zero for every sample"),
        ({}, [1.0, 1.0, np.nan, 1.0], "sample_weight contains NaN"),
    ],
)
def test_errors(parameters, weights, match):
    with pytest.raises(ValueError, match=match):
        MinNormRegressor(**parameters).fit(np.eye(4), np.arange(4.0), weights)


def test_pickle_and_repr(rng):
    model = MinNormRegressor(tol=1e-9).fit(rng.standard_normal((10, 20)), np.arange(10.0))
    again = pickle.loads(pickle.dumps(model))
    assert_array_equal(again.coef_, model.coef_)
    assert "MinNormRegressor" in model._repr_html_()
    assert os.linesep not in repr(model)


# Cases that ordinary formulas get wrong


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_constant_columns_of_tall_data_are_found(rng, container):
    X = rng.standard_normal((1100, 3))
    X[:, 1], X[:, 2] = 0.1, 0
    y = rng.standard_normal(1100)
    model = MinNormRegressor().fit(container(X), y, 10.0 ** rng.uniform(-3, 3, 1100))
    assert model.rank_ == 1
    assert_array_equal(model.coef_[1:], 0)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_nothing_to_learn_from(container):
    for X in np.zeros((20, 3)), np.full((20, 3), 0.3), np.zeros((3, 20)):
        model = MinNormRegressor().fit(container(X), np.arange(len(X)))
        assert model.rank_ == 0
        assert_array_equal(model.coef_, 0)
    assert MinNormRegressor().fit(container([[1.0, 2.0]]), [3.0]).intercept_ == 3


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("shape", [(60, 5), (5, 60), (13, 12)])
def test_columns_of_huge_mean(rng, shape, container):
    X = rng.standard_normal(shape)
    X[:, 1] = 1e8 + np.round(X[:, 1], 4)
    y = rng.standard_normal(shape[0])
    shifted = X.copy()
    shifted[:, 1] -= 1e8
    model, reference = (MinNormRegressor().fit(container(A), y) for A in (X, shifted))
    assert model.rank_ == reference.rank_
    assert_allclose(model.coef_, reference.coef_, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("shape", [(30, 8), (8, 30)])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize(("a", "b"), [(1e-170, 1), (1e160, 1), (1, 1e-200), (1, 1e160)])
def test_extreme_scales(rng, shape, container, a, b):
    X, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    reference = MinNormRegressor().fit(X, y)
    model = MinNormRegressor().fit(container(a * X), b * y)
    assert model.rank_ == reference.rank_
    assert_allclose(model.coef_ * a / b, reference.coef_, rtol=1e-9)


def test_float32_rounding_is_not_taken_for_rank(rng):
    X = rng.standard_normal((400_000, 2)).astype(np.float32)
    X[:, 1] = X[:, 0] + np.float32(0.15) * X[:, 1]
    model = MinNormRegressor().fit(X, X[:, 1] - X[:, 0])
    assert model.rank_ == 2
    assert_allclose(model.coef_, [-1, 1], atol=1e-4)
    low = (rng.standard_normal((60, 4)) @ rng.standard_normal((4, 30))).astype(np.float32)
    assert MinNormRegressor().fit(low, rng.standard_normal(60)).rank_ == 4
    assert MinNormRegressor().fit(low.T, rng.standard_normal(30)).rank_ == 4


def test_rows_of_weight_zero_do_not_change_the_rank(rng):
    X = rng.standard_normal((100, 2)).astype(np.float32)
    X[:, 1] = X[:, 0] + np.float32(1e-4) * X[:, 1]
    y = rng.standard_normal(100)
    padded = np.vstack([X, np.zeros((20_000, 2), np.float32)])
    weights = np.append(np.ones(100), np.zeros(20_000))
    model = MinNormRegressor().fit(padded, np.append(y, np.zeros(20_000)), weights)
    assert_allclose(model.coef_, MinNormRegressor().fit(X, y).coef_, rtol=1e-4)


@pytest.mark.parametrize("span", [6, 9, 12])
@pytest.mark.parametrize("shape", [(12, 12), (13, 12)])
def test_weights_of_many_orders(rng, span, shape):
    X, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    weights = 10.0 ** rng.permutation(np.linspace(-span, span, shape[0]))
    model = MinNormRegressor(fit_intercept=shape[0] == 13).fit(X, y, weights)
    assert_allclose(model.predict(X), y, atol=1e-9)  # interpolated, whatever the weights


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("span", [1, 6, 12])
def test_equal_rows_share_the_mean_of_their_targets(rng, container, span):
    X, y = rng.standard_normal((10, 20)), rng.standard_normal(10)
    X[1], X[4] = X[0], X[3]
    weights = 10.0 ** rng.uniform(-span, span, 10)
    model = MinNormRegressor(fit_intercept=False).fit(container(X), y, weights)
    for pair in [0, 1], [3, 4]:
        y[pair] = np.average(y[pair], weights=weights[pair])
    assert model.rank_ == 8
    assert_allclose(model.predict(X), y, atol=1e-10)


def test_equal_columns_share_a_coefficient(rng):
    X = sparse.random_array((300, 20), density=0.2, rng=rng, format="csc")
    X = sparse.hstack([X, X[:, :5], X[:, :2]]).tocsr()
    y = rng.standard_normal(300)
    thin, dense = MinNormRegressor().fit(X, y), MinNormRegressor().fit(X.toarray(), y)
    assert thin.rank_ == dense.rank_ == 20
    assert_allclose(thin.coef_, dense.coef_, atol=1e-12)


def test_explicit_zeros_and_unsorted_duplicate_entries(rng):
    X = np.where(rng.random((12, 40)) < 0.3, rng.standard_normal((12, 40)), 0)
    y = rng.standard_normal(12)
    rows, columns = np.indices(X.shape).reshape(2, -1)
    order = rng.permutation(X.size)
    halves = np.append(X.ravel()[order], X.ravel()[order]) / 2
    twice = np.append(rows[order], rows[order]), np.append(columns[order], columns[order])
    messy = sparse.csr_array(sparse.coo_array((halves, twice), shape=X.shape))
    reference = MinNormRegressor().fit(X, y)
    assert_allclose(MinNormRegressor().fit(messy, y).coef_, reference.coef_, atol=1e-12)
    assert_allclose(MinNormRegressor().fit(messy.T.tocsr(), X[0]).coef_.shape, 12)


def test_read_only_data(rng):
    X, y = rng.standard_normal((20, 5)), rng.standard_normal(20)
    X.flags.writeable = False
    for copy_X in True, False:
        assert MinNormRegressor(copy_X=copy_X).fit(X, y).rank_ == 5


def test_large_tol():
    for tol in 1.0, 1e200, np.inf:
        assert MinNormRegressor(tol=tol).fit(np.diag([1.0, 2, 3, 4]), np.arange(4.0)).rank_ == 0


@pytest.mark.parametrize("n_samples", [1, 2, 60, 300])
def test_wide_constant_features_get_no_coefficients(n_samples):
    rng = np.random.default_rng(0)
    X = np.tile(rng.standard_normal(400), (n_samples, 1))
    y = rng.standard_normal(n_samples)
    model = MinNormRegressor().fit(X, y)
    assert model.rank_ == 0
    assert_array_equal(model.coef_, 0)
    assert_allclose(model.predict(X), y.mean())


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize(
    "units", [(1e100, 1e-100), (1e150, 1e-150), (1, 1e-200), (1e-200, 1), (1e-160, 1e160)]
)
@pytest.mark.parametrize("b", [1, 1e-100, 1e100])
def test_the_rank_of_tall_data_takes_columns_of_any_size(units, b, fit_intercept, container):
    X, y = np.array([[1.0, 1], [0, 1], [1, 0], [2, 1]]), np.array([1.0, 2, 3, 5])
    scaled = X * units
    model = MinNormRegressor(fit_intercept=fit_intercept).fit(container(scaled), b * y)
    reference = MinNormRegressor(fit_intercept=fit_intercept).fit(X, y)
    assert model.rank_ == 2
    assert_allclose(model.predict(container(scaled)) / b, reference.predict(X), rtol=1e-12)


@pytest.mark.parametrize("shape", [(30, 8), (8, 30)])
def test_targets_of_any_size(rng, shape):
    X, Y = rng.standard_normal(shape), rng.standard_normal((shape[0], 3))
    units = np.array([1e160, 1, 1e-160])
    model = MinNormRegressor().fit(X, Y * units)
    assert_allclose(model.coef_, MinNormRegressor().fit(X, Y).coef_ * units[:, None], rtol=1e-9)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_weights_count_where_wide_rows_are_dependent(rng, container, fit_intercept):
    X = rng.integers(-3, 4, (6, 2)) @ rng.integers(-3, 4, (2, 9)).astype(float)
    y, weights = rng.integers(-5, 6, 6).astype(float), np.array([1, 9, 2, 1, 30, 4])
    model = MinNormRegressor(fit_intercept=fit_intercept).fit(container(X), y, weights)
    coef, intercept, rank = exact_fit(X, y, weights, fit_intercept=fit_intercept)
    assert model.rank_ == rank < 5
    assert_allclose(model.coef_, coef[:, 0].astype(float), atol=1e-12)
    assert_allclose(model.intercept_, float(intercept[0]), atol=1e-12)
