"""The dense fit of least squares to two classes of uncorrelated features."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sklearn_prune.theory._problems.spectrum import Spectrum, Sums, spectral_sums
from sklearn_prune.theory._risk.dense import DenseFit, ratio
from sklearn_prune.theory._risk.first_fit import FirstFit

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .mixture_moments import MixtureMoments


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


@dataclass(frozen=True)
class MixtureFirstFit(FirstFit):
    r"""The dense fit, in the coordinates :math:`\Sigma^{1/2}b` within a class.

    There it is ``shrinkage * theta`` as ever, but the mean of theta is a multiple of
    :math:`\Sigma^{-1/2}\mu` that depends on the fit.
    """

    problem: MixtureMoments

    @cached_property
    def _mixture_fit(self) -> MixtureFit:
        problem = self.problem
        return fit_mixture(problem.spectrum, problem.target_variance, self.n, self.alpha)

    @cached_property
    def _fit(self) -> DenseFit:
        gamma = np.array(self._mixture_fit.risk)
        return DenseFit(self._mixture_fit.sums, gamma, gamma, gamma)

    @property
    def overlap(self) -> float:
        r""":math:`\hat\beta'(\Sigma+w\mu\mu')\beta=wt`."""
        return self.problem.target_variance * self._mixture_fit.share

    @property
    def pull(self) -> float:
        r"""The factor :math:`a=w(1-t)` of :math:`\mu`."""
        return self.problem.target_variance * (1 - self._mixture_fit.share)

    @cached_property
    def signal(self) -> Array:
        r"""The mean of theta, :math:`a\mu_i/\sqrt{\lambda_i}`, of shape (rank,)."""
        return self.pull * self.problem.signal

    def _surgeon_weights(self) -> Array:
        """Return the weights within a class, less what the class means take of the inverse."""
        plain = super()._surgeon_weights()
        slopes = self.problem.eigenbasis.to_features(self.unwhiten * self.signal)
        lost = plain**2 * slopes**2 / self.pull
        return plain / np.sqrt(np.maximum(1 - lost, np.finfo(float).tiny))
