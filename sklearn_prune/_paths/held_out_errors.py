"""How wrong are predictions of the samples that are held out?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune._checks.class_codes import decide

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import AnyArray, Array


def held_out_errors(data: TrainingData, predicted: AnyArray, classes: AnyArray | None) -> Array:
    """Return the weighted mean of the errors of each model, NaN for predictions that are NaN.

    Parameters
    ----------
    data : TrainingData
        The samples.
    predicted : ndarray of shape (..., n_samples) or (..., n_samples, n_targets)
        Predictions, or scores of classes.
    classes : ndarray of shape (n_classes,) or None
        Those that the models were trained on, some of the classes of the data.

    Returns
    -------
    ndarray of shape (...)
        Squared errors, means over the targets; or shares of samples in the wrong class.
    """
    if classes is None:
        return _mean_squares(data, predicted)
    return _error_rates(data, predicted, classes)


def _mean_squares(data: TrainingData, predicted: AnyArray) -> Array:
    axis = -data.y.ndim
    errors: Array = np.average((data.y - predicted) ** 2, axis=axis, weights=data.weights)
    return errors if data.y.ndim == 1 else errors.mean(axis=-1)


def _error_rates(data: TrainingData, predicted: AnyArray, classes: AnyArray) -> Array:
    target_shape = () if len(classes) == 2 else (len(classes),)
    shape = predicted.shape[: predicted.ndim - len(target_shape)]
    codes = decide(predicted.reshape(-1, *target_shape)).reshape(shape)
    wrong = classes[codes] != data.labels
    unknown = np.isnan(predicted.reshape(*shape, -1)).any(axis=(-2, -1))
    rates = np.average(wrong, axis=-1, weights=data.weights)
    return np.where(unknown, np.nan, rates)
