"""The dense fit: accuracy and time beside other solvers, the limit, and the overhead."""

from __future__ import annotations

import numpy as np
from scipy import linalg
from sklearn.linear_model import LinearRegression, Ridge

from sklearn_prune import MinNormRegressor

from .data import gaussian
from .harness import Method, Task, measure
from .kernels import (
    MatrixProduct,
    accurate_solution,
    bare_min_norm,
    gram_cholesky,
    relative_distance,
)


def run(effort):
    """Yield the rows of one task after the other."""
    n, p = effort(1000), effort(4000)
    yield measure(dense_task("Dense fit", gaussian(n, p), effort), effort)
    yield overhead(effort)


def dense_task(name, data, effort):
    """Return the solvers of a wide least-squares problem."""
    X, y = data
    n, p = X.shape
    solution = accurate_solution(X, y)
    # A symmetric rank-k update, and a Cholesky factorisation.
    product, flops = MatrixProduct(effort(2000)), n**2 * p + n**3 / 3

    def of_model(model, _data):
        return of_array(model.coef_, None)

    def of_array(coef, _data):
        return {"error": relative_distance(coef, solution)}

    def lstsq(driver):
        def solve(_data):
            centred = X - X.mean(axis=0)
            cond = max(X.shape) * np.finfo(float).eps
            return linalg.lstsq(centred, y - y.mean(), cond, lapack_driver=driver)[0]

        return Method(f"scipy.linalg.lstsq, {driver}", solve, of_array)

    models = [
        Method("MinNormRegressor", lambda _: MinNormRegressor().fit(X, y), of_model),
        Method("bare kernel", lambda _: bare_min_norm(X, y), of_array, note="without checks"),
        Method("float64 Gram and Cholesky", lambda _: gram_cholesky(X, y), of_array),
        Method(
            "limit in float64",
            product,
            share=product.share(flops),
            note="at the rate of a matrix product",
        ),
        Method("LinearRegression", lambda _: LinearRegression().fit(X, y), of_model),
        lstsq("gelsd"),
        lstsq("gelsy"),
        Method(
            "Ridge(alpha=1e-8)",
            lambda _: Ridge(1e-8).fit(X, y),
            of_model,
            note="not the same solution",
        ),
    ]
    return Task(name, f"n={n}, p={p}", models)


def overhead(effort):
    """Return the rows of a small problem, with what the checks of `fit` take."""
    X, y = gaussian(50, 100)
    model, linear = MinNormRegressor(), LinearRegression()
    methods = [
        Method("MinNormRegressor", lambda _: model.fit(X, y)),
        Method("bare kernel", lambda _: bare_min_norm(X, y), note="without checks"),
        Method("LinearRegression", lambda _: linear.fit(X, y)),
    ]
    rows = measure(Task("Small dense fit", "n=50, p=100", methods), effort)
    fit, kernel = rows[0], rows[1]
    checks = {name: fit[name] - kernel[name] for name in ("seconds", "ratio")}
    return [*rows, kernel | checks | {"method": "overhead", "note": "fit less bare kernel"}]
