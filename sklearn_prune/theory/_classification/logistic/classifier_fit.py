"""The dense classifier in whitened coordinates, as pruning and retraining see it."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._problems.spectrum import shrink
from sklearn_prune.theory._risk.first_fit import FirstFit

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.second_moments import SecondMoments

    from .fit_law import FitLaw


@dataclass(frozen=True)
class ClassifierFit(FirstFit):
    r"""A classifier whose whitened coefficients have the law of a regression.

    What :math:`\beta`, :math:`\gamma` and :math:`\xi` are to a regression, :math:`av`,
    :math:`\kappa` and :math:`\xi` are to a classifier: so are pruning, scores and draws.

    Attributes
    ----------
    fitted : FitLaw
        The law of the fit.
    moments : SecondMoments
        Those of the true direction; `problem` has them of its multiple.
    """

    fitted: FitLaw
    moments: SecondMoments

    @classmethod
    def of(cls, moments: Any, n: float, fitted: FitLaw) -> ClassifierFit:
        """Return the fit to n rows of a classifier of the direction in second moments."""
        scaled = copy(moments)
        scaled.coef, scaled.signal = fitted.scale * moments.coef, fitted.scale * moments.signal
        return cls(scaled, n, 0.0, finite_n=False, fitted=fitted, moments=moments)

    @property
    def variance(self) -> float:
        r"""The variance of :math:`\theta`, :math:`\kappa/n`."""
        return self.fitted.kappa / self.n

    @cached_property
    def _factors(self) -> tuple[Array, Array]:
        return shrink(np.array(self.fitted.xi), self.eigenvalues)

    @property
    def direction(self) -> Array:
        r"""The whitened direction :math:`u=\Sigma^{1/2}v` itself, of shape (rank,)."""
        return self.moments.signal

    def score_weights(self, strategy: str) -> Array:
        r"""Return w of the score ``w |b|``, one a feature.

        That of "obs", optimal brain surgeon, is one over the root of the diagonal of the
        inverse Hessian, :math:`(\mu+n\hat V\Sigma)^{-1}`, but for a factor.
        """
        if strategy != "obs":
            return super().score_weights(strategy)
        diagonal = self._inverse_hessian()
        with np.errstate(divide="ignore"):
            return np.where(diagonal > 0, diagonal**-0.5, 0.0)

    def _inverse_hessian(self) -> Array:
        r"""Return the diagonal of :math:`(1/\xi+\Sigma)^{-1}`, a pseudo-inverse if xi is inf."""
        basis, ridge = self.problem.eigenbasis, 1 / self.fitted.xi
        inside = basis.variances_of_features(1 / (ridge + basis.eigenvalues))
        if ridge == 0:
            return inside
        return inside + (1 - basis.variances_of_features(np.ones(len(basis.eigenvalues)))) / ridge
