import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import linalg
from sklearn.linear_model import Ridge

from sklearn_prune._least_squares.leading_columns import leading_lstsq, leading_ridge


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_least_squares_of_every_size(rng):
    A, y = rng.standard_normal((12, 7)), rng.standard_normal((12, 2))
    fits = leading_lstsq(A, y, np.arange(1, 8), cutoff=1e-12)
    for s, coef in enumerate(fits, start=1):
        assert_allclose(coef[:, :s].T, linalg.lstsq(A[:, :s], y)[0], atol=1e-13)
        assert_array_equal(coef[:, s:], 0)


def test_dependent_columns_end_the_shared_fits(rng):
    A, y = rng.standard_normal((12, 7)), rng.standard_normal((12, 1))
    A[:, 4] = A[:, 1] - A[:, 3]
    assert len(leading_lstsq(A, y, np.arange(1, 8), cutoff=1e-12)) == 4


def test_columns_of_noise_get_no_coefficients(rng, monkeypatch):
    dtrtri = linalg.lapack.dtrtri

    def no_empty_matrix(R):
        assert R.size, "LAPACK prints a complaint"
        return dtrtri(R)

    monkeypatch.setattr(linalg.lapack, "dtrtri", no_empty_matrix)
    A, y = np.full((12, 3), 1e-17), rng.standard_normal((12, 1))
    assert_array_equal(leading_lstsq(A, y, np.arange(1, 4), cutoff=1e-12, noise=1e-15), 0)
    A[:, 1] = rng.standard_normal(12)
    fits = leading_lstsq(A, y, np.arange(1, 4), cutoff=1e-12, noise=1e-15)
    assert_array_equal(fits != 0, [[[0, 0, 0]], [[0, 1, 0]], [[0, 1, 0]]])


@pytest.mark.parametrize("alpha", [1e-2, 10.0])
def test_ridge_of_every_size(rng, alpha):
    A, y = rng.standard_normal((12, 30)), rng.standard_normal((12, 2))
    fits = leading_ridge(A, y, np.arange(1, 31), alpha=alpha)
    for s, coef in enumerate(fits, start=1):
        expected = Ridge(alpha, fit_intercept=False).fit(A[:, :s], y).coef_
        assert_allclose(coef[:, :s], expected, rtol=1e-9, atol=1e-12)
        assert_array_equal(coef[:, s:], 0)
    assert len(fits) == 30


def test_ridge_of_more_columns_than_rows_that_differ_in_size(rng):
    # `Ridge` solves these in the dual, to fewer digits than the columns allow.
    A, y = rng.standard_normal((12, 30)), rng.standard_normal((12, 1))
    A[:, 3] *= 1e6
    assert len(leading_ridge(A, y, np.arange(1, 31), alpha=1.0)) == 12
