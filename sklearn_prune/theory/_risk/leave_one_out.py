r"""Penalties that leave-one-out chooses among several, as ``RidgeCV(alphas)`` does.

The error that leaves a row out is an estimate of the risk where nothing else has seen the
row: of the dense fit, and of a refit to fresh samples. In the limit it chooses the penalty of
least risk. A refit to the same samples has features that were chosen with the row, and its
error is

.. math:: \frac1n\sum_i\Bigl(\frac{y_i-x_{i,S}'\hat b}{1-h_{ii}}\Bigr)^2
    \to n\,(K_{22}-2cK_{12}+c^2K_{11}) = n\bigl((r-c)^2K_{11}+\operatorname{Var}e\bigr),

its training error over :math:`(1-\frac1n\operatorname{tr}P)^2`, in the symbols of
`state_evolution`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.second_moments import SecondMoments

    from .outcome import Outcome
    from .steps import Steps


def by_leave_one_out(
    build: Callable[[dict[str, Any]], Steps], options: dict[str, Any]
) -> Steps | ChosenSteps:
    """Return the steps of options in which a penalty may be an array of candidates.

    Parameters
    ----------
    build : callable
        Makes steps of options in which each penalty is a number.
    options : dict
        `alpha` and `retrain_alpha` are numbers or arrays, and the others what `build` takes.
    """
    alphas, retrain_alphas = (np.ravel(options[name]) for name in ("alpha", "retrain_alpha"))
    single = {"alpha": float(alphas[0]), "retrain_alpha": float(retrain_alphas[0])}
    steps = build(options | single)
    if len(alphas) == len(retrain_alphas) == 1:
        return steps
    return ChosenSteps(steps, alphas, retrain_alphas)


@dataclass(frozen=True)
class ChosenSteps:
    """Steps whose penalties leave-one-out chooses, anew for every n and s.

    Parameters
    ----------
    steps : Steps
        What is done, with any of the penalties.
    alphas, retrain_alphas : ndarray of shape (n_candidates,)
        Penalties of the first fit and of the refit.
    """

    steps: Steps
    alphas: Array
    retrain_alphas: Array

    @property
    def problem(self) -> SecondMoments:
        """The problem of the steps."""
        return self.steps.problem

    @cached_property
    def _seed(self) -> int:
        """The seed of the draws, the same for all penalties."""
        return int(self.steps.random_state.randint(2**31 - 1))

    def dense(self, n: Array) -> Array:
        """Return the risk of the dense fit for an array of n."""
        return np.min([self._with(alpha).dense(n) for alpha in self.alphas.tolist()], axis=0)

    def risk(self, n: float, n_keep: float) -> tuple[float, float]:
        """Return the risk at one n and one s, and its standard error."""
        return self._at(n, n_keep).risk(n, n_keep)

    def outcome(self, n: float, n_keep: float) -> Outcome:
        """Return what becomes of the slopes, in the mean over draws and without each of them."""
        return self._at(n, n_keep).outcome(n, n_keep)

    def _at(self, n: float, n_keep: float) -> Steps:
        """Return the steps with the penalties that are chosen."""
        alphas, retrain_alphas = self.alphas.tolist(), self.retrain_alphas.tolist()
        alpha = _least(alphas, [self._with(alpha).first_risk(n) for alpha in alphas])
        if len(retrain_alphas) == 1:
            return self._with(alpha)
        errors = self._with(alpha).leave_one_out(n, n_keep, retrain_alphas)
        return replace(self._with(alpha), retrain_alpha=_least(retrain_alphas, errors))

    def _with(self, alpha: float) -> Steps:
        """Return the steps with one of the penalties of the first fit."""
        random_state = np.random.RandomState(self._seed)
        return replace(self.steps, alpha=alpha, random_state=random_state)


def _least(candidates: list[float], errors: list[float]) -> float:
    """Return the candidate of least error."""
    return candidates[int(np.argmin(errors))]
