import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from sklearn_prune._least_squares.design import (
    Problem,
    centre,
    column_gram,
    column_norms,
    column_scale,
    has_safe_squares,
    safe_exponents,
)

CONTAINERS = [np.asarray, sparse.csr_array]


@pytest.mark.parametrize("container", CONTAINERS)
def test_the_gram_matrix_of_centred_columns_has_the_weights(rng, container):
    X = np.where(rng.random((20, 4)) < 0.5, rng.standard_normal((20, 4)) + 3, 0)
    weights = rng.uniform(1, 9, 20)
    A = X - np.average(X, axis=0, weights=weights)
    gram, loss = column_gram(centre(container(X), weights)[0], weights)
    assert_allclose(gram, A.T @ (weights[:, None] * A), atol=1e-12)
    assert loss >= 1


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("centred", [True, False])
def test_scales_of_columns_of_any_size(rng, container, centred):
    X = np.where(rng.random((30, 5)) < 0.7, rng.standard_normal((30, 5)), 0)
    X[:, 4] = 0
    weights, units = rng.uniform(1, 2, 30), [1, 1e170, 1e-170, 1e-300, 1]
    scale = column_scale(container(X), weights, centred=centred)
    assert_allclose(
        column_scale(container(X * units), weights, centred=centred), scale * units, rtol=1e-12
    )
    centred_X = X - centred * np.average(X, axis=0, weights=weights)
    assert_allclose(scale, np.sqrt(np.average(centred_X**2, axis=0, weights=weights)), rtol=1e-12)


def test_norms_of_columns_of_any_size(rng):
    A = rng.standard_normal((6, 5))
    A[:, 4] = 0
    norms = np.linalg.norm(A, axis=0)
    units = np.array([1, 1e200, 1e-200, 1e-300, 1])
    assert_allclose(column_norms(A * units), norms * units, rtol=1e-14)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize(
    ("units", "safe"), [([1, 0, 1e60], True), ([1, 0, 1e-80], False), ([0, 0, 0], False)]
)
def test_one_column_makes_squares_unsafe(container, units, safe):
    X = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 10]]) * units
    A = Problem.of(container(X), np.ones(3), np.ones(3), centred=True).A
    assert has_safe_squares(A) == safe
    assert_array_equal(safe_exponents(A) != 0, [False, False, units[2] == 1e-80])
