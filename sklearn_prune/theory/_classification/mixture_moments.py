"""Moments of two classes with uncorrelated features, for least squares on the labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sklearn_prune.theory._problems.second_moments import SecondMoments
from sklearn_prune.theory._problems.spectrum import Spectrum, Sums, spectral_sums
from sklearn_prune.theory._risk.dense import ratio

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


class MixtureFit(NamedTuple):
    r"""What least squares on the labels comes to.

    Attributes
    ----------
    sums : Sums
        :math:`\xi`, and sums over the spectrum within a class.
    share : float
        :math:`t=\mu'b`, the part of the labels that the class means are given.
    risk : float
        :math:`\gamma=w(1-t)^2+b'\Sigma b`.
    """

    sums: Sums
    share: float
    risk: float


def fit_mixture(spectrum: Spectrum, target_variance: float, n: float, alpha: float) -> MixtureFit:
    r"""Return the dense fit, in which a factor of :math:`\mu` is all that the class means add.

    By the formula of Sherman and Morrison, with :math:`c=1/\xi`,
    :math:`e=\sum\mu_i^2/(\lambda_i+c)`,

    .. math::

        \mathbb{E}b_i = \frac{a\,\mu_i}{\lambda_i+c}, \quad a = \frac{w}{1+we} = w(1-t), \quad
        \gamma = \frac{w(1-t)^2+\sum\lambda_i(\mathbb{E}b_i)^2}{1-\frac1n\sum(1-\zeta_i)^2}.

    Parameters
    ----------
    spectrum : Spectrum
        Eigenvalues within a class, with the energies :math:`\mu_i^2/\lambda_i`.
    target_variance : float
        w.
    n, alpha : float
        Degrees of freedom of the rows, and penalty.

    Returns
    -------
    MixtureFit
    """
    w, sums = target_variance, spectral_sums(spectrum, np.array(n), np.array(alpha))
    share = w * sums.overlap / (1 + w * sums.overlap)
    aligned = np.maximum(2 * sums.overlap - spectrum.energy.sum() + sums.bias, 0)
    fixed = w * (1 - share) ** 2 + (w * (1 - share)) ** 2 * aligned
    return MixtureFit(sums, float(share), float(ratio(n * fixed, sums.slack)))
