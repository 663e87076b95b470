"""What happens to a dense model: which features are kept, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.utils import check_random_state

from sklearn_prune._checks.arguments import check_bool, check_sparsities, round_sizes
from sklearn_prune._least_squares.min_norm import MinNormRegressor
from sklearn_prune._least_squares.targeted_ridge import TargetedRidge

from .class_fit import predicts_codes, score_regressor
from .linear_fit import fit_columns, penalty_of, target_model
from .pruned_fit import Pruned
from .ranking import Order
from .refit import DISTILLATIONS, check_not_frozen, resolve_refit
from .selection import FREE, SelectionRule
from .stages import UNTOLD
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
    from sklearn_prune._typing import AnyArray, Array, Indices, Mask

    from .linear_fit import LinearFit, Penalty
    from .selection import Selection
    from .stages import Stages

DENSE = MinNormRegressor()


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
    saliency : array-like of shape (n_features,) or (n_targets, n_features), or None
    n_rounds : int
    random_state : int, RandomState instance or None
        Seed of a strategy that draws.
    hard_labels : bool
        Whether a distillation is to the classes, not to the scores or probabilities.
    rule : SelectionRule
        What may be selected, as the user says it.
    selection : Selection or None
        What that means for the columns of the data (see `for_data`); None if each is free,
        alone and alike.
    per_target : bool
        Whether every target keeps features of its own; of data, if there are several.
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
    rule: SelectionRule = FREE
    selection: Selection | None = None
    per_target: bool = False

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
        rule: SelectionRule = FREE,
        per_target: Any = False,
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
        refit = dense if distill else resolve_refit(retrain, dense, names)
        check_not_frozen(refit, dense, n_rounds)
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
            rule,
            per_target=check_bool(per_target, "per_target"),
        )

    @property
    def regressors(self) -> list[Any]:
        """The models that are fitted: the dense one, and the refit if there is one."""
        return [self.estimator] if self.refit is None else [self.estimator, self.refit]

    @property
    def n_stages(self) -> int:
        """How many stages callbacks are told of: train, prune, retrain if it is retrained."""
        return len(self.regressors) + 1

    @property
    def starts_from_dense(self) -> bool:
        """Whether the coefficients of the refit depend on those of the dense model."""
        return self.refit is None or self.distill or isinstance(self.refit, TargetedRidge)

    @property
    def needs_rows(self) -> bool:
        """Whether something has to see the rows themselves, not their moments alone."""
        fits_rows = any(penalty_of(regressor) is None for regressor in self.regressors)
        return self.distill or fits_rows or self.strategy.needs_rows

    def for_data(self, data: TrainingData) -> Recipe:
        """Return the recipe with what may be selected of the columns of data.

        Raises
        ------
        ValueError
            If a parameter that says so does not fit the columns, or every class were to keep
            features of its own, and a model is fitted to all classes at once.
        """
        selection = self.rule.resolve(data.X.shape[1], data.names)
        per_target = self.per_target and data.y.ndim == 2
        if per_target and data.classes is not None:
            self._check_classes_separate()
        return replace(self, selection=selection, per_target=per_target)

    def _check_classes_separate(self) -> None:
        """Raise ValueError if a model is no least squares on one code a class."""
        for model in self.regressors:
            if not predicts_codes(model):
                msg = (
                    f"per_target is True, and {type(model).__name__} fits all classes at once, "
                    "which cannot keep different features: give a regressor, such as Ridge(), "
                    "or OneVsRestClassifier(PrunedClassifier(...))."
                )
                raise ValueError(msg)

    def of_targets(self, n_targets: int) -> list[Recipe]:
        """Return the recipe of each target: draws, saliency and penalties may differ.

        Raises
        ------
        ValueError
            If there is a saliency for each of another number of targets.
        """
        seeds, saliency = [self.random_state] * n_targets, self.saliency
        if self.strategy.draws:
            random_state = check_random_state(self.random_state)
            seeds = random_state.randint(np.iinfo(np.int32).max, size=n_targets).tolist()
        if each := np.ndim(saliency) == 2:
            saliency = np.asarray(saliency)
            _check_saliency(saliency, n_targets)
        return [
            replace(
                self,
                estimator=target_model(self.estimator, t),
                refit=(refit := target_model(self.refit, t)),
                penalty=penalty_of(refit),
                random_state=seed,
                saliency=saliency[t] if each else saliency,
                per_target=False,
            )
            for t, seed in enumerate(seeds)
        ]

    def leading(self, width: int) -> Recipe:
        """Return the recipe with what may be selected of the first columns."""
        return replace(self, selection=self._leading(width))

    def sizes(self, sparsity: Any, n_features: int) -> Sequence[float]:
        """Return how much of the features each round leaves (see `round_sizes`)."""
        if self.selection is None:
            return round_sizes(n_features, sparsity, self.n_rounds)
        return self.selection.round_sizes(sparsity, self.n_rounds)

    def sparsity(self, size: float) -> float:
        """Return the sparsity by which a model keeps so much of the features."""
        return size if self.selection is None else self.selection.sparsity(size)

    def check_sizes(self, sparsities: Any, n_features: int) -> AnyArray:
        """Return how much several sparsities keep, increasing (see `check_sparsities`)."""
        if self.selection is None:
            return check_sparsities(sparsities, n_features)
        return self.selection.check_sizes(sparsities)

    def all_sizes(self, most_columns: int) -> Indices:
        """Return all sizes that have no more columns than so many (see `Selection`)."""
        if self.selection is None:
            return np.arange(1, most_columns + 1)
        return self.selection.all_sizes(most_columns)

    def restarted(self) -> Recipe:
        """Return the recipe with a copy of its random state: both draw the same."""
        return replace(self, random_state=clone(self.random_state, safe=False))

    def order(self, dense: LinearFit, data: TrainingData) -> Order:
        """Return the order in which one round keeps the features of a dense fit."""
        return self.order_of(self.scores(dense, data))

    def scores(self, dense: LinearFit, data: TrainingData) -> Array:
        """Return the scores of one round for the features of a dense fit."""
        return self._score(dense, data, check_random_state(self.random_state))

    def order_of(self, scores: Array) -> Order:
        """Return the order in which features of some scores are kept."""
        return Order.by_score(scores, self._leading(len(scores)))

    def scores_of_moments(self, dense: LinearFit, squares: Array, scale: Array) -> Array | None:
        """Return the scores of one round from moments (see `MomentScoring`), if they tell."""
        random_state, selection = check_random_state(self.random_state), self._leading(len(scale))
        rest = self.saliency, random_state, selection, dense.alpha
        given = MomentScoring(dense.coef, squares, scale, *rest)
        return score_moments(self.strategy, given)

    def _leading(self, width: int) -> Selection | None:
        """Return what may be selected of the first columns."""
        selection = self.selection
        if selection is None or width == len(selection.groups):
            return selection
        return selection.leading(width)

    def prune(
        self,
        dense: LinearFit,
        data: TrainingData,
        sizes: Sequence[float],
        known: Array | None = None,
        refit_data: TrainingData | None = None,
        stages: Stages = UNTOLD,
    ) -> Pruned:
        """Prune to each size in turn, with training between rounds, and finish what is kept.

        Each round goes by the scores of a fit to what the last one left, of which the first
        may be known, and so may what the kept features are refitted to.
        """
        if refit_data is None:
            refit_data = self.refit_data(dense, data)
        if self.per_target:
            return self._prune_targets(dense, data, sizes, known, refit_data, stages)
        support, fit = np.ones(data.X.shape[1], dtype=bool), dense
        random_state = check_random_state(self.random_state)
        with stages.rounds() as rounds:
            for size in sizes:
                if not support.all():
                    fit = fit_columns(self.estimator, data, support)
                if known is None:
                    known = self._score(fit, data, random_state, support)
                scores, known = np.where(support, known, -np.inf), None
                best, before = self.order_of(scores).kept(size), support
                support = np.zeros(len(support), dtype=bool)
                support[best] = before[best]
                rounds.tell("round", dense, partial(fit.masked, support, data), support, data)
        if self.refit is None:
            return Pruned(support, scores, fit.masked(support, data))
        kept = fit_columns(self.refit, refit_data, support, fit)
        stages.tell("retrain", dense, lambda: kept, support, data)
        return Pruned(support, scores, kept)

    def _prune_targets(
        self,
        dense: LinearFit,
        data: TrainingData,
        sizes: Sequence[float],
        known: Array | None,
        refit_data: TrainingData,
        stages: Stages,
    ) -> Pruned:
        """Prune every target by itself, from the one dense fit to all."""
        parts = []
        with stages.rounds() as targets:
            each = targets.progress.each("target", self.of_targets(data.y.shape[1]))
            for t, recipe in enumerate(each):
                scores = None if known is None else known[t]
                own = dense.target(t), data.target(t)
                parts.append(recipe.prune(*own, sizes, scores, refit_data.target(t)))
        pruned = Pruned.of_targets(parts)
        if self.refit is not None:
            stages.tell("retrain", dense, lambda: pruned.fit, pruned.support, data)
        return pruned

    def refit_data(self, dense: LinearFit, data: TrainingData) -> TrainingData:
        """Return what the kept features are refitted to: data, or what the dense model says."""
        if not self.distill:
            return data
        if data.classes is None or not (self.hard_labels or is_classifier(self.refit)):
            return data.distilled(dense.finite_scores)
        label = dense.labelled if self.hard_labels else dense.soft_labelled
        return label(data, data.classes)

    def _score(
        self, fit: LinearFit, data: TrainingData, random_state: Any, fitted: Mask | None = None
    ) -> Array:
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
            self._leading(width),
            fit.alpha,
            fitted,
        )
        return score_features(self.strategy, given)


def _check_saliency(saliency: Any, n_targets: int) -> None:
    if len(saliency) != n_targets:
        msg = (
            f"saliency has {len(saliency)} rows, but y has {n_targets} targets: give one row, or "
            "one for each."
        )
        raise ValueError(msg)
