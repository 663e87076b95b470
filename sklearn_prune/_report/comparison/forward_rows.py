"""Rows in time, in folds that train on the past."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from sklearn.model_selection import StratifiedKFold

from .row_cuts import FEWEST_FITTED, FOLDS, INNER_FOLDS, extremes, mean_ratio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Indices

    from .row_cuts import Split


# Rows in time that follow each other belong together in so many stretches.
STRETCHES = 30


@dataclass(frozen=True)
class Forward:
    """The past says what comes next.

    Attributes
    ----------
    times : tuple of int
        The number of the time of each row, of all different ones in their order.
    classes : tuple of int
        The number of the class of each row; empty for a regression.
    """

    times: tuple[int, ...]
    classes: tuple[int, ...] = ()
    independent: ClassVar[bool] = False
    repeatable: ClassVar[bool] = False
    shares_classes: ClassVar[bool] = False

    def usual_folds(self, _n_rows: int, /) -> int:
        """Return few folds, or the first would train on next to nothing."""
        return min(FOLDS, max(2, self._most_folds()))

    def _most_folds(self) -> int:
        return max(self.times) + 1 - self._least()

    def _least(self) -> int:
        """Return how many times there are to train on, so that inner folds can be cut."""
        return _enough(np.array(self.times)) + INNER_FOLDS

    def outer(self, _classes: Indices, n_folds: int, _seed: int, /) -> Iterator[Split]:
        """Yield a block of times to judge on, and all before it to train on."""
        yield from _forward(np.array(self.times), n_folds, self._least())

    def inner(self, rows: Indices, _seed: int, /) -> Iterator[Split]:
        """Yield the same within training rows."""
        _, times = np.unique(np.array(self.times)[rows], return_inverse=True)
        yield from _forward(times, INNER_FOLDS, _enough(times))

    def together(self) -> Indices:
        """Return stretches of time, of about as many rows each."""
        before = np.cumsum(np.bincount(self.times)) - 1
        return before[np.array(self.times)] * STRETCHES // len(self.times)

    def n_train(self, _n_rows: int, n_folds: int, _seeds: range, /) -> tuple[int, int]:
        """Return the numbers of the first and of the last fold."""
        return extremes(self._splits(n_folds)) if n_folds <= self._most_folds() else (0, 0)

    def n_fit(self, n_train: int, /) -> int:
        """Return those of the first block."""
        return n_train // (INNER_FOLDS + 1)

    def ratio(self, n_folds: int, _seeds: range, /) -> float:
        """Return the mean over folds, of which the first have few rows to train on."""
        return mean_ratio(self._splits(n_folds))

    def _splits(self, n_folds: int) -> list[Split]:
        return list(_forward(np.array(self.times), n_folds, self._least()))

    def calibration(self, n_folds: int, _seed: int, /) -> list[Split]:
        """Return folds of rows that follow each other: all times have to be judged once."""
        order = np.argsort(self.times, kind="stable")
        classes = np.array(self.classes)[order]
        n_folds = min(n_folds, np.bincount(classes).min())
        splits = StratifiedKFold(n_folds).split(order, classes) if n_folds > 1 else ()
        return [(order[fit], order[judged]) for fit, judged in splits]

    def calibration_code(self, n_folds: int, _seed: int, /) -> tuple[str, str]:
        """Return code of folds of rows that are in the order of time."""
        name = StratifiedKFold.__name__
        return name, f"{name}({n_folds})"

    def refusal(self, n_folds: int, /) -> str:
        """Say that there are too few times."""
        return (
            f"{n_folds} folds of {max(self.times) + 1} different times are not possible: each "
            f"needs one to judge on, and the first {self._least()} to train on"
        )

    def story(self, n_folds: int, _repeats: int, /) -> str:
        """Say that the future is put aside, too."""
        return (
            f"The rows were cut into {n_folds + 1} parts in the order of time. Each but the first "
            "was put aside in turn, with all that came after it"
        )


def _enough(times: Indices) -> int:
    """Return how many of the first times have enough rows to fit."""
    return 1 + int(np.searchsorted(np.cumsum(np.bincount(times)), FEWEST_FITTED))


def _forward(times: Indices, n_folds: int, first: int) -> Iterator[Split]:
    """Yield all rows before each block, and those of the block.

    Parameters
    ----------
    times : ndarray of shape (n_rows,)
        Numbers of the times, none left out.
    n_folds : int
    first : int
        How many different times there are before the first block, at least.
    """
    for start, end in pairwise(_block_edges(times, n_folds, first)):
        yield np.flatnonzero(times < start), np.flatnonzero((start <= times) & (times < end))


def _block_edges(times: Indices, n_folds: int, first: int) -> Indices:
    """Return the first time of each block, and what comes after the last.

    Blocks have as many rows as those of `TimeSeriesSplit`, where times differ; otherwise they
    begin with the time whose first row is nearest to theirs.
    """
    before = np.concatenate([[0], np.cumsum(np.bincount(times))])
    folds, n_times = np.arange(n_folds), len(before) - 1
    wanted = len(times) - len(times) // (n_folds + 1) * (n_folds - folds)
    nearest = np.abs(before - wanted[:, np.newaxis]).argmin(axis=1) - folds
    starts = np.maximum.accumulate(nearest.clip(first, n_times - n_folds)) + folds
    return np.append(starts, n_times)
