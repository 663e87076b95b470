"""Moments of random features: against closed forms, plain quadrature and Monte Carlo."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import integrate

from sklearn_prune._random_features import activations
from sklearn_prune.theory._moments import hermite_series, scalar_functions
from sklearn_prune.theory._moments.closed_forms import angles
from sklearn_prune.theory._moments.feature_moments import cross_moment, mean, second_moment
from sklearn_prune.theory._moments.gaussian_quadrature import gaussian_mean_square

ACTIVATIONS = scalar_functions.ACTIVATIONS
PERIODIC = ("cos", "sin")
LINKS = scalar_functions.LINKS
FUNCTIONS = scalar_functions.FUNCTIONS


def softplus(z):
    return np.logaddexp(0, z)


def overwriting_relu(z):
    return np.maximum(z, 0, out=z)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


# --- an independent reference: panels of Gauss-Legendre in Cartesian coordinates ---


def panels(breaks, width):
    """Nodes and normal weights on [-9, 9] for each row of breaks, of shape (m, n_breaks)."""
    x, w = np.polynomial.legendre.leggauss(20)
    ends = np.full((len(breaks), 1), 9.0)
    edges = np.sort(np.clip(np.hstack([-ends, breaks, ends]), -9, 9), axis=1)
    cuts = np.linspace(0, 1, 1 + int(18 / width))
    edges = edges[:, :-1, None] + np.diff(edges, axis=1)[:, :, None] * cuts
    half = np.diff(edges, axis=2)[..., None] / 2
    g = (edges[:, :, :-1, None] + half * (1 + x)).reshape(len(breaks), -1)
    weights = np.broadcast_to(half * w, (*half.shape[:3], 20)).reshape(g.shape)
    return g, weights * np.exp(-(g**2) / 2) / np.sqrt(2 * np.pi)


def reference(f, w, f_offset, g, v, g_offset):
    """E[f(w'x + a) g(v'x + b)], the inner integral broken where g may have a kink."""
    s, s2 = np.linalg.norm(w), np.linalg.norm(v)
    rho = w @ v / (s * s2)
    tau = np.sqrt(1 - rho**2)
    x, x_weight = panels(np.array([[-f_offset / s, -g_offset / (s2 * rho)]]), 0.6)
    z, z_weight = panels(-(g_offset / s2 + rho * x.T) / tau, 1.5)
    inner = np.sum(z_weight * g(s2 * (rho * x.T + tau * z) + g_offset), axis=1)
    return np.sum(x_weight * f(s * x + f_offset) * inner)


@pytest.mark.parametrize("activation", [*ACTIVATIONS, softplus])
def test_second_moment_against_quadrature(activation, rng):
    W = 0.8 * rng.standard_normal((3, 2))
    f = FUNCTIONS.get(activation, activation)
    expected = [reference(f, W[i], 0.0, f, W[j], 0.0) for i, j in [(0, 1), (0, 2), (1, 2)]]
    found = second_moment(W, activation)[[0, 0, 1], [1, 2, 2]]
    assert_allclose(found, expected, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("activation", ["cos", "sin", "erf", "tanh", "square", "identity"])
def test_second_moment_with_offset_against_quadrature(activation, rng):
    W, b = 0.8 * rng.standard_normal((3, 2)), rng.uniform(-2, 2, 3)
    f = FUNCTIONS[activation]
    expected = [reference(f, W[i], b[i], f, W[j], b[j]) for i, j in [(0, 1), (0, 2), (1, 2)]]
    found = second_moment(W, activation, b)[[0, 0, 1], [1, 2, 2]]
    assert_allclose(found, expected, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("link", [*LINKS, softplus])
@pytest.mark.parametrize("activation", [*ACTIVATIONS, softplus])
def test_cross_moment_against_quadrature(link, activation):
    # 1.2 radians apart: the kinks cross
    w, v = 0.9 * np.array([1.0, 0.0]), 1.1 * np.array([np.cos(1.2), np.sin(1.2)])
    b = 0.7 if activation in PERIODIC else 0.0
    f, ell = FUNCTIONS.get(activation, activation), FUNCTIONS.get(link, link)
    expected = reference(ell, v, 0.0, f, w, b)
    found = cross_moment(w[None], v, link, activation, [b])
    assert_allclose(found, expected, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("activation", [*ACTIVATIONS, softplus])
def test_mean_and_diagonal_against_adaptive_quadrature(activation, rng):
    W = rng.standard_normal((4, 3))
    b = rng.uniform(-2, 2, 4) if activation in PERIODIC else np.zeros(4)
    f = FUNCTIONS.get(activation, activation)

    def expectation(power, s, offset):
        def integrand(g):
            return f(np.array([s * g + offset]))[0] ** power * np.exp(-(g**2) / 2)

        sides = (integrate.quad(integrand, *side, epsabs=1e-13) for side in [(-12, 0), (0, 12)])
        return sum(value for value, _ in sides) / np.sqrt(2 * np.pi)

    s = np.linalg.norm(W, axis=1)
    first = [expectation(1, *pair) for pair in zip(s, b, strict=True)]
    second = [expectation(2, *pair) for pair in zip(s, b, strict=True)]
    assert_allclose(mean(W, activation, b), first, atol=1e-11)
    assert_allclose(np.diag(second_moment(W, activation, b)), second, rtol=1e-10)


@pytest.mark.parametrize("activation", [*ACTIVATIONS, softplus])
def test_moments_against_monte_carlo(activation, rng):
    W, v = rng.standard_normal((4, 6)) / 2, rng.standard_normal(6) / 2
    offset = rng.uniform(0, 2 * np.pi, 4) if activation in PERIODIC else None
    X = rng.standard_normal((100_000, 6))
    Z = X @ W.T + (0 if offset is None else offset)
    F, y = FUNCTIONS.get(activation, activation)(Z), np.tanh(X @ v)

    def assert_mean(draws, expected):
        standard_error = draws.std(axis=0) / np.sqrt(len(draws)) + 1e-15
        assert_array_equal(np.abs(draws.mean(axis=0) - expected) < 4.5 * standard_error, True)

    assert_mean(F, mean(W, activation, offset))
    assert_mean(F * y[:, None], cross_moment(W, v, "tanh", activation, offset))
    moment = second_moment(W, activation, offset)
    for i in range(4):
        assert_mean(F * F[:, [i]], moment[i])


# --- closed forms ------------------------------------------------------------------


def test_functions_are_those_of_random_features(rng):
    Z = np.append(rng.standard_normal(20), [0.0, -0.0])
    assert set(ACTIVATIONS) == set(activations.ACTIVATIONS)
    assert scalar_functions.LEAKY_SLOPE == activations.LEAKY_SLOPE
    for name, function in activations.ACTIVATIONS.items():
        assert_array_equal(FUNCTIONS[name](Z), function(Z.copy()))


def test_means_in_closed_form(rng):
    W = rng.standard_normal((5, 7))
    s = np.linalg.norm(W, axis=1)
    for activation, expected in {
        "relu": s / np.sqrt(2 * np.pi),
        "leaky_relu": 0.99 * s / np.sqrt(2 * np.pi),
        "abs": s * np.sqrt(2 / np.pi),
        "step": 0.5,
        "square": s**2,
        "cos": np.exp(-(s**2) / 2),
    }.items():
        assert_allclose(mean(W, activation), expected, rtol=1e-13)
    for activation in ("sign", "erf", "tanh", "sin", "identity"):
        assert_allclose(mean(W, activation), 0, atol=1e-14)


def test_cross_moments_in_closed_form(rng):
    W, v = rng.standard_normal((2, 7)), rng.standard_normal(7)
    s, nu = np.linalg.norm(W, axis=1), np.linalg.norm(v)
    rho = W @ v / (s * nu)
    expected = nu**2 * s * (1 + rho**2) / np.sqrt(2 * np.pi)
    assert_allclose(cross_moment(W, v, "square", "relu"), expected, rtol=1e-13)
    slopes = {  # E phi'(w'x), Stein
        "relu": 0.5,
        "leaky_relu": 0.505,
        "abs": 0,
        "step": 1 / (np.sqrt(2 * np.pi) * s),
        "sign": 2 / (np.sqrt(2 * np.pi) * s),
        "erf": 2 / np.sqrt(np.pi * (1 + 2 * s**2)),
        "sin": np.exp(-(s**2) / 2),
        "cos": 0,
        "square": 0,
        "identity": 1,
    }
    for activation, slope in slopes.items():
        found = cross_moment(W, v, "linear", activation)
        assert_allclose(found, W @ v * slope, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", ["relu", "sign", "erf", "square"])
@pytest.mark.parametrize("exponent", [0, 2, 5, 8, 12, 16])
def test_cross_moment_near_parallel(name, exponent):
    # A feature close to the label, on either side, or the label itself.
    t = 10.0**-exponent
    W = np.array([[1.0, t], [-1.0, t], [1.0, 0.0]])
    expected = second_moment(W, name)[2]
    # step(0) and sign(0) make no difference here: rows of W are not zero
    assert_allclose(cross_moment(W, W[2], name, name), expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(
    "activation", ["relu", "leaky_relu", "abs", "step", "sign", "erf", "square", "cos", "sin"]
)
@pytest.mark.parametrize("scale", [0.1, 1.0, 6.0])
def test_series_against_closed_form(activation, scale, rng):
    W = scale * rng.standard_normal((40, 2))  # many pairs near 0 and pi
    W[-6:] = np.array([1, -1, 2, -0.5, 1 + 1e-8, -1])[:, None] * W[0] + 1e-9 * W[-6:]
    expected = second_moment(W, activation)
    found = second_moment(W, FUNCTIONS[activation])
    size = np.sqrt(np.multiply.outer(np.diag(expected), np.diag(expected)))
    tolerance = 1e-11 if activation not in PERIODIC else 1e-9
    assert_allclose(found / size, expected / size, atol=tolerance)


@pytest.mark.parametrize("rho", [0.9, 0.9999, -0.99])
def test_near_parallel_with_offset(rho):
    W = 3 * np.array([[1.0, 0.0], [rho, np.sqrt(1 - rho**2)]])
    b = np.array([0.5, -1.2])
    x = np.linspace(-9, 9, 2001)  # the trapezoidal rule, exact for analytic functions
    weight = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * (x[1] - x[0])
    first = np.tanh(3 * x + 0.5)
    second = np.tanh(W[1, 0] * x[:, None] + W[1, 1] * x - 1.2) @ weight
    assert_allclose(second_moment(W, "tanh", b)[0, 1], (weight * first) @ second, atol=1e-12)


def test_series_and_quadrature_meet(rng, monkeypatch):
    W = rng.standard_normal((30, 3))
    expected = second_moment(W, "tanh")
    monkeypatch.setattr(hermite_series, "N_TERMS", 60)
    assert_allclose(second_moment(W, "tanh"), expected, atol=1e-12)


def test_erf_of_long_weights_is_sign(rng):
    W = rng.standard_normal((10, 4))
    assert_allclose(second_moment(1e9 * W, "erf"), second_moment(W, "sign"), atol=1e-8)


def test_diagonal_is_exact(rng):
    W = rng.standard_normal((50, 40))
    s = np.linalg.norm(W, axis=1)
    for activation, expected in {
        "relu": s**2 / 2,
        "leaky_relu": s**2 * (1 + 1e-4) / 2,
        "abs": s**2,
        "step": 0.5,
        "sign": 1,
        "erf": 2 / np.pi * np.arcsin(2 * s**2 / (1 + 2 * s**2)),
        "cos": (1 + np.exp(-2 * s**2)) / 2,
        "sin": (1 - np.exp(-2 * s**2)) / 2,
        "square": 3 * s**4,
        "identity": s**2,
    }.items():
        assert_allclose(np.diag(second_moment(W, activation)), expected, rtol=1e-13)
        diagonal = gaussian_mean_square(FUNCTIONS[activation], s)
        assert_allclose(diagonal, np.broadcast_to(expected, 50), rtol=1e-13)


# --- properties --------------------------------------------------------------------


@pytest.mark.parametrize("activation", [*ACTIVATIONS, softplus])
@pytest.mark.parametrize("d", [2, 20])
def test_second_moment_is_a_covariance(activation, d, rng):
    W = rng.standard_normal((200 if d > 2 else 60, d)) / np.sqrt(d)
    offset = rng.uniform(0, 2 * np.pi, len(W)) if activation in PERIODIC else None
    moment = second_moment(W, activation, offset)
    assert_array_equal(moment, moment.T)
    m = mean(W, activation, offset)
    for matrix in (moment, moment - np.outer(m, m)):
        values = np.linalg.eigvalsh(matrix)
        assert values[0] > -1e-12 * values[-1]


def test_angles_keep_their_digits():
    t = np.array([1e-14, 1e-9, 1e-4, 0.1, 1.0])
    A, B = np.array([[3.0, 0.0], [0.0, 0.0]]), 2 * np.column_stack([np.cos(t), np.sin(t)])
    assert_allclose(angles(A, B)[0], t, rtol=1e-12)
    assert_allclose(angles(-A, B)[0], np.pi - t, rtol=1e-15)
    assert_allclose(angles(A, B)[1], np.pi / 2)


@pytest.mark.parametrize("activation", [*ACTIVATIONS, softplus])
def test_zero_weights(activation, rng):
    W, v = rng.standard_normal((3, 4)), rng.standard_normal(4)
    W[1] = 0
    constant = FUNCTIONS.get(activation, activation)(np.zeros(1))[0]
    means = mean(W, activation)
    assert_allclose(means[1], constant, atol=1e-14)
    assert_allclose(second_moment(W, activation)[1], constant * means, atol=1e-13)
    assert_allclose(cross_moment(W, v, "square", activation)[1], constant * v @ v, atol=1e-12)


def test_callable_may_overwrite_its_argument(rng):
    W, v = rng.standard_normal((5, 3)), rng.standard_normal(3)
    found = second_moment(W, overwriting_relu), cross_moment(W, v, "sign", overwriting_relu)
    assert_allclose(found[0], second_moment(W, "relu"), atol=1e-12)
    assert_allclose(found[1], cross_moment(W, v, "sign", "relu"), atol=1e-12)


def test_sine_is_a_shifted_cosine(rng):
    W, v, b = rng.standard_normal((5, 3)), rng.standard_normal(3), rng.uniform(0, 6, 5)
    for moment in (mean, second_moment, lambda *args: cross_moment(W, v, "relu", *args[1:])):
        assert_allclose(moment(W, "sin", b), moment(W, "cos", b - np.pi / 2), atol=1e-14)


def test_fast_features(rng):
    # 400 inputs: cosines of frequency 20, far beyond the series.
    W, v = rng.standard_normal((6, 400)), rng.standard_normal(400)
    W[0] = v
    s = np.linalg.norm(v)
    found = cross_moment(W, v, np.cos, "cos")
    assert_allclose(found, second_moment(np.vstack([v, W]), "cos")[0, 1:], atol=1e-12)
    found = cross_moment(W, v, "sign", "sin")
    assert_allclose(found[0], np.sqrt(2 / np.pi) / s, rtol=0.01)  # Dawson's integral


# --- bad input ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (([1.0, 2.0],), "shape"),
        ((np.empty((0, 3)),), "shape"),
        (([[1.0, np.nan]],), "finite"),
        (([[1.0, 2.0]], "sigmoid"), "activation='sigmoid' is unknown"),
        (([[1.0, 2.0]], None), "activation=None"),
        (([[1.0, 2.0]], "linear"), "unknown"),
        (([[1.0, 2.0]], "cos", [1.0, 2.0]), "offset"),
        (([[1.0, 2.0]], "cos", [np.inf]), "offset"),
        (([[1.0, 2.0]], "step", [1.0]), "activation='step' with an offset"),
        (([[1.0, 2.0]], lambda z: z.sum()), "elementwise"),
        (([[1.0, 2.0]], lambda z: np.sqrt(z.astype(complex))), "complex"),
        (([[1.0, 2.0]], lambda z: np.log(np.maximum(z, 0) + 1e-310) * np.inf), "infinity"),
        (([[9.0, 9.0]], np.exp), "grows too fast"),
    ],
)
def test_bad_input(arguments, match):
    with pytest.raises(ValueError, match=match), np.errstate(all="ignore"):
        second_moment(*arguments)


@pytest.mark.parametrize(
    ("direction", "link", "match"),
    [
        ([1.0], "square", "columns"),
        ([[1.0, 2.0]], "square", "direction"),
        ([np.nan, 1.0], "square", "finite"),
        ([1.0, 2.0], "cube", "link='cube' is unknown"),
    ],
)
def test_bad_labels(direction, link, match):
    with pytest.raises(ValueError, match=match):
        cross_moment([[1.0, 2.0]], direction, link)
