"""Moments of two classes with uncorrelated features, for least squares on the labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._problems.second_moments import SecondMoments

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.gaussian_mixture import GaussianMixtureProblem


class MixtureMoments(SecondMoments):
    r"""The covariance :math:`\Sigma+w\mu\mu'` of the features, for a diagonal :math:`\Sigma`.

    What it inherits is that of :math:`\Sigma` and of Fisher's :math:`\Sigma^{-1}\mu`: the
    spectrum is that within a class, and the signal :math:`\nu_i=\mu_i/\sqrt{\lambda_i}`.

    Parameters
    ----------
    problem : GaussianMixtureProblem
        The two classes.
    target_variance : float
        The variance w of the labels; 1 for a model without intercept.
    """

    def __init__(self, problem: GaussianMixtureProblem, target_variance: float) -> None:
        within, mean = problem.covariance, problem.mean
        fisher = np.divide(mean, within, out=np.zeros_like(mean), where=within > 0)
        noise = target_variance / (1 + target_variance * float(fisher @ mean))
        super().__init__(within, fisher, noise, None)
        self.target_variance = target_variance
        self._mean = mean

    @property
    def variances(self) -> Array:
        r""":math:`\lambda_i+w\mu_i^2`, of shape (n_features,)."""
        return self.covariance + self.target_variance * self._mean**2
