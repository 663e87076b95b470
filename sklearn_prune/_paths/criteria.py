"""Information criteria, generalised cross-validation and Mallows' Cp of models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._pruning.extended_bic import extended_bic
from sklearn_prune._pruning.linear_fit import penalty_of
from sklearn_prune._pruning.logistic_loss import logistic_penalty_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import Array

# Those of a likelihood, and those of squared errors alone.
INFORMATION = ("aic", "bic", "ebic")
CRITERIA = (*INFORMATION, "gcv", "cp")


@dataclass(frozen=True, eq=False)
class Criterion:
    """What judges models by their errors on the rows that they were fitted to.

    Parameters
    ----------
    name : {"aic", "bic", "ebic", "gcv", "cp"}
    n_samples : int
    noise_variance : ndarray of shape (n_targets,) or None
        None if it is not known.
    """

    name: str
    n_samples: int
    noise_variance: Array | None = None

    def of_squares(self, errors: Array, freedom: Array, choices: Array) -> Array:
        """Return the criterion of least-squares models, the lower the better.

        Parameters
        ----------
        errors : ndarray of shape (n_models, n_targets)
            Mean squared residuals, positive.
        freedom : ndarray of shape (n_models,)
            Degrees of freedom for each target.
        choices : ndarray of shape (n_models,)
            Logarithms of the number of supports of their sizes.
        """
        n_targets = errors.shape[1]
        if self.name == "gcv":
            return self._validation(errors.mean(axis=1), freedom)
        if self.name == "cp" and self.noise_variance is not None:
            scaled = (errors / self.noise_variance).sum(axis=1)
            return self.n_samples * (scaled - n_targets) + 2 * n_targets * freedom
        return self.of_deviance(self._deviance(errors), n_targets * freedom, choices)

    def of_deviance(self, deviance: Array, freedom: Array, choices: Array) -> Array:
        """Return an information criterion, given minus twice the log-likelihoods."""
        if self.name == "aic":
            return deviance + 2 * freedom
        if self.name == "bic":
            choices = np.zeros(len(deviance))
        return extended_bic(deviance, freedom, self.n_samples, choices)

    def joint(self, each: Sequence[Array]) -> Array:
        """Return the criterion of several targets, from that of each, as of one support."""
        terms = np.array(each)
        return terms.mean(axis=0) if self.name == "gcv" else terms.sum(axis=0)

    def _deviance(self, errors: Array) -> Array:
        """Return minus twice the Gaussian log-likelihood; targets have a noise of their own."""
        noise = errors if self.noise_variance is None else self.noise_variance
        terms = np.log(2 * np.pi * noise) + errors / noise
        total: Array = self.n_samples * terms.sum(axis=1)
        return total

    def _validation(self, error: Array, freedom: Array) -> Array:
        """Return the error of generalised cross-validation, infinite where nothing is left."""
        left = np.maximum(1 - freedom / self.n_samples, 0.0)
        with np.errstate(divide="ignore"):
            return error / np.where(left > 1e-9, left, 0.0) ** 2


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
        If it is a distillation of classes or probabilities, which are not linear in y.
    """
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


def variances(noise_variance: Any, n_targets: int) -> Array | None:
    """Return the variance of the noise of each target, None if it is not known.

    Raises
    ------
    ValueError
        If there are as many as no number of targets.
    """
    if noise_variance is None:
        return None
    values = np.asarray(noise_variance, dtype=np.float64)
    if values.ndim and len(values) != n_targets:
        msg = f"noise_variance has {len(values)} values: give one, or {n_targets}, one a target."
        raise ValueError(msg)
    return np.broadcast_to(values, (n_targets,))
