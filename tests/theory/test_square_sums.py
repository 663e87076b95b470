"""Sums of squares of normal variables against the non-central chi-square law and quadrature."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.stats import ncx2, norm

from sklearn_prune.theory._risk.square_sums import SquareSums


@pytest.mark.parametrize("n_variables", [1, 2, 3, 10, 60])
@pytest.mark.parametrize("squares", [1e-3, 1.0, 30.0, 1e3, 1e6])
def test_equal_weights(n_variables, squares):
    mean, deviation = n_variables + squares, np.sqrt(2 * (n_variables + 2 * squares))
    t = np.concatenate(
        [mean * np.array([0.05, 0.5, 1.0, 2.0]), mean + deviation * np.arange(-2, 9)]
    )
    t = t[t > 0]
    one = np.ones_like(t)
    sums = SquareSums(one, n_variables * one, squares * one, np.arange(len(t)))
    found = sums.exceed_with_more(np.log(t))
    for more, chances in zip((0, 2, 4), found, strict=True):
        assert_allclose(chances, ncx2.sf(t, n_variables + more, squares), rtol=0, atol=1e-12)
    chances, densities = sums.exceed(np.log(t))
    assert_allclose(chances, found[0], rtol=0, atol=1e-14)
    assert_allclose(densities, t * ncx2.pdf(t, n_variables, squares), rtol=0, atol=1e-9 * mean)


@pytest.mark.parametrize("weight", [0.0, 1e-6, 0.01, 0.5])
@pytest.mark.parametrize(("means", "t"), [((0, 0), 1.0), ((1, 2), 3.0), ((3, 0.1), 20.0)])
def test_two_weights(weight, means, t):
    def beyond(z):
        """Given the second variable, the chance and the first one's square beyond it."""
        rest = np.sqrt(max(t - weight * z**2, 0))
        return norm.pdf(z, means[1]) * (norm.sf(rest - means[0]) + norm.cdf(-rest - means[0]))

    ends = [-np.sqrt(t / weight), np.sqrt(t / weight)] if weight else []
    inside = [means[1], *(end for end in ends if abs(end - means[1]) < 11)]
    exact = quad(beyond, means[1] - 12, means[1] + 12, points=inside, epsabs=1e-13, limit=400)[0]
    squares = np.square(means, dtype=float)
    sums = SquareSums(np.array([1.0, weight]), np.ones(2), squares, np.array([0]))
    assert_allclose(sums.exceed(np.log([t]))[0], exact, rtol=0, atol=1e-10)


def test_moments_of_unequal_weights(rng):
    weights, means, t = np.array([1.0, 0.3, 0.02]), np.array([0.5, -2.0, 4.0]), 2.5
    sums = SquareSums(weights, np.ones(3), means**2, np.array([0]))
    none, two, four = sums.exceed_with_more(np.log([t]))
    z = means + rng.standard_normal((400_000, 3))
    kept = z**2 @ weights > t
    for exact, values in [
        (none, kept),
        (means * two, kept[:, np.newaxis] * z),
        (two + means**2 * four, kept[:, np.newaxis] * z**2),
    ]:
        error = values.std(axis=0) / np.sqrt(len(z))
        assert (np.abs(values.mean(axis=0) - exact) < 4 * error).all()


def test_what_is_certain():
    sums = SquareSums(np.ones(2), np.array([1.0, 5.0]), np.array([0.0, 1e20]), np.arange(2))
    assert_allclose(sums.exceed(np.full(2, -1e4))[0], 1.0, rtol=0, atol=1e-15)
    assert_allclose(sums.exceed(np.full(2, 1e4))[0], 0.0, rtol=0, atol=1e-15)


def test_an_approximation(rng):
    t = np.linspace(0.5, 30, 50)
    sums = SquareSums(np.ones(50), np.full(50, 3.0), np.full(50, 4.0), np.arange(50))
    near = sums.nearly_exceed(np.log(t))
    assert_allclose(near, ncx2.sf(t, 3, 4), rtol=0, atol=0.02)
