"""What pruning needs and hands on to retraining, whatever the covariance."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.spectrum import Spectrum

# The order of the vectors in a Gram matrix: the truth u, the fit before shrinkage
# theta = u + G, and the fit h. In these, G is theta - u.
TRUTH, THETA, FIT = np.eye(3)


class Grams(NamedTuple):
    r"""Inner products of u, :math:`\theta` and h, and with the refit's operator P between them.

    Parameters
    ----------
    plain, once, twice : ndarray of shape (n_draws, 3, 3)
        :math:`\mathbb{E}\langle x,y\rangle`, :math:`\mathbb{E}\langle x,Py\rangle` and
        :math:`\mathbb{E}\langle Px,Py\rangle`.
    trace, trace_squared : ndarray of shape (n_draws,)
        :math:`\mathbb{E}\,\mathrm{tr}P` and :math:`\mathbb{E}\,\mathrm{tr}P^2`.
    """

    plain: Array
    once: Array
    twice: Array
    trace: Array
    trace_squared: Array


class Selection(Protocol):
    """The support of a pruned model: its law, or draws of it."""

    def pruned_risks(self) -> Array:
        """Return the risk of the pruned model, of shape (n_draws,)."""

    def restricted(self, n: float, alpha: float) -> list[tuple[Spectrum, float]]:
        """Return spectrum and noise of the restricted problem, one a draw, for a fit to n rows."""

    def grams(self, n: float, alpha: float) -> Grams:
        """Return the inner products for a refit to n rows in all."""
