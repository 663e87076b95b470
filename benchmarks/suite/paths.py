"""Whole paths: every retrained sparsity, and the leave-one-out error of every pruned one."""

from __future__ import annotations

import numpy as np

from sklearn_prune import (
    MinNormRegressor,
    PrunedRegressor,
    PrunedRegressorCV,
    pruning_path,
)

from .data import gaussian
from .harness import Method, Task, measure
from .kernels import gram_cholesky, relative_distance

# Leaving out one row in so many is enough to see what it takes.
ROW_STEP = 40


def run(effort):
    """Yield the rows of one task after the other."""
    X, y = gaussian(effort(800), effort(3000))
    yield measure(every_sparsity(X, y), effort)
    yield measure(leave_one_out(X, y), effort)


def dense_fits(X, y):
    """Return one dense fit, the reference of both tasks, and its textbook form."""
    return [
        Method("one dense fit, MinNormRegressor", lambda _: MinNormRegressor().fit(X, y)),
        Method("one dense fit, float64 Gram and Cholesky", lambda _: gram_cholesky(X, y)),
    ]


def every_sparsity(X, y):
    """Return the ways to all sparsities below n - 1, retrained."""
    n, p = X.shape
    sizes = np.arange(1, n - 1)
    path = pruning_path(X, y, strategy="magnitude").coefs.toarray()

    def one_by_one(_data):
        return [PrunedRegressor("magnitude", int(s)).fit(X, y).coef_ for s in sizes]

    def difference(coefs, _data):
        return {"error": max(map(relative_distance, coefs, path))}

    return Task(
        "Every sparsity, retrained",
        f"n={n}, p={p}, s=1 to {n - 2}",
        [
            *dense_fits(X, y),
            Method("pruning_path", lambda _: pruning_path(X, y, strategy="magnitude")),
            Method(
                "PrunedRegressor at each",
                one_by_one,
                difference,
                note="error: largest distance from the path",
            ),
        ],
    )


def leave_one_out(X, y):
    """Return the ways to the leave-one-out error of all sparsities, not retrained."""
    n, p = X.shape
    left_out = range(0, n, ROW_STEP)

    def refits(_data):
        errors = []
        for i in left_out:
            path = pruning_path(np.delete(X, i, axis=0), np.delete(y, i), retrain=False)
            errors.append((y[i] - path.predict(X[[i]])) ** 2)
        return errors

    return Task(
        "Leave-one-out, every sparsity, not retrained",
        f"n={n}, p={p}, s=1 to {p}",
        [
            *dense_fits(X, y),
            Method(
                "PrunedRegressorCV(retrain=False, cv=None)",
                lambda _: PrunedRegressorCV(retrain=False).fit(X, y),
            ),
            Method(
                "pruning_path without each row",
                refits,
                share=len(left_out) / n,
                note=f"for {len(left_out)} of the {n} rows, scaled up",
            ),
        ],
    )
