"""Pieces of a path: models of neighbouring sparsities that are computed together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

from sklearn_prune._pruning.linear_fit import LinearFit, fit_columns, has_intercept

from .nested_refits import nested_refits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import AnyArray, Indices

    Samples = tuple[Any, AnyArray, AnyArray | None]


class Piece(NamedTuple):
    """Models that keep the first s of the same columns.

    Attributes
    ----------
    columns : ndarray of shape (n_columns,)
        Features, the best first.
    sizes : ndarray of shape (n_sizes,)
        Numbers of features kept, s.
    coef : ndarray of shape (n_sizes, n_targets, n_columns)
        Zero beyond the first s columns; or of shape (1, n_targets, n_columns) if the
        models of all sizes have the coefficients of one model, cut off.
    intercept : ndarray of shape (n_sizes, n_targets)
    """

    columns: Indices
    sizes: Indices
    coef: AnyArray
    intercept: AnyArray

    def predict(self, X: Any) -> AnyArray:
        """Return predictions of shape (n_samples, n_sizes, n_targets)."""
        part = X[:, self.columns]
        if sparse.issparse(part):
            part = part.toarray()
        if len(self.coef) == len(self.sizes):
            linear = part @ self.coef.reshape(-1, part.shape[1]).T
            return linear.reshape(len(part), *self.intercept.shape) + self.intercept
        sums = [np.cumsum(part * b, axis=1)[:, self.sizes - 1] for b in self.coef[0]]
        return np.stack(sums, axis=-1) + self.intercept

    def to_csr(self, n_features: int) -> Any:
        """Return the coefficients as rows, one a size and target, that store the support."""
        shape = (len(self.sizes), *self.coef.shape[1:])
        kept = np.arange(len(self.columns)) < self.sizes[:, np.newaxis, np.newaxis]
        kept = np.broadcast_to(kept, shape)
        data = np.broadcast_to(self.coef, shape)[kept]
        indices = np.broadcast_to(self.columns, shape)[kept]
        indptr = np.append(0, np.cumsum(np.repeat(self.sizes, shape[1])))
        return sparse.csr_array((data, indices, indptr), shape=(len(indptr) - 1, n_features))


def masked_piece(
    fit: LinearFit, order: Indices, sizes: Indices, X: Any, y: AnyArray, weights: AnyArray
) -> Piece:
    """Cut the coefficients of a fit off, and put the means right (see `LinearFit.masked`)."""
    columns = order[: sizes[-1]]
    coef = np.atleast_2d(fit.coef)[:, columns]
    intercept = np.tile(np.atleast_1d(fit.intercept), (len(sizes), 1))
    if has_intercept(fit.model):
        share = weights / weights.sum()
        sums = np.cumsum((share @ X)[columns] * coef, axis=1)[:, sizes - 1]
        intercept = np.atleast_1d(share @ y) - sums.T
    return Piece(columns, sizes, coef[np.newaxis], intercept)


def single_piece(fit: LinearFit, support: AnyArray) -> Piece:
    """Return a fit to the features in a support as a piece of its own."""
    columns = np.flatnonzero(support)
    coef = np.atleast_2d(fit.coef)[np.newaxis, :, columns]
    return Piece(columns, np.array([len(columns)]), coef, np.atleast_2d(fit.intercept))


def refitted_pieces(
    refit: Any, order: Indices, sizes: Indices, samples: Samples, weights: AnyArray
) -> Iterator[Piece]:
    """Refit the first s features of an order: those that share a factor, and the others.

    Parameters
    ----------
    refit : regressor
        What is fitted.
    order : ndarray of shape (n_features,)
        Features from best to worst.
    sizes : ndarray of shape (n_sizes,)
        Numbers of features kept, increasing.
    samples : tuple
        X, y and sample weights, or None.
    weights : ndarray of shape (n_samples,)
        The sample weights, ones if None.
    """
    X, y, sample_weight = samples
    columns = order[: sizes[-1]]
    nested = nested_refits(refit, X[:, columns], y, weights, sizes)
    n_nested, _, n_columns = nested.coef.shape
    if n_nested:
        yield Piece(columns[:n_columns], sizes[:n_nested], *nested)
    for size in sizes[n_nested:]:
        support = np.zeros(X.shape[1], dtype=bool)
        support[order[:size]] = True
        yield single_piece(fit_columns(refit, X, y, sample_weight, support), support)
