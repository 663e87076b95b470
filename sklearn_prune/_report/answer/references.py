"""What is held against everything that is small or pruned, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sklearn_prune._report.comparison.records import BOOSTED, LINEAR, LOGISTIC, REFERENCES

from .choices import fold_values
from .number_words import noise_text, percents, rates_text
from .statistics import LEVEL, RELEVANT, holm, mean_and_error, p_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._typing import Array

    from .choices import Row
    from .contenders import Contender
    from .statistics import Folds

# What references are in scikit-learn, for numbers and for classes.
ESTIMATORS = {
    LINEAR: ("RidgeCV", "RidgeClassifierCV"),
    LOGISTIC: ("", "LogisticRegressionCV"),
    BOOSTED: ("HistGradientBoostingRegressor", "HistGradientBoostingClassifier"),
}
STREAMED = (
    "The table is streamed, so gradient boosting, which needs all rows at once, is left out as a "
    "reference from outside."
)


class Reference(NamedTuple):
    """How a model of all columns, not pruned, does.

    Attributes
    ----------
    method : str
    error, error_rate, log_loss : float
        Means over the folds, the last two NaN for a regression.
    p_value : float
        Of its difference to the best of a budget, two-sided, and adjusted for the number of
        references.
    """

    method: str
    error: float
    error_rate: float
    log_loss: float
    p_value: float

    def described(self, error: str) -> str:
        """Return what it leaves, in words, with the error as it is to be written."""
        name = ESTIMATORS[self.method][not np.isnan(self.error_rate)]
        rates = rates_text([self.error_rate], [self.log_loss])
        return f"{name} {error}{rates} ({noise_text(self.p_value)})"


def better_references(rows: Sequence[Row], best: Contender, folds: Folds) -> list[Reference]:
    """Return the references that leave less than the best of a budget by enough, best first.

    What leaves no less than predicting the mean is none of them.

    Parameters
    ----------
    rows : sequence of Row
    best : Contender
        That of the least error of all that is small or pruned.
    folds : Folds
    """
    errors = {method: _values(rows, method, "error") for method in REFERENCES}
    errors = {method: found for method, found in errors.items() if len(found)}
    tests = [mean_and_error(best.values() - found, folds.ratio) for found in errors.values()]
    p_values = holm([p_value(*test, len(best.rows) - 1) for test in tests])
    found = [_reference(rows, method, p) for method, p in zip(errors, p_values, strict=True)]
    enough = min((1 - RELEVANT) * best.error, float(np.mean(folds.mean_error)))
    return sorted((one for one in found if one.error < enough), key=lambda one: one.error)


def _reference(rows: Sequence[Row], method: str, p: float) -> Reference:
    fields = "error", "error_rate", "log_loss"
    error, rate, loss = (float(_values(rows, method, field).mean()) for field in fields)
    return Reference(method, error, rate, loss, p)


def _values(rows: Sequence[Row], method: str, field: str) -> Array:
    """Return a field of a reference by fold, nothing if it was not trained."""
    found = fold_values(rows, lambda row: row.record.method == method, field)
    return next(iter(found.values()), np.empty(0))


def reference_sentence(better: Sequence[Reference], best: Contender, n_columns: int) -> str:
    """Say which references leave less than everything that is small or pruned.

    Parameters
    ----------
    better : sequence of Reference
        At least one, the best first.
    best : Contender
    n_columns : int
    """
    least, *errors = percents(best.error, *(one.error for one in better))
    first, *others = (one.described(error) for one, error in zip(better, errors, strict=True))
    name = first.split(maxsplit=1)[0]
    first = first.replace(errors[0], f"{errors[0]} of the variance unexplained", 1)
    advice = f"use {name}" if better[0].p_value < LEVEL else f"try {name}, too"
    return (
        f"Not pruned, all {n_columns} prepared columns leave less than everything that is small or "
        f"pruned: {', '.join([f'{name} leaves{first.removeprefix(name)}', *others])}, against "
        f"{least} of the best of the budgets, {best.described()}. Where nothing limits the number "
        f"of features, {advice}."
    )
