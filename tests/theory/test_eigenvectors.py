import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_prune.theory._problems.eigenvectors import eigenpairs


def symmetric(rng, size):
    matrix = rng.standard_normal((size, size))
    return matrix + matrix.T


@pytest.mark.parametrize("unit", [1e-250, 1.0, 1e250])
@pytest.mark.parametrize("size", [1, 2, 3, 40])
def test_they_are_those_of_numpy(rng, size, unit):
    matrix = unit * symmetric(rng, size)
    values, vectors = eigenpairs(matrix)
    assert_allclose(values, np.linalg.eigvalsh(matrix), rtol=1e-10)
    V = vectors.matrix
    assert_allclose(V.T @ V, np.eye(size), atol=1e-13)
    assert_allclose(V * (values / unit) @ V.T, matrix / unit, atol=1e-13 * size)


@pytest.mark.parametrize("n_rows", [0, 1, 3])
def test_products_with_the_factors_are_those_with_the_matrix(rng, n_rows):
    _, vectors = eigenpairs(symmetric(rng, 20))
    vectors = vectors.select(np.arange(20) > 3)
    rows, coordinates = rng.standard_normal((n_rows, 20)), rng.standard_normal((n_rows, 16))
    found = vectors.project(rows), vectors.expand(coordinates)
    assert "matrix" not in vectors.__dict__
    assert_allclose(found[0], rows @ vectors.matrix, atol=1e-13)
    assert_allclose(found[1], coordinates @ vectors.matrix.T, atol=1e-13)


def test_the_matrix_is_made_when_it_has_paid_for_itself(rng):
    _, vectors = eigenpairs(symmetric(rng, 20))
    rows = rng.standard_normal((15, 20))
    found = vectors.project(rows)
    assert "matrix" not in vectors.__dict__
    assert_allclose(vectors.project(rows), found, atol=1e-13)
    assert "matrix" in vectors.__dict__


def test_multiples_of_the_identity():
    values, vectors = eigenpairs(3 * np.eye(5))
    assert_array_equal(values, np.full(5, 3))
    assert_allclose(np.abs(vectors.matrix).sum(axis=0), 1)
    assert_array_equal(eigenpairs(np.zeros((5, 5)))[0], np.zeros(5))
