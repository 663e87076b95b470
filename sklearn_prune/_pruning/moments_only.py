"""What can be done without the rows, from their means and second moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn_prune._least_squares.row_stream import RowsNeededError

from .linear_fit import penalty_of
from .strategies import STRATEGIES

if TYPE_CHECKING:
    from .recipe import Recipe


def check_moments_suffice(recipe: Recipe) -> None:
    """Raise an error if something has to see the rows themselves.

    Raises
    ------
    RowsNeededError
        If that is the strategy, a regressor, or distillation.
    """
    if recipe.distill:
        _refuse('retrain="distill"', "True, False or Ridge(alpha)")
    if recipe.strategy.needs_rows:
        names = (repr(name) for name, row in STRATEGIES.items() if not row.needs_rows)
        _refuse("A callable strategy", ", ".join(names))
    for regressor in recipe.regressors:
        if penalty_of(regressor) is None:
            _refuse(repr(regressor), "MinNormRegressor() or Ridge(alpha)")


def _refuse(what: str, instead: str) -> None:
    msg = f"{what} needs the rows themselves, which are not kept: give {instead}."
    raise RowsNeededError(msg)
