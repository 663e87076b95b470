"""Several fits to the same samples, each of which may depend on those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._risk.state_evolution import SMALLEST

from .drawn_fit import draw_dense
from .operator_images import images
from .orthogonal_noise import orthogonal_noise
from .stage import Stage

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices, Mask
    from sklearn_prune.theory._risk.first_fit import FirstFit

    from .refit_law import RefitLaw


class JointFits:
    r"""The dense fit and refits to its samples, in draws and with their covariance.

    In whitened coordinates fit j is a function of fields :math:`\theta_j=u+G_j`. Those of all
    fits are jointly Gaussian, of covariance K a coordinate, and :math:`nK_{jj}` is the risk.

    Parameters
    ----------
    first : FirstFit
        The dense fit, in the limit of large n.
    n_draws : int
        Number of draws; one more if it is odd.
    random_state : RandomState

    Attributes
    ----------
    fits : list of DrawnFit
        The fits so far.
    covariance : ndarray of shape (n_fits, n_fits)
        K. What a fit of infinite variance has in common with others is 0 beside it.
    """

    def __init__(self, first: FirstFit, n_draws: int, random_state: np.random.RandomState) -> None:
        self.first, self._random_state = first, random_state
        self.fits = [draw_dense(first, n_draws, random_state)]
        self.covariance = np.array([[first.variance]])

    @property
    def informative(self) -> Indices:
        """The fits with which later ones have something in common.

        Beside infinite variance nothing else counts, and a fit without error has nothing
        to share.
        """
        variances = np.diag(self.covariance)
        least = SMALLEST * max(float(self.first.signal @ self.first.signal), 1.0)
        return np.flatnonzero(np.isfinite(variances) & (variances > least))

    def add(
        self,
        supports: Mask,
        alpha: float,
        *,
        law: RefitLaw | None = None,
        risk: float | None = None,
    ) -> None:
        r"""Add a refit to the same samples.

        Parameters
        ----------
        supports : ndarray of shape (n_draws, n_features), dtype bool
            The features it is fitted to, about equally many in each draw. They may depend on
            all fits so far.
        alpha : float
            Its ridge penalty.
        law : RefitLaw, default=None
            How it follows from all fits so far, if that is known without the draws.
        risk : float, default=None
            Its risk, if that is known without the draws.
        """
        known, k = self.informative, len(self.fits)
        stage = self._stage(supports, alpha, known)
        law = stage.solve() if law is None else law.by(known)
        if risk is not None:
            law = law.of_variance(risk / self.first.n, stage.covariance)
        fit = stage.draw(law)
        fit = fit._replace(law=fit.law.among(known, k))
        self.covariance = _extended(self.covariance, known, fit.law)
        self.fits.append(fit)

    def leave_one_out(self, supports: Mask, alpha: float) -> float:
        r"""Return the mean square of the leave-one-out residuals of a further refit.

        Its support is not chosen again: :math:`n((r-c)'K(r-c)+\operatorname{Var}e)`.

        Parameters
        ----------
        supports : ndarray of shape (n_draws, n_features), dtype bool
        alpha : float
        """
        stage = self._stage(supports, alpha, self.informative)
        law = stage.solve()
        own = law.r - law.c
        return self.first.n * float(own @ stage.covariance @ own + law.noise)

    def _stage(self, supports: Mask, alpha: float, known: Indices) -> Stage:
        """Return the refit, as it follows from the fits that are known."""
        before = [self.fits[j] for j in known]
        before = [fit._replace(law=fit.law.by(known[:i])) for i, fit in enumerate(before)]
        noise = orthogonal_noise([fit.noise for fit in self.fits], self._random_state)
        u = np.broadcast_to(self.first.signal, noise.shape)
        fields, memories = [fit.field for fit in before], [fit.memory for fit in before]
        vectors = np.stack([u, *fields, *memories, noise], axis=1)
        n, problem = self.first.n, self.first.problem
        seen = images(problem, supports, n, alpha, vectors)
        covariance = self.covariance[np.ix_(known, known)]
        return Stage(n, problem.noise_variance, before, covariance, vectors, seen)


def _extended(covariance: Array, known: Indices, law: RefitLaw) -> Array:
    """Return the covariance of fields with that of one more."""
    k, among = len(covariance), np.ix_(known, known)
    shared = np.zeros(k)
    shared[known] = covariance[among] @ law.r[known]
    extended = np.zeros((k + 1, k + 1))
    extended[:k, :k] = covariance
    extended[k, :k] = extended[:k, k] = shared
    extended[k, k] = law.r[known] @ shared[known] + law.noise
    return extended
