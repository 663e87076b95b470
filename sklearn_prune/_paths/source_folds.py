"""Folds of rows that no memory holds together, each as a few rows that stand for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.model_selection import KFold, LeaveOneGroupOut

from sklearn_prune._batches.folded_rows import ContiguousFolds
from sklearn_prune._checks.training_data import TrainingData
from sklearn_prune._least_squares.source_rows import CompressedSource, merge_compressed
from sklearn_prune._pruning.moments_only import check_moments_suffice

from .scores import resolve_scoring

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sklearn_prune._batches.sources import RowSource
    from sklearn_prune._least_squares.compressed_rows import CompressedRows
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import Array, Indices


class SourceFolds(NamedTuple):
    """Folds whose fits, and errors, are those of a source.

    Attributes
    ----------
    source : CompressedSource
    data : TrainingData
        Rows that stand for those of all folds, less a point.
    splits : list of tuple of ndarray of int
        Rows to train on, and rows that are held out.
    whole : CompressedRows
        Rows that stand for all.
    origin : ndarray of shape (n_features,)
    y_origin : ndarray of shape (n_targets,)
        What was taken off the features and the targets: zero without an intercept.
    """

    source: CompressedSource
    data: TrainingData
    splits: list[tuple[Indices, Indices]]
    whole: CompressedRows
    origin: Array
    y_origin: Array

    @classmethod
    def of(cls, source: RowSource, cv: Any, criterion: Any, *, centred: bool) -> SourceFolds:
        """Read all rows: in folds, or as they are if a criterion has no use for any.

        Raises
        ------
        ValueError
            If `cv` asks for other folds than rows of a source can be held out in, or only
            one fold has rows of positive weight.
        """
        if criterion is not None:
            return cls._undivided(CompressedSource.of(source), centred=centred)
        compressed = CompressedSource.of(source, _folds_of(source, cv))
        folds = [rows for _, rows in sorted(compressed.rows.items())]
        if len(folds) < 2:
            msg = "Fold 0 of cv has no sample of positive weight to train on: give two folds."
            raise ValueError(msg)
        whole = merge_compressed(folds)
        origin = whole.mean if centred else np.zeros_like(whole.mean)
        parts = [rows.seen_from(origin) for rows in folds]
        rows, weights = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        X, y = np.split(rows, [whole.n_features], axis=1)
        data = TrainingData(X, y.reshape(len(y), *whole.target_shape), weights, weights)
        splits = _splits([len(weights) for _, weights in parts])
        return cls(compressed, data, splits, whole, *np.split(origin, [whole.n_features]))

    @classmethod
    def _undivided(cls, compressed: CompressedSource, *, centred: bool) -> SourceFolds:
        """Return rows that stand for all, without folds."""
        whole = compressed.rows[None]
        data, origin, y_origin = whole.data(centred=centred)
        return cls(compressed, data, [], whole, origin, y_origin)

    @property
    def scored(self) -> TrainingData:
        """The rows that scores see, which count by weight if the user gave weights."""
        return self.data if self.source.weighted else replace(self.data, sample_weight=None)


def check_needs_no_rows(scoring: Any, recipes: Iterable[Recipe]) -> None:
    """Raise an error if some model, or a score, has to see the rows themselves."""
    for recipe in recipes:
        check_moments_suffice(recipe)
    if resolve_scoring(scoring) is not None:
        msg = (
            f"scoring is {scoring!r}, which needs the rows themselves: give None for the mean "
            "squared error."
        )
        raise ValueError(msg)


def _splits(lengths: list[int]) -> list[tuple[Indices, Indices]]:
    """Return the rows of all folds but one, and its own, for each of several."""
    ends = np.cumsum(lengths)
    held_out = np.split(np.arange(ends[-1]), ends[:-1])
    return [(np.setdiff1d(np.arange(ends[-1]), rows), rows) for rows in held_out]


def _folds_of(source: RowSource, cv: Any) -> ContiguousFolds | bool:
    """Return which rows are held out together; True stands for their own labels."""
    if source.has_folds:
        if cv is None or type(cv) is LeaveOneGroupOut:
            return True
        msg = f"cv is {cv!r}, and the rows come with labels of folds: give cv=None, or no labels."
        raise ValueError(msg)
    if isinstance(cv, int | np.integer) and cv is not True:
        cv = KFold(int(cv))
    if type(cv) is not KFold or cv.shuffle:
        msg = (
            f"cv is {cv!r}: rows that do not fit in memory are held out one after another. Give "
            "a number of folds, KFold without shuffling, or labels of folds, in the batches or "
            "as groups."
        )
        raise ValueError(msg)
    n_rows = source.n_rows()
    if n_rows < cv.n_splits:
        msg = f"cv asks for {cv.n_splits} folds of {n_rows} rows: give fewer folds."
        raise ValueError(msg)
    return ContiguousFolds(n_rows, cv.n_splits)
