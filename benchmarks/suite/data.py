"""The data of the benchmarks."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.special import expit
from sklearn.datasets import load_digits, make_friedman1
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.preprocessing import MinMaxScaler

from sklearn_prune import RandomFeatures

Array = NDArray[Any]

# Levels of a smaller share of the training rows may have none in a fold, of which some packages
# make an error.
RARE = 0.02


@dataclass(frozen=True, eq=False)
class Data:
    """Training and test data, with the features that matter where they are known."""

    X: Array
    y: Array
    X_test: Array
    y_test: Array
    truth: Array | None = None
    X_unlabeled: Array | None = None
    groups: Array | None = None

    def test_r2(self, model):
        """Return the test R2 of a fitted model."""
        return float(r2_score(self.y_test, np.ravel(model.predict(self.X_test))))


def gaussian(n, p, seed=0):
    """Draw independent features, all of which matter, and a noisy target."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p))
    return X, X @ rng.standard_normal(p) / np.sqrt(p) + rng.standard_normal(n)


def conditioned(n, p, condition, seed=0):
    """Draw features whose singular values fall geometrically to 1 / condition."""
    X, y = gaussian(n, p, seed)
    U, _, Vt = np.linalg.svd(X, full_matrices=False)
    return U * np.geomspace(1, 1 / condition, len(U)) @ Vt, y


def truly_sparse(n, p, n_true, seed, *, n_test=2000):
    """Draw AR(0.5) features of which few matter, alike, with a signal-to-noise ratio of 5."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((n + n_test, p))
    noise[:, 1:] *= np.sqrt(1 - 0.5**2)
    X = lfilter([1.0], [1.0, -0.5], noise, axis=1)
    truth = np.sort(rng.choice(p, n_true, replace=False))
    signs = rng.choice([-1.0, 1.0], n_true)
    variance = signs @ 0.5 ** np.abs(np.subtract.outer(truth, truth)) @ signs
    y = X[:, truth] @ signs + np.sqrt(variance / 5) * rng.standard_normal(n + n_test)
    return Data(X[:n], y[:n], X[n:], y[n:], truth)


def labelled(n, p, n_true, seed, *, n_test=5000):
    """Draw two classes of AR(0.5) features by a logistic model of few or all of them."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((n + n_test, p))
    noise[:, 1:] *= np.sqrt(1 - 0.5**2)
    X = lfilter([1.0], [1.0, -0.5], noise, axis=1)
    truth = np.sort(rng.choice(p, n_true, replace=False))
    signs = rng.choice([-1.0, 1.0], n_true)
    variance = signs @ 0.5 ** np.abs(np.subtract.outer(truth, truth)) @ signs
    score = 4 * X[:, truth] @ signs / np.sqrt(variance)
    y = (rng.uniform(size=n + n_test) < expit(score)).astype(int)
    return Data(X[:n], y[:n], X[n:], y[n:], truth)


def tall(n, p, seed=0, *, n_true=10, n_test=2000):
    """Draw many rows of features with means, the first few of which matter alike."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n + n_test, p)) + rng.uniform(-5, 5, p)
    truth = np.arange(min(n_true, p))
    y = X[:, truth].sum(axis=1) + rng.standard_normal(n + n_test)
    return Data(X[:n], y[:n], X[n:], y[n:], truth)


def digit_features(n, p, n_unlabeled, seed):
    """Split the digits (target: odd or even), and map them to random ReLU features."""
    X, y = load_digits(return_X_y=True)
    X = MinMaxScaler((-1, 1)).fit_transform(X)
    X = RandomFeatures(p, scale=64**-0.5, random_state=seed).fit_transform(X)
    order = np.random.default_rng(seed).permutation(len(X))
    train, unlabeled, test = np.split(order, [n, n + n_unlabeled])
    y = np.where(y % 2, 1.0, -1.0)
    return Data(X[train], y[train], X[test], y[test], X_unlabeled=X[unlabeled])


def smooth(n, d, seed=0, *, n_test=2000):
    """Draw Friedman's first function of five out of d inputs, standardised, with little noise."""
    X, y = make_friedman1(n + n_test, d, noise=0.5, random_state=seed)
    X = (X - 0.5) * np.sqrt(12)
    return Data(X[:n], y[:n], X[n:], y[n:])


def categorical(n, n_variables, n_true, most_levels, seed, *, n_test=2000):
    """Draw categorical variables, one-hot, of which few matter, with a ratio of 5 to noise.

    Levels of a smaller share of the training rows than `RARE` have no column.
    """
    rng = np.random.default_rng(seed)
    levels = rng.integers(2, most_levels + 1, n_variables)
    shares = [rng.dirichlet(np.full(k, 2.0)) for k in levels]
    codes = [rng.choice(len(share), n + n_test, p=share) for share in shares]
    X = np.hstack([np.eye(len(share))[code] for code, share in zip(codes, shares, strict=True)])
    groups = np.repeat(np.arange(n_variables), levels)
    truth = np.sort(rng.choice(n_variables, n_true, replace=False))
    effects = [rng.standard_normal(levels[g]) for g in truth]
    signals = [effect[codes[g]] for g, effect in zip(truth, effects, strict=True)]
    signal = np.sum([(s - s.mean()) / (s.std() or 1.0) for s in signals], axis=0)
    y = signal + signal.std() / np.sqrt(5) * rng.standard_normal(n + n_test)
    known = X[:n].mean(axis=0) >= RARE
    left, groups = np.unique(groups[known], return_inverse=True)
    truth = np.flatnonzero(np.isin(left, truth))
    return Data(X[:n, known], y[:n], X[n:, known], y[n:], truth, groups=groups)


def marriages(n, seed):
    """Split the survey on extramarital affairs that statsmodels ships.

    Its eight variables have four to nine levels, and their pairs are groups, too; the target
    is the logarithm of the time spent, which is zero for most.
    """
    table = import_module("statsmodels.datasets").fair.load_pandas().data
    codes = [np.unique(table[name], return_inverse=True)[1] for name in table.columns[:-1]]
    pairs = [a * (b.max() + 1) + b for a, b in combinations(codes, 2)]
    parts = [one_hot(code) for code in [*codes, *pairs]]
    groups = np.repeat(np.arange(len(parts)), [part.shape[1] for part in parts])
    X, y = np.hstack(parts), np.log1p(table["affairs"].to_numpy())
    train, test = np.split(np.random.default_rng(seed).permutation(len(y)), [n])
    known = X[train].mean(axis=0) >= RARE
    X, groups = X[:, known], np.unique(groups[known], return_inverse=True)[1]
    return Data(X[train], y[train], X[test], y[test], groups=groups)


def one_hot(codes):
    """Return a column for each code that occurs."""
    return np.eye(codes.max() + 1)[codes][:, np.unique(codes)]


class OracleSupport(LinearRegression):
    """Least squares on the features that matter."""

    def __init__(self, truth=None):
        super().__init__()
        self.truth = truth

    def fit(self, X, y):
        """Fit to those."""
        inner = LinearRegression().fit(X[:, self.truth], y)
        self.coef_, self.intercept_ = np.zeros(X.shape[1]), inner.intercept_
        self.coef_[self.truth] = inner.coef_
        return self
