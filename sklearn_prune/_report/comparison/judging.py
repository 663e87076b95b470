"""The errors of trained models, block by block of the rows that judge them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .class_counts import ClassCounts
from .records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
    n_rows : int
        How many rows will come.
    predict : callable
        `predict_one_by_one` or `predict_together`.
    together : ndarray of shape (n_samples,), optional
        What rows of the table that belong together have in common.
    """

    def __init__(
        self,
        models: list[Model],
        target: Target,
        y_mean: Array,
        n_rows: int,
        *,
        predict: Callable[[list[Model], Array], Iterator[Array]],
        together: Indices | None = None,
    ) -> None:
        self.models, self.target, self.y_mean, self.predict = models, target, y_mean, predict
        self._errors, self._n_rows = np.zeros(len(models)), 0
        self._counts = None
        if target.classes:
            self._counts = ClassCounts(target, len(models), n_rows, together)

    def add(self, rows: Indices, G: Array) -> None:
        """Judge on some rows of the table.

        Parameters
        ----------
        rows : ndarray of shape (n_rows,)
        G : ndarray of shape (n_rows, n_features)
            Their features, centred as those of the models.
        """
        self._n_rows += len(rows)
        predictions = self._predictions(G)
        if self._counts is not None:
            predictions = self._counts.listen(rows, predictions)
        of_block = np.array([self.target.squared_error(rows, some) for some in predictions])
        self._errors += len(rows) / self._n_rows * (of_block - self._errors)

    def _predictions(self, G: Array) -> Iterator[Array]:
        return (predicted + self.y_mean for predicted in self.predict(self.models, G))

    def records(self) -> list[Record]:
        """Return the record of each model."""
        errors = (self._errors / self.target.variance).tolist()
        found = zip(self.models, errors, self._of_classes(), strict=True)
        return [_record(model, error, *of_classes) for model, error, of_classes in found]

    def _of_classes(self) -> Iterable[tuple[float, float, list[list[int]]]]:
        """Return the error rate, the log-loss and the guesses of each model."""
        counts = self._counts
        if counts is None:
            return [(np.nan, np.nan, [])] * len(self.models)
        return zip(counts.error_rates(), counts.log_losses(), counts.guesses.tolist(), strict=True)


def _record(
    model: Model, error: float, error_rate: float, log_loss: float, guesses: list[list[int]]
) -> Record:
    shared = {name: value for name, value in model._asdict().items() if name in Record._fields}
    return Record(**shared, error=error, error_rate=error_rate, log_loss=log_loss, guesses=guesses)
