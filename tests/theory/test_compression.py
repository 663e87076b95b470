from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.stats import norm

from sklearn_prune.theory import (
    LinearGaussianProblem,
    SoftThreshold,
    UniformQuantizer,
    predict_risk,
)
from sklearn_prune.theory._risk.compression import HardThreshold


def by_quadrature(compress, mean, scale, breaks):
    """Return E C and E C^2, integrated between the points where C jumps or bends."""
    points = np.unique(np.clip([-12, *(np.asarray(breaks) - mean) / scale, 12], -12, 12))
    moments = [
        sum(
            quad(lambda h, k=k: compress(mean + scale * h) ** k * norm.pdf(h), a, b, epsabs=1e-13)[
                0
            ]
            for a, b in pairwise(points)
        )
        for k in (1, 2)
    ]
    return np.array(moments)


@pytest.mark.parametrize("mean", [0.0, 0.3, -1.7])
@pytest.mark.parametrize("scale", [0.05, 0.4, 0.6, 2.0])
@pytest.mark.parametrize(
    ("compress", "breaks"),
    [
        (HardThreshold(0.8), [-0.8, 0.8]),
        (SoftThreshold(0.5), [-0.5, 0.5]),
        (UniformQuantizer(1.0), np.arange(-30.5, 31)),
    ],
)
def test_moments(compress, breaks, mean, scale):
    _, first, second = compress.moments(np.array([mean]), np.array([scale]))
    expected = by_quadrature(compress, mean, scale, breaks)
    assert_allclose([first[0], second[0]], expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("mean", [0.3, 0.6, -2.0])
@pytest.mark.parametrize(
    "compress", [HardThreshold(0.5), SoftThreshold(0.5), UniformQuantizer(0.5)]
)
def test_a_law_without_width_is_its_mean(compress, mean):
    value = compress(np.array([mean]))[0]
    kept, first, second = compress.moments(np.array([mean]), np.array([0.0]))
    assert_allclose([kept[0], first[0], second[0]], [value != 0, value, value**2], atol=1e-15)


@pytest.mark.parametrize("compress", [SoftThreshold(0.05), UniformQuantizer(0.2)])
@pytest.mark.parametrize("n", [60, 300])
def test_risk_of_compressed_coefficients(rng, compress, n):
    coef = rng.standard_normal(150)
    problem = LinearGaussianProblem(np.linspace(0.2, 2, 150), coef, 0.5)
    exact = predict_risk(problem, n, compression=compress, alpha=1.0)
    full = LinearGaussianProblem(np.diag(problem.covariance), coef, 0.5)
    risk, error = predict_risk(
        full,
        n,
        compression=compress,
        alpha=1.0,
        n_draws=2000,
        random_state=0,
        return_std_error=True,
    )
    assert 0 < error < 0.01 * risk
    assert abs(risk - exact) < 4 * error


def test_hardly_any_compression_is_none(rng):
    problem = LinearGaussianProblem(np.linspace(0.2, 2, 50), rng.standard_normal(50), 0.5)
    dense = predict_risk(problem, 30)
    for compress in (SoftThreshold(1e-12), UniformQuantizer(1e-8)):
        assert_allclose(predict_risk(problem, 30, compression=compress), dense, rtol=1e-10)
        assert predict_risk(problem, 50, compression=compress) == np.inf


@pytest.mark.parametrize("value", [0, -1.0, np.nan, np.inf, "1", True])
def test_bad_parameters(value):
    with pytest.raises(ValueError, match="threshold is"):
        SoftThreshold(value)
    with pytest.raises(ValueError, match="step is"):
        UniformQuantizer(value)
