"""Which models a part of the comparison has, without training them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .outside_references import outside_methods
from .records import (
    COLUMNS,
    DENSE,
    DISTILLED,
    LINEAR,
    PLAIN,
    PRUNED,
    PURSUED,
    RANDOM,
    RETRAINED,
    RIDGE,
    SMALL,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .plan import Plan
    from .records import Record

# Error rates are those of the counts of labels but for this.
ROUNDING = 1e-9
# What tells a model from the others of a part: the first fields of a record.
Model = tuple[str, str, str, int, int]


def expected_models(plan: Plan, inner: int | None, *, distilled: bool) -> list[Model]:
    """Return method, setting, strategy, width and budget of all models, in their order.

    Parameters
    ----------
    plan : Plan
    inner : int or None
        Which inner fold, None for an outer one.
    distilled : bool
        Whether there are rows without labels.
    """
    models: list[Model] = []
    for setting in PLAIN, RIDGE:
        models += _large(plan, setting, everything=inner is None, distilled=distilled)
        if inner is None:
            width = plan.widths[-1]
            models += [(SMALL, setting, "", size, size) for size in plan.kept_sizes()]
            for method in RANDOM, PURSUED:
                models += [(method, setting, "", width, size) for size in plan.budgets]
    return [*models, *_of_columns(plan, everything=inner is None)]


def _of_columns(plan: Plan, *, everything: bool) -> Iterator[Model]:
    """Yield the models of prepared columns."""
    p = plan.n_columns
    if p:
        yield LINEAR, RIDGE, "", p, p
        for strategy in plan.column_strategies:
            for size in plan.column_sizes(everything=everything):
                for method in COLUMNS:
                    yield method, RIDGE, strategy, p, size
    if plan.outside and everything:
        for method, setting in outside_methods(plan):
            yield method, setting, "", p, p


def _large(plan: Plan, setting: str, *, everything: bool, distilled: bool) -> Iterator[Model]:
    methods = (PRUNED, RETRAINED, DISTILLED) if distilled else (PRUNED, RETRAINED)
    for width in plan.widths:
        yield DENSE, setting, "", width, width
        kept = plan.kept_sizes() if everything and width == plan.widths[-1] else plan.budgets
        for strategy in plan.strategies:
            for size in (size for size in kept if size < width):
                for method in methods:
                    yield method, setting, strategy, width, size


def are_records_of(records: list[Record], models: list[Model], *, classes: bool) -> bool:
    """Return whether records are of exactly these models, with errors that can be.

    Parameters
    ----------
    records : list of Record
        Maybe of values of any kind.
    models : list of tuple
        What `expected_models` returns.
    classes : bool
        Whether the target is a class, so that there are error rates.
    """
    return [record[:5] for record in records] == models and all(
        _is_possible(record, classes=classes) for record in records
    )


def _is_possible(record: Record, *, classes: bool) -> bool:
    if [type(value) for value in record[3:-1]] != [int] * 2 + [float] * 6:
        return False
    known = 0 <= record.error < np.inf and 0 <= record.seconds < np.inf
    possible = _are_of_classes if classes else _are_of_numbers
    return bool(known and possible(record) and not any(penalty < 0 for penalty in record[5:7]))


def _are_of_numbers(record: Record) -> bool:
    """Return whether nothing is said of classes."""
    return bool(np.isnan([record.error_rate, record.log_loss]).all()) and record.guesses == []


def _are_of_classes(record: Record) -> bool:
    """Return whether what is said of classes can be, and agrees."""
    try:
        counted = all(0 <= right <= guessed for guessed, right in record.guesses)
        n_rows, n_right = map(sum, zip(*record.guesses, strict=True))
    except (TypeError, ValueError):
        return False
    wrong = n_rows - n_right
    agree = n_rows > 0 and abs(wrong - record.error_rate * n_rows) < ROUNDING * n_rows
    return counted and agree and 0 <= record.log_loss < np.inf
