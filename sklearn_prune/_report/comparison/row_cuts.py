"""How rows are cut into those to train on and those to judge on.

Each way is a class of its own, with what `RowCut` asks for; a plan has one of them.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Indices

    Split = tuple[Indices, Indices]

INNER_FOLDS = 3
# So many rows at least are fitted, in the inner folds, too.
FEWEST_ROWS = 5
# The fewer rows, the more folds: there is time for them, and the noise is larger.
FEW_ROWS, FEW_ROWS_FOLDS, FOLDS = 1000, 10, 5
# Rows in time that follow each other belong together in so many stretches.
STRETCHES = 30


class RowCut(Protocol):
    """A way to cut rows into folds.

    Attributes
    ----------
    independent : bool
        Whether it takes rows to be independent of each other.
    repeatable : bool
        Whether other seeds cut rows in other ways.
    """

    independent: ClassVar[bool]
    repeatable: ClassVar[bool]

    def usual_folds(self, n_rows: int, /) -> int:
        """Return how many outer folds there are if nobody says."""

    def outer(self, classes: Indices, n_folds: int, seed: int, /) -> Iterator[Split]:
        """Yield rows to train on, and to judge on, for classes of all rows."""

    def inner(self, rows: Indices, seed: int, /) -> Iterator[Split]:
        """Yield positions among rows of the table: to fit, and to choose with."""

    def together(self) -> Indices | None:
        """Return what rows that belong together have in common, None if each is on its own."""

    def n_train(self, n_rows: int, n_folds: int, seeds: range, /) -> tuple[int, int]:
        """Return how many rows the smallest and the largest of the outer folds train on.

        They are 0 where so many folds are not possible.
        """

    def n_fit(self, n_train: int, /) -> int:
        """Return how many of so many training rows an inner fold fits, at least about."""

    def ratio(self, n_folds: int, seeds: range, /) -> float:
        """Return how many rows are judged for each that is trained on, the mean over folds."""

    def calibration(self, n_folds: int, seed: int, /) -> list[Split]:
        """Return at most so many folds of all rows, with all classes in their training rows.

        A classifier is calibrated in them. There are none where nothing need be said.
        """

    def calibration_code(self, n_folds: int, seed: int, /) -> str:
        """Return code of the same folds, for X, y and maybe groups."""

    def refusal(self, n_folds: int, /) -> str:
        """Say why so many folds are not possible."""

    def story(self, n_folds: int, repeats: int, /) -> str:
        """Say how rows are cut, and what is put aside in turn."""


@dataclass(frozen=True)
class Shuffled:
    """Each row goes its own way.

    Attributes
    ----------
    stratified : bool
        Whether classes have the same shares in all outer folds.
    """

    stratified: bool = False
    independent: ClassVar[bool] = True
    repeatable: ClassVar[bool] = True

    def usual_folds(self, n_rows: int, /) -> int:
        """Return more folds for few rows."""
        return FEW_ROWS_FOLDS if n_rows < FEW_ROWS else FOLDS

    def outer(self, classes: Indices, n_folds: int, seed: int, /) -> Iterator[Split]:
        """Yield random folds."""
        folds = StratifiedKFold if self.stratified else KFold
        yield from folds(n_folds, shuffle=True, random_state=seed).split(classes, classes)

    def inner(self, rows: Indices, seed: int, /) -> Iterator[Split]:
        """Yield random folds."""
        yield from KFold(INNER_FOLDS, shuffle=True, random_state=seed).split(rows)

    def together(self) -> None:
        """Return nothing."""

    def n_train(self, n_rows: int, n_folds: int, _seeds: range, /) -> tuple[int, int]:
        """Return one number for all folds, which differ by a row or so."""
        n_train = n_rows - -(-n_rows // n_folds)
        return n_train, n_train

    def n_fit(self, n_train: int, /) -> int:
        """Return all but those of one inner fold."""
        return n_train - -(-n_train // INNER_FOLDS)

    def ratio(self, n_folds: int, _seeds: range, /) -> float:
        """Return the same for all folds."""
        return 1 / (n_folds - 1)

    def calibration(self, _n_folds: int, _seed: int, /) -> list[Split]:
        """Return nothing, for `StratifiedKFold` will do."""
        return []

    def calibration_code(self, n_folds: int, seed: int, /) -> str:
        """Return code of random folds."""
        return f"StratifiedKFold({n_folds}, shuffle=True, random_state={seed})"

    def refusal(self, n_folds: int, /) -> str:
        """Say that there are not enough rows."""
        return f"{n_folds} folds are not possible"

    def story(self, n_folds: int, repeats: int, /) -> str:
        """Say that there are parts, maybe several times."""
        return (
            f"The rows were cut into {n_folds} parts{_often(repeats)}. Each was put aside in turn"
        )


@dataclass(frozen=True)
class Grouped:
    """Rows of a group stay together.

    Attributes
    ----------
    groups : tuple of int
        The number of the group of each row.
    classes : tuple of int
        The number of the class of each row, by which outer folds are stratified; empty for a
        regression.
    """

    groups: tuple[int, ...]
    classes: tuple[int, ...] = ()
    independent: ClassVar[bool] = False
    repeatable: ClassVar[bool] = True

    def usual_folds(self, n_rows: int, /) -> int:
        """Return no more folds than there can be."""
        return min(Shuffled().usual_folds(n_rows), max(2, _n_different(self.groups)))

    def outer(self, _classes: Indices, n_folds: int, seed: int, /) -> Iterator[Split]:
        """Yield random folds of groups."""
        folds = StratifiedGroupKFold if self.classes else GroupKFold
        splitter, groups = folds(n_folds, shuffle=True, random_state=seed), np.array(self.groups)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of rare classes, which are told of
            splits = list(splitter.split(groups, np.array(self.classes or self.groups), groups))
        yield from splits

    def inner(self, rows: Indices, seed: int, /) -> Iterator[Split]:
        """Yield random folds of groups."""
        groups = np.array(self.groups)[rows]
        splitter = GroupKFold(INNER_FOLDS, shuffle=True, random_state=seed)
        yield from splitter.split(groups, groups=groups)

    def together(self) -> Indices:
        """Return the groups."""
        return np.array(self.groups)

    def n_train(self, _n_rows: int, n_folds: int, seeds: range, /) -> tuple[int, int]:
        """Return the extremes over all folds."""
        if n_folds > _n_different(self.groups):
            return 0, 0
        splits = self._splits(n_folds, seeds)
        possible = (len(test) > 0 and self._has_inner_folds(fit) for fit, test in splits)
        return _extremes(splits) if all(possible) else (0, 0)

    def _has_inner_folds(self, rows: Indices) -> bool:
        """Return whether inner folds have enough rows to fit, even if the largest are left out."""
        _, sizes = np.unique(np.array(self.groups)[rows], return_counts=True)
        n_fit = Shuffled().n_fit(len(sizes))
        return len(sizes) >= INNER_FOLDS and np.sort(sizes)[:n_fit].sum() >= FEWEST_ROWS

    def n_fit(self, n_train: int, /) -> int:
        """Return few, for the largest groups may be left out."""
        return n_train // INNER_FOLDS

    def ratio(self, n_folds: int, seeds: range, /) -> float:
        """Return the mean over all folds."""
        return _mean_ratio(self._splits(n_folds, seeds))

    def _splits(self, n_folds: int, seeds: range) -> list[Split]:
        rows = np.arange(len(self.groups))
        return [split for seed in seeds for split in self.outer(rows, n_folds, seed)]

    def calibration(self, n_folds: int, seed: int, /) -> list[Split]:
        """Return stratified folds of groups."""
        classes, rows = np.array(self.classes), np.arange(len(self.groups))
        for n in range(min(n_folds, _n_different(self.groups)), 1, -1):
            splits = list(self.outer(rows, n, seed))
            if all(
                len(test) and _n_different(classes[fit]) == _n_different(classes)
                for fit, test in splits
            ):
                return splits
        return []

    def calibration_code(self, n_folds: int, seed: int, /) -> str:
        """Return code of folds of groups."""
        folds = f"StratifiedGroupKFold({n_folds}, shuffle=True, random_state={seed})"
        return f"list(\n    {folds}.split(X, y, groups)\n)"

    def refusal(self, n_folds: int, /) -> str:
        """Say that there are too few groups."""
        return (
            f"{n_folds} folds of {_n_different(self.groups)} groups are not possible: each needs a "
            f"group to judge on and {INNER_FOLDS} to train on, of some rows each"
        )

    def story(self, n_folds: int, repeats: int, /) -> str:
        """Say that groups are not cut."""
        return (
            f"The rows were cut into {n_folds} parts{_often(repeats)}, with all rows of a group in "
            "the same one. Each was put aside in turn"
        )


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
        return _extremes(self._splits(n_folds)) if n_folds <= self._most_folds() else (0, 0)

    def n_fit(self, n_train: int, /) -> int:
        """Return those of the first block."""
        return n_train // (INNER_FOLDS + 1)

    def ratio(self, n_folds: int, _seeds: range, /) -> float:
        """Return the mean over folds, of which the first have few rows to train on."""
        return _mean_ratio(self._splits(n_folds))

    def _splits(self, n_folds: int) -> list[Split]:
        return list(_forward(np.array(self.times), n_folds, self._least()))

    def calibration(self, n_folds: int, _seed: int, /) -> list[Split]:
        """Return folds of rows that follow each other: all times have to be judged once."""
        order = np.argsort(self.times, kind="stable")
        classes = np.array(self.classes)[order]
        n_folds = min(n_folds, np.bincount(classes).min())
        splits = StratifiedKFold(n_folds).split(order, classes) if n_folds > 1 else ()
        return [(order[fit], order[judged]) for fit, judged in splits]

    def calibration_code(self, n_folds: int, _seed: int, /) -> str:
        """Return code of folds of rows that are in the order of time."""
        return f"StratifiedKFold({n_folds})"

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


def _n_different(codes: Indices | tuple[int, ...]) -> int:
    return len(np.unique(codes))


def _often(repeats: int) -> str:
    return f", {repeats} times" if repeats > 1 else ""


def _extremes(splits: list[Split]) -> tuple[int, int]:
    """Return the least and the largest number of training rows."""
    sizes = [len(training) for training, _ in splits]
    return min(sizes), max(sizes)


def _mean_ratio(splits: list[Split]) -> float:
    """Return the mean ratio of judged to training rows."""
    return float(np.mean([len(judged) / len(training) for training, judged in splits]))


def _enough(times: Indices) -> int:
    """Return how many of the first times have enough rows to fit."""
    return 1 + int(np.searchsorted(np.cumsum(np.bincount(times)), FEWEST_ROWS))


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
