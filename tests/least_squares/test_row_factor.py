import numpy as np
import pytest
from exact_least_squares import exact_fit
from numpy.testing import assert_allclose, assert_array_equal
from scipy import linalg

from sklearn_prune import MinNormRegressor
from sklearn_prune._least_squares import interpolation
from sklearn_prune._least_squares.design import EPS
from sklearn_prune._least_squares.row_factor import factorise_rows, is_regular


def orthonormal(rng, n, k):
    return linalg.qr(rng.standard_normal((n, k)), mode="economic")[0]


def design(rng, n, p, cond, *, centred=False):
    """Return X of a condition number, and its pseudo-inverse."""
    k = n - centred
    U = rng.standard_normal((n, k))
    U = linalg.qr(U - centred * U.mean(axis=0), mode="economic")[0]
    V, values = orthonormal(rng, p, k), np.geomspace(1, 1 / cond, k)
    return U * values @ V.T, V / values @ U.T


def svd_fit(X, y, *, fit_intercept):
    """Return the shortest solution and the rank by singular values."""
    A, b = (M - fit_intercept * M.mean(axis=0) for M in (X, y))
    U, values, Vt = linalg.svd(A, full_matrices=False)
    rank = np.count_nonzero(values > max(X.shape) * EPS * values[0])
    rank = min(rank, len(X) - fit_intercept)
    return Vt[:rank].T @ (U[:, :rank].T @ b / values[:rank]), rank


def relative_error(estimate, truth):
    return linalg.norm(estimate - truth) / linalg.norm(truth)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("cond", [1e6, 1e8, 1e10, 1e12])
@pytest.mark.parametrize(("n", "p"), [(2, 9), (20, 21), (60, 90), (260, 300)])
def test_ill_conditioned_rows_are_interpolated_without_singular_values(
    rng, n, p, cond, fit_intercept, monkeypatch
):
    monkeypatch.delattr(interpolation, "_row_space")
    X, pinv = design(rng, n, p, cond, centred=fit_intercept)
    Y = rng.standard_normal((n, 3))
    model = MinNormRegressor(fit_intercept=fit_intercept).fit(X, Y)
    assert model.rank_ == n - fit_intercept
    truth = pinv @ (Y - fit_intercept * Y.mean(axis=0))
    assert relative_error(model.coef_.T, truth) < 30 * EPS * cond
    residual = Y - model.predict(X)
    assert linalg.norm(residual) < 1e-14 * linalg.norm(X) * linalg.norm(model.coef_)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("cond", [1e12, 1e13, 1e14, 1e15, 1e16, 1e18])
@pytest.mark.parametrize(("n", "p"), [(2, 2), (3, 60), (40, 41), (60, 200)])
def test_rank_and_fit_of_the_singular_values(rng, n, p, cond, fit_intercept):
    X, _ = design(rng, n, p, cond)
    y = rng.standard_normal(n)
    coef, rank = svd_fit(X, y, fit_intercept=fit_intercept)
    model = MinNormRegressor(fit_intercept=fit_intercept).fit(X, y)
    values = linalg.svdvals(X - fit_intercept * X.mean(axis=0))
    assert model.rank_ == rank
    condition = values[0] / values[rank - 1]
    assert relative_error(model.coef_, coef) < 30 * EPS * condition


@pytest.mark.parametrize("span", [1e1, 1e6, 1e12])
def test_weights_of_ill_conditioned_rows_have_no_influence(rng, span):
    X, pinv = design(rng, 30, 50, 1e8, centred=True)
    y = rng.standard_normal(30)
    weights = np.geomspace(1, span, 30)
    weighted = MinNormRegressor().fit(X, y, weights)
    assert weighted.rank_ == 29
    assert relative_error(weighted.coef_, pinv @ (y - y.mean())) < 1e-14 * 1e8


def test_rows_of_weight_zero_are_left_out(rng):
    X, pinv = design(rng, 30, 50, 1e8, centred=True)
    y = rng.standard_normal(30)
    weights = np.append(np.full(30, 0.5), np.zeros(5))
    more, targets = np.vstack([X, np.ones((5, 50))]), np.append(y, np.ones(5))
    model = MinNormRegressor().fit(more, targets, weights)
    assert relative_error(model.coef_, pinv @ (y - y.mean())) < 1e-14 * 1e8


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("gap", [2.0**-20, 2.0**-30])
def test_nearly_equal_rows_in_rational_numbers(rng, fit_intercept, gap):
    X = rng.integers(-8, 9, (5, 9)).astype(float)
    X[4] = X[0] + gap * X[4]
    y = rng.integers(-8, 9, 5).astype(float)
    coef, intercept, rank = exact_fit(X, y, fit_intercept=fit_intercept)
    model = MinNormRegressor(fit_intercept=fit_intercept).fit(X, y)
    assert model.rank_ == rank == 5 - fit_intercept
    assert_allclose(model.coef_, coef[:, 0].astype(float), rtol=1e-14 / gap)
    assert_allclose(model.intercept_, float(intercept[0]), rtol=1e-14 / gap)


def test_equal_rows_among_ill_conditioned_ones(rng):
    X, pinv = design(rng, 20, 40, 1e8, centred=False)
    y = rng.standard_normal(20)
    twice, targets = np.vstack([X, X]), np.append(y - 1, y + 1)
    model = MinNormRegressor(fit_intercept=False).fit(twice, targets)
    assert model.rank_ == 20
    assert relative_error(model.coef_, pinv @ y) < 1e-14 * 1e8


def test_factor(rng):
    A, weights = rng.standard_normal((5, 8)), np.array([1.0, 3, 2, 1e-3, 5])
    A -= weights @ A / weights.sum()
    factor = factorise_rows(A, weights / linalg.norm(weights))
    assert_allclose(factor.combine(factor.R), factor.reflect(A).T, atol=1e-14)
    assert_allclose(factor.lift(factor.reflect(A)), A, atol=1e-14)
    assert_allclose(linalg.svdvals(factor.R), linalg.svdvals(A)[:4], rtol=1e-13)
    U = factor.lift(np.eye(4))
    assert_allclose(U.T @ U, np.eye(4), atol=1e-14)
    assert_allclose(weights @ U, 0, atol=1e-14)


def test_data_are_left_alone(rng):
    A = np.asfortranarray(rng.standard_normal((5, 8)))
    for X in A, A.T.copy().T, np.ascontiguousarray(A):
        kept = X.copy()
        factorise_rows(X, None)
        assert_array_equal(X, kept)


@pytest.mark.parametrize("n", [1, 5, 80, 300])
@pytest.mark.parametrize("kind", ["geometric", "one small", "one large", "even"])
def test_regular_is_what_the_cutoff_says(rng, n, kind):
    values = {
        "geometric": np.geomspace(1, 1e-9, n),
        "one small": np.append(np.ones(n - 1), 1e-9),
        "one large": np.append(np.full(n - 1, 1e-9), 1),
        "even": np.linspace(1, 1e-9, n),
    }[kind]
    R = linalg.qr(orthonormal(rng, n, n) * values @ orthonormal(rng, n, n).T, mode="r")[0]
    ratio = values.min() / values.max()
    assert is_regular(R, ratio / 1.15)
    assert not is_regular(R, ratio / 1.05)


def test_a_triangle_whose_inverse_overflows_is_not_regular():
    R = np.triu(np.full((1200, 1200), -1.0))
    np.fill_diagonal(R, 1)
    assert not is_regular(R, 1e-13)
    assert not is_regular(np.diag([1.0, 0, 1]), 1e-13)
