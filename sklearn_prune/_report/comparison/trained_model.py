"""Trained models: what they are, how they predict, and how long they took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Array

# So many columns of coefficients are multiplied at a time.
TOGETHER = 256


class Predictor(NamedTuple):
    """Coefficients of some of the centred features.

    Attributes
    ----------
    columns : slice or ndarray of int
        Which features.
    coef : ndarray of shape (n_columns, n_targets)
    mean : ndarray of shape (n_columns,) or None
        What is subtracted from them first, if anything.
    offset : ndarray of shape (n_targets,) or float
        What is then added to the predictions.
    """

    columns: Any
    coef: Array
    mean: Array | None = None
    offset: Any = 0.0

    def __call__(self, G: Array) -> Array:
        """Return predictions, less the means of the targets, for all centred features."""
        part = G[:, self.columns]
        if self.mean is None:
            return part @ self.coef
        predicted: Array = (part - self.mean) @ self.coef + self.offset
        return predicted


class Model(NamedTuple):
    """A trained model, and the first fields of its record."""

    method: str
    setting: str
    strategy: str
    width: int
    budget: int
    alpha: float
    retrain_alpha: float
    predict: Predictor
    seconds: float


def predict_one_by_one(models: list[Model], G: Array) -> Iterator[Array]:
    """Yield the predictions of each model, less the means of the targets."""
    return (model.predict(G) for model in models)


def predict_together(models: list[Model], G: Array) -> Iterator[Array]:
    """Yield the same for many rows: as products with all features, of which no part is copied."""
    n_targets = models[0].predict.coef.shape[1]
    step = max(1, TOGETHER // n_targets)
    for start in range(0, len(models), step):
        some = models[start : start + step]
        coef, offset = _stack([model.predict for model in some], G.shape[1])
        predicted = (G @ coef + offset).reshape(len(G), len(some), n_targets)
        yield from predicted.swapaxes(0, 1)


def _stack(predictors: list[Predictor], n_features: int) -> tuple[Array, Array]:
    """Return the coefficients of all features, and the offsets, side by side."""
    n_targets = predictors[0].coef.shape[1]
    coef = np.zeros((n_features, len(predictors), n_targets))
    offset = np.zeros((len(predictors), n_targets))
    for k, (columns, part, mean, added) in enumerate(predictors):
        coef[columns, k] = part
        offset[k] = added if mean is None else added - mean @ part
    return coef.reshape(n_features, -1), offset.ravel()
