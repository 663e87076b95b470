"""Rows that are independent of each other, in random folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sklearn.model_selection import KFold, StratifiedKFold

from .row_cuts import FEW_ROWS, FEW_ROWS_FOLDS, FOLDS, INNER_FOLDS, often

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Indices

    from .row_cuts import Split


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
    shares_classes: ClassVar[bool] = True

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

    def calibration_code(self, n_folds: int, seed: int, /) -> tuple[str, str]:
        """Return code of random folds."""
        name = StratifiedKFold.__name__
        return name, f"{name}({n_folds}, shuffle=True, random_state={seed})"

    def refusal(self, n_folds: int, /) -> str:
        """Say that there are not enough rows."""
        return f"{n_folds} folds are not possible"

    def story(self, n_folds: int, repeats: int, /) -> str:
        """Say that there are parts, maybe several times."""
        return f"The rows were cut into {n_folds} parts{often(repeats)}. Each was put aside in turn"
