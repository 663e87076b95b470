"""The errors of trained models, block by block of the rows that judge them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import Array, Indices

    from .trained_model import Model


class Judge:
    """Judges models on rows that come in blocks.

    Parameters
    ----------
    models : list of Model
    target : Target
    y_mean : ndarray of shape (n_targets,)
        What predictions are to be added to.
    predict : callable
        `predict_one_by_one` or `predict_together`.
    """

    def __init__(
        self,
        models: list[Model],
        target: Target,
        y_mean: Array,
        *,
        predict: Callable[[list[Model], Array], Iterator[Array]],
    ) -> None:
        self.models, self.target, self.y_mean, self.predict = models, target, y_mean, predict
        self._errors, self._n_rows = np.zeros((len(models), 2)), 0

    def add(self, rows: Indices, G: Array) -> None:
        """Judge on some rows of the table.

        Parameters
        ----------
        rows : ndarray of shape (n_rows,)
        G : ndarray of shape (n_rows, n_features)
            Their features, centred as those of the models.
        """
        self._n_rows += len(rows)
        predictions = (predicted + self.y_mean for predicted in self.predict(self.models, G))
        of_block = np.array([_errors(self.target, rows, predicted) for predicted in predictions])
        self._errors += len(rows) / self._n_rows * (of_block - self._errors)

    def records(self) -> list[Record]:
        """Return the record of each model."""
        errors = (self._errors / [self.target.variance, 1.0]).tolist()
        return [_record(model, *pair) for model, pair in zip(self.models, errors, strict=True)]


def _errors(target: Target, rows: Indices, predicted: Array) -> tuple[float, float]:
    return target.squared_error(rows, predicted), target.error_rate(rows, predicted)


def _record(model: Model, error: float, error_rate: float) -> Record:
    shared = {name: value for name, value in model._asdict().items() if name in Record._fields}
    return Record(**shared, error=error, error_rate=error_rate)
