import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import linalg

from sklearn_prune._least_squares.dual import solve_gram


def matrix(rng, n, cond):
    Q = linalg.qr(rng.standard_normal((n, n)))[0]
    return Q * np.geomspace(1, 1 / cond, n) @ Q.T, Q * np.geomspace(1, cond, n) @ Q.T


@pytest.mark.parametrize("n", [16, 30, 300])
@pytest.mark.parametrize("cond", [1, 1e2, 1e4])
@pytest.mark.parametrize("size", [1e-60, 1, 1e60])
def test_solution(rng, n, cond, size):
    gram, inverse = matrix(rng, n, cond)
    y = rng.standard_normal((n, max(1, n // 100)))
    upper = np.triu(size * gram)
    kept = upper.copy()
    dual = solve_gram(upper, y)
    assert linalg.norm(dual * size - inverse @ y) < 1e-13 * cond * linalg.norm(inverse @ y)
    assert_array_equal(upper, kept)


@pytest.mark.parametrize("cond", [1e5, 1e6, 1e7, 1e8, 1e10, 1e12, 1e16])
def test_nine_digits_or_none(rng, cond):
    gram, inverse = matrix(rng, 200, cond)
    y = rng.standard_normal((200, 1))
    dual = solve_gram(gram, y)
    assert dual is None or linalg.norm(dual - inverse @ y) < 1e-9 * linalg.norm(dual)
    if cond > 1e7:
        assert dual is None


def test_equal_rows_with_other_targets():
    for seed in range(50):
        rng = np.random.default_rng(seed)
        A = rng.standard_normal((64, 100))
        A[seed] = A[63]
        assert solve_gram(A @ A.T, rng.standard_normal((64, 1))) is None


def test_rows_of_very_unequal_norm(rng):
    scale = 10.0 ** rng.uniform(-6, 6, 50)
    gram, inverse = matrix(rng, 50, 10)
    y = rng.standard_normal((50, 1))
    dual = solve_gram(scale[:, None] * gram * scale, scale[:, None] * y)
    assert dual is None or linalg.norm(scale[:, None] * dual - inverse @ y) < 1e-9 * linalg.norm(y)


def test_targets_of_zero_and_of_any_size(rng):
    y = np.zeros((64, 4))
    y[0] = [0, 1, 1e-200, 1e200]
    assert_allclose(solve_gram(2 * np.eye(64), y), y / 2, rtol=1e-15)


def test_nothing_to_solve(rng):
    assert solve_gram(np.zeros((3, 3)), np.ones((3, 1))) is None
    assert solve_gram(np.eye(20), np.ones((20, 20))) is None
