"""The dense classifier in whitened coordinates, as pruning and retraining see it."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._problems.spectrum import Sums, shrink
from sklearn_prune.theory._risk.dense import DenseFit
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

    @cached_property
    def _fit(self) -> DenseFit:
        kappa, xi = np.array(self.fitted.kappa), np.array(self.fitted.xi)
        kept, zeta = shrink(xi, self.eigenvalues)
        spectrum = self.problem.spectrum
        degrees, variance = kept @ spectrum.counts, kept**2 @ spectrum.counts
        sums = Sums(
            xi=xi,
            bias=zeta**2 @ spectrum.energy,
            variance=variance,
            slack=self.n - variance,
            residual=self.n - degrees,
            overlap=kept @ spectrum.energy,
        )
        return DenseFit(sums, kappa, kappa, kappa)

    @property
    def direction(self) -> Array:
        r"""The whitened direction :math:`u=\Sigma^{1/2}v` itself, of shape (rank,)."""
        return self.moments.signal

    def score_weights(self, strategy: str) -> Array:
        """Return w of the score ``w |b|``; the Hessian of a logistic loss has its penalty."""
        if strategy == "hessian" and self.fitted.loss == "logistic":
            forces = self.fitted.forces
            penalty = forces.curvature / (self.fitted.xi * forces.second)  # mu / (n E D)
            weights: Array = np.sqrt(self.problem.variances + penalty)
            return weights
        return super().score_weights(strategy)
