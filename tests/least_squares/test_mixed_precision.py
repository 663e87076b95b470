import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import linalg

from sklearn_prune import MinNormRegressor
from sklearn_prune._least_squares.cholesky import cholesky
from sklearn_prune._least_squares.design import EPS, Problem, centre
from sklearn_prune._least_squares.mixed_precision import _factorise, _solve, interpolate
from sklearn_prune._least_squares.solve import min_norm_lstsq

SHAPES = [(256, 300), (300, 1200), (400, 1600)]


def orthonormal(rng, n, k):
    return linalg.qr(rng.standard_normal((n, k)), mode="economic")[0]


def spectrum(kind, n, cond):
    """Return n singular values between 1 and 1 / cond."""
    if kind == "geometric":
        return np.geomspace(1, 1 / cond, n)
    values = np.full(n, 1.0 if kind == "one small" else 1 / cond)
    values[0] = 1 / cond if kind == "one small" else 1
    return values


def relative_error(estimate, truth):
    return np.max(linalg.norm(estimate - truth, axis=0) / linalg.norm(truth, axis=0))


def extended(A, y, coef, steps=4):
    """Refine the interpolating coefficients in extended precision."""
    solve = linalg.cho_factor(A @ A.T)
    A, y, coef = (a.astype(np.longdouble) for a in (A, y, coef))
    for _ in range(steps):
        coef += A.T @ linalg.cho_solve(solve, (y - A @ coef).astype(np.float64))
    return coef.astype(np.float64)


@pytest.mark.parametrize("kind", ["geometric", "one small", "one large"])
@pytest.mark.parametrize("cond", [1, 1e1, 1e2])
@pytest.mark.parametrize(("n", "p"), SHAPES)
def test_all_digits(rng, n, p, cond, kind):
    values = spectrum(kind, n, cond)
    A = orthonormal(rng, n, n) * values @ orthonormal(rng, p, n).T
    y = rng.standard_normal((n, 3))
    coef = interpolate(A, y, None, 1e-12)
    truth = extended(A, y, coef)
    assert relative_error(coef, truth) < 10 * EPS * cond
    # It is in the space of the rows, where the interpolating solution is the shortest.
    assert relative_error(A.T @ linalg.lstsq(A.T, coef)[0], coef) < 10 * EPS * cond


def test_slow_convergence_to_the_level_of_rounding():
    for seed in range(8):
        rng = np.random.default_rng(seed)
        A = orthonormal(rng, 256, 256) * np.geomspace(1, 2e-3, 256) @ orthonormal(rng, 600, 256).T
        y = rng.standard_normal((256, 1))
        coef = interpolate(A, y, None, 1e-12)
        assert relative_error(coef, extended(A, y, coef)) < 1e-13


def draw(rng, name, n, p):
    """Return data that float32 finds difficult, and still good enough for it."""
    X = rng.standard_normal((n, p))
    if name == "outlier rows":
        X[::20] *= 1e3
    if name == "unequal columns":
        X *= 10 ** rng.uniform(-4, 2, p)
    if name == "heavy tails":
        X = rng.standard_t(1.5, (n, p))
    if name == "ReLU":
        X = np.maximum(rng.standard_normal((n, 200)) @ X[:200], 0)
    if name == "large means":
        X = np.round(X, 6) + 1e4
    if name == "autoregressive":
        X = np.cumsum(X, axis=1)
    return X


DATA = ["outlier rows", "unequal columns", "heavy tails", "ReLU", "large means", "autoregressive"]


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("spread", [0, 2])
def test_same_as_in_double_precision(rng, name, fit_intercept, spread):
    n, p = 300, 1200
    weights = 10.0 ** rng.uniform(-spread, spread, n)
    A, y, mean = draw(rng, name, n, p), rng.standard_normal((n, 2)), None
    if fit_intercept:
        A, mean = centre(A, weights)
        y, _ = centre(y, weights)
    gram = A @ A.T
    kept = gram.copy()
    mixed, rank = min_norm_lstsq(Problem(A, y, weights, mean), cutoff=1e-12)
    double, expected = min_norm_lstsq(Problem(A, y, weights, mean), cutoff=1e-12, gram=gram)
    assert rank == expected == n - fit_intercept
    assert relative_error(mixed, double) < 1e-11
    assert_array_equal(gram, kept)


@pytest.mark.parametrize("cond", [1e4, 1e5, 1e6, 1e9])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_ill_conditioned_data_are_left_to_double_precision(rng, cond, fit_intercept):
    n, p = 256, 600
    k = n - fit_intercept
    U = rng.standard_normal((n, k))
    U = linalg.qr(U - fit_intercept * U.mean(axis=0), mode="economic")[0]
    V, values = orthonormal(rng, p, k), np.geomspace(1, 1 / cond, k)
    X, y = U * values @ V.T, rng.standard_normal(n)
    null = np.full(n, n**-0.5) if fit_intercept else None
    assert interpolate(X, y[:, np.newaxis], null, 1e-12) is None
    model = MinNormRegressor(fit_intercept=fit_intercept).fit(X, y)
    assert model.rank_ == k
    truth = V / values @ (U.T @ y)
    assert linalg.norm(model.coef_ - truth) < 1e-14 * cond * linalg.norm(truth)


@pytest.mark.parametrize("a", [1e-250, 1e-60, 1e-25, 1e25, 1e60, 1e150])
@pytest.mark.parametrize("b", [1e-50, 1.0, 1e50])
def test_entries_beyond_the_range_of_single_precision(rng, a, b):
    X, y = rng.standard_normal((256, 300)), rng.standard_normal(256)
    reference = MinNormRegressor().fit(X, y)
    model = MinNormRegressor().fit(a * X, b * y)
    assert model.rank_ == reference.rank_
    assert_allclose(model.coef_ * a / b, reference.coef_, rtol=1e-9)


@pytest.mark.parametrize("tiny", [0, 1e-30, 1e-42, 1e-310])
def test_entries_that_single_precision_flushes(rng, tiny):
    X, y = rng.standard_normal((256, 600)), rng.standard_normal(256)
    X[:, ::2] *= tiny
    reference = MinNormRegressor().fit(X[:, 1::2], y)
    model = MinNormRegressor().fit(X, y)
    assert model.rank_ == 255
    assert_allclose(model.coef_[1::2], reference.coef_, rtol=1e-8)
    assert_allclose(model.coef_[::2], (X - X.mean(axis=0)).T[::2] @ dual(X, y), rtol=1e-7)


def dual(X, y):
    centred = X - X.mean(axis=0)
    return linalg.pinvh(centred @ centred.T, rtol=1e-10) @ (y - y.mean())


@pytest.mark.parametrize("relation", ["equal", "opposite", "a third", "sum", "mean", "zero"])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_dependent_rows_with_consistent_targets_are_not_counted(rng, relation, fit_intercept):
    n, p = 300, 700
    dependent = {
        "equal": [1, 0, 0],
        "opposite": [-1, 0, 0],
        "a third": [1 / 3, 0, 0],
        "sum": [1, 1, -1],
        "mean": [1 / 3, 1 / 3, 1 / 3],
        "zero": [0, 0, 0],
    }
    X = rng.standard_normal((n, p))
    X[n // 2] = dependent[relation] @ X[:3]
    y = X @ rng.standard_normal(p)
    model = MinNormRegressor(fit_intercept=fit_intercept).fit(X, y)
    affine = relation in {"equal", "sum", "mean"}
    assert model.rank_ == (n - 1 - affine if fit_intercept else n - 1)
    assert_allclose(model.predict(X), y, atol=1e-10)


def test_equal_rows_that_the_condition_estimate_misses():
    # That of LAPACK misses every tenth or so.
    for seed in range(100):
        A = np.random.default_rng(seed).standard_normal((64, 200))
        A[seed % 64] = A[-1 - seed % 32]
        assert _factorise(A, None) is None
        assert cholesky(A @ A.T)[1] < 1e-15


@pytest.mark.parametrize("scale", [1, 1e-2])
def test_cutoff_decides_the_rank_as_in_double_precision(rng, scale):
    n, p = 256, 600
    A = orthonormal(rng, n, n) * np.geomspace(1, 1e-2, n) @ orthonormal(rng, p, n).T
    A[0] *= scale
    y, weights = rng.standard_normal((n, 1)), np.ones(n)
    for cutoff in 1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.3:
        mixed = min_norm_lstsq(Problem(A, y, weights), cutoff=cutoff)
        double = min_norm_lstsq(Problem(A, y, weights), cutoff=cutoff, gram=A @ A.T)
        assert mixed[1] == double[1]
        assert relative_error(mixed[0], double[0]) < 1e-11


def test_exact_solutions_and_zero_targets(rng):
    A = np.eye(256, 300)
    A[0] *= 3
    y = np.zeros((256, 4))
    y[:, 0], y[0, 1], y[1, 2] = rng.standard_normal(256), 1, 1e-30
    coef = interpolate(A, y, None, 1e-12)
    assert_allclose(coef, linalg.pinv(A) @ y, rtol=1e-15)
    assert_array_equal(coef[:, 3], 0)


def test_factor_of_another_matrix_is_noticed(rng):
    A, B = rng.standard_normal((2, 256, 300))
    y = rng.standard_normal((256, 1))
    assert _solve(A, y, _factorise(A, None)) is not None
    assert _solve(A, y, _factorise(B, None)) is None


def test_targets_off_the_range_are_noticed(rng):
    A, y = rng.standard_normal((256, 600)), rng.standard_normal((256, 1))
    A -= A.mean(axis=0)
    null = np.full(256, 1 / 16)
    assert interpolate(A, y, null, 1e-12) is None
    assert interpolate(A, y - y.mean(), null, 1e-12) is not None


def test_null_direction_of_rows_of_unequal_norms(rng):
    A = rng.standard_normal((256, 600))
    A -= A.mean(axis=0)
    scale = 10 ** rng.uniform(-2, 2, 256)
    equal = _factorise(A, np.full(256, 1 / 16))
    unequal = _factorise(A * scale[:, np.newaxis], 1 / scale)
    assert_allclose(unequal.rcond, equal.rcond, rtol=0.1)


def test_few_rows_or_many_targets_do_not_pay(rng):
    A, y = rng.standard_normal((256, 300)), rng.standard_normal((256, 17))
    assert interpolate(A, y, None, 1e-12) is None
    assert interpolate(A, y[:, :16], None, 1e-12) is not None
    assert interpolate(A[:255], y[:255, :1], None, 1e-12) is None


def test_order_in_memory_makes_no_difference(rng):
    X, y = rng.standard_normal((300, 900)), rng.standard_normal(300)
    model = MinNormRegressor().fit(X, y)
    for other in np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2]:
        assert_allclose(MinNormRegressor().fit(other, y).coef_, model.coef_, atol=1e-14)


@pytest.mark.parametrize("shape", [(20, 60), (300, 400), (60, 20)])
def test_known_gram(rng, shape):
    weights = np.ones(shape[0])
    A, mean = centre(rng.standard_normal(shape), weights)
    y, _ = centre(rng.standard_normal((shape[0], 2)), weights)
    gram = A @ A.T
    gram.flags.writeable = False
    without = min_norm_lstsq(Problem(A, y, weights, mean), cutoff=1e-12)
    for known in gram, gram * (1 + 1e-10 * rng.standard_normal(gram.shape)):
        coef, rank = min_norm_lstsq(Problem(A, y, weights, mean), cutoff=1e-12, gram=known)
        assert rank == without[1]
        assert_allclose(coef, without[0], atol=1e-13)


def test_known_gram_is_used(rng):
    A, y = rng.standard_normal((20, 60)), rng.standard_normal((20, 1))
    coef, _ = min_norm_lstsq(Problem(A, y, np.ones(20)), cutoff=1e-12, gram=2 * A @ A.T)
    assert_allclose(coef, 0.75 * linalg.pinv(A) @ y)  # half of it, and half of what is left


def test_known_gram_of_extreme_entries(rng):
    A, y = rng.standard_normal((20, 60)), rng.standard_normal((20, 1))
    reference, _ = min_norm_lstsq(Problem(A, y, np.ones(20)), cutoff=1e-12)
    for scale in 1e-170, 1e-40, 1e40, 1e160:
        with np.errstate(over="ignore", invalid="ignore"):
            gram = (scale * A) @ (scale * A).T
        coef, rank = min_norm_lstsq(Problem(scale * A, y, np.ones(20)), cutoff=1e-12, gram=gram)
        assert rank == 20
        assert_allclose(coef * scale, reference, rtol=1e-10)
