import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from sklearn_prune import RandomFeatures
from sklearn_prune._random_features import dual_fit
from sklearn_prune._random_features.dual_fit import fit_dual, merge_equal_rows
from sklearn_prune._random_features.layer import RandomLayer
from sklearn_prune._random_features.stream import FeatureStream


def magnitude(coef, _F):
    return np.linalg.norm(coef, axis=0)


class Case:
    """A stream, its features, and the fit of minimum norm by pseudo-inverse."""

    def __init__(self, X, y, weights=None, *, centred=True, activation="relu", scale=1.0):
        weights = np.ones(len(y)) if weights is None else weights
        share = weights / weights.sum()
        model = RandomFeatures(600, activation=activation, scale=scale, random_state=0).fit(X)
        layer = RandomLayer.of(model, X)
        self.F = model.transform(X).astype(np.float64)
        self.design = self.F - centred * (share @ self.F)
        self.y = y - centred * (share @ y)
        self.root = np.sqrt(weights)[:, np.newaxis]
        self.stream = FeatureStream(X, layer, weights, centred=centred, n_jobs=None)

    def coef(self):
        """Return the coefficients from the dual vector, and the indices of the best ten."""
        kept, dual = fit_dual(self.stream, self.y, magnitude, 10)
        return self.F.T @ dual, kept

    def expected(self, rcond=1e-9):
        return np.linalg.pinv(self.root * self.design, rcond) @ (self.root * self.y)


@pytest.fixture
def count_passes(monkeypatch):
    """Count the Gram matrices, the factors and the products."""
    counts = dict.fromkeys(["gram", "triangular_factor", "multiply"], 0)

    def counted(name, method):
        def wrapper(*args):
            counts[name] += 1
            return method(*args)

        return wrapper

    for name in counts:
        monkeypatch.setattr(FeatureStream, name, counted(name, getattr(FeatureStream, name)))
    return counts


@pytest.fixture
def _single(monkeypatch):
    """Take products in single precision first, as for more rows than there are here."""
    monkeypatch.setattr(dual_fit, "SINGLE_ROWS", 1)


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("n_targets", [1, 3])
def test_minimum_norm_in_two_passes(rng, count_passes, n_targets, centred):
    X, y = rng.standard_normal((40, 8)), rng.standard_normal((40, n_targets))
    case = Case(X, y, rng.uniform(0.1, 2, 40), centred=centred)
    coef, kept = case.coef()
    expected = case.expected()
    assert_allclose(coef, expected, atol=1e-12 * np.abs(expected).max())
    assert_array_equal(kept, np.sort(np.argsort(-np.linalg.norm(expected, axis=1))[:10]))
    assert count_passes == {"gram": 1, "triangular_factor": 0, "multiply": 1}


@pytest.mark.usefixtures("_single")
@pytest.mark.parametrize("centred", [False, True])
def test_single_precision_is_refined_to_double(rng, count_passes, centred):
    X, y = rng.standard_normal((40, 8)), rng.standard_normal((40, 2))
    case = Case(X, y, rng.uniform(0.1, 2, 40), centred=centred)
    coef, _ = case.coef()
    assert_allclose(coef, case.expected(), atol=1e-12 * np.abs(coef).max())
    assert count_passes["gram"] == 1
    assert 1 < count_passes["multiply"] < 5


@pytest.mark.parametrize("single", [False, True])
def test_float32_features(rng, monkeypatch, count_passes, single):
    monkeypatch.setattr(dual_fit, "SINGLE_ROWS", 40 + (not single))
    X, y = rng.standard_normal((40, 8)).astype(np.float32), rng.standard_normal((40, 1))
    case = Case(X, y)
    coef, _ = case.coef()
    # They differ in their last digit wherever they are made.
    assert_allclose(coef, case.expected(1e-5), atol=2e-5 * np.abs(coef).max())
    assert count_passes == {"gram": 1, "triangular_factor": 0, "multiply": 1 + single}


@pytest.mark.usefixtures("_single")
@pytest.mark.parametrize(
    ("shift", "scale", "activation"),
    [
        (1, 0.02, "tanh"),
        (100, 0.05, "tanh"),
        (0, 1e-18, "relu"),
        (0, 1e25, "relu"),
        (0, 1e25, "leaky_relu"),
    ],
    ids=["ill-conditioned", "far away", "underflow", "overflow", "overflow to both sides"],
)
def test_what_is_too_much_for_single_precision(rng, count_passes, shift, scale, activation):
    X, y = rng.standard_normal((40, 8)) + shift, rng.standard_normal((40, 1))
    case = Case(X, y, activation=activation, scale=scale)
    coef, _ = case.coef()
    assert_allclose(coef, case.expected(), atol=1e-11 * np.abs(coef).max())
    assert count_passes["gram"] == 2
    assert count_passes["triangular_factor"] == 0


def test_a_rough_solver_is_corrected(rng, monkeypatch, count_passes):
    X, y = rng.standard_normal((40, 8)), rng.standard_normal((40, 2))
    exact = dual_fit._factorise

    def rough(stream, y):
        solve, y = exact(stream, y)
        return lambda target: solve(target) * (1 + 1e-3 * np.sin(target)), y

    monkeypatch.setattr(dual_fit, "_factorise", rough)
    case = Case(X, y)
    coef, _ = case.coef()
    assert_allclose(coef, case.expected(), atol=1e-8 * np.abs(coef).max())
    assert count_passes["multiply"] > 2


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("activation", ["identity", "square"])
def test_features_of_low_rank(rng, count_passes, activation, centred, weighted):
    X, y = rng.standard_normal((40, 5)), rng.standard_normal((40, 2))
    weights = rng.uniform(0.1, 2, 40) if weighted else None
    case = Case(X, y, weights, centred=centred, activation=activation)
    assert np.linalg.matrix_rank(case.design) == (5 if activation == "identity" else 15)
    coef, _ = case.coef()
    assert_allclose(coef, case.expected(), atol=1e-11 * np.abs(coef).max())
    assert count_passes["triangular_factor"] == 1


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_samples", [1, 2, 40])
def test_what_centring_leaves_of_constant_features_is_no_signal(rng, n_samples, weighted):
    X, y = rng.uniform(1, 2, (n_samples, 1)), rng.standard_normal((n_samples, 1))
    weights = rng.uniform(0.1, 2, n_samples) if weighted else None
    coef, kept = Case(X, y, weights, activation="step").coef()
    assert_array_equal(coef, 0)
    assert_array_equal(kept, np.arange(10))


@pytest.mark.parametrize("as_sparse", [np.asarray, sparse.csr_array, sparse.csc_array])
def test_equal_rows_are_merged(as_sparse):
    X = as_sparse(np.array([[1.0, 0], [2, 3], [1, 0], [4, 5], [1, 0]]))
    y = np.array([[1.0, 0], [2, 0], [3, 0], [4, 7], [5, 1]])
    rows, targets, weights = merge_equal_rows(X, y, np.array([1.0, 1, 2, 1, 1]))
    rows = rows if isinstance(rows, np.ndarray) else rows.toarray()
    assert_array_equal(rows, [[1, 0], [2, 3], [4, 5]])
    assert_allclose(targets, [[3, 0.25], [2, 0], [4, 7]])
    assert_allclose(weights, [4, 1, 1])


def test_distinct_rows_are_left_alone(rng):
    X, y, weights = rng.standard_normal((5, 2)), rng.standard_normal((5, 1)), np.ones(5)
    merged = merge_equal_rows(X, y, weights)
    assert all(a is b for a, b in zip(merged, (X, y, weights), strict=True))
