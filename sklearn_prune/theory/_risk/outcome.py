"""What becomes of a model, and how far the draws that tell it can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


class Outcome(NamedTuple):
    r"""Two numbers from which follow all errors of a linear model, in one or several draws.

    Attributes
    ----------
    risk : ndarray of shape (n_draws,)
        :math:`\mathbb{E}(y-x'b)^2`.
    overlap : ndarray of shape (n_draws,)
        :math:`b'\Sigma\beta`, its covariance with what can be predicted at all.
    """

    risk: Array
    overlap: Array

    @classmethod
    def of(cls, risk: Array | float, overlap: Array | float) -> Self:
        """Return an outcome that is known without draws."""
        return cls(np.array([risk]), np.array([overlap]))

    def left_out(self) -> Outcome:
        """Return the mean outcome of antithetic draws, and that without each of the pairs."""
        return Outcome(*(left_out(pair_means(part)) for part in self))


def pair_means(values: Array) -> Array:
    """Return the means of antithetic pairs, which are independent; one value stays as it is."""
    return values if len(values) == 1 else (values[::2] + values[1::2]) / 2


def left_out(values: Array) -> Array:
    """Return the mean over draws, and below it the mean without each of them in turn."""
    n_draws, mean = len(values), values.mean(axis=0, keepdims=True)
    if n_draws == 1 or not np.isfinite(values).all():
        return mean
    return np.concatenate([mean, (n_draws * mean - values) / (n_draws - 1)])


def standard_error(estimates: Array) -> float:
    """Return the jackknife's error of the first of some estimates, the others being `left_out`.

    A single one is in closed form, and an infinite one has no error.
    """
    n_draws = len(estimates) - 1
    if n_draws < 1 or not np.isfinite(estimates).all():
        return 0.0
    return float(np.sqrt(n_draws - 1) * np.std(estimates[1:]))
