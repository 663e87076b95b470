"""Moments of the rows: all that least squares on many rows needs to know of them.

Moments add, over blocks of rows, folds and machines. Each block is centred by its own
means, and blocks are merged: to subtract from a total, or to centre by the means of other
rows, would lose the digits of a column that drifts.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.linalg import blas

from .blocks import slices
from .centred_sparse import centre_sparse
from .design import EPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sklearn_prune._typing import AnyArray, Array, Indices

# A block of 2 MB stays in a cache. A product of matrices is faster if it has more rows than
# that, where there are many columns; but no more than 32 MB.
BLOCK_ENTRIES = 2**18
PRODUCT_ROWS, PRODUCT_ENTRIES = 2**10, 2**22

# Means of so many standard deviations, as so many rows show, cost products of the rows as
# they are no more than two digits, and residuals one.
NEAR, FEW_ROWS = 16, 64


class Moments(NamedTuple):
    """First and second moments of the rows of ``[X y]``.

    Attributes
    ----------
    n_rows : int
        Number of rows of positive weight.
    weight : float
        Their total weight.
    origin : ndarray of shape (n_columns,)
        A point among the rows.
    offset : ndarray of shape (n_columns,)
        The means, seen from there: a mean of 1e8 has its digits, and those of a difference.
    scatter : ndarray of shape (n_columns, n_columns)
        Sum of ``w (z - mean) (z - mean)'`` over the rows z.
    loss : float
        The factor by which centring has magnified the rounding of the scatter.
    """

    n_rows: int
    weight: float
    origin: Array
    offset: Array
    scatter: Array
    loss: float = 1.0

    @property
    def mean(self) -> Array:
        """The weighted means of the columns."""
        return self.origin + self.offset

    def merged(self, other: Moments) -> Moments:
        """Return the moments of these rows and others."""
        return self._replace(scatter=self.scatter.copy()).absorbing(other)

    def absorbing(self, other: Moments) -> Moments:
        """Return the same, with their scatter in the place of that of these rows alone."""
        weight = self.weight + other.weight
        step = (other.origin - self.origin) + (other.offset - self.offset)
        share = other.weight / weight
        scatter = self.scatter
        scatter += other.scatter
        _add_square(scatter, step, self.weight * share)
        return Moments(
            self.n_rows + other.n_rows,
            weight,
            self.origin,
            self.offset + share * step,
            scatter,
            max(self.loss, other.loss),
        )

    def columns(self, indices: Any) -> Moments:
        """Return the moments of some of the columns."""
        return self._replace(
            origin=self.origin[indices],
            offset=self.offset[indices],
            scatter=self.scatter.take(indices, axis=0).take(indices, axis=1),
        )

    def seen_from_mean(self) -> Moments:
        """Return the same with the means, rounded, as the origin."""
        mean = self.mean
        return self._replace(origin=mean, offset=(self.origin - mean) + self.offset)

    def squares(self, *, centred: bool) -> Array:
        """Return the sums of products of the columns, about the means or about zero."""
        if centred:
            return self.scatter
        return self.scatter + np.outer(self.weight * self.mean, self.mean)

    def squares_about(self, other: Moments) -> Array:
        """Return the sums of products of the columns about the means of other rows."""
        step = (self.origin - other.origin) + (self.offset - other.offset)
        return self.scatter + np.outer(self.weight * step, step)


def _add_square(matrix: Array, vector: Array, factor: float) -> None:
    """Add ``factor * vector vector'`` to a symmetric matrix in C order, without more memory."""
    blas.dger(factor, vector, vector, a=matrix.T, overwrite_a=True)


def merge_moments(parts: Iterable[Moments]) -> Moments:
    """Return the moments of the rows of all parts."""
    return reduce(Moments.merged, parts)


def row_moments(X: Any, y: AnyArray, weights: Array, rows: Indices | None = None) -> Moments:
    """Return the moments of the rows of ``[X y]``, in one pass.

    Parameters
    ----------
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
        In any precision: all sums are in double precision. A dense one is never copied.
    y : ndarray of shape (n_samples,) or (n_samples, n_targets)
    weights : ndarray of shape (n_samples,)
        Positive weights of the rows.
    rows : ndarray of int, optional
        Which rows; all if None. One that occurs twice counts twice.
    """
    targets = y.reshape(len(y), -1)
    if not isinstance(X, np.ndarray):
        taken: Any = slice(None) if rows is None else rows
        return _sparse_moments(X[taken], targets[taken], weights[taken])
    equal = weights.min() == weights.max()
    blocks = row_blocks_of(X, targets, rows)
    parts = (block.moments(weights[block.rows], equal=equal) for block in blocks)
    first = next(parts)
    total = first._replace(scatter=first.scatter.copy())
    for part in parts:
        total = total.absorbing(part)
    return total


def row_blocks_of(X: AnyArray, y: AnyArray, rows: Indices | None = None) -> Iterator[Block]:
    """Yield the rows of ``[X y]``, in blocks that share their memory."""
    n_rows, n_columns = len(X) if rows is None else len(rows), X.shape[1] + y.shape[1]
    step = max(1, BLOCK_ENTRIES // n_columns, min(PRODUCT_ROWS, PRODUCT_ENTRIES // n_columns))
    by_columns = X.strides[0] < X.strides[1]
    # The order of X: to change it on the way would take longer than the products.
    memory = np.ones((min(step, n_rows), n_columns + 1), order="F" if by_columns else "C")
    squares = np.empty((n_columns + 1, n_columns + 1))
    for part in slices(range(n_rows), 1, entries=step):
        taken = part if rows is None else rows[part]
        yield Block(taken, X[taken], y[taken], memory[: part.stop - part.start], squares)


class Block(NamedTuple):
    """Some rows.

    Attributes
    ----------
    rows : slice or ndarray of int
        Which they are.
    X : ndarray of shape (n_rows, n_features)
    y : ndarray of shape (n_rows, n_targets)
    memory : ndarray of shape (n_rows, n_features + n_targets + 1)
        For what is made of them; its last column is one.
    squares : ndarray of shape (n_features + n_targets + 1,) * 2
        For their products.
    """

    rows: Any
    X: AnyArray
    y: AnyArray
    memory: Array
    squares: Array

    @classmethod
    def of(cls, X: AnyArray, y: AnyArray) -> Block:
        """Return all rows."""
        n_columns = X.shape[1] + y.shape[1] + 1
        memory, squares = np.ones((len(X), n_columns)), np.empty((n_columns, n_columns))
        return cls(slice(None), X, y, memory, squares)

    def less(self, origin: Array) -> Array:
        """Return the rows of ``[X y 1]`` less a point."""
        n_features = self.X.shape[1]
        np.subtract(self.X, origin[:n_features], out=self.memory[:, :n_features])
        np.subtract(self.y, origin[n_features:], out=self.memory[:, n_features:-1])
        return self.memory

    def moments(self, weights: Array, *, equal: bool) -> Moments:
        """Return the moments of the rows, of equal weights perhaps, until the next block."""
        total = float(weights.sum())
        share = weights / total
        origin = np.append(share @ self.X, share @ self.y)
        if equal and self._is_near(origin):
            scatter, offset = self._near_scatter(origin), np.zeros_like(origin)
        else:
            scatter, offset = self._centred_scatter(origin, None if equal else np.sqrt(weights))
        if equal and weights[0] != 1:
            scatter *= weights[0]
        return Moments(len(share), total, origin, offset, scatter)

    def _is_near(self, mean: Array) -> bool:
        """Return whether means are no more than a few standard deviations, as some rows say."""
        few = self.X[:: len(self.X) // FEW_ROWS + 1]
        means = mean[: self.X.shape[1]]
        return few.dtype == np.float64 and bool(np.all(means**2 <= NEAR**2 * few.var(axis=0)))

    def _near_scatter(self, mean: Array) -> Array:
        """Return the scatter from the rows as they are, which saves a copy."""
        n_features, scatter = self.X.shape[1], self.squares[:-1, :-1]
        targets = self.y - mean[n_features:]
        means = mean[:n_features]
        np.matmul(self.X.T, self.X, out=scatter[:n_features, :n_features])
        scatter[:n_features, :n_features] -= np.outer(len(self.X) * means, means)
        cross = self.X.T @ targets - np.outer(means, targets.sum(axis=0))
        scatter[:n_features, n_features:], scatter[n_features:, :n_features] = cross, cross.T
        scatter[n_features:, n_features:] = targets.T @ targets
        return scatter

    def _centred_scatter(self, origin: Array, root: Array | None) -> tuple[Array, Array]:
        """Return the scatter, and the means seen from a point, of rows multiplied by roots."""
        rows = self.less(origin)
        if root is not None:
            rows[:, :-1] *= root[:, np.newaxis]
            rows[:, -1] = root
        products = np.matmul(rows.T, rows, out=self.squares)
        offset, scatter = products[-1, :-1] / products[-1, -1], products[:-1, :-1]
        diagonal, total = scatter.diagonal(), products[-1, -1]
        if np.any(total * offset**2 > EPS * diagonal):
            scatter -= np.outer(total * offset, offset)
            np.fill_diagonal(scatter, np.maximum(diagonal, 0))  # rounding of constants
        return scatter, offset


def _sparse_moments(X: Any, y: AnyArray, weights: Array) -> Moments:
    """Return the moments of sparse rows, without filling them."""
    total = float(weights.sum())
    share = weights / total
    design, mean = centre_sparse(X.astype(np.float64, copy=False), share)
    gram, loss = design.column_gram(weights)
    y_mean = share @ y
    targets = weights[:, np.newaxis] * (y - y_mean)
    cross = design.T @ targets
    scatter = np.block([[gram, cross], [cross.T, targets.T @ (y - y_mean)]])
    origin = np.append(mean, y_mean)
    return Moments(X.shape[0], total, origin, np.zeros_like(origin), scatter, loss)
