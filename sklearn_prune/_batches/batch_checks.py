"""Some of the rows, checked where they are read."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.validation import _get_feature_names, _num_samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._typing import AnyArray, Array

FLOATS = (np.float64, np.float32)


class RawBatch(NamedTuple):
    """Some rows, as they were read.

    Attributes
    ----------
    place : str
        Where they are, for messages.
    X : array-like of shape (n_rows, n_features)
    y : array-like of shape (n_rows,) or (n_rows, n_targets)
    weights : array-like of shape (n_rows,), float or None
    folds : array-like of shape (n_rows,) or None
        The fold that holds out each row.
    names : ndarray of shape (n_features,) or None
        Names of the features, if X does not know them itself.
    """

    place: str
    X: Any
    y: Any
    weights: Any = None
    folds: Any = None
    names: AnyArray | None = None


class Layout(NamedTuple):
    """What all batches have in common.

    Attributes
    ----------
    n_features : int
    names : tuple of str or None
        Names of the features, if there are some.
    target_shape : tuple of int
        That of y without its rows.
    """

    n_features: int
    names: tuple[str, ...] | None
    target_shape: tuple[int, ...]

    def check(self, other: Layout, place: str) -> None:
        """Raise ValueError if a batch has another layout than those before."""
        if other.n_features != self.n_features:
            what = f"{other.n_features} features, but there were {self.n_features}"
        elif other.names != self.names:
            what = f"the features {_listed(other.names)}, but there were {_listed(self.names)}"
        elif other.target_shape != self.target_shape:
            found, known = (("n_rows", *shape) for shape in (other.target_shape, self.target_shape))
            what = f"y of shape {found}, but it was {known}"
        else:
            return
        msg = f"{place} has {what} before it: give the same columns, in the same order, everywhere."
        raise ValueError(msg)


def _listed(names: tuple[str, ...] | None) -> str:
    if names is None:
        return "without names"
    return ", ".join([*names[:6], "..."] if len(names) > 6 else names)


class Batch(NamedTuple):
    """Some checked rows.

    Attributes
    ----------
    X : ndarray of shape (n_rows, n_features)
        In single or double precision.
    y : ndarray of shape (n_rows,) or (n_rows, n_targets)
    weights : ndarray of shape (n_rows,)
    """

    X: AnyArray
    y: Array
    weights: Array

    @property
    def are_few(self) -> bool:
        """Whether the rows are no more than the columns of ``[X y]``, and one."""
        return len(self.X) <= self.X.shape[1] + self.y[:1].size + 1

    @classmethod
    def stacked(cls, batches: Sequence[Batch]) -> Batch:
        """Return the rows of all batches."""
        return cls(*(np.concatenate(arrays) for arrays in zip(*batches, strict=True)))

    def take(self, rows: Any) -> Batch:
        """Return some of the rows."""
        return Batch(self.X[rows], self.y[rows], self.weights[rows])

    def weighted(self) -> Batch:
        """Return the rows of positive weight."""
        return self if self.weights.all() else self.take(np.flatnonzero(self.weights))


def check_batch(raw: RawBatch) -> tuple[Batch, Layout]:
    """Return the checked rows of a batch, and its layout.

    Raises
    ------
    ValueError
        If something is no finite number or does not fit together, which names the place.
    """
    try:
        X, y = _features(raw.X), _targets(raw.y)
        weights = _weights(raw.weights, len(X))
        names = _get_feature_names(raw.X) if raw.names is None else raw.names
        _check_lengths({"X": X, "y": y, "sample_weight": weights, "the folds": raw.folds})
        _check_finite(X, "X", names)
        _check_finite(y, "y")
    except (TypeError, ValueError) as error:
        msg = f"{raw.place}: {error}"
        raise ValueError(msg) from error
    layout = Layout(X.shape[1], None if names is None else tuple(names), y.shape[1:])
    return Batch(X, y, weights), layout


def _features(X: Any) -> AnyArray:
    """Return the features as an array of floats, not yet known to be finite."""
    options: dict[str, Any] = {"dtype": FLOATS, "ensure_all_finite": False, "ensure_min_samples": 0}
    try:
        return check_array(X, input_name="X", **options)
    except (TypeError, ValueError) as error:
        for name in getattr(X, "columns", ()):
            try:
                check_array(X[[name]], **options)
            except (TypeError, ValueError) as cause:
                msg = f"column {name!r} of X has other things than numbers: {cause}"
                raise ValueError(msg) from error
        raise


def _targets(y: Any) -> Array:
    """Return the targets as an array of floats, not yet known to be finite."""
    checked = check_array(
        y,
        dtype=None,
        ensure_2d=False,
        ensure_all_finite=False,
        ensure_min_samples=0,
        input_name="y",
    )
    if checked.dtype.kind in "mM":
        msg = f"y is of dtype {checked.dtype}: give an array of numbers."
        raise ValueError(msg)
    return checked.astype(np.float64, copy=False)


def _weights(weights: Any, n_rows: int) -> Array:
    """Return a weight a row, at least zero; a number stands for equal weights."""
    if weights is None or isinstance(weights, Real):
        weights = np.full(n_rows, 1.0 if weights is None else float(weights))
    checked: Array = check_array(
        weights,
        dtype=np.float64,
        ensure_2d=False,
        ensure_min_samples=0,
        input_name="sample_weight",
    )
    if checked.size and checked.min() < 0:
        msg = f"sample_weight has {checked.min()}: give weights of at least 0."
        raise ValueError(msg)
    return checked.ravel() if checked.shape == (n_rows, 1) else checked


def _check_lengths(columns: dict[str, Any]) -> None:
    """Raise ValueError if arrays have different numbers of rows."""
    lengths = {name: _num_samples(array) for name, array in columns.items() if array is not None}
    if len(set(lengths.values())) > 1:
        rows = ", ".join(f"{name} has {n}" for name, n in lengths.items())
        msg = f"the numbers of rows differ, {rows}: give the same rows everywhere."
        raise ValueError(msg)


def _check_finite(array: AnyArray, what: str, names: Any = None) -> None:
    """Raise ValueError if an array has an entry that is not finite, which names the column."""
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(array.sum()):
            return
    bad = np.argwhere(~np.isfinite(array))
    if not len(bad):
        return  # the sum has overflowed
    entry = array[tuple(bad[0])]
    column = ""
    if array.ndim == 2:
        column = f" in column {bad[0][1] if names is None else repr(names[bad[0][1]])}"
    msg = f"{what} has {entry}{column}, row {bad[0][0]}: drop such rows, or impute finite numbers."
    raise ValueError(msg)
