"""Bare arithmetic to compare with: no validation, nothing but the products and factors."""

from __future__ import annotations

import numpy as np
from scipy import linalg

from sklearn_prune._least_squares.design import Problem
from sklearn_prune._least_squares.solve import min_norm_lstsq


def bare_min_norm(X, y):
    """Return what `MinNormRegressor` computes, without its checks."""
    problem = Problem.of(X, y, np.ones(len(X)), centred=True)
    return min_norm_lstsq(problem, cutoff=max(X.shape) * np.finfo(float).eps)[0][:, 0]


def gram_cholesky(X, y):
    """Return the solution of least norm as textbooks have it: X' (X X')^-1 y, centred."""
    X, y = X - X.mean(axis=0), y - y.mean()
    gram = X @ X.T  # a symmetric rank-k update, as numpy sees that both are one array
    gram += np.trace(gram) / len(y) ** 2  # centred rows are dependent: this lifts their null space
    return X.T @ linalg.cho_solve(linalg.cho_factor(gram, overwrite_a=True), y)


def accurate_solution(X, y):
    """Return the solution of least norm by the singular value decomposition, and refined.

    Residuals in extended precision take the rounding of the decomposition out, which
    solvers by the same decomposition would share.
    """
    X, y = X.astype(np.longdouble), y.astype(np.longdouble)
    X, y = X - X.mean(axis=0), y - y.mean()
    U, values, _ = linalg.svd(X.astype(float), full_matrices=False)
    U, values = U[:, :-1], values[:-1]  # centred rows are dependent
    dual = np.zeros_like(y)
    for _ in range(5):
        residual = y - X @ (dual @ X)
        dual += U @ (U.T @ residual.astype(float) / values**2)
    return (dual @ X).astype(float)


def relative_distance(a, b):
    """Return |a - b| / |b|."""
    return float(linalg.norm(np.ravel(a) - np.ravel(b)) / linalg.norm(b))


class MatrixProduct:
    """A product of two square matrices, whose rate is a limit of everything else.

    Parameters
    ----------
    size : int
        Number of rows and columns.
    dtype : dtype
    """

    def __init__(self, size, dtype=np.float64):
        self.A, self.B = np.random.default_rng(0).standard_normal((2, size, size)).astype(dtype)
        self.flops = 2 * size**3

    def __call__(self, _data=None):
        return self.A @ self.B

    def share(self, flops):
        """Return the share that this product has in so many floating-point operations."""
        return self.flops / flops
