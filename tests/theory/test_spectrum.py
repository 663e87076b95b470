from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import brentq, elementwise

from sklearn_prune.theory._problems import spectrum as _spectrum
from sklearn_prune.theory._problems.spectrum import Spectrum, spectral_sums

SPECTRA = {
    "power law": lambda rng, p: np.arange(1, p + 1.0) ** -1.5,
    "wide": lambda rng, p: np.exp(rng.uniform(-15, 15, p)),
    "two values": lambda rng, p: np.repeat([25.0, 1.0], [p // 10, p - p // 10]),
    "equal": lambda rng, p: np.ones(p),
}


def brute_force(spectrum, n, alpha):
    eigenvalues, counts, energy = spectrum

    def excess(x):
        return counts @ (1 / (1 + np.exp(-x) / eigenvalues)) + alpha * np.exp(x) - n

    xi = np.exp(brentq(excess, -80, 80, xtol=1e-14))
    zeta = 1 / (1 + xi * eigenvalues)
    return xi, energy @ zeta**2, counts @ (1 - zeta) ** 2


@pytest.mark.parametrize("name", SPECTRA)
@pytest.mark.parametrize("alpha", [0.0, 3.0])
def test_sums_of_a_condensed_spectrum_are_exact(rng, name, alpha):
    p = 3000
    eigenvalues = SPECTRA[name](rng, p)
    spectrum = Spectrum(eigenvalues, np.ones(p), eigenvalues * rng.standard_normal(p) ** 2)
    assert len(spectrum.condense().counts) < p / 3
    sizes = np.array([1.0, 30, 700, 1500, 2900])
    sums = spectral_sums(spectrum, sizes, np.full(5, alpha))
    xi, bias, variance = np.transpose([brute_force(spectrum, n, alpha) for n in sizes])
    assert_allclose(sums.xi, xi, rtol=1e-11)
    assert_allclose(sums.bias, bias, rtol=1e-11)
    assert_allclose(sums.variance, variance, rtol=1e-11)
    assert_allclose(sums.slack, sizes - variance, rtol=1e-10)


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1e3, 1e12])
def test_xi_scales_with_the_spectrum(rng, scale):
    eigenvalues = rng.exponential(size=50)
    n, alpha = np.array([10.0, 40.0, 49.0]), np.array([0.0, 2.0, 0.0])
    plain = spectral_sums(Spectrum(eigenvalues, np.ones(50), eigenvalues), n, alpha)
    scaled = Spectrum(scale * eigenvalues, np.ones(50), scale * eigenvalues)
    sums = spectral_sums(scaled, n, scale * alpha)
    assert_allclose(sums.xi * scale, plain.xi, rtol=1e-11)
    assert_allclose(sums.bias / scale, plain.bias, rtol=1e-11)


def test_without_penalty_and_with_few_coordinates_xi_is_infinite():
    spectrum = Spectrum(np.array([2.0, 1.0]), np.array([3.0, 4.0]), np.ones(2))
    sums = spectral_sums(spectrum, np.array([6.0, 7.0, 8.0]), np.zeros(3))
    assert np.isfinite(sums.xi).tolist() == [True, False, False]
    assert sums.slack[1] == 0
    assert sums.slack[2] == 1
    assert sums.bias[1] == 0
    assert_allclose(sums.residual, [0, 0, 1])


@pytest.mark.parametrize("n_problems", [1, 4])
def test_a_solver_that_does_not_converge_raises(monkeypatch, n_problems):
    find_root = elementwise.find_root
    monkeypatch.setattr(_spectrum, "brentq", partial(brentq, maxiter=2))
    monkeypatch.setattr(_spectrum.elementwise, "find_root", partial(find_root, maxiter=1))
    spectrum = Spectrum(np.array([3.0, 1, 2]), *np.ones((2, 3)))
    with pytest.raises(RuntimeError, match="Failed to converge"):
        spectral_sums(spectrum, np.full(n_problems, 2.0), np.zeros(n_problems))
