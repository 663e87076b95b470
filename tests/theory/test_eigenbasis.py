import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_prune.theory import LinearGaussianProblem
from sklearn_prune.theory._problems.eigenbasis import Eigenbasis


@pytest.fixture
def covariance(rng):
    """A covariance of eight features and rank five."""
    factor = rng.standard_normal((8, 5))
    return factor @ factor.T


def test_eigenvalues_of_zero_are_left_out(rng, covariance):
    basis = Eigenbasis.of(covariance)
    assert basis.eigenvalues.shape == (5,)
    coordinates = rng.standard_normal((3, 2, 5))
    features = basis.to_features(coordinates)
    assert features.shape == (3, 2, 8)
    assert_allclose(basis.to_coordinates(features), coordinates)
    assert_allclose(features @ covariance, basis.to_features(coordinates * basis.eigenvalues))


def test_a_diagonal_is_its_matrix(rng):
    variances, coordinates = np.array([4.0, 0.0, 1.0, 9.0]), rng.standard_normal((2, 3))
    diagonal, full = Eigenbasis.of(variances), Eigenbasis.of(np.diag(variances))
    assert_array_equal(diagonal.eigenvalues, [4, 1, 9])
    assert_array_equal(diagonal.to_coordinates(np.arange(4)), [0, 2, 3])
    order = np.argsort(diagonal.eigenvalues)
    assert_array_equal(diagonal.eigenvalues[order], full.eigenvalues)
    assert_allclose(
        diagonal.variances_of_features(coordinates**2),
        full.variances_of_features(coordinates[:, order] ** 2),
    )
    assert (diagonal.is_diagonal, full.is_diagonal) == (True, False)


def test_variances_of_features_are_the_diagonal_of_their_covariance(rng, covariance):
    basis, variances = Eigenbasis.of(covariance), rng.exponential(size=5)
    root = basis.to_features(np.diag(np.sqrt(variances)))
    assert_allclose(basis.variances_of_features(variances), np.diag(root.T @ root))


def test_the_signal_is_the_root_of_the_energy(rng, covariance):
    coef = rng.standard_normal(8)
    problem = LinearGaussianProblem(covariance, coef)
    assert_allclose(problem.signal @ problem.signal, coef @ covariance @ coef)
    assert_allclose(problem.spectrum.energy, problem.signal**2)
    assert_array_equal(problem.spectrum.counts, np.ones(5))
    atoms = LinearGaussianProblem([4.0, 0.0, 1.0], [1.0, 2.0, 3.0], weights=[2, 5, 7])
    assert_array_equal(atoms.signal, [2, 3])
    assert_array_equal(atoms.spectrum.energy, [2 * 4, 7 * 9])
    assert atoms.spectrum.rank == 9


def test_without_any_variance():
    basis = Eigenbasis.of(np.zeros((4, 4)))
    assert_array_equal(basis.to_features(np.zeros((2, 0))), np.zeros((2, 4)))
    assert basis.to_coordinates(np.ones((2, 3, 4))).shape == (2, 3, 0)
    assert basis.to_coordinates(np.ones((0, 4))).shape == (0, 0)


def test_the_eigenvectors_are_there_for_those_who_ask(rng, covariance):
    basis = Eigenbasis.of(covariance)
    assert_allclose(basis.vectors * basis.eigenvalues @ basis.vectors.T, covariance, atol=1e-12)
    vector = rng.standard_normal(8)
    assert_allclose(basis.to_coordinates(vector), vector @ basis.vectors)
