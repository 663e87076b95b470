"""Wide designs of every condition: what the dense fit takes, and what is left of it."""

from __future__ import annotations

import numpy as np
from scipy import linalg
from sklearn.linear_model import LinearRegression

from sklearn_prune import MinNormRegressor

from .data import conditioned
from .harness import Method, Task, measure
from .kernels import accurate_solution, relative_distance

CONDITIONS = [1e4, 1e6, 1e8, 1e10, 1e12]


def run(effort):
    """Yield the rows of one task after the other."""
    n, p = effort(1000), effort(4000)
    for condition in CONDITIONS:
        yield measure(task(n, p, condition), effort)


def task(n, p, condition):
    """Return the solvers of a wide problem of one condition."""
    X, y = conditioned(n, p, condition)
    solution = accurate_solution(X, y)

    def svd(_data):
        centred = X - X.mean(axis=0)
        return linalg.lstsq(centred, y - y.mean(), max(X.shape) * np.finfo(float).eps)[0]

    def of_array(coef, _data):
        return {"error": relative_distance(coef, solution)}

    def of_model(model, _data):
        return of_array(model.coef_, None)

    methods = [
        Method("MinNormRegressor", lambda _: MinNormRegressor().fit(X, y), of_model),
        Method("LinearRegression", lambda _: LinearRegression().fit(X, y), of_model),
        Method("scipy.linalg.lstsq, gelsd", svd, of_array),
    ]
    return Task("Ill-conditioned dense fit", f"n={n}, p={p}, condition {condition:.0e}", methods)
