"""Classes as numbers that a linear model can be fitted to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import _check_y

from .class_codes import decide, encode_classes
from .training_data import check_training_data

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices

    from .training_data import TrainingData


def check_class_data(
    estimator: Any,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    X_unlabeled: Any = None,
    *,
    class_weight: Any = None,
    distill: bool = False,
) -> TrainingData:
    """Validate samples with classes, and return these as targets of least squares.

    Parameters
    ----------
    estimator, X, y, sample_weight, X_unlabeled, distill : object
        As in `check_training_data`.
    class_weight : dict, "balanced" or None
        Weights of the classes, see `weigh_classes`. A class of weight zero is left out.

    Raises
    ------
    ValueError
        As `check_training_data`; and if y is no classes, is of one class only, or has as many
        classes as there are samples, or `class_weight` is no weights of its classes.
    """
    labels, numbers = (np.empty(0), None) if y is None else _check_labels(y)
    data = check_training_data(estimator, X, numbers, sample_weight, X_unlabeled, distill=distill)
    codes = data.y.astype(np.intp)
    counts = _check_class_weight(class_weight, labels)[codes] > 0
    if not counts.all():
        data, codes = data.take(np.flatnonzero(counts)), codes[counts]
    present, codes = np.unique(codes, return_inverse=True)
    return _encoded(data, labels[present], codes)


def present_classes(data: TrainingData) -> TrainingData:
    """Return samples with no other classes than those that occur among them.

    Raises
    ------
    ValueError
        If it is one only.
    """
    if data.classes is None:
        return data
    present, codes = np.unique(decide(data.y), return_inverse=True)
    if len(present) == len(data.classes):
        return data
    return _encoded(data, data.classes[present], codes)


def weigh_classes(data: TrainingData, class_weight: Any) -> TrainingData:
    """Return samples whose weights are multiplied by those of their classes.

    Parameters
    ----------
    data : TrainingData
    class_weight : dict, "balanced" or None
        Checked. A class that a dict lacks has weight one.
    """
    if class_weight is None or data.classes is None:
        return data
    if isinstance(class_weight, dict):
        of_class = np.array([class_weight.get(label, 1.0) for label in data.classes])
    else:
        of_class = compute_class_weight(
            class_weight, classes=data.classes, y=data.labels, sample_weight=data.sample_weight
        )
    weights = data.weights * of_class[decide(data.y)]
    return replace(data, weights=weights, sample_weight=weights)


def _check_labels(y: Any) -> tuple[AnyArray, Array]:
    """Return the labels that there are, in order, and the number of that of each sample."""
    dtype = getattr(getattr(y, "dtype", None), "numpy_dtype", None)
    y = _check_y(y, multi_output=False, y_numeric=False)
    if dtype is not None and y.dtype.kind == "f":
        y = y.astype(dtype)  # whole numbers, or truth, that may be missing, but are not
    kind = type_of_target(y, input_name="y")
    if kind not in ("binary", "multiclass"):
        msg = (
            f"Unknown label type: {kind}. y has to be classes, and a value of it is {_odd(y)}: "
            "use PrunedRegressor for numbers, or give labels."
        )
        raise ValueError(msg)
    labels, codes = np.unique(y, return_inverse=True)
    return labels, codes.astype(np.float64)


def _odd(y: AnyArray) -> Any:
    """Return a value that is no class: the first fraction among numbers."""
    fractions = y[y % 1 != 0] if y.dtype.kind == "f" else y
    return fractions[0]


def _check_class_weight(class_weight: Any, labels: AnyArray) -> Array:
    """Return the weight that a dict gives each of the labels, one if it is no dict."""
    of_label: Array = compute_class_weight(class_weight, classes=labels, y=labels)
    if not (np.isfinite(of_label).all() and (of_label >= 0).all() and of_label.any()):
        msg = f"class_weight is {class_weight!r}: give finite weights, positive or zero, not all 0."
        raise ValueError(msg)
    return of_label


def _encoded(data: TrainingData, classes: AnyArray, codes: Indices) -> TrainingData:
    """Return samples with numbers of classes as targets of least squares."""
    _check_several(classes, len(codes))
    return replace(data, y=encode_classes(codes, len(classes)), classes=classes)


def _check_several(classes: AnyArray, n_samples: int) -> None:
    if len(classes) == 1:
        msg = f"y is of one class only, {classes[0]}: give samples of two classes or more."
        raise ValueError(msg)
    if len(classes) > 2 and len(classes) >= n_samples:
        msg = (
            f"y has {len(classes)} classes, one for each sample: give more samples than classes, "
            "or use PrunedRegressor if they are numbers."
        )
        raise ValueError(msg)
