import numpy as np
import pytest
from exact_least_squares import fractions
from numpy.testing import assert_allclose
from scipy import sparse

from sklearn_prune._least_squares import row_moments as module
from sklearn_prune._least_squares.row_moments import merge_moments, row_moments


def exact_scatter(Z, weights):
    """Return the means and the centred products in rational numbers, rounded at the end."""
    Z, weights = fractions(Z), fractions(weights)
    mean = weights @ Z / weights.sum()
    scatter = (Z - mean).T @ (weights[:, np.newaxis] * (Z - mean))
    return mean.astype(float), scatter.astype(float)


def rounding(scatter):
    """Return the sizes to which entries of a scatter matrix are relative."""
    return np.sqrt(np.outer(scatter.diagonal(), scatter.diagonal()))


def table(rng, n=60, p=4, shift=0.0):
    X = rng.standard_normal((n, p)) + shift
    X[n // 2 :, 0] += 1e7  # drifts
    return X, rng.standard_normal((n, 2)), rng.uniform(0.5, 2, n)


@pytest.mark.parametrize("shift", [0.0, 1e8])
@pytest.mark.parametrize("equal", [True, False])
def test_moments_are_those_of_rational_arithmetic(rng, monkeypatch, shift, equal):
    monkeypatch.setattr(module, "BLOCK_ENTRIES", 40)
    monkeypatch.setattr(module, "PRODUCT_ROWS", 7)
    X, y, weights = table(rng, shift=shift)
    if equal:
        weights[:] = 0.3
    mean, scatter = exact_scatter(np.hstack([X, y]), weights)
    moments = row_moments(X, y, weights)
    assert moments.n_rows == 60
    assert_allclose(moments.weight, weights.sum(), rtol=1e-14)
    assert_allclose(moments.mean, mean, rtol=1e-15, atol=1e-15)
    assert np.max(np.abs(moments.scatter - scatter) / rounding(scatter)) < 1e-14


def test_parts_merge_to_the_whole_whatever_drifts(rng):
    X, y, weights = table(rng)
    whole = row_moments(X, y, weights)
    parts = [row_moments(X, y, weights, np.arange(i, i + 15)) for i in range(0, 60, 15)]
    for merged in merge_moments(parts), parts[0].merged(parts[1].merged(parts[2].merged(parts[3]))):
        difference = np.abs(merged.scatter - whole.scatter) / rounding(whole.scatter)
        assert difference.max() < 1e-14
        assert_allclose(merged.mean, whole.mean, rtol=1e-14, atol=1e-14)
    # Without the rows that drift, nothing is left of them.
    calm, scatter = row_moments(X, y, weights, np.arange(30)), parts[0].merged(parts[1]).scatter
    assert np.max(np.abs(scatter - calm.scatter) / rounding(calm.scatter)) < 1e-14


def test_a_row_that_is_taken_twice_counts_twice(rng):
    X, y, weights = table(rng)
    rows = np.flatnonzero(rng.random(60) < 0.5)
    once, twice = (row_moments(X, y, weights, np.repeat(rows, k)) for k in (1, 2))
    assert_allclose(once.scatter, row_moments(X[rows], y[rows], weights[rows]).scatter, rtol=1e-9)
    assert_allclose(twice.scatter, 2 * once.scatter, rtol=1e-9)
    assert twice.n_rows == 2 * once.n_rows


@pytest.mark.parametrize("make", [sparse.csr_array, sparse.csc_matrix])
def test_sparse_rows_are_the_same_unfilled(rng, make):
    X, y, weights = table(rng)
    X[rng.random(X.shape) < 0.5] = 0
    expected, moments = row_moments(X, y, weights), row_moments(make(X), y, weights)
    assert np.max(np.abs(moments.scatter - expected.scatter) / rounding(expected.scatter)) < 1e-13
    assert_allclose(moments.mean, expected.mean, rtol=1e-12, atol=1e-12)
    assert moments.loss > expected.loss == 1


def test_single_precision_is_summed_in_double(rng):
    X = (rng.standard_normal((5000, 3)) + 100).astype(np.float32)
    y, weights = rng.standard_normal(5000), np.ones(5000)
    expected = row_moments(X.astype(float), y, weights)
    assert_allclose(row_moments(X, y, weights).scatter, expected.scatter, rtol=1e-13)


def test_one_column_order_or_the_other(rng):
    X, y, weights = table(rng, n=300)
    expected = row_moments(X, y, weights).scatter
    for same in np.asfortranarray(X), np.hstack([X, X])[:, :4], np.repeat(X, 2, axis=0)[::2]:
        assert_allclose(row_moments(same, y, weights).scatter, expected, rtol=1e-9, atol=1e-9)


def test_some_columns_and_squares_about_zero(rng):
    X, y, weights = table(rng)
    moments = row_moments(X, y, weights)
    some = moments.columns([2, 4])
    Z = np.column_stack([X[:, 2], y[:, 0]])
    assert_allclose(some.scatter, row_moments(Z[:, :1], Z[:, 1], weights).scatter, rtol=1e-12)
    assert_allclose(some.squares(centred=False), Z.T @ (weights[:, None] * Z), rtol=1e-12)
    assert some.squares(centred=True) is some.scatter


def test_the_mean_as_origin_keeps_the_digits_of_the_offset(rng):
    X, y, weights = table(rng, shift=1e8)
    moments = row_moments(X, y, weights)
    centred = moments.seen_from_mean()
    exact = moments.origin.astype(np.longdouble) + moments.offset
    assert_allclose(centred.origin.astype(np.longdouble) + centred.offset, exact, rtol=1e-18)
    assert np.all(np.abs(centred.offset) <= np.spacing(np.abs(centred.origin)))


def test_squares_of_a_constant_are_not_negative(rng):
    X, weights = np.full((5000, 3), [7, 0.1, 1e8]), rng.uniform(0, 2, 5000)
    assert np.all(row_moments(X, X[:, :1], weights).scatter.diagonal() >= 0)
