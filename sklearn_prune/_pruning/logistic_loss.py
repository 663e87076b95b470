"""What is special about the linear models that minimise the log-loss."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.special import expit, logsumexp, softmax
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV

from sklearn_prune._checks.class_data import present_classes, weigh_classes

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import AnyArray, Array

# Mean probabilities of several classes are put right up to this.
TOLERANCE = 1e-10


class Curvature(NamedTuple):
    """Second derivatives of the loss of a logistic fit.

    Attributes
    ----------
    probabilities : ndarray of shape (n_samples,) or (n_samples, n_classes)
        Of the second class, or of all of several.
    weights : ndarray of shape (n_samples,)
        Weights of the samples in the loss.
    alpha : float
        Factor of half the squared norm of the coefficients.
    """

    probabilities: AnyArray
    weights: Array
    alpha: float


def is_logistic(model: Any) -> bool:
    """Return whether a model, perhaps a frozen one, minimises the log-loss."""
    return isinstance(thawed(model), LogisticRegression | LogisticRegressionCV)


class LogisticPenalty(NamedTuple):
    """What a logistic regression minimises, where work can be shared.

    Attributes
    ----------
    alpha : float
        Factor of half the squared norm of the coefficients.
    fit_intercept : bool
    """

    alpha: float
    fit_intercept: bool


def logistic_penalty_of(estimator: Any) -> LogisticPenalty | None:
    """Return the penalty of a logistic regression that has the minimum of one, or None."""
    is_plain = (
        type(estimator) is LogisticRegression
        and estimator.l1_ratio == 0
        and estimator.penalty in ("deprecated", "l2")
        and isinstance(estimator.C, Real)
        and float(estimator.C) > 0
        and isinstance(estimator.fit_intercept, bool | np.bool_)
        and estimator.class_weight is None
        and not (estimator.solver == "liblinear" and estimator.fit_intercept)
    )
    return LogisticPenalty(1 / estimator.C, bool(estimator.fit_intercept)) if is_plain else None


def fitted_logistic(
    estimator: LogisticRegression, classes: AnyArray, coef: Array, intercept: float
) -> LogisticRegression:
    """Return a clone of a logistic regression of two classes with a known minimum."""
    model = clone(estimator)
    model.classes_, model.n_features_in_ = classes, len(coef)
    model.coef_, model.intercept_ = coef[np.newaxis], np.array([intercept])
    model.n_iter_ = np.zeros(1, dtype=np.int32)
    return model


def thawed(model: Any) -> Any:
    """Return what a `FrozenEstimator` holds, or the model itself."""
    return model.estimator if isinstance(model, FrozenEstimator) else model


def probabilities_of(scores: AnyArray) -> AnyArray:
    """Return what a logistic model says of the second of two classes, or of all of several."""
    return expit(scores) if scores.ndim == 1 else softmax(scores, axis=1)


def curvature_of(model: Any, scores: AnyArray, data: TrainingData) -> Curvature:
    """Return the curvature of a logistic fit with some scores."""
    model = thawed(model)
    return Curvature(probabilities_of(scores), _loss_weights(model, data), _penalty(model))


def _loss_weights(model: LogisticRegression | LogisticRegressionCV, data: TrainingData) -> Array:
    """Return the weights of the samples, times those that a model has for its classes."""
    return weigh_classes(present_classes(data), model.class_weight).weights


def _penalty(model: LogisticRegression | LogisticRegressionCV) -> float:
    """Return the factor of half the squared norm in the loss that a model has minimised."""
    if model.penalty is None:
        return 0.0
    fitted = isinstance(model, LogisticRegressionCV)
    C, given = (model.C_, model.l1_ratio_) if fitted else (model.C, model.l1_ratio)
    ratio = np.nan_to_num(np.array({"l1": 1.0, "l2": 0.0}.get(model.penalty, given), dtype=float))
    return float((1 - ratio.mean()) / np.mean(C))


def calibrated_intercept(model: Any, scores: AnyArray, data: TrainingData) -> AnyArray:
    """Return the intercepts of least log-loss of scores: mean probabilities are shares of classes.

    Parameters
    ----------
    model : estimator
        A logistic one, whose weights of the classes count.
    scores : ndarray of shape (n_samples,) or (n_samples, n_classes)
        Without intercept.
    data : TrainingData

    Returns
    -------
    ndarray of shape () or (n_classes,)
        Minus infinity for a class of which there is no sample.
    """
    weights = _loss_weights(thawed(model), data)
    share = weights / weights.sum()
    if scores.ndim == 1:
        return _root(scores, share, float(share @ (data.y > 0)))
    wanted = share @ data.y
    seen = wanted > 0
    intercept = np.full(len(wanted), -np.inf)
    intercept[seen] = _minimum(scores[:, seen], share, wanted[seen])
    return intercept


def _root(scores: AnyArray, share: Array, wanted: float) -> AnyArray:
    """Return the intercept with which the mean probability is what is wanted."""
    reach = np.abs(scores).max(initial=0.0) + 50.0
    return np.asarray(brentq(lambda b: float(share @ expit(scores + b)) - wanted, -reach, reach))


def _minimum(scores: AnyArray, share: Array, wanted: Array) -> Array:
    """Return the same of several classes, of mean zero: what they have in common is free."""

    def loss(b: Array) -> tuple[float, Array]:
        total = float(share @ logsumexp(scores + b, axis=1) - wanted @ b)
        return total, share @ softmax(scores + b, axis=1) - wanted

    def hessian(b: Array) -> Array:
        p = softmax(scores + b, axis=1)
        return np.diag(share @ p) - (share[:, np.newaxis] * p).T @ p

    found = minimize(
        loss,
        np.log(wanted) - share @ scores,
        jac=True,
        hess=hessian,
        method="trust-exact",
        options={"gtol": TOLERANCE},
    )
    # A loss that no longer falls by more than rounding still has a slope to go by.
    step = np.linalg.pinv(hessian(found.x), hermitian=True) @ loss(found.x)[1]
    solution: Array = min(found.x, found.x - step, key=lambda b: np.abs(loss(b)[1]).max())
    return solution - solution.mean()
