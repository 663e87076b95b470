"""What happens to a dense model: which features are kept, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_random_state

from sklearn_prune._least_squares.min_norm import MinNormRegressor

from .class_fit import score_regressor
from .linear_fit import fit_columns, penalty_of
from .ranking import Order
from .strategies import (
    STRATEGIES,
    MomentScoring,
    Scoring,
    Strategy,
    custom_strategy,
    score_features,
    score_moments,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import Array, Mask

    from .linear_fit import LinearFit, Penalty

DENSE = MinNormRegressor()

# What `retrain` may be called, of numbers and of classes.
DISTILLATIONS = ("distill",)
CLASS_DISTILLATIONS = ("distill", "distill-labels")


@dataclass(frozen=True, eq=False)
class Recipe:
    """The parameters of a pruned model, but for the sparsity, resolved.

    Attributes
    ----------
    estimator : estimator
        The dense model, fitted again between rounds.
    strategy : Strategy
    refit : estimator or None
        What is fitted to the kept features; with None they keep their coefficients.
    distill : bool
        Whether it is fitted to what the dense model says.
    penalty : Penalty or None
        That of the refit, if refits can share work.
    saliency : array-like of shape (n_features,) or None
    n_rounds : int
    random_state : int, RandomState instance or None
        Seed of a strategy that draws.
    hard_labels : bool
        Whether a distillation is to the classes, not to the scores or probabilities.
    """

    estimator: Any
    strategy: Strategy
    refit: Any
    distill: bool
    penalty: Penalty | None
    saliency: Any = None
    n_rounds: int = 1
    random_state: Any = None
    hard_labels: bool = False

    @classmethod
    def of(
        cls,
        strategy: Any,
        retrain: Any,
        estimator: Any = None,
        *,
        saliency: Any = None,
        n_rounds: int = 1,
        random_state: Any = None,
        names: tuple[str, ...] = DISTILLATIONS,
    ) -> Recipe:
        """Resolve the parameters of a pruned model, with `names` of distillations.

        Raises
        ------
        ValueError
            If a strategy or `retrain` is unknown, or a frozen estimator would have to be
            refitted.
        """
        known = isinstance(strategy, str) and strategy in STRATEGIES
        dense = DENSE if estimator is None else estimator
        distill = isinstance(retrain, str) and retrain in names
        refit = dense if distill else _resolve_refit(retrain, dense, names)
        _check_not_frozen(refit, dense, n_rounds)
        hard_labels = distill and retrain != "distill"
        if distill and not hard_labels:
            refit = score_regressor(refit)
        return cls(
            dense,
            STRATEGIES[strategy] if known else custom_strategy(strategy),
            refit,
            distill,
            penalty_of(refit),
            saliency,
            n_rounds,
            random_state,
            hard_labels,
        )

    @property
    def regressors(self) -> list[Any]:
        """The models that are fitted: the dense one, and the refit if there is one."""
        return [self.estimator] if self.refit is None else [self.estimator, self.refit]

    @property
    def needs_rows(self) -> bool:
        """Whether something has to see the rows themselves, not their moments alone."""
        fits_rows = any(penalty_of(regressor) is None for regressor in self.regressors)
        return self.distill or fits_rows or self.strategy.needs_rows

    def restarted(self) -> Recipe:
        """Return the recipe with a copy of its random state: both draw the same."""
        return replace(self, random_state=clone(self.random_state, safe=False))

    def order(self, dense: LinearFit, data: TrainingData) -> Order:
        """Return the order in which one round keeps the features of a dense fit."""
        return Order.by_score(self.scores(dense, data))

    def scores(self, dense: LinearFit, data: TrainingData) -> Array:
        """Return the scores of one round for the features of a dense fit."""
        return self._score(dense, data, check_random_state(self.random_state))

    def scores_of_moments(self, dense: LinearFit, squares: Array, scale: Array) -> Array | None:
        """Return the scores of one round from moments (see `MomentScoring`), if they tell."""
        random_state = check_random_state(self.random_state)
        given = MomentScoring(dense.coef, squares, scale, self.saliency, random_state)
        return score_moments(self.strategy, given)

    def prune(
        self,
        dense: LinearFit,
        data: TrainingData,
        sizes: Sequence[int],
        known: Array | None = None,
    ) -> Pruned:
        """Prune to each size in turn, with training between rounds, and finish what is kept.

        Each round goes by the scores of a fit to what the last one left, of which the first
        may be known.
        """
        support, fit = np.ones(data.X.shape[1], dtype=bool), dense
        random_state = check_random_state(self.random_state)
        for size in sizes:
            if not support.all():
                fit = fit_columns(self.estimator, data, support)
            if known is None:
                known = self._score(fit, data, random_state)
            scores, known = np.where(support, known, -np.inf), None
            support = np.zeros(len(support), dtype=bool)
            support[Order.by_score(scores).kept(size)] = True
        if self.refit is None:
            kept = fit.masked(support, data)
        else:
            kept = fit_columns(self.refit, self.refit_data(dense, data), support)
        return Pruned(support, scores, kept)

    def refit_data(self, dense: LinearFit, data: TrainingData) -> TrainingData:
        """Return what the kept features are refitted to: data, or what the dense model says."""
        if not self.distill:
            return data
        if data.classes is None or not (self.hard_labels or is_classifier(self.refit)):
            return data.distilled(dense.finite_scores)
        label = dense.labelled if self.hard_labels else dense.soft_labelled
        return label(data, data.classes)

    def _score(self, fit: LinearFit, data: TrainingData, random_state: Any) -> Array:
        """Return the scores of the features of a fit, which are the first of the data."""
        X, saliency = data.X, self.saliency
        if (width := fit.coef.shape[-1]) < X.shape[1]:
            X, saliency = X[:, :width], saliency[:width] if np.ndim(saliency) == 1 else saliency
        given = Scoring(
            fit.coef,
            X,
            data.y,
            data.weights,
            fit.centred,
            saliency,
            random_state,
            fit.curvature(X, data) if self.strategy.reads in ("rows", "moments") else None,
        )
        return score_features(self.strategy, given)


class Pruned(NamedTuple):
    """A pruned model.

    Attributes
    ----------
    support : ndarray of shape (n_features,), dtype bool
    scores : ndarray of shape (n_features,)
        Scores of the last round, -inf for features pruned in an earlier one.
    fit : LinearFit
        The fit to the support.
    """

    support: Mask
    scores: Array
    fit: LinearFit


def is_distillation(retrain: Any) -> bool:
    """Return whether the parameter `retrain` asks for distillation."""
    return isinstance(retrain, str) and retrain in CLASS_DISTILLATIONS


def _resolve_refit(retrain: Any, dense: Any, names: tuple[str, ...]) -> Any:
    """Return the estimator that a parameter `retrain` stands for, None if False."""
    if isinstance(retrain, bool | np.bool_):
        return dense if retrain else None
    if hasattr(retrain, "fit") and not isinstance(retrain, type):
        return retrain
    known = ", ".join(f'"{name}"' for name in names)
    model = "regressor" if names == DISTILLATIONS else "linear model"
    msg = f"retrain is {retrain!r}: give True, False, {known}, or a {model} to refit with."
    raise ValueError(msg)


def _check_not_frozen(refit: Any, dense: Any, n_rounds: int) -> None:
    if isinstance(refit, FrozenEstimator) or (isinstance(dense, FrozenEstimator) and n_rounds != 1):
        msg = (
            "A FrozenEstimator cannot be refitted to the kept features: give n_rounds=1, and "
            "retrain=False or another estimator such as retrain=RidgeCV()."
        )
        raise ValueError(msg)
