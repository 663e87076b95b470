"""How rows are cut into those to train on and those to judge on.

Each way is a class of its own, in a file of its own; a plan has one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Indices

    Split = tuple[Indices, Indices]

INNER_FOLDS = 3
# So many rows at least are fitted, in the inner folds, too.
FEWEST_FITTED = 5
# The fewer rows, the more folds: there is time for them, and the noise is larger.
FEW_ROWS, FEW_ROWS_FOLDS, FOLDS = 1000, 10, 5


class RowCut(Protocol):
    """A way to cut rows into folds.

    Attributes
    ----------
    independent : bool
        Whether it takes rows to be independent of each other.
    repeatable : bool
        Whether other seeds cut rows in other ways.
    shares_classes : bool
        Whether rows of a class are shared out among folds: there are no more folds than these.
    """

    independent: ClassVar[bool]
    repeatable: ClassVar[bool]
    shares_classes: ClassVar[bool]

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

    def calibration_code(self, n_folds: int, seed: int, /) -> tuple[str, str]:
        """Return the class that cuts the same folds, and code of them for X, y and groups."""

    def refusal(self, n_folds: int, /) -> str:
        """Say why so many folds are not possible."""

    def story(self, n_folds: int, repeats: int, /) -> str:
        """Say how rows are cut, and what is put aside in turn."""


def n_different(codes: Indices | tuple[int, ...]) -> int:
    """Return how many codes differ."""
    return len(np.unique(codes))


def often(repeats: int) -> str:
    """Say how often rows are cut, if more than once."""
    return f", {repeats} times" if repeats > 1 else ""


def extremes(splits: list[Split]) -> tuple[int, int]:
    """Return the least and the largest number of training rows."""
    sizes = [len(training) for training, _ in splits]
    return min(sizes), max(sizes)


def mean_ratio(splits: list[Split]) -> float:
    """Return the mean ratio of judged to training rows."""
    return float(np.mean([len(judged) / len(training) for training, judged in splits]))
