"""Rows that no memory holds together, as a few that stand for them."""

from __future__ import annotations

from copy import copy
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._batches.batch_checks import Batch
from sklearn_prune._batches.sources import as_source
from sklearn_prune._checks.progress import fit_progress
from sklearn_prune._checks.training_data import TrainingData

from .compressed_rows import CompressedRows
from .row_moments import merge_moments, row_moments
from .row_stream import become
from .solve import WEIGHT_SPAN
from .tall import LARGEST_SQUARE, LEAST_MEAN, LEAST_SQUARE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sklearn_prune._batches.batch_checks import Layout
    from sklearn_prune._batches.folded_rows import ContiguousFolds
    from sklearn_prune._batches.partial_result import PartialResult
    from sklearn_prune._batches.sources import RowSource

    from .row_moments import Moments


class WeightedMoments(NamedTuple):
    """Moments of rows, and the least and the largest of their weights."""

    moments: Moments
    least: float
    largest: float

    @classmethod
    def of(cls, batch: Batch) -> WeightedMoments:
        """Return the moments of a batch."""
        weights = batch.weights
        with np.errstate(over="ignore", invalid="ignore"):
            moments = row_moments(batch.X, batch.y, weights)
        return cls(moments, float(weights.min()), float(weights.max()))

    @classmethod
    def merged(cls, parts: Sequence[WeightedMoments]) -> WeightedMoments:
        """Return the moments of the rows of all parts."""
        with np.errstate(over="ignore", invalid="ignore"):
            moments = merge_moments(part.moments for part in parts)
        return cls(moments, min(part.least for part in parts), max(part.largest for part in parts))


def sum_batch(batch: Batch) -> Batch | WeightedMoments:
    """Return the moments of a batch, or the rows if they are fewer."""
    return batch if batch.are_few else WeightedMoments.of(batch)


def merge_sums(parts: Sequence[Batch | WeightedMoments]) -> Batch | WeightedMoments:
    """Return the moments of the rows of all parts, or the rows if they are fewer."""
    sums = [part for part in parts if isinstance(part, WeightedMoments)]
    batches = [part for part in parts if not isinstance(part, WeightedMoments)]
    if not batches:
        return WeightedMoments.merged(sums)
    rows = Batch.stacked(batches)
    return WeightedMoments.merged([*sums, WeightedMoments.of(rows)]) if sums else sum_batch(rows)


def compress_batch(batch: Batch) -> CompressedRows:
    """Return the rows of a batch, or a factor of them."""
    return CompressedRows.of(TrainingData(*batch))


def merge_compressed(parts: Sequence[CompressedRows]) -> CompressedRows:
    """Return the rows of all batches, or a factor of them."""
    return reduce(CompressedRows.merged, parts)


class CompressedSource(NamedTuple):
    """Rows that stand for those of a source.

    Attributes
    ----------
    rows : dict of CompressedRows
        Those of each fold, or of all under the key None.
    layout : Layout
        Number and names of the features.
    weighted : bool
        Whether there were weights.
    """

    rows: dict[Any, CompressedRows]
    layout: Layout
    weighted: bool

    @classmethod
    def of(cls, source: RowSource, folds: ContiguousFolds | bool = False) -> CompressedSource:
        """Read all rows.

        Their moments, from one pass, tell most often. Where these would lose digits, the rows
        are read again, and factorised by Householder's method.
        """
        result = source.reduced(sum_batch, merge_sums, folds)
        known = {label: _from_sum(part, result) for label, part in result.values.items()}
        rows = {label: part for label, part in known.items() if part is not None}
        if len(rows) < len(known):
            rows = source.reduced(compress_batch, merge_compressed, folds).values
        return cls(rows, result.layout, result.weighted)

    def describe(self, model: Any) -> None:
        """Tell a model the number and the names of its features, and that no stream goes on."""
        names = self.layout.names
        for name in "feature_names_in_", "_rows":
            vars(model).pop(name, None)
        model.n_features_in_ = self.layout.n_features
        if names is not None:
            model.feature_names_in_ = np.asarray(names, dtype=object)


def _from_sum(part: Batch | WeightedMoments, result: PartialResult) -> CompressedRows | None:
    """Return rows of the same moments, or None where these are no safe account of them."""
    if not isinstance(part, WeightedMoments):
        return compress_batch(part)
    moments, least, largest = part
    if not _has_safe_squares(moments) or largest > WEIGHT_SPAN * least:
        return None
    n_features, _, target_shape = result.layout
    return CompressedRows.from_moments(
        moments, n_features, target_shape, (least, largest), result.dtype
    )


def _has_safe_squares(moments: Moments) -> bool:
    """Return whether no square has overflowed or underflowed."""
    diagonal = moments.scatter.diagonal()
    is_safe = (diagonal > LEAST_SQUARE) & (diagonal < LARGEST_SQUARE)
    is_constant = (diagonal == 0) & (np.abs(moments.mean) > LEAST_MEAN)
    return bool(np.all(is_safe | is_constant))


def fit_source(
    model: Any, X: Any, y: Any, sample_weight: Any, fit: Callable[[Any, CompressedRows], None]
) -> Any:
    """Fit a model to rows that are read from elsewhere, or leave it as it was.

    Parameters
    ----------
    model : estimator
    X, y, sample_weight : object
        What the user gave.
    fit : callable
        Fits a model to rows that stand for all.

    Raises
    ------
    ValueError
        If a batch, or a partition, is no valid one.
    """
    with fit_progress(model, None) as progress:
        rows = as_source(X, y, sample_weight, progress=progress)
        source = CompressedSource.of(rows)
        fitted = copy(model)
        source.describe(fitted)
        fit(fitted, source.rows[None])
        become(model, fitted)
    return model
