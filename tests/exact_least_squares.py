"""Least squares and ridge regression in rational numbers: slow, obvious, without rounding."""

from fractions import Fraction

import numpy as np


def exact_fit(X, y, weights=None, *, alpha=0, fit_intercept=True):
    """Return the shortest coefficients (p, t), the intercepts (t,) and the rank, as fractions.

    Arrays are taken at their binary value.
    """
    X, Y = fractions(X), fractions(np.reshape(y, (len(y), -1)))
    weights = fractions(np.ones(len(X)) if weights is None else weights)
    total = weights.sum()
    mean, y_mean = (weights @ M / total if fit_intercept else 0 * M[0] for M in (X, Y))
    A, B = X - mean, Y - y_mean
    C, pivots = reduced(A)
    F = A[:, pivots]  # A = F C, both of full rank
    if alpha:
        F, C = A, np.diag(fractions(np.ones(A.shape[1])))
    coef = 0 * X[:1].T @ Y[:1]
    if len(pivots):
        gram = F.T @ (weights[:, None] * F) + Fraction(float(alpha)) * fractions(np.eye(F.shape[1]))
        coef = C.T @ solve(C @ C.T, solve(gram, F.T @ (weights[:, None] * B)))
    return coef, y_mean - mean @ coef, len(pivots)


def exact_prediction(X, coef, intercept):
    """Return ``X @ coef + intercept`` in fractions."""
    rows = coef if coef.dtype == object else fractions(coef)
    return fractions(X) @ rows + (intercept if intercept.dtype == object else fractions(intercept))


def fractions(array):
    """Return an array of numbers as one of fractions."""
    array = np.asarray(array, dtype=float)
    out = np.empty(array.shape, dtype=object)
    out.flat = [Fraction(value) for value in array.ravel().tolist()]
    return out


def solve(A, B):
    """Solve a regular system."""
    return reduced(np.hstack([A, B]))[0][:, len(A) :]


def reduced(A):
    """Return the rows of the reduced echelon form that are not zero, and their pivots."""
    A, pivots = A.copy(), []
    for j in range(A.shape[1]):
        k = len(pivots)
        rows = [i for i in range(k, len(A)) if A[i, j] != 0]
        if not rows:
            continue
        A[[k, rows[0]]] = A[[rows[0], k]]
        A[k] = A[k] / A[k, j]
        for i in range(len(A)):
            if i != k and A[i, j] != 0:
                A[i] = A[i] - A[i, j] * A[k]
        pivots.append(j)
    return A[: len(pivots)], pivots
