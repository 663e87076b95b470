"""Degrees of freedom of logistic fits: what a step of Newton's method, least squares, has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import linalg
from scipy.special import expit, softmax

from sklearn_prune._least_squares.design import filled, rank_cutoff

from .degrees_of_freedom import column_freedom, leading_freedom
from .path_freedom import weighted_design

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import AnyArray, Array

# Rows whose class is certain keep so small a share of their weight.
CERTAIN = 1e-12


def logistic_freedom(data: TrainingData, scores: Array, *, alpha: float, centred: bool) -> Array:
    """Return what each column of the data counts in a logistic fit to all of them.

    It is the diagonal of ``(H + alpha I)^-1 H`` with the Hessian H at the fit, added over
    classes. The intercepts, which are not penalised, count one each beside it.

    Parameters
    ----------
    data : TrainingData
    scores : ndarray of shape (n_samples, n_targets)
        Of the fit, one target for two classes.
    alpha : float
        Factor of half the squared norm.
    centred : bool

    Returns
    -------
    ndarray of shape (n_features,)
    """
    n_classes, cutoff = scores.shape[1], rank_cutoff(data.X)
    if n_classes == 1:
        p = expit(scores[:, 0])
        weights = data.weights * np.maximum(p * (1 - p), CERTAIN)
        A, null = weighted_design(data, slice(None), centred=centred, weights=weights)
        return column_freedom(A, alpha=alpha, cutoff=cutoff, null=null)
    A = _softmax_design(filled(data.X), softmax(scores, axis=1), data.weights, centred=centred)
    each = column_freedom(A, alpha=alpha, cutoff=cutoff)
    total: Array = each.reshape(n_classes, -1).sum(axis=0)
    return total


def logistic_rank(data: TrainingData, n_classes: int, *, centred: bool) -> float:
    """Return the degrees of freedom of a fit without a penalty, but for its intercepts."""
    A, _ = weighted_design(data, slice(None), centred=centred)
    counts = np.array([A.shape[1]])
    rank = leading_freedom(A, counts, alpha=0.0, cutoff=rank_cutoff(data.X))
    return float(rank[0]) * n_parameters(n_classes)


def n_parameters(n_classes: int) -> int:
    """Return how many free coefficients a column has; `n_classes` is 1 for two classes."""
    return max(1, n_classes - 1)


def _softmax_design(X: AnyArray, p: Array, weights: Array, *, centred: bool) -> Any:
    """Return A with ``A'A`` the Hessian of the coefficients, class by class.

    The curvature ``diag(p) - p p'`` of a row is ``R'R`` for ``R = diag(p)^(1/2) (I - 1 p')``.
    """
    n_samples, n_classes = p.shape
    root = np.sqrt(p)[:, :, np.newaxis] * (np.eye(n_classes) - p[:, np.newaxis])
    root *= np.sqrt(weights)[:, np.newaxis, np.newaxis]
    rows = n_samples * n_classes
    A = np.einsum("ikl,ij->iklj", root, X.astype(np.float64, copy=False)).reshape(rows, -1)
    if not centred:
        return A
    intercepts = linalg.orth(root.reshape(rows, n_classes))
    return A - intercepts @ (intercepts.T @ A)
