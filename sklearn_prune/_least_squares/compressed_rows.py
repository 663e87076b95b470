"""Any number of rows as a few that stand for them: as many as there are columns.

Least squares, with a penalty or without, sees the means and the scatter of the rows alone.
A triangular factor of the scatter is a data set that has the same, to the last digit, and
so has the same fits, orders and errors. It grows by a factorisation of itself with further
rows below.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import linalg

from sklearn_prune._checks.training_data import TrainingData

from .cholesky import cholesky
from .design import centre, column_norms, constant_norm, filled, rank_cutoff, triangular_factor

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .row_moments import Moments

# Of moments whose scaled scatter has a reciprocal condition above this one, a factor keeps
# ten digits of the coefficients.
SCATTER_RCOND = 1e-6

# Of targets that leave a smaller share unexplained, moments do not tell how much.
UNEXPLAINED = 1e-8


@dataclass(frozen=True, eq=False)
class CompressedRows:
    """Rows of ``[X y]``, as they are while they are few, and compressed when they are many.

    Parameters
    ----------
    rows : ndarray of shape (n_kept, n_features + n_targets)
        The rows themselves; or, once they are more than the columns, a factor ``F`` whose
        products ``F'F`` are the scatter of all about their means.
    weights : ndarray of shape (n_kept,) or None
        Those of the rows; None where they are a factor.
    n_features : int
    target_shape : tuple of int
        () for one target, or (n_targets,).
    n_samples : int
        How many rows there were.
    total : float
        Their total weight.
    weight_range : tuple of float
        The least and the largest of their weights.
    origin, offset : ndarray of shape (n_features + n_targets,)
        The means of the factor are ``origin + offset``; zero where the rows are as they are.
    dtype : dtype
        That of the features as they came.
    """

    rows: Array
    weights: Array | None
    n_features: int
    target_shape: tuple[int, ...]
    n_samples: int
    total: float
    weight_range: tuple[float, float]
    origin: Array
    offset: Array
    dtype: Any

    @classmethod
    def of(cls, data: TrainingData) -> CompressedRows:
        """Compress the rows of a data set, if they are many."""
        X = filled(data.X)
        rows = np.hstack([X, data.y.reshape(len(X), -1)]).astype(np.float64, copy=False)
        zero, weights = np.zeros(rows.shape[1]), data.weights
        span = float(weights.min()), float(weights.max())
        total = float(weights.sum())
        shape = data.y.shape[1:]
        few = cls(rows, weights, X.shape[1], shape, len(rows), total, span, zero, zero, X.dtype)
        return few if few._are_few else few._factorised()

    @classmethod
    def from_moments(
        cls,
        moments: Moments,
        n_features: int,
        target_shape: tuple[int, ...],
        weight_range: tuple[float, float],
        dtype: Any = np.float64,
    ) -> CompressedRows | None:
        """Return rows of the same moments, or None where their digits would be lost."""
        if moments.n_rows <= len(moments.scatter) + 1:
            return None
        rows = rows_of_scatter(moments, n_features, SCATTER_RCOND * moments.loss)
        if rows is None:
            return None
        return cls(
            rows,
            None,
            n_features,
            target_shape,
            moments.n_rows,
            moments.weight,
            weight_range,
            moments.origin,
            moments.offset,
            np.dtype(dtype),
        )

    @property
    def mean(self) -> Array:
        """The means of the columns; zero where the rows are as they are."""
        return self.origin + self.offset

    @property
    def _are_few(self) -> bool:
        """Whether rows as they are take less memory than a factor."""
        return len(self.rows) <= self.rows.shape[1] + 1

    def merged(self, other: CompressedRows) -> CompressedRows:
        """Return these rows and others.

        Raises
        ------
        ValueError
            If they have other targets.
        """
        if other.target_shape != self.target_shape:
            msg = (
                f"y has the shape (n_samples, *{other.target_shape}), but that of the batches "
                f"before was (n_samples, *{self.target_shape}): give the same targets."
            )
            raise ValueError(msg)
        total = self.total + other.total
        union = replace(
            self,
            n_samples=self.n_samples + other.n_samples,
            total=total,
            weight_range=(
                min(self.weight_range[0], other.weight_range[0]),
                max(self.weight_range[1], other.weight_range[1]),
            ),
            dtype=np.promote_types(self.dtype, other.dtype),
        )
        if self.weights is not None and other.weights is not None:
            rows = np.vstack([self.rows, other.rows])
            few = replace(union, rows=rows, weights=np.append(self.weights, other.weights))
            return few if few._are_few else few._factorised()
        first, second = self._factorised(), other._factorised()
        step = (second.origin - first.origin) + (second.offset - first.offset)
        share = second.total / total
        between = np.sqrt(first.total * share) * step
        return replace(
            union,
            rows=triangular_factor([np.vstack([first.rows, second.rows, between])]),
            weights=None,
            origin=first.origin,
            offset=first.offset + share * step,
        )

    def _factorised(self) -> CompressedRows:
        """Return the rows as a factor."""
        if self.weights is None:
            return self
        origin = self.weights / self.total @ self.rows
        rows, rest = centre(self.rows - origin, self.weights)
        factor = triangular_factor([np.sqrt(self.weights)[:, np.newaxis] * rows])
        return replace(self, rows=factor, weights=None, origin=origin, offset=rest)

    def data(self, *, centred: bool) -> tuple[TrainingData, Array, Array]:
        """Return a data set whose fits are those to all rows, and the point that it is seen from.

        Parameters
        ----------
        centred : bool
            Whether all fits have an intercept: a large mean then costs no digits.

        Returns
        -------
        data : TrainingData
        origin : ndarray of shape (n_features,)
        y_origin : ndarray of shape (n_targets,)
            What was taken off the features and the targets.
        """
        origin = self.mean if centred else np.zeros_like(self.origin)
        is_factor = self.weights is None
        rows, weights = self._unfolded() if centred and is_factor else self.seen_from(origin)
        X, y = np.split(rows, [self.n_features], axis=1)
        x_origin, y_origin = np.split(origin, [self.n_features])
        y = y.reshape(len(y), *self.target_shape)
        return TrainingData(X, y, weights, weights), x_origin, y_origin

    def seen_from(self, origin: Array) -> tuple[Array, Array]:
        """Return rows of ``[X y]`` of the same moments, less a point, and their weights."""
        if self.weights is not None:
            return self.rows - origin, self.weights
        rows, weights = self._unfolded()
        return rows + ((self.origin - origin) + self.offset), weights

    def rank_cutoff(self, tol: Any = None) -> float:
        """Return the cut-off that all the rows would have (see `design.rank_cutoff`)."""
        all_rows = np.broadcast_to(self.dtype.type(0), (self.n_samples, self.n_features))
        return rank_cutoff(all_rows, tol)

    def describe(self, model: Any) -> None:
        """Tell a model, which was fitted to the rows that are kept, what all of them are."""
        model.n_samples_fit_ = self.n_samples
        model.weight_range_ = self.weight_range
        model.coef_ = model.coef_.astype(self.dtype, copy=False)
        model.intercept_ = np.asarray(model.intercept_, dtype=self.dtype)[()]

    def _unfolded(self) -> tuple[Array, Array]:
        """Return rows of mean zero and equal weights that have the scatter of the factor.

        They are the factor below a row of zeros, reflected so that this row is shared by all.
        """
        norms = column_norms(self.rows)
        constant = norms <= constant_norm(self.mean, self.total)
        rows = np.vstack([np.zeros(self.rows.shape[1]), np.where(constant, 0, self.rows)])
        n_kept = len(rows)
        mirror = np.full(n_kept, 1 / np.sqrt(n_kept))
        mirror[0] -= 1
        if n_kept > 1:
            rows -= np.outer(mirror, mirror @ rows) * (2 / (mirror @ mirror))
        share = self.total / n_kept
        return rows / np.sqrt(share), np.full(n_kept, share)


def rows_of_scatter(moments: Moments, n_features: int, least_rcond: float) -> Array | None:
    """Return as many rows as columns that have the scatter of many, or None if that is unsafe.

    Parameters
    ----------
    moments : Moments
    n_features : int
        How many of the columns are features; the others are targets, which may depend on
        each other, as classes do.
    least_rcond : float
        Reciprocal condition of the scatter of features of unit norm that is too small.
    """
    scatter = moments.scatter
    n_columns = len(scatter)
    norms = np.sqrt(scatter.diagonal())
    active = norms > constant_norm(moments.mean, moments.weight)
    features, targets = np.flatnonzero(active[:n_features]), np.arange(n_features, n_columns)
    if not len(features):
        return None
    scaled = scatter[np.ix_(features, features)] / np.outer(norms[features], norms[features])
    if not cholesky(scaled)[1] > least_rcond:
        return None
    factor = linalg.cholesky(scaled, check_finite=False)
    cross = scatter[np.ix_(features, targets)] / norms[features, np.newaxis]
    explained = linalg.solve_triangular(factor, cross, trans="T", check_finite=False)
    rest = scatter[np.ix_(targets, targets)] - explained.T @ explained
    if np.any((rest.diagonal() < UNEXPLAINED * norms[targets] ** 2) & active[targets]):
        return None
    rows = np.zeros((n_columns, n_columns))
    rows[np.ix_(features, features)] = factor * norms[features]
    rows[np.ix_(features, targets)] = explained
    rows[np.ix_(targets, targets)] = _root(rest)
    return rows


def _root(squares: Array) -> Array:
    """Return S with ``S'S`` a matrix, which may be singular."""
    values, vectors = np.linalg.eigh(squares)
    return np.sqrt(np.maximum(values, 0))[:, np.newaxis] * vectors.T
