"""Rows that belong together, in folds of whole groups."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

from .row_cuts import FEWEST_FITTED, INNER_FOLDS, extremes, mean_ratio, n_different, often
from .shuffled_rows import Shuffled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Indices

    from .row_cuts import Split


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
    shares_classes: ClassVar[bool] = True

    def usual_folds(self, n_rows: int, /) -> int:
        """Return no more folds than there can be."""
        return min(Shuffled().usual_folds(n_rows), max(2, n_different(self.groups)))

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
        if n_folds > n_different(self.groups):
            return 0, 0
        splits = self._splits(n_folds, seeds)
        possible = (len(test) > 0 and self._has_inner_folds(fit) for fit, test in splits)
        return extremes(splits) if all(possible) else (0, 0)

    def _has_inner_folds(self, rows: Indices) -> bool:
        """Return whether inner folds have enough rows to fit, even if the largest are left out."""
        _, sizes = np.unique(np.array(self.groups)[rows], return_counts=True)
        n_fit = Shuffled().n_fit(len(sizes))
        return len(sizes) >= INNER_FOLDS and np.sort(sizes)[:n_fit].sum() >= FEWEST_FITTED

    def n_fit(self, n_train: int, /) -> int:
        """Return few, for the largest groups may be left out."""
        return n_train // INNER_FOLDS

    def ratio(self, n_folds: int, seeds: range, /) -> float:
        """Return the mean over all folds."""
        return mean_ratio(self._splits(n_folds, seeds))

    def _splits(self, n_folds: int, seeds: range) -> list[Split]:
        rows = np.arange(len(self.groups))
        return [split for seed in seeds for split in self.outer(rows, n_folds, seed)]

    def calibration(self, n_folds: int, seed: int, /) -> list[Split]:
        """Return stratified folds of groups."""
        classes, rows = np.array(self.classes), np.arange(len(self.groups))
        for n in range(min(n_folds, n_different(self.groups)), 1, -1):
            splits = list(self.outer(rows, n, seed))
            if all(
                len(test) and n_different(classes[fit]) == n_different(classes)
                for fit, test in splits
            ):
                return splits
        return []

    def calibration_code(self, n_folds: int, seed: int, /) -> tuple[str, str]:
        """Return code of folds of groups."""
        name = StratifiedGroupKFold.__name__
        folds = f"{name}({n_folds}, shuffle=True, random_state={seed})"
        return name, f"list(\n    {folds}.split(X, y, groups)\n)"

    def refusal(self, n_folds: int, /) -> str:
        """Say that there are too few groups."""
        return (
            f"{n_folds} folds of {n_different(self.groups)} groups are not possible: each needs a "
            f"group to judge on and {INNER_FOLDS} to train on, of some rows each"
        )

    def story(self, n_folds: int, repeats: int, /) -> str:
        """Say that groups are not cut."""
        return (
            f"The rows were cut into {n_folds} parts{often(repeats)}, with all rows of a group in "
            "the same one. Each was put aside in turn"
        )
