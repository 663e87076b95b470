import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_prune._report.comparison import row_summaries
from sklearn_prune._report.comparison.row_summaries import RowSummary, few_rows

RNG = np.random.default_rng(0)


def make_rows(n_rows):
    """Return features, one constant, and classes that add up to one in every row."""
    F = RNG.standard_normal((n_rows, 5)) * [1, 1e3, 1e-3, 1, 1] + [0, 1e6, 0, 0, 3]
    F[:, 3] = 0.1
    return F, np.eye(3)[RNG.integers(0, 3, n_rows)]


def summarise(F, y, step):
    """Summarise rows in blocks."""
    return RowSummary(lambda: [(F[i : i + step], y[i : i + step]) for i in range(0, len(F), step)])


@pytest.mark.parametrize("rcond", [row_summaries.SAFE_RCOND, np.inf], ids=["moments", "factor"])
def test_few_rows_have_the_scatter_of_many(monkeypatch, rcond):
    monkeypatch.setattr(row_summaries, "SAFE_RCOND", rcond)
    parts = [make_rows(60), make_rows(100)]
    few, mean = few_rows([summarise(*part, step=25) for part in parts], 5)
    rows = np.vstack([np.hstack(part) for part in parts])
    assert few.are_factor
    assert few.n_rows == 160
    assert_allclose(mean, rows.mean(axis=0), rtol=1e-13)
    centred = rows - rows.mean(axis=0)
    kept = np.hstack([few.F, few.y])
    assert_array_equal(kept[:, 3], 0)
    centred[:, 3] = 0
    scale = np.linalg.norm(centred, axis=0)
    scale[3] = 1
    expected = centred.T @ centred / np.outer(scale, scale)
    assert_allclose(kept.T @ kept / np.outer(scale, scale), expected, atol=1e-9)


def test_dependent_features_are_factorised_by_their_rows():
    F, y = make_rows(200)
    F[:, 4] = F[:, 0] + 1e-9 * F[:, 4]
    few, _ = few_rows([summarise(F, y, step=50)], 5)
    centred = F[:, [0, 4]] - F[:, [0, 4]].mean(axis=0)
    expected = np.linalg.svd(centred, compute_uv=False)
    assert_allclose(np.linalg.svd(few.F[:, [0, 4]], compute_uv=False), expected, rtol=1e-6)
