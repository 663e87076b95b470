"""Many rows of features as the few that least squares needs of them.

Moments add, so that those of folds make those of all training rows; and a triangular factor
of the scatter stands for the rows. Where features are so dependent that the scatter would
lose digits, the factor is made of the rows instead, at a few times the price.
"""

from __future__ import annotations

from functools import cached_property, reduce
from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg

from sklearn_prune._checks.training_data import TrainingData
from sklearn_prune._least_squares.compressed_rows import CompressedRows, rows_of_scatter
from sklearn_prune._least_squares.design import constant_norm
from sklearn_prune._least_squares.row_moments import Block, merge_moments

from .fitted_rows import FittedRows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sklearn_prune._least_squares.row_moments import Moments
    from sklearn_prune._typing import Array

# Down to this reciprocal condition of the Gram matrix of columns of unit norm, fits to its
# factor have eight digits of those to the rows.
SAFE_RCOND = 1e-9


class RowSummary:
    """Moments of some rows, and their triangular factor when it is asked for.

    Parameters
    ----------
    blocks : callable
        Returns an iterable of features, of shape (n_rows, n_features), and targets, of shape
        (n_rows, n_targets), of all rows in blocks: anew each time it is called.
    moments : Moments, optional
        Those of features and targets side by side, if they are known.
    """

    def __init__(
        self,
        blocks: Callable[[], Iterable[tuple[Array, Array]]],
        moments: Moments | None = None,
    ) -> None:
        if moments is None:
            moments = merge_moments(moments_of(F, y) for F, y in blocks())
        self.moments, self.blocks = moments, blocks

    @cached_property
    def factor(self) -> CompressedRows:
        """The triangular factor, made of the rows."""
        factors = (CompressedRows.of(TrainingData.unweighted(F, y)) for F, y in self.blocks())
        return reduce(CompressedRows.merged, factors)


def moments_of(F: Array, y: Array) -> Moments:
    """Return the moments of features and targets side by side."""
    return Block.of(F, y).moments(np.ones(len(F)), equal=True)


def few_rows(summaries: Sequence[RowSummary], n_features: int) -> tuple[FittedRows, Array]:
    """Return rows that stand for all that are summarised, and the means of features and targets.

    Parameters
    ----------
    summaries : sequence of RowSummary
    n_features : int
        How many of the columns are features; the others are targets.
    """
    moments = merge_moments(summary.moments for summary in summaries)
    rows = rows_of_scatter(moments, n_features, SAFE_RCOND)
    if rows is None:
        rows = reduce(CompressedRows.merged, [summary.factor for summary in summaries]).rows
    constant = linalg.norm(rows, axis=0) <= constant_norm(moments.mean, moments.weight)
    F, y = np.split(np.where(constant, 0.0, rows), [n_features], axis=1)
    return FittedRows(F, y, moments.n_rows), moments.mean
