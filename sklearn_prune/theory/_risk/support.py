"""What pruning needs and hands on to retraining, whatever the covariance."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.second_moments import SecondMoments
    from sklearn_prune.theory._problems.spectrum import Spectrum

    from .contest import Contest
    from .outcome import Outcome

# The order of the vectors in a Gram matrix: the truth u, the noise G of the fit before
# shrinkage, theta = u + G, the error e of the fit, h = u + e, and what the pruned fit misses of
# the truth, u - q. Where the noise is small beside the signal, no difference of large numbers
# is taken.
TRUTH, NOISE, ERROR, MISSED = np.eye(4)


class Grams(NamedTuple):
    r"""Inner products of u, G, e and u - q, parted by the refit's operator P and Q = 1 - P.

    A refit is P(u + v) + Q(u - x): with x = u nothing is known outside of P, with
    x = u - q the pruned fit is.

    Parameters
    ----------
    kept, mixed, lost : ndarray of shape (n_draws, 4, 4)
        :math:`\mathbb{E}\langle Px,Py\rangle`, :math:`\mathbb{E}\langle Px,Qy\rangle` and
        :math:`\mathbb{E}\langle Qx,Qy\rangle`.
    trace, trace_squared : ndarray of shape (n_draws,)
        :math:`\mathbb{E}\,\mathrm{tr}P` and :math:`\mathbb{E}\,\mathrm{tr}P^2`.
    """

    kept: Array
    mixed: Array
    lost: Array
    trace: Array
    trace_squared: Array

    def overlap(self, v: Array, x: Array) -> Array:
        r"""Return :math:`\mathbb{E}\langle u,P(u+v)+Q(u-x)\rangle`, of shape (n_draws,).

        Parameters
        ----------
        v : ndarray of shape (4,) or (n_draws, 4)
            A combination of the vectors.
        x : ndarray of shape (4,)
            Another.
        """
        inside = np.sum(TRUTH @ self.once * (TRUTH + v), axis=-1)
        return inside + TRUTH @ self.outside @ (TRUTH - x)

    def distance(self, v: Array, x: Array) -> Array:
        r"""Return :math:`\mathbb{E}|Pv-Qx|^2`, that of P(v + x) from x, of shape (n_draws,).

        Parameters
        ----------
        v, x : ndarray of shape (4,) or (n_draws, 4)
            Combinations of the vectors.
        """
        v, x = v[..., np.newaxis, :], x[..., np.newaxis]
        square = v @ self.kept @ v.swapaxes(-1, -2) - 2 * (v @ self.mixed @ x)
        return (square + x.swapaxes(-1, -2) @ self.lost @ x)[:, 0, 0]

    @property
    def once(self) -> Array:
        r"""The products :math:`\mathbb{E}\langle Px,y\rangle`."""
        return self.kept + self.mixed

    @property
    def outside(self) -> Array:
        r"""The products :math:`\mathbb{E}\langle Qx,y\rangle`."""
        return self.mixed + self.lost


class Selection(Protocol):
    """The support of a pruned model: its law, or draws of it."""

    @property
    def n_kept(self) -> float:
        """The mean number of features that are kept."""

    def pruned(self) -> Outcome:
        """Return what becomes of the pruned model, in each draw."""

    def restricted(self, n: float, alpha: float) -> list[tuple[Spectrum, float]]:
        """Return spectrum and noise of the restricted problem, one a draw, for a fit to n rows."""

    def grams(self, n: float, alpha: float, *, pulled: bool = False) -> Grams:
        """Return the inner products for a refit to n rows in all.

        Those of u - q may be zero, unless the refit is pulled.
        """


def is_blind(strategy: str, contest: Contest, n_keep: float, problem: SecondMoments) -> bool:
    """Return whether a support does not depend on the samples.

    Of uncorrelated features, those without variance go first.
    """
    if strategy in {"oracle", "random"} or contest.is_decided(n_keep):
        return True
    return problem.is_diagonal and n_keep >= contest.n_of(problem.covariance > 0)
