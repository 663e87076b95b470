"""What the errors of a linear classifier depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


class Overlaps(NamedTuple):
    r"""Moments of the score :math:`x'b + b_0` of a classifier, in one or in several draws.

    Attributes
    ----------
    signal : ndarray of shape (n_draws,)
        Its covariance :math:`b'\Sigma v` with the score :math:`\langle v,x\rangle` that the
        label depends on; for a mixture :math:`\mu'b`.
    square : ndarray of shape (n_draws,)
        Its variance :math:`b'\Sigma b`; for a mixture that within a class.
    intercept : ndarray of shape (n_draws,)
        :math:`b_0`.
    """

    signal: Array
    square: Array
    intercept: Array
