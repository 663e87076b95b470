"""Moments of the rows of every fold, from as few passes over the rows as can be."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sklearn_prune._least_squares.row_moments import Moments, row_moments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import Indices


class FoldMoments(NamedTuple):
    """Moments of the columns of ``[X y]``.

    Attributes
    ----------
    training : list of Moments
        Of the training rows of each fold.
    held_out : list of Moments
        Of the rows that are held out.
    total : Moments or None
        Of all rows, if they are known by the way.
    """

    training: list[Moments]
    held_out: list[Moments]
    total: Moments | None

    @classmethod
    def of(cls, data: TrainingData, splits: Sequence[tuple[Indices, Indices]]) -> FoldMoments:
        """Sum the rows once, if each is held out once at most and trains all other folds."""
        n_rows = len(data.y)
        held_out = [_moments_of(data, rows) for _, rows in splits]
        times = np.bincount(np.concatenate([rows for _, rows in splits]), minlength=n_rows)
        if times.max() > 1 or not all(_is_partition(split, n_rows) for split in splits):
            return cls([_moments_of(data, rows) for rows, _ in splits], held_out, None)
        never = np.flatnonzero(times == 0)
        rest = [_moments_of(data, never)] if len(never) else []
        training, total = leave_each_out([*held_out, *rest])
        return cls(training[: len(splits)], held_out, total)


def leave_each_out(parts: Sequence[Moments]) -> tuple[list[Moments], Moments]:
    """Return the moments of all parts but one, for each of several, and those of all.

    They are merged from both ends: what is left of a total may have no digits.
    """
    before = list(accumulate(parts, Moments.merged))
    after = list(accumulate(reversed(parts), Moments.merged))[::-1]
    inner = [a.merged(b) for a, b in zip(before[:-2], after[2:], strict=True)]
    return [after[1], *inner, before[-2]], before[-1]


def _moments_of(data: TrainingData, rows: Indices) -> Moments:
    """Return the moments of some rows; those that follow each other are not copied."""
    first, last = int(rows[0]), int(rows[-1]) + 1
    if last - first == len(rows) and np.array_equal(rows, np.arange(first, last)):
        part = slice(first, last)
        return row_moments(data.X[part], data.y[part], data.weights[part])
    return row_moments(data.X, data.y, data.weights, rows)


def _is_partition(split: tuple[Indices, Indices], n_rows: int) -> bool:
    """Return whether each row is on one side of a split, once."""
    rows = np.concatenate(split)
    return len(rows) == n_rows and bool(np.bincount(rows, minlength=n_rows).all())
