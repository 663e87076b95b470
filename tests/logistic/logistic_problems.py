"""Problems for logistic fits, and what to judge the fits by."""

import numpy as np
from scipy.special import expit


def drawn(rng, n_samples, n_features, *, scale=1.0):
    """Features, labels of a logistic model, and weights."""
    X = rng.standard_normal((n_samples, n_features)) + 0.3
    margins = X @ rng.standard_normal(n_features) / np.sqrt(n_features) - 0.2
    y = np.where(rng.random(n_samples) < expit(2 * margins), 1, -1)
    y[:2] = 1, -1
    return X * scale, y, rng.uniform(0.5, 2, n_samples)


def gradient(X, y, weights, alpha, centred, coef, intercept):
    """The largest derivative of the loss, relative to the terms that make it up."""
    slopes = -weights * y * expit(-y * (X @ coef + intercept))
    terms = abs(X).T @ np.abs(slopes) + alpha * np.abs(coef)
    shares = np.abs(X.T @ slopes + alpha * coef) / np.where(terms > 0, terms, 1)
    rest = abs(slopes.sum()) / np.abs(slopes).sum() if centred else 0.0
    return max(shares.max(initial=0), rest)
