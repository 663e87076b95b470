"""What a report compares: sizes, strategies, folds and seeds."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._checks.arguments import as_list

from .records import Part
from .row_cuts import INNER_FOLDS
from .shuffled_rows import Shuffled
from .single_settings import is_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._typing import Indices

    from .row_cuts import RowCut

BUDGET_SHARES = (0.05, 0.2, 0.5)
WIDTH_SHARES = (0.05, 0.2, 0.5, 0.8, 1, 1.25, 2, 4)
# From so many training rows on, the shares are of this number: nothing wider than twice of it.
MOST_ROWS = 2000
STRATEGIES = ("magnitude", "hessian")
POSSIBLE_STRATEGIES = (*STRATEGIES, "obs")
FEWEST_ROWS = 20
# Backward elimination of so many columns takes less than a second.
FEW_COLUMNS = 300


@dataclass(frozen=True)
class Plan:
    """The settings of a report.

    Attributes
    ----------
    budgets : tuple of int
        Numbers of features to keep, s, increasing.
    widths : tuple of int
        Numbers of random features, p, increasing.
    strategies : tuple of str
        How features are scored, as in `PrunedRegressor`.
    cv, repeats : int
        Numbers of outer folds, and of their repeats.
    seed : int
        Seed of all that is random.
    classification : bool
        Whether the target is a class.
    impute : bool
        Whether missing values are filled in.
    n_columns : int
        How many columns the prepared ones of all rows are; 0 if they are not to be compared.
    outside : bool
        Whether there are references from outside, which need all rows at once.
    cut : RowCut
        How rows are cut into folds.
    """

    budgets: tuple[int, ...]
    widths: tuple[int, ...]
    strategies: tuple[str, ...] = STRATEGIES
    cv: int = 5
    repeats: int = 1
    seed: int = 0
    classification: bool = False
    impute: bool = False
    n_columns: int = 0
    outside: bool = False
    cut: RowCut = field(default=Shuffled(), repr=False)

    @property
    def column_budgets(self) -> tuple[int, ...]:
        """Return the budgets for which there are columns to prune."""
        return tuple(size for size in self.budgets if size < self.n_columns)

    def column_sizes(self, *, everything: bool) -> tuple[int, ...]:
        """Return what columns are pruned to: sizes between the budgets, too, if asked for."""
        if not everything or not self.column_budgets:
            return self.column_budgets
        return tuple(size for size in self.kept_sizes() if size < self.n_columns)

    @property
    def column_strategies(self) -> tuple[str, ...]:
        """Return how columns are scored: by elimination, too, where it takes no time."""
        cheap = ("obs",) if self.n_columns <= FEW_COLUMNS else ()
        return tuple(dict.fromkeys((*self.strategies, *cheap)))

    def parts(self) -> list[Part]:
        """Return all tasks, the longest first."""
        inner = [None, *range(INNER_FOLDS)]
        return [Part(r, k, i) for i in inner for r in range(self.repeats) for k in range(self.cv)]

    def feature_seed(self, part: Part) -> int:
        """Return the seed of the random features: each outer fold has a draw of its own."""
        return self.seed + part.repeat * self.cv + part.fold

    def outer_split(self, part: Part, classes: Indices) -> tuple[Indices, Indices]:
        """Return the rows to train on, and to judge on, for the classes of all rows."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of rare classes, which are told of
            splits = self.cut.outer(classes, self.cv, self.seed + part.repeat)
            train, test = next(islice(splits, part.fold, None))
        return train, test

    def inner_split(self, part: Part, rows: Indices) -> tuple[Indices, Indices]:
        """Return positions among training rows: to fit, and to choose with."""
        splits = self.cut.inner(rows, self.feature_seed(part))
        fit, choose = next(islice(splits, part.inner or 0, None))
        return fit, choose

    def kept_sizes(self) -> tuple[int, ...]:
        """Return budgets and sizes between them, for error against number of features kept."""
        largest = self.budgets[-1]
        grid = np.geomspace(max(1, largest / 64), largest, 7).round().astype(int).tolist()
        return tuple(sorted({*grid, *self.budgets}))

    def n_train(self, n_rows: int) -> int:
        """Return the number of training rows of the smallest outer fold."""
        return self.train_sizes(n_rows)[0]

    def train_sizes(self, n_rows: int) -> tuple[int, int]:
        """Return the numbers of training rows of the smallest and of the largest outer fold."""
        return self.cut.n_train(n_rows, self.cv, self._seeds)

    @property
    def ratio(self) -> float:
        """Return how many rows are judged for each that is trained on."""
        return self.cut.ratio(self.cv, self._seeds)

    @property
    def _seeds(self) -> range:
        return range(self.seed, self.seed + self.repeats)


def make_plan(
    n_rows: int,
    *,
    budgets: Sequence[int] | None = None,
    widths: Sequence[int] | None = None,
    strategies: Sequence[str] | str | None = None,
    cv: int | None = None,
    largest_class: int | None = None,
    cut: RowCut | None = None,
    **options: Any,
) -> Plan:
    """Fill in the defaults for a table of so many rows, and check that all fits together.

    With classes there are at most as many folds as the largest has rows. Rows are taken to be
    independent if nothing says how to cut them.

    Raises
    ------
    ValueError
        If there are too few rows, or sizes do not fit together or the rows.
    """
    kept = None if budgets is None else _counts(budgets, "budget")
    trained = None if widths is None else _counts(widths, "width")
    repeats = options.get("repeats", 1)
    if not is_whole(repeats) or repeats < 1:
        msg = f"repeats is {repeats!r}: give an int of at least 1"
        raise ValueError(msg)
    options["repeats"] = int(repeats)
    options["seed"] = check_seed(options.get("seed", 0))
    strategies = _strategies(strategies)
    cut = Shuffled(stratified=options.get("classification", False)) if cut is None else cut
    seeds = range(options["seed"], options["seed"] + options["repeats"])
    cv = _folds(cv, n_rows, n_rows if largest_class is None else largest_class, cut, seeds)
    n_train, _ = cut.n_train(n_rows, cv, seeds)
    if n_train < FEWEST_ROWS:
        msg = (
            f"a fold has {n_train} training rows of {n_rows}: there must be at least {FEWEST_ROWS}"
        )
        raise ValueError(msg)
    return Plan(
        budgets=_budgets(kept, n_train, trained),
        widths=_widths(trained, n_train, kept),
        strategies=strategies,
        cv=cv,
        cut=cut,
        **options,
    )


def _folds(cv: int | None, n_rows: int, largest_class: int, cut: RowCut, seeds: range) -> int:
    """Return the number of folds, as many as usual or as have enough rows to train on."""
    if cv is None:
        most = min(cut.usual_folds(n_rows), largest_class)
        sizes = {k: cut.n_train(n_rows, k, seeds)[0] for k in range(most, 1, -1)} or {most: 0}
        enough = (k for k, n_train in sizes.items() if n_train >= FEWEST_ROWS)
        cv = next(enough, max(sizes, key=lambda k: sizes[k]))
    if not is_whole(cv):
        msg = f"cv is {cv!r}: give the number of folds, an int"
        raise ValueError(msg)
    if not 2 <= cv <= n_rows // 2:
        msg = f"{cv} folds of {n_rows} rows are not possible: give from 2 to half as many as rows"
        raise ValueError(msg)
    if cv > largest_class:
        msg = f"{cv} folds are too many, for no class has more than {largest_class} rows"
        raise ValueError(f"{msg}: give at most so many")
    if cut.n_train(n_rows, cv, seeds)[0] == 0:
        raise ValueError(cut.refusal(cv))
    return int(cv)


def check_seed(seed: Any) -> int:
    """Return a seed as an int.

    Raises
    ------
    ValueError
        If it is none.
    """
    if not is_whole(seed) or not 0 <= int(seed) < 2**31:
        msg = f"the seed is {seed!r}: give an int from 0 to {2**31 - 1}"
        raise ValueError(msg)
    return int(seed)


def _strategies(strategies: Sequence[str] | str | None) -> tuple[str, ...]:
    """Return each strategy once."""
    if strategies is None:
        return STRATEGIES
    names = [strategies] if isinstance(strategies, str) else as_list(strategies, "strategies")
    if not names:
        raise ValueError("strategies is empty: give magnitude, hessian or obs")
    for strategy in names:
        if strategy not in POSSIBLE_STRATEGIES:
            msg = f"strategy is {strategy!r}: give magnitude, hessian or obs"
            raise ValueError(msg)
    return tuple(dict.fromkeys(names))


def _budgets(
    budgets: tuple[int, ...] | None, n_train: int, widths: tuple[int, ...] | None
) -> tuple[int, ...]:
    """Return the budgets, or three shares of the training rows below the largest width."""
    if budgets is None:
        reference = min(n_train, MOST_ROWS)
        if widths is not None:
            reference = min(reference, max(widths))
        return tuple(sorted({max(1, round(share * reference)) for share in BUDGET_SHARES}))
    if budgets[-1] > n_train:
        msg = (
            f"budget {budgets[-1]} is more than the {n_train} training rows of a fold: so many "
            f"features can fit them exactly, so give at most {n_train}"
        )
        raise ValueError(msg)
    return budgets


def _widths(
    widths: tuple[int, ...] | None, n_train: int, budgets: tuple[int, ...] | None
) -> tuple[int, ...]:
    """Return the widths, or shares of the training rows."""
    if widths is None:
        reference = min(n_train, MOST_ROWS)
        grid = {max(2, round(share * reference)) for share in WIDTH_SHARES}
        if n_train > MOST_ROWS:
            grid = {width for width in grid if width <= MOST_ROWS}
        if budgets is not None and max(grid) < 2 * max(budgets):
            grid.add(2 * max(budgets))
        return tuple(sorted(grid))
    if budgets is not None and max(budgets) >= widths[-1]:
        msg = (
            f"budget {max(budgets)} is not below the width, {widths[-1]}: there is something to "
            "prune only if more features are trained than kept"
        )
        raise ValueError(msg)
    if widths[-1] < 2:
        msg = f"width is {widths[-1]}: give at least 2, of which one can be kept"
        raise ValueError(msg)
    return widths


def _counts(values: Sequence[int], name: str) -> tuple[int, ...]:
    """Return positive integers, increasing."""
    counts = as_list(values, f"{name}s")
    if not counts or not all(is_whole(value) and value >= 1 for value in counts):
        msg = f"{name} is {values}: give whole numbers of at least 1"
        raise ValueError(msg)
    return tuple(sorted({int(value) for value in counts}))
