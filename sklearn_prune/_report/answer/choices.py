"""What is chosen inside each training fold, and the table of all models with it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._report.comparison.methods import LARGE, PURSUED, RANDOM, SMALL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sklearn_prune._report.comparison.plan import Plan
    from sklearn_prune._report.comparison.run import Results
    from sklearn_prune._report.comparison.split import Record


class Choice(NamedTuple):
    """What a large model may choose."""

    method: str
    setting: str
    strategy: str
    width: int
    budget: int


class Row(NamedTuple):
    """One model, judged on one outer fold.

    Attributes
    ----------
    repeat, fold : int
        The outer fold.
    record : Record
        The model and its errors.
    inner_error : float
        Mean error over the inner folds, NaN where nothing is chosen.
    chosen : bool
        Whether its width and strategy are those of the least inner error, of its method,
        setting and budget.
    answer : bool
        Whether its inner error is the least of all methods, too: this model stands for
        *large and pruned* in its setting.
    """

    repeat: int
    fold: int
    record: Record
    inner_error: float
    chosen: bool
    answer: bool


def choose(plan: Plan, results: Results) -> list[Row]:
    """Return all models of the outer folds, and which of them the inner folds choose."""
    rows = []
    for outer, records in results.items():
        if outer.inner is None:
            within = [results[p] for p in results if p[:2] == outer[:2] and p.inner is not None]
            inner = mean_errors(within)
            best, answers = _best(inner, by_method=True), _best(inner, by_method=False)
            for record in records:
                choice = Choice(*record[:5])
                single = record.method in (SMALL, RANDOM, PURSUED) and record.budget in plan.budgets
                rows.append(
                    Row(
                        outer.repeat,
                        outer.fold,
                        record,
                        inner.get(choice, np.nan),
                        single or choice in best,
                        choice in answers,
                    )
                )
    return rows


def mean_errors(parts: Iterable[list[Record]]) -> dict[Choice, float]:
    """Return the mean error of every choice over several inner folds."""
    errors: dict[Choice, list[float]] = defaultdict(list)
    for records in parts:
        for record in records:
            if record.method in LARGE:
                errors[Choice(*record[:5])].append(record.error)
    return {choice: float(np.mean(values)) for choice, values in errors.items()}


def overall_choice(results: Results, setting: str, budget: int) -> Choice:
    """Return the choice of least mean inner error over all outer folds: for a final model."""
    inner = mean_errors(records for part, records in results.items() if part.inner is not None)
    (choice,) = (
        c for c in _best(inner, by_method=False) if (c.setting, c.budget) == (setting, budget)
    )
    return choice


def _best(inner: dict[Choice, float], *, by_method: bool) -> set[Choice]:
    """Return the choices of least error, one a setting and budget (and method)."""
    best: dict[Any, Choice] = {}
    for choice, error in inner.items():
        group = choice.setting, choice.budget, choice.method if by_method else None
        if group not in best or error < inner[best[group]]:
            best[group] = choice
    return set(best.values())
