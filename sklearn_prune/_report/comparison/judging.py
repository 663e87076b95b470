"""The errors of trained models, block by block of the rows that judge them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import Array, Indices

    from .trained_model import Model


def judge(
    models: list[Model],
    blocks: Iterable[tuple[Indices, Array]],
    target: Target,
    y_mean: Array,
    *,
    predict: Callable[[list[Model], Array], Iterator[Array]],
) -> list[Record]:
    """Return the record of each model.

    Parameters
    ----------
    models : list of Model
    blocks : iterable of tuple
        Rows of the table, and their features, centred as those of the models.
    target : Target
    y_mean : ndarray of shape (n_targets,)
        What predictions are to be added to.
    predict : callable
        `predict_one_by_one` or `predict_together`.
    """
    errors, n_rows = np.zeros((len(models), 2)), 0
    for rows, G in blocks:
        n_rows += len(rows)
        predictions = (predicted + y_mean for predicted in predict(models, G))
        of_block = np.array([_errors(target, rows, predicted) for predicted in predictions])
        errors += len(rows) / n_rows * (of_block - errors)
    return [_record(model, *pair) for model, pair in zip(models, errors.tolist(), strict=True)]


def _errors(target: Target, rows: Indices, predicted: Array) -> tuple[float, float]:
    return target.error(rows, predicted), target.error_rate(rows, predicted)


def _record(model: Model, error: float, error_rate: float) -> Record:
    shared = {name: value for name, value in model._asdict().items() if name in Record._fields}
    return Record(**shared, error=error, error_rate=error_rate)
