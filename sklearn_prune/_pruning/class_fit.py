"""What may be assumed of the linear classifiers inside: scores, intercepts, probabilities."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.linear_model import Ridge, RidgeClassifier

from sklearn_prune._checks.class_codes import encode_classes
from sklearn_prune._checks.training_data import TrainingData

from .fitted_coef import goes_by, read_coef
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
    if classes is None or not np.isin(model.classes_, classes).all():
        msg = f"{name} was fitted to the classes {model.classes_}, but y has {classes}."
        raise ValueError(msg)
    n_fitted = len(model.classes_)
    shape = (1 if n_fitted == 2 else n_fitted, X.shape[1])
    coef = read_coef(model, shape, "classifier")
    intercept = np.broadcast_to(np.ravel(getattr(model, "intercept_", 0.0)), shape[:1])
    decide = getattr(model, "decision_function", None)
    if decide is not None and not goes_by(coef, intercept, decide, X[:8]):
        msg = (
            f"{name} does not decide by X @ coef_.T + intercept_, which pruning takes for "
            "granted: give a linear classifier, one score a class."
        )
        raise ValueError(msg)
    if len(classes) == 2 and n_fitted == 2:
        return coef[0], intercept[0]
    if n_fitted == 2:
        coef, intercept = (np.stack([-part[0], part[0]]) / 2 for part in (coef, intercept))
    seen = np.searchsorted(classes, model.classes_)
    all_coef, all_intercepts = np.zeros((len(classes), X.shape[1])), np.full(len(classes), -np.inf)
    all_coef[seen], all_intercepts[seen] = coef, intercept
    return all_coef, all_intercepts


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
    changed.__dict__.pop("feature_names_in_", None)  # X has lost them by now
    changed.coef_ = coef.astype(changed.coef_.dtype)
    changed.intercept_ = intercept.astype(changed.coef_.dtype)
    return changed


def class_probabilities(model: Any, X: Any, classes: AnyArray) -> AnyArray:
    """Return the probabilities of classes, zero for those of which a model saw no sample."""
    known: AnyArray = model.predict_proba(X)
    if known.shape[1] == len(classes):
        return known
    probabilities = np.zeros((len(known), len(classes)))
    probabilities[:, np.searchsorted(classes, model.classes_)] = known
    return probabilities


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
