"""What a search by a criterion is not told, because it has no folds, and cannot judge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._least_squares.targeted_ridge import TargetedRidge
from sklearn_prune._pruning.linear_fit import penalty_of
from sklearn_prune._pruning.logistic_loss import logistic_penalty_of

from .criteria import CRITERIA, INFORMATION

if TYPE_CHECKING:
    from sklearn_prune._pruning.recipe import Recipe


def check_criterion(criterion: Any, noise_variance: Any) -> None:
    """Raise ValueError if a criterion is unknown, or gets a noise variance that it has no use for.

    Raises
    ------
    ValueError
        If there is something wrong.
    """
    if criterion is not None and not (isinstance(criterion, str) and criterion in CRITERIA):
        known = ", ".join(f'"{name}"' for name in CRITERIA)
        msg = f"criterion is {criterion!r}: give None for cross-validation, or one of {known}."
        raise ValueError(msg)
    if noise_variance is None:
        return
    if criterion in (None, "gcv"):
        msg = f"noise_variance is for other criteria, and criterion is {criterion!r}: give None."
        raise ValueError(msg)
    values = np.asarray(noise_variance)
    is_number = values.dtype.kind in "iuf" and values.ndim <= 1 and values.size > 0
    if not (is_number and np.all(np.isfinite(values)) and np.all(values > 0)):
        msg = f"noise_variance is {noise_variance!r}: give a positive number, or one a target."
        raise ValueError(msg)


def check_criterion_alone(model: Any, groups: Any) -> None:
    """Raise ValueError if a search by a criterion is told what is for folds only."""
    given = {"cv": model.cv, "scoring": model.scoring, "groups": groups}
    for name, value in given.items():
        if value is not None:
            msg = f"criterion={model.criterion!r} has no folds: leave {name} out, or criterion."
            raise ValueError(msg)
    if model.one_standard_error:
        msg = f"criterion={model.criterion!r} has no standard error: give one_standard_error=False."
        raise ValueError(msg)


def check_has_freedom(criterion: Any, recipe: Recipe) -> None:
    """Raise ValueError if a recipe has no degrees of freedom that a criterion could count.

    Raises
    ------
    ValueError
        If it is a distillation of classes or probabilities, which are not linear in y, or
        shrinks to dense coefficients that are.
    """
    if isinstance(recipe.refit, TargetedRidge):
        msg = (
            f"criterion={criterion!r} knows the degrees of freedom of refits that shrink to zero, "
            "and TargetedRidge shrinks to the dense coefficients: give cv, or retrain=True."
        )
        raise ValueError(msg)
    if recipe.hard_labels or (recipe.distill and penalty_of(recipe.estimator) is None):
        msg = (
            f"criterion={criterion!r} counts degrees of freedom, and a refit to classes or "
            "probabilities that a model predicts, not linear in y, has none: give cv, or "
            "retrain=True."
        )
        raise ValueError(msg)


def check_has_likelihood(criterion: Any, noise_variance: Any) -> None:
    """Raise ValueError if a criterion of squared errors is to judge classes.

    Raises
    ------
    ValueError
        If it is one, or there is a variance of the noise.
    """
    if criterion not in INFORMATION:
        known = ", ".join(f'"{name}"' for name in INFORMATION)
        msg = (
            f"criterion={criterion!r} goes by squared errors of constant variance, which a "
            f"logistic model does not minimise: give one of {known}, which go by its likelihood."
        )
        raise ValueError(msg)
    if noise_variance is not None:
        msg = (
            f"noise_variance is {noise_variance!r}, and the likelihood of a logistic model has "
            "none: give None."
        )
        raise ValueError(msg)


def check_is_plain_logistic(criterion: Any, estimator: Any) -> None:
    """Raise ValueError if a criterion knows neither likelihood nor freedom of a classifier.

    Raises
    ------
    ValueError
        If it is another one than `LogisticRegression` with a squared penalty or none.
    """
    if logistic_penalty_of(estimator) is None:
        msg = (
            f"criterion={criterion!r} needs a likelihood and a trace, and {estimator!r} lacks one: "
            "give cv, estimator=None, or LogisticRegression without l1_ratio, class_weight or "
            '"liblinear".'
        )
        raise ValueError(msg)
