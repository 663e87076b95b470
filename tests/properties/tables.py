"""Small tables as nasty as they come, of numbers that a rational oracle takes at face value."""

from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from scipy import sparse


class Table(NamedTuple):
    """Data and an intercept, with weights or None."""

    X: Any
    y: Any
    weights: Any
    fit_intercept: bool
    container: Any = np.asarray

    @property
    def given(self):
        """Return X as the estimator gets it."""
        return self.container(self.X)

    @property
    def root(self):
        """Return roots of the weights, of the largest of them one."""
        weights = np.ones(len(self.y)) if self.weights is None else self.weights
        return np.sqrt(weights / weights.max())


@st.composite
def tables(draw, *, n=(1, 8), p=(1, 6), most=500, containers=(np.asarray, sparse.csr_array)):
    """Draw a table of small integers with copies and constants, in units up to ``2**most``."""
    n_rows, n_columns = draw(st.integers(*n)), draw(st.integers(*p))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X = rng.integers(-3, 4, (n_rows, n_columns)).astype(float)
    changes = draw(st.lists(st.sampled_from(CHANGES), max_size=2))
    for change in changes:
        X = change(X, rng)
    shape = draw(st.sampled_from([(n_rows,), (n_rows, 1), (n_rows, 2)]))
    y = rng.integers(-5, 6, shape) + 0.5 * rng.integers(0, 2, shape)
    span = draw(st.sampled_from([0, 0, min(8, most), most]))
    fit_intercept = draw(st.booleans())
    # The singular values of wide data decide the rank: their columns share a unit.
    tall = n_rows - fit_intercept >= n_columns
    units = rng.integers(-span, span + 1, n_columns if tall else 1)
    y = np.ldexp(y, int(rng.integers(-span, span + 1)) // 2)
    X = np.ldexp(X, units)
    if np.abs(X).max() < 1e4 and shifted not in changes and draw(st.booleans()):
        X = X.astype(np.float32)
    weights = draw(st.sampled_from([none, with_zeros, of_many_orders]))(n_rows, rng)
    return Table(X, y, weights, fit_intercept, draw(st.sampled_from(containers)))


def none(n_rows, rng):
    return None


def with_zeros(n_rows, rng):
    weights = rng.integers(0, 4, n_rows).astype(float)
    weights[rng.integers(n_rows)] = 2
    return weights


def of_many_orders(n_rows, rng):
    return np.ldexp(1.0, rng.integers(-12, 13, n_rows))


def copied_rows(X, rng):
    return X[rng.integers(0, len(X), len(X))]


def copied_columns(X, rng):
    return X[:, rng.integers(0, X.shape[1], X.shape[1])]


def constant_column(X, rng):
    X[:, rng.integers(X.shape[1])] = rng.integers(-1, 2)
    return X


def low_rank(X, rng):
    rank = rng.integers(1, 3)
    return rng.integers(-2, 3, (len(X), rank)) @ rng.integers(-2, 3, (rank, X.shape[1])).astype(
        float
    )


def shifted(X, rng):
    return X + 1000


CHANGES = [copied_rows, copied_columns, constant_column, low_rank, shifted]
