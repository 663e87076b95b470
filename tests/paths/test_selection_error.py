"""Bounds on errors: published values, the largest tails by search, and simulations."""

import numpy as np
import pytest
from scipy.optimize import minimize

from sklearn_prune._paths.concave_tails import largest_tail
from sklearn_prune._paths.selection_error import ASSUMPTIONS, SelectionError


def test_the_unimodal_bound_that_the_package_stabs_documents():
    # stabsel_parameters(p = 88, q = 20, cutoff = 0.8) gives PFER 3.743316.
    assert SelectionError(88, 20, 50).error_bound(0.8, "unimodal") == pytest.approx(3.743316)


@pytest.mark.parametrize("threshold", [0.55, 0.6, 0.75, 0.76, 0.9, 1.0])
def test_closed_forms(threshold):
    p, q, B = 1000, 50, 50
    bounds = SelectionError(p, q, B)
    worst = q**2 / p / (2 * threshold - 1)
    assert bounds.error_bound(threshold, "none") == pytest.approx(worst)
    low = 1 / (2 * (2 * threshold - 1 - 1 / (2 * B)))
    high = 4 * (1 - threshold + 1 / (2 * B)) / (1 + 1 / B)
    factor = low if threshold <= 0.75 else high
    assert bounds.error_bound(threshold, "unimodal") == pytest.approx(factor * q**2 / p)


@pytest.mark.parametrize(
    ("threshold", "bound"),
    [(0.4, 9.5951), (0.6, 2.6053), (0.75, 0.6478), (0.9, 0.1705), (1.0, 0.0124)],
)
def test_r_concave_values(threshold, bound):
    # By a transcription of the algorithm of the authors, with one search for each last place.
    assert SelectionError(1000, 50, 50).error_bound(threshold, "r-concave") == pytest.approx(
        bound, abs=1e-4
    )


def solved_tail(mean, count, n, r):
    """Return the largest tail by a general solver, from several starts."""
    places, best = np.arange(n + 1), 0.0
    rng = np.random.RandomState(0)

    def mass(logs):
        f = np.exp(logs - logs.max())
        return f / f.sum()

    def concavity(logs):
        g = np.exp(r * (logs - logs.max()))
        return (g[2:] - 2 * g[1:-1] + g[:-2]) / g[1:-1]

    rules = [
        {"type": "ineq", "fun": concavity},
        {"type": "ineq", "fun": lambda logs: mean - mass(logs) @ places},
    ]
    for _ in range(6):
        start = -rng.uniform(0.5, 2) * np.log1p(places / rng.uniform(0.05, 1)) * 2
        found = minimize(
            lambda logs: -mass(logs)[count:].sum(),
            start,
            constraints=rules,
            bounds=[(-25, 1)] * (n + 1),
            method="SLSQP",
            options={"maxiter": 500, "ftol": 1e-12},
        )
        if min(rule["fun"](found.x).min() for rule in rules) > -1e-7:
            best = max(best, -found.fun)
    return best


@pytest.mark.parametrize(
    ("mean", "count", "n", "r"),
    [(0.3, 2, 4, -0.5), (0.3, 3, 4, -0.5), (0.2, 4, 5, -0.25), (0.5, 3, 5, -0.25)],
)
def test_no_other_distribution_has_a_larger_tail(mean, count, n, r):
    tail = largest_tail(mean, count, n, r)
    assert tail == pytest.approx(solved_tail(mean, count, n, r), rel=2e-3)
    assert tail < mean / count


def test_random_concave_distributions_have_smaller_tails():
    rng, n, r = np.random.RandomState(0), 20, -0.5
    places = np.arange(n + 1)
    for _ in range(300):
        bends = rng.exponential(size=n) * (rng.uniform(size=n) < 0.3)
        line = rng.uniform(0.01, 1) + np.append(0, np.cumsum(np.cumsum(bends) + rng.uniform(0, 1)))
        f = line ** (1 / r)
        f /= f.sum()
        count = rng.randint(6, n + 1)
        assert f[count:].sum() <= largest_tail(f @ places, count, n, r) * (1 + 1e-9)


@pytest.mark.parametrize("assumption", ASSUMPTIONS)
@pytest.mark.parametrize("n_pairs", [1, 2, 5, 50])
def test_bounds_are_monotone(assumption, n_pairs):
    grid = np.linspace(0.02, 1, 50)
    by_threshold = [SelectionError(100, 9, n_pairs).error_bound(t, assumption) for t in grid]
    assert (np.diff(by_threshold) <= 1e-12).all()
    by_size = [SelectionError(100, q, n_pairs).error_bound(0.8, assumption) for q in range(101)]
    assert (np.diff(by_size) >= -1e-12).all()
    assert by_size[0] == 0


@pytest.mark.parametrize("q", [1, 7, 40, 90, 100])
def test_more_assumptions_bound_more(q):
    for threshold in (0.3, 0.5, 0.52, 0.7, 0.9, 1.0):
        bounds = [SelectionError(100, q, 50).error_bound(threshold, a) for a in ASSUMPTIONS]
        assert bounds[0] >= bounds[1] >= bounds[2] > 0
        assert bounds[0] <= q / threshold * (1 + 1e-9)


@pytest.mark.parametrize("assumption", ASSUMPTIONS)
def test_the_least_threshold_is_where_the_bound_is_small_enough(assumption):
    error = SelectionError(500, 20, 50)
    threshold = error.least_threshold(0.9, assumption)
    assert error.error_bound(threshold, assumption) <= 0.9
    assert error.error_bound(threshold - 0.01, assumption) > 0.9
    assert SelectionError(20, 19, 50).least_threshold(0.01, "none") == np.inf


@pytest.mark.parametrize("threshold", [0.3, 0.52, 0.6, 0.7])
def test_bounds_hold_where_all_features_are_alike(threshold):
    """Features are noise that halves of one sample share: each is selected by q / p of them."""
    rng, (n, p, q, B) = np.random.RandomState(0), (30, 40, 4, 10)
    counts = []
    for _ in range(150):
        X, y = rng.standard_normal((n, p)), rng.standard_normal(n)
        halves = np.array([rng.permutation(n).reshape(2, -1) for _ in range(B)]).reshape(2 * B, -1)
        scores = np.abs(np.einsum("hij,hi->hj", X[halves], y[halves]))
        selected = np.argsort(-scores, axis=1)[:, :q]
        frequency = np.bincount(selected.ravel(), minlength=p) / (2 * B)
        counts.append(np.count_nonzero(frequency >= threshold - 1e-12))
    mean, error = np.mean(counts), np.std(counts) / np.sqrt(len(counts))
    for assumption in ASSUMPTIONS:
        assert mean - 3 * error <= SelectionError(p, q, B).error_bound(threshold, assumption)
