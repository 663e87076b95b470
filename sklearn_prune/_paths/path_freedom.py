"""Degrees of freedom of the models of a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune._least_squares.design import (
    Problem,
    column_norms,
    constant_norm,
    filled,
    rank_cutoff,
)

from .degrees_of_freedom import (
    column_freedom,
    column_freedom_of_gram,
    leading_freedom,
    leading_freedom_of_gram,
    leading_traces,
    row_directions,
)

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.linear_fit import Penalty
    from sklearn_prune._typing import Array, Indices

    from .moment_scores import MomentRows


def freedom_of_moments(
    rows: MomentRows, penalties: tuple[float, Penalty | None], columns: Indices, counts: Indices
) -> Array | None:
    """Return the degrees of freedom of every size, or None where moments lose digits.

    Parameters
    ----------
    rows : MomentRows
    penalties : tuple
        That of the dense model, and that of the refit; None if there is no refit.
    columns : ndarray of shape (n_columns,)
        What the largest size keeps, the best first.
    counts : ndarray of shape (n_sizes,)
        How many of them each size keeps.
    """
    alpha, refit = penalties
    if refit is not None:
        found = leading_freedom_of_gram(rows.gram(columns), counts, alpha=refit.alpha)
        return None if found is None else found + rows.centred
    each = column_freedom_of_gram(rows.gram(np.arange(rows.n_features)), alpha=alpha)
    return None if each is None else np.cumsum(each[columns])[counts - 1] + rows.centred


def freedom_of_rows(
    data: TrainingData,
    taught: TrainingData,
    penalties: tuple[float, Penalty | None],
    columns: Indices,
    counts: Indices,
    *,
    centred: bool,
) -> Array:
    """Return the same from the rows, and from what a refit is fitted to.

    That may be what the dense model says of these rows and of unlabelled ones.
    """
    alpha, refit = penalties
    if refit is None:
        A, null = weighted_design(data, slice(None), centred=centred)
        each = column_freedom(A, alpha=alpha, cutoff=rank_cutoff(data.X), null=null)
        return np.cumsum(each[columns])[counts - 1] + centred
    if taught is not data:
        return _freedom_of_taught(data, taught, (alpha, refit), columns, counts, centred=centred)
    A, _ = weighted_design(data, columns, centred=centred)
    cutoff = rank_cutoff(data.X, refit.tol)
    return leading_freedom(A, counts, alpha=refit.alpha, cutoff=cutoff) + centred


def _freedom_of_taught(
    data: TrainingData,
    taught: TrainingData,
    penalties: tuple[float, Penalty],
    columns: Indices,
    counts: Indices,
    *,
    centred: bool,
) -> Array:
    """Return the same of refits to what the dense model says, which is linear in y."""
    alpha, refit = penalties
    A, _ = weighted_design(data, slice(None), centred=centred)
    T, _ = weighted_design(taught, slice(None), centred=centred)
    values, rows = row_directions(A, alpha=alpha, cutoff=rank_cutoff(data.X))
    said = (T @ rows.T * values) @ rows[:, columns]
    cutoff = rank_cutoff(taught.X, refit.tol)
    return leading_traces(T[:, columns], said, counts, alpha=refit.alpha, cutoff=cutoff) + centred


def weighted_design(
    data: TrainingData, columns: Indices | slice, *, centred: bool, weights: Array | None = None
) -> tuple[Array, Array | None]:
    """Return columns as least squares sees them, and the direction in which there are none.

    They are multiplied by the roots of weights, and zero where they are constant.
    """
    weights = data.weights if weights is None else weights
    X = filled(data.X[:, columns])
    problem = Problem.of(X, data.y, weights, centred=centred)
    root = np.sqrt(weights)
    A = root[:, np.newaxis] * problem.A
    A[:, column_norms(A) <= constant_norm(problem.mean, weights.sum())] = 0.0
    return A, root / np.linalg.norm(root) if centred else None
