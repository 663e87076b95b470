"""What the estimators and paths are fitted to, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.utils.validation import validate_data

from sklearn_prune._pruning.retraining import check_unlabeled

from .arguments import drop_zero_weights

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray


class TrainingData(NamedTuple):
    """Samples of positive weight.

    Parameters
    ----------
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,) or (n_samples, n_targets)
    weights : ndarray of shape (n_samples,)
    sample_weight : ndarray of shape (n_samples,) or None
        The weights, if any were given: what the fits of other estimators get.
    unlabeled : {ndarray, sparse array or matrix} of shape (n_unlabeled, n_features) or None
        Further samples for distillation.
    """

    X: Any
    y: AnyArray
    weights: AnyArray
    sample_weight: AnyArray | None
    unlabeled: Any


def check_training_data(
    estimator: Any, X: Any, y: Any, sample_weight: Any, X_unlabeled: Any, *, distill: bool
) -> TrainingData:
    """Validate what `fit` got, and set the feature names and number of an estimator.

    Raises
    ------
    ValueError
        If something is not finite or does not fit together, or distillation lacks
        `X_unlabeled`.
    """
    dtypes = (np.float64, np.float32)
    X, y = validate_data(
        estimator,
        X,
        y,
        accept_sparse=("csr", "csc"),
        dtype=dtypes,
        y_numeric=True,
        multi_output=True,
    )
    unlabeled = None
    if distill:
        unlabeled = check_unlabeled(X_unlabeled, X)
        validate_data(estimator, X_unlabeled, reset=False, skip_check_array=True)  # its names
    X, y, weights = drop_zero_weights(X, y, sample_weight)
    return TrainingData(X, y, weights, None if sample_weight is None else weights, unlabeled)
