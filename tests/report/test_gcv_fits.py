import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import Ridge

from sklearn_prune._report.comparison.gcv_fits import GcvFits
from sklearn_prune._report.comparison.ridge_fits import ALPHAS

RNG = np.random.default_rng(0)


def make_rows(n_rows, width, n_targets):
    """Return rows about their means, and a triangular factor of them."""
    F = RNG.standard_normal((n_rows, width)) * np.geomspace(1, 10, width)
    y = F @ RNG.standard_normal((width, n_targets)) + 30 * RNG.standard_normal((n_rows, n_targets))
    rows = np.hstack([F, y])
    rows -= rows.mean(axis=0)
    return rows[:, :width], rows[:, width:], np.linalg.qr(rows, mode="r")


def least_gcv(F, y):
    """Return the coefficients and the penalty of least generalised cross-validation error."""
    n_rows, width = F.shape
    scores = []
    for alpha in ALPHAS:
        hat = F @ np.linalg.solve(F.T @ F + alpha * np.eye(width), F.T)
        scores.append(np.sum((y - hat @ y) ** 2) / (1 - 1 / n_rows - np.trace(hat) / n_rows) ** 2)
    alpha = ALPHAS[np.argmin(scores)]
    return Ridge(alpha, fit_intercept=False).fit(F, y).coef_.reshape(y.shape[1], -1).T, alpha


@pytest.mark.parametrize(("n_rows", "width", "n_targets"), [(90, 1, 1), (80, 2, 2), (200, 12, 3)])
def test_the_penalty_of_least_generalised_cross_validation_error(n_rows, width, n_targets):
    F, y, factor = make_rows(n_rows, width, n_targets)
    fits = GcvFits(factor[:, :width], factor[:, width:], n_rows)
    some = np.arange(width)[::-2]
    widths = np.unique([1, width])
    cases = [(list(range(w)), y, fit) for w, fit in zip(widths, fits.dense(widths), strict=True)]
    cases.append((some, y, fits.refit(some)))
    first = cases[0][2][0]
    cases.append((some, F[:, : len(first)] @ first, fits.refit(some, first)))
    for columns, targets, (coef, alpha) in cases:
        expected, best = least_gcv(F[:, columns], targets)
        assert alpha == best
        assert_allclose(coef, expected, rtol=1e-9, atol=1e-12)


def test_with_equal_leverages_it_is_leave_one_out():
    signs = np.array([[1.0, 1, 1, 1, -1, -1, -1, -1], [1, 1, -1, -1, 1, 1, -1, -1]]).T
    y = signs[:, :1] + RNG.standard_normal((8, 1))
    y -= y.mean()
    factor = np.linalg.qr(np.hstack([signs, y]), mode="r")
    coef, alpha = GcvFits(factor[:, :2], factor[:, 2:], 8).refit(np.arange(2))
    left_out = [
        sum(
            (y[i, 0] - Ridge(a).fit(np.delete(signs, i, 0), np.delete(y, i)).predict(signs[[i]])[0])
            ** 2
            for i in range(8)
        )
        for a in ALPHAS
    ]
    assert alpha == ALPHAS[np.argmin(left_out)]
    assert_allclose(coef, Ridge(alpha).fit(signs, y).coef_.reshape(1, -1).T, rtol=1e-12)
