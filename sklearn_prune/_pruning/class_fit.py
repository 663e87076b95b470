"""What may be assumed of the linear classifiers inside: scores, intercepts, probabilities."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from sklearn.base import is_classifier
from sklearn.linear_model import Ridge, RidgeClassifier

from sklearn_prune._checks.class_codes import encode_classes
from sklearn_prune._checks.training_data import TrainingData

from .logistic_loss import calibrated_intercept, is_logistic, thawed

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray


def class_target(model: Any, data: TrainingData) -> AnyArray | None:
    """Return what a model is fitted to: the labels, their codes, or 0 and 1.

    Raises
    ------
    ValueError
        If it is a classifier, and there are no classes; or one of two of them, and there are more.
    """
    name = type(model).__name__
    if is_classifier(model):
        if data.classes is None:
            msg = f"{name} is a classifier: give a linear regressor, or use PrunedClassifier."
            raise ValueError(msg)
        return data.labels
    if not is_binomial(model) or data.classes is None:
        return data.y
    if len(data.classes) > 2:
        msg = f"{name} is a model of two classes, and y has {len(data.classes)}."
        raise ValueError(msg)
    return (data.y > 0).astype(np.float64)


def is_binomial(model: Any) -> bool:
    """Return whether a model is a regressor of probabilities, such as those of glum."""
    return getattr(model, "family", None) == "binomial" and not is_classifier(model)


def predicts_codes(model: Any) -> bool:
    """Return whether the scores of a model, fitted or not, are those of the codes of classes."""
    return not is_classifier(model) and not is_binomial(model)


def class_part(model: Any, data: TrainingData) -> tuple[AnyArray, AnyArray]:
    """Return the coefficients and intercepts of a classifier that was fitted to data.

    Returns
    -------
    coef : ndarray of shape (n_features,) or (n_classes, n_features)
        Zero for a class of which there was no sample.
    intercept : ndarray of shape () or (n_classes,)
        Then minus infinity.

    Raises
    ------
    ValueError
        If the model has no `coef_`, one of another shape or of other classes, or decides by
        something else than ``X @ coef_.T + intercept_``.
    """
    X, classes, name = data.X, data.classes, type(thawed(model)).__name__
    if not hasattr(model, "coef_"):
        msg = f"{name} has no coef_ after fit: give a linear classifier."
        raise ValueError(msg)
    if classes is None or not np.isin(model.classes_, classes).all():
        msg = f"{name} was fitted to the classes {model.classes_}, but y has {classes}."
        raise ValueError(msg)
    coef = model.coef_.toarray() if sparse.issparse(model.coef_) else np.asarray(model.coef_)
    n_fitted = len(model.classes_)
    shape = (1 if n_fitted == 2 else n_fitted, X.shape[1])
    if coef.size != np.prod(shape):
        msg = f"coef_ of {name} has shape {coef.shape}, but X and y ask for {shape}."
        raise ValueError(msg)
    coef = coef.reshape(shape)
    intercept = np.broadcast_to(np.ravel(getattr(model, "intercept_", 0.0)), shape[:1])
    _check_is_linear(model, X[:8], coef, intercept)
    if len(classes) == 2 and n_fitted == 2:
        return coef[0], intercept[0]
    if n_fitted == 2:
        coef, intercept = (np.stack([-part[0], part[0]]) / 2 for part in (coef, intercept))
    seen = np.searchsorted(classes, model.classes_)
    all_coef, all_intercepts = np.zeros((len(classes), X.shape[1])), np.full(len(classes), -np.inf)
    all_coef[seen], all_intercepts[seen] = coef, intercept
    return all_coef, all_intercepts


def _check_is_linear(model: Any, few: Any, coef: AnyArray, intercept: AnyArray) -> None:
    if not hasattr(model, "decision_function"):
        return
    linear = few @ coef.T + intercept
    size = np.abs(few).max() * np.abs(coef).sum(axis=-1).max() + np.abs(intercept).max()
    scores = np.asarray(thawed(model).decision_function(few))
    if scores.size != linear.size or (
        np.abs(scores.reshape(linear.shape) - linear).max() > 1e-4 * size
    ):
        msg = (
            f"{type(model).__name__} does not decide by X @ coef_.T + intercept_, which pruning "
            "takes for granted: give a linear classifier, one score a class."
        )
        raise ValueError(msg)


def masked_intercept(
    model: Any, coef: AnyArray, intercept: AnyArray, masked: AnyArray, data: TrainingData
) -> AnyArray:
    """Return the intercept of a classifier without some of its coefficients.

    The mean score stays what it was, as it does with least squares. After a logistic fit, the
    mean probability of every class is its share of the samples, as it was.
    """
    if is_logistic(model):
        return calibrated_intercept(model, data.X @ masked.T, data)
    share = data.weights / data.weights.sum()
    shifted: AnyArray = intercept + (share @ data.X) @ (coef - masked).T
    return shifted


def with_coefficients(model: Any, coef: AnyArray, intercept: AnyArray) -> Any:
    """Return a copy of a fitted linear classifier with other coefficients."""
    changed = copy(thawed(model))
    changed.coef_ = np.atleast_2d(coef).astype(changed.coef_.dtype)
    changed.intercept_ = np.atleast_1d(intercept).astype(changed.coef_.dtype)
    return changed


def has_probabilities(model: Any) -> bool:
    """Return whether a model, fitted or not, knows probabilities of classes."""
    return is_classifier(model) and hasattr(model, "predict_proba")


def score_regressor(model: Any) -> Any:
    """Return the regressor that a classifier is inside, to fit scores with; or the model itself."""
    if type(model) is not RidgeClassifier:
        return model
    names = ("alpha", "fit_intercept", "copy_X", "max_iter", "tol", "solver", "positive")
    return Ridge(**{name: getattr(model, name) for name in names})


def soft_labels(data: TrainingData, classes: AnyArray) -> TrainingData:
    """Return every sample once a class, with the probability of the class, y, as its weight.

    The log-loss of these is that of the probabilities.
    """
    rows, codes = np.nonzero(data.y)
    weights = data.weights[rows] * data.y[rows, codes]
    y = encode_classes(codes, len(classes))
    return TrainingData(data.X[rows], y, weights, weights, names=data.names, classes=classes)
