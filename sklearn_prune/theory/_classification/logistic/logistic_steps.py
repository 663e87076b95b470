"""Train a classifier, prune it, retrain it: the steps, put together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._classification.overlaps import Overlaps
from sklearn_prune.theory._problems.label_link import LabelLink
from sklearn_prune.theory._risk.contest import Contest
from sklearn_prune.theory._risk.support import is_blind

from .classifier_fit import ClassifierFit
from .classifier_support import DiagonalSupport, SampledSupport
from .fits import Fitting
from .label_law import LabelLaw

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .classifier_support import ClassifierSupport

# Newton's method from below is monotone and quadratic: so many steps are never needed.
MAX_STEPS = 100


@dataclass(frozen=True)
class LogisticSteps:
    r"""What is done to a classifier of which a fit at least is not least squares.

    Attributes
    ----------
    problem : BinaryProblem
        The problem: its `label_link`, `second_moments` with the direction of the score for
        coefficients, and `latent_variance`, that of the score.
    loss, retrain_loss : {"logistic", "squared", "max_margin"}
        What the fits minimise.
    strategy : str
        How features are scored; "" stands for no pruning.
    retrain : {"fresh", "same"} or None
        What the kept features are refitted to.
    alpha, retrain_alpha : float
        Ridge penalties, 1/C of scikit-learn.
    fit_intercept : bool
        Whether there are intercepts.
    n_draws, seed : int
        Draws for a covariance that is not diagonal, and their seed.
    contest : Contest or None
        What competes; None: all features, one by one.
    """

    problem: Any
    loss: str
    retrain_loss: str
    strategy: str
    retrain: str | None
    alpha: float
    retrain_alpha: float
    fit_intercept: bool
    n_draws: int
    seed: int
    contest: Contest | None = None

    def overlaps(self, n: float, n_keep: float) -> Overlaps:
        """Return what the errors of the classifier depend on.

        Parameters
        ----------
        n : float
            Number of rows.
        n_keep : float
            Number of features that are kept.

        Returns
        -------
        Overlaps
            One of each, or one a draw.

        Raises
        ------
        ValueError
            If a fit does not exist in the limit.
        """
        first = self._first(n)
        if not self.strategy:
            law = first.fitted
            return Overlaps(*np.array([[law.signal], [law.square], [law.intercept]]))
        support = self._support(first, n_keep)
        if self.retrain is None:
            return self._pruned(first, *support.pruned_moments())
        whole = self.retrain_alpha > 0 or self.retrain_loss != "logistic"
        kept = support.kept(whole=whole)
        if self.retrain == "fresh" or self._is_blind(first, n_keep):
            draws = self._refitting.fresh_draws(kept, n)
        else:
            draws = self._refitting.same_draws(first.fitted, kept, first.n)
        return Overlaps(*draws.T)

    @cached_property
    def _contest(self) -> Contest:
        return self.contest or Contest.free(self.problem.second_moments.counts)

    @cached_property
    def _labels(self) -> LabelLaw:
        return LabelLaw(self.problem.label_link, self.problem.latent_variance)

    @property
    def _fitting(self) -> Fitting:
        return Fitting(self._labels, self.loss, self.alpha, self.fit_intercept)

    @property
    def _refitting(self) -> Fitting:
        names = "retrain_alpha", "retrain_loss"
        args = self.retrain_loss, self.retrain_alpha, self.fit_intercept
        return Fitting(self._labels, *args, *names)

    @cached_property
    def _fits(self) -> dict[float, ClassifierFit]:
        return {}

    def _first(self, n: float) -> ClassifierFit:
        """Return the dense fit, found once for every n."""
        if n not in self._fits:
            moments = self.problem.second_moments
            law = self._fitting.law(moments.spectrum, n)
            degrees = n - self.fit_intercept if self.loss == "squared" else n
            self._fits[n] = ClassifierFit.of(moments, degrees, law)
        return self._fits[n]

    def _support(self, first: ClassifierFit, n_keep: float) -> ClassifierSupport:
        if first.problem.is_diagonal:
            return DiagonalSupport(first, self.strategy, n_keep, self._contest)
        rng = np.random.RandomState(self.seed)
        return SampledSupport(first, self.strategy, n_keep, self.n_draws, rng, self._contest)

    def _is_blind(self, first: ClassifierFit, n_keep: float) -> bool:
        """Return whether the support does not depend on the samples."""
        certain = is_blind(self.strategy, self._contest, n_keep, first.problem)
        return certain or np.isinf(first.variance)

    def _pruned(self, first: ClassifierFit, signal: Array, square: Array) -> Overlaps:
        """Return the overlaps of pruned coefficients, with the intercept that suits them."""
        if not self.fit_intercept or self.loss == "squared":
            return Overlaps(signal, square, np.full_like(signal, first.fitted.intercept))
        share = self._labels.link.smoothed(np.zeros(()), self._labels.variance)[0]
        return Overlaps(signal, square, logistic_intercept(share, square))


def logistic_intercept(share: Array, square: Array) -> Array:
    r"""Return the intercept with which given scores have the least logistic loss.

    With it the mean probability :math:`\mathbb{E}\,\sigma(f+b_0)` is the share of the labels
    of one. Newton's method from zero nears it from one side.

    Parameters
    ----------
    share : ndarray
        P(y=1).
    square : ndarray
        Variances of the scores f.

    Returns
    -------
    ndarray
        Of the shape of `square`.
    """
    intercept = np.zeros_like(square)
    for _ in range(MAX_STEPS):
        mean, slope = LabelLink("logistic").smoothed(intercept, square)
        step = (share - mean) / slope
        intercept = intercept + step
        if np.abs(step).max() < 1e-12 * (1 + np.abs(intercept).max()):
            break
    return intercept
