"""Train least squares on two classes of uncorrelated features, prune it, retrain it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn_prune.theory._risk.steps import Steps

from .mixture_fit import MixtureFirstFit
from .mixture_support import MixtureSelection

if TYPE_CHECKING:
    from sklearn_prune.theory._risk.outcome import Outcome

    from .mixture_moments import MixtureMoments


class MixtureSteps(Steps):
    """What is done to a dense fit to two classes, in closed form."""

    problem: MixtureMoments

    def _first_fit(self, n: float) -> MixtureFirstFit:
        return MixtureFirstFit(self.problem, n - self.fit_intercept, self.alpha, finite_n=False)

    def _select(self, first: Any, n_keep: float) -> MixtureSelection:
        return MixtureSelection(first, self.strategy, n_keep, self._contest)

    def _refit_afresh(self, selection: Any, n: float) -> Outcome:
        return selection.refit_afresh(n, self.retrain_alpha)
