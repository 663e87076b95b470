"""The methods that a report compares, trained on the same random features, or columns."""

from __future__ import annotations

from time import thread_time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._checks.training_data import TrainingData
from sklearn_prune._pruning.linear_fit import LinearFit
from sklearn_prune._pruning.recipe import Recipe

from .gcv_fits import GcvFits
from .matching_pursuit import pursue
from .plain_fits import PlainFits
from .records import (
    COLUMNS_PRUNED,
    COLUMNS_RETRAINED,
    DENSE,
    DISTILLED,
    LINEAR,
    PLAIN,
    PRUNED,
    PURSUED,
    RANDOM,
    RETRAINED,
    RIDGE,
    SMALL,
)
from .ridge_fits import RidgeFits
from .trained_model import Model, Predictor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sklearn_prune._typing import Array, Indices

    from .fitted_rows import FittedRows, Union
    from .plan import Plan

OF_COLUMNS = {PRUNED: COLUMNS_PRUNED, RETRAINED: COLUMNS_RETRAINED}


class Features(NamedTuple):
    """Random features, or columns, to train on.

    Attributes
    ----------
    rows : FittedRows
    union : Union or None
        The same rows and those without labels, if there are any.
    seconds : float
        How long they took.
    """

    rows: FittedRows
    union: Union | None
    seconds: float


def train(features: Features, plan: Plan, *, seed: int, everything: bool) -> Iterator[Model]:
    """Train all methods, plain and with ridge.

    Parameters
    ----------
    features : Features
    plan : Plan
    seed : int
        Seed of the random pruning.
    everything : bool
        Whether to train, besides the large models, what they are compared with.
    """
    rows, p = features.rows, features.rows.F.shape[1]
    orders = {}
    if everything:
        orders = {
            SMALL: (np.arange(p), 0.0),
            RANDOM: (_rank("random", np.empty((p, 1)), rows, seed), 0.0),
            PURSUED: timed(pursue, rows.F, rows.y, plan.budgets[-1]),
        }
    for setting in PLAIN, RIDGE:
        fits, seconds = timed(_fits, setting, rows)
        yield from _large(setting, fits, features, plan, everything=everything, seconds=seconds)
        for method, (order, ordering) in orders.items():
            for size in plan.kept_sizes() if method == SMALL else plan.budgets:
                (coef, alpha), fitting = timed(fits.refit, order[:size])
                predict = Predictor(order[:size], coef)
                width = size if method == SMALL else p
                time = features.seconds * width / p + ordering + fitting
                yield Model(method, setting, "", width, size, np.nan, alpha, predict, time)


def _fits(setting: str, rows: FittedRows) -> Any:
    """Return what fits rows, plainly or with ridge."""
    if setting == PLAIN:
        return PlainFits(*rows)
    return GcvFits(*rows) if rows.are_factor else RidgeFits(rows.F, rows.y)


def _large(
    setting: str, fits: Any, features: Features, plan: Plan, *, everything: bool, seconds: float
) -> Iterator[Model]:
    """Train dense models of all widths, and prune each by every strategy to every budget."""
    p, union = features.rows.F.shape[1], features.union
    distilling = None if union is None else (union, _fits(setting, union.rows))
    dense = fits.dense(np.array(plan.widths))
    for width in plan.widths:
        (coef, alpha), fitting = timed(next, dense)
        time = (features.seconds + seconds) * width / p + fitting
        predict = Predictor(slice(width), coef)
        large = Model(DENSE, setting, "", width, width, alpha, np.nan, predict, time)
        yield large
        kept = plan.kept_sizes() if everything and width == p else plan.budgets
        sizes = [size for size in kept if size < width]
        for strategy in plan.strategies:
            order, ordering = timed(_rank, strategy, coef, features.rows, 0)
            ranked = large._replace(strategy=strategy, seconds=time + ordering)
            yield from _prune(ranked, coef, order, sizes, fits, distilling)


def train_columns(features: Features, plan: Plan, *, everything: bool) -> Iterator[Model]:
    """Train a model of all prepared columns with a ridge, and prune it to every budget.

    Parameters
    ----------
    features : Features
        Whose rows are those of the prepared columns.
    plan : Plan
    everything : bool
        Whether to prune it to sizes between the budgets, too.
    """
    rows, p = features.rows, plan.n_columns
    (fits, seconds), n_columns = timed(_fits, RIDGE, rows), rows.F.shape[1]
    (coef, alpha), fitting = timed(next, fits.dense(np.array([n_columns])))
    time, predict = features.seconds + seconds + fitting, Predictor(slice(n_columns), coef)
    linear = Model(LINEAR, RIDGE, "", p, p, alpha, np.nan, predict, time)
    yield linear
    sizes = plan.column_sizes(everything=everything)
    for strategy in plan.column_strategies if sizes else ():
        order, ordering = timed(_rank, strategy, coef, rows, 0)
        ranked = linear._replace(strategy=strategy, seconds=time + ordering)
        for model in _prune(ranked, coef, order, sizes, fits, None):
            yield model._replace(method=OF_COLUMNS[model.method])


def _prune(
    ranked: Model,
    coef: Array,
    order: Indices,
    sizes: Sequence[int],
    fits: Any,
    distilling: tuple[Union, Any] | None,
) -> Iterator[Model]:
    """Prune a dense model to several sizes."""
    for size in sizes:
        model = ranked._replace(budget=size)
        yield from _prune_to(model, coef, order[:size], fits, distilling)


def _prune_to(
    model: Model, coef: Array, columns: Indices, fits: Any, distilling: tuple[Union, Any] | None
) -> Iterator[Model]:
    """Keep some columns of a dense model: as they are, retrained, or distilled."""
    yield model._replace(method=PRUNED, predict=Predictor(columns, coef[columns]))
    (refitted, alpha), time = timed(fits.refit, columns)
    model = model._replace(retrain_alpha=alpha, seconds=model.seconds + time)
    yield model._replace(method=RETRAINED, predict=Predictor(columns, refitted))
    if distilling is not None:
        (predict, alpha), time = timed(_distill, *distilling, columns, coef)
        yield model._replace(
            method=DISTILLED, retrain_alpha=alpha, predict=predict, seconds=model.seconds + time
        )


def _distill(union: Union, fits: Any, columns: Indices, coef: Array) -> tuple[Predictor, float]:
    """Fit some columns to the predictions of a dense model."""
    refitted, alpha = fits.refit(columns, coef)
    return Predictor(columns, refitted, union.mean[columns], union.mean[: len(coef)] @ coef), alpha


def _rank(strategy: str, coef: Array, rows: FittedRows, seed: int) -> Indices:
    """Return the features from best to worst."""
    data = TrainingData.unweighted(rows.F[:, : len(coef)], rows.y)
    fit = LinearFit(None, coef.T, np.zeros(rows.y.shape[1]), centred=False)
    return Recipe.of(strategy, False, random_state=seed).order(fit, data).columns


def timed(function: Any, *args: Any) -> tuple[Any, float]:
    """Call a function, and return the result and the seconds of processor time it took."""
    start = thread_time()
    return function(*args), thread_time() - start
