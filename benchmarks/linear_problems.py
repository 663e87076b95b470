"""Linear problems of any width on which theory and simulation are compared."""

from __future__ import annotations

import numpy as np

from sklearn_prune.theory import LinearGaussianProblem


def isotropic(p):
    strong = np.arange(p) < p // 10
    return LinearGaussianProblem(np.ones(p), np.where(strong, 5, 1) / np.sqrt(p), 0.3)


def spiked(p):
    strong = np.arange(p) < p // 10
    return LinearGaussianProblem(np.where(strong, 10, 1), np.full(p, p**-0.5), 0.3)


def power_law(p):
    coef = np.random.default_rng(1).standard_normal(p) * 2 / np.sqrt(p)
    return LinearGaussianProblem(5 * np.arange(1, p + 1) ** -0.7, coef, 0.3)


def autoregressive(p):
    rng = np.random.default_rng(2)
    coef = rng.standard_normal(p) * (rng.uniform(size=p) < 0.2) * 3.4 / np.sqrt(p)
    distance = np.abs(np.subtract.outer(np.arange(p), np.arange(p)))
    return LinearGaussianProblem(0.7**distance, coef, 0.3)
