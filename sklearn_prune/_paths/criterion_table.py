"""The table of a search by a criterion: no folds, and one score a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .scores import ResultsTable

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import AnyArray, Array

# Criteria that differ by less than this, relative to their size, are ties.
TIE = 1e-12


class CriterionTable(ResultsTable):
    """Criteria of all models, the lower the better; the scores are their negatives.

    Parameters
    ----------
    name : str
        The criterion.
    data : TrainingData
    scale : float
        A change of the criterion that is worth one.
    """

    def __init__(self, name: str, data: TrainingData, *, scale: float) -> None:
        self.name, self.scale = name, scale
        super().__init__(None, data, (None, None), [], pooled=True)

    def _shares(self) -> Array:
        return np.ones(1)

    def _summary(self, scores: AnyArray) -> tuple[Array, Array]:
        return scores[0], np.full(scores.shape[1], np.nan)

    def _rounding(self, best: float) -> float:
        return TIE * (abs(best) + self.scale)

    def to_dict(self) -> dict[str, AnyArray]:
        """Return the table by columns, with one of the name of the criterion."""
        table = super().to_dict()
        return table | {self.name: -table["mean_test_score"]}
