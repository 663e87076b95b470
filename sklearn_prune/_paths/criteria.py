"""Information criteria, generalised cross-validation and Mallows' Cp of models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._pruning.extended_bic import extended_bic

if TYPE_CHECKING:
    from collections.abc import Sequence

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
