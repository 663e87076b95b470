import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_prune._checks.training_data import TrainingData
from sklearn_prune._least_squares.compressed_rows import CompressedRows
from sklearn_prune._least_squares.row_moments import row_moments


def table(rng, n, p=3, shift=0.0):
    return TrainingData(
        rng.standard_normal((n, p)) + shift, rng.standard_normal(n), rng.uniform(0.5, 2, n)
    )


def moments_of(data):
    return row_moments(data.X, data.y, data.weights)


def test_few_rows_stay_as_they_are(rng):
    whole = table(rng, 5)
    rows = CompressedRows.of(whole.take(slice(2))).merged(
        CompressedRows.of(whole.take(slice(2, 5)))
    )
    data, origin, y_origin = rows.data(centred=True)
    assert_array_equal(data.X, whole.X)
    assert_array_equal(data.y, whole.y)
    assert_array_equal(data.weights, whole.weights)
    assert not origin.any()
    assert not y_origin.any()


@pytest.mark.parametrize("shift", [0.0, 1e8])
@pytest.mark.parametrize("n", [6, 7, 300])
def test_many_rows_become_few_of_the_same_moments(rng, n, shift):
    whole = table(rng, n, shift=shift)
    rows = CompressedRows.of(whole.take(slice(4)))
    for i in range(4, n, 9):
        rows = rows.merged(CompressedRows.of(whole.take(slice(i, i + 9))))
    data, origin, y_origin = rows.data(centred=True)
    expected, moments = moments_of(whole), moments_of(data)
    assert len(data.X) == 5
    assert rows.n_samples == n
    assert rows.weight_range == (whole.weights.min(), whole.weights.max())
    size = np.sqrt(np.outer(expected.scatter.diagonal(), expected.scatter.diagonal()))
    assert np.max(np.abs(moments.scatter - expected.scatter) / size) < 1e-14
    assert_allclose(moments.mean, 0, atol=1e-15)
    assert_allclose(moments.weight, expected.weight, rtol=1e-14)
    assert_allclose(np.append(origin, y_origin), expected.mean, rtol=1e-14, atol=1e-14)


def test_models_without_an_intercept_see_the_means(rng):
    whole = table(rng, 50, shift=3)
    data, origin, _ = CompressedRows.of(whole).data(centred=False)
    assert not origin.any()
    expected, moments = (moments_of(d).squares(centred=False) for d in (whole, data))
    assert_allclose(moments, expected, rtol=1e-13)


def test_moments_make_the_same_rows_or_none(rng):
    whole = table(rng, 100)
    span = (0.5, 2.0)
    made = CompressedRows.from_moments(moments_of(whole), 3, (), span)
    assert_allclose(moments_of(made.data(centred=True)[0]).scatter, moments_of(whole).scatter)
    copied = TrainingData(np.hstack([whole.X, whole.X[:, :1]]), whole.y, whole.weights)
    assert CompressedRows.from_moments(moments_of(copied), 4, (), span) is None
    few = whole.take(slice(5))  # may be kept as they are
    assert CompressedRows.from_moments(moments_of(few), 3, (), span) is None


def test_a_constant_column_of_moments_is_constant(rng):
    whole = table(rng, 100)
    whole.X[:, 1] = 1e8 + 0.1
    made = CompressedRows.from_moments(moments_of(whole), 3, (), (0.5, 2.0))
    data, origin, _ = made.data(centred=True)
    assert not data.X[:, 1].any()
    assert_allclose(origin[1], 1e8 + 0.1, rtol=1e-15)
