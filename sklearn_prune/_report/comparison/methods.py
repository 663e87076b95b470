"""The methods that a report compares, trained on the same random features."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._checks.training_data import TrainingData
from sklearn_prune._pruning.linear_fit import LinearFit
from sklearn_prune._pruning.recipe import Recipe

from .centring import centre
from .matching_pursuit import pursue
from .plain_fits import PlainFits
from .records import DENSE, DISTILLED, PLAIN, PRUNED, PURSUED, RANDOM, RETRAINED, RIDGE, SMALL
from .ridge_fits import RidgeFits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Array, Indices

    from .plan import Plan

FITS: dict[str, Any] = {PLAIN: PlainFits, RIDGE: RidgeFits}


class Features(NamedTuple):
    """Random features, centred by those of the rows to fit.

    Attributes
    ----------
    fit : ndarray of shape (n_fit, n_features)
    judge : ndarray of shape (n_judge, n_features)
    unlabeled : ndarray of shape (n_unlabeled, n_features) or None
    y : ndarray of shape (n_fit, n_targets)
        Centred targets.
    seconds : float
        How long they took.
    """

    fit: Array
    judge: Array
    unlabeled: Array | None
    y: Array
    seconds: float


class Model(NamedTuple):
    """A trained model, its predictions for the rows to judge, and how long it took."""

    method: str
    setting: str
    strategy: str
    width: int
    budget: int
    alpha: float
    retrain_alpha: float
    predicted: Array
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
    p = features.fit.shape[1]
    orders = {}
    if everything:
        orders = {
            SMALL: (np.arange(p), 0.0),
            RANDOM: (_rank("random", np.empty((p, 1)), features, seed), 0.0),
            PURSUED: timed(pursue, features.fit, features.y, plan.budgets[-1]),
        }
    for setting, Fits in FITS.items():
        fits, seconds = timed(Fits, features.fit, features.y)
        yield from _large(setting, fits, features, plan, everything=everything, seconds=seconds)
        for method, (order, ordering) in orders.items():
            for size in plan.kept_sizes() if method == SMALL else plan.budgets:
                (coef, alpha), fitting = timed(fits.refit, order[:size])
                predicted = features.judge[:, order[:size]] @ coef
                width = size if method == SMALL else p
                time = features.seconds * width / p + ordering + fitting
                yield Model(method, setting, "", width, size, np.nan, alpha, predicted, time)


def _large(
    setting: str, fits: Any, features: Features, plan: Plan, *, everything: bool, seconds: float
) -> Iterator[Model]:
    """Train dense models of all widths, and prune each by every strategy to every budget."""
    G, p = features.judge, features.fit.shape[1]
    stacked = None
    if features.unlabeled is not None:
        stacked = _Stacked(features.fit, features.unlabeled, FITS[setting])
    dense = fits.dense(np.array(plan.widths))
    for width in plan.widths:
        (coef, alpha), fitting = timed(next, dense)
        time = (features.seconds + seconds) * width / p + fitting
        predicted = G[:, :width] @ coef
        large = Model(DENSE, setting, "", width, width, alpha, np.nan, predicted, time)
        yield large
        kept = plan.kept_sizes() if everything and width == p else plan.budgets
        for strategy in plan.strategies:
            order, ordering = timed(_rank, strategy, coef, features, 0)
            ranked = large._replace(strategy=strategy, seconds=time + ordering)
            for size in kept:
                if size < width:
                    pruned = ranked._replace(budget=size)
                    yield from _prune(pruned, coef, order[:size], G, fits, stacked)


def _prune(
    model: Model, coef: Array, columns: Indices, G: Array, fits: Any, stacked: _Stacked | None
) -> Iterator[Model]:
    """Keep some columns of a dense model: as they are, retrained, or distilled."""
    yield model._replace(method=PRUNED, predicted=G[:, columns] @ coef[columns])
    (refitted, alpha), time = timed(fits.refit, columns)
    model = model._replace(retrain_alpha=alpha, seconds=model.seconds + time)
    yield model._replace(method=RETRAINED, predicted=G[:, columns] @ refitted)
    if stacked is not None:
        (predicted, alpha), time = timed(stacked.distill, columns, coef, G)
        yield model._replace(
            method=DISTILLED, retrain_alpha=alpha, predicted=predicted, seconds=model.seconds + time
        )


class _Stacked:
    """Rows with and without labels, to be fitted to the predictions of a dense model."""

    def __init__(self, labeled: Array, unlabeled: Array, Fits: Any) -> None:
        F = np.vstack([labeled, unlabeled])
        self.mean = centre(F)
        self.fits = Fits(F, np.empty((len(F), 0)))

    def distill(self, columns: Indices, coef: Array, G: Array) -> tuple[Array, float]:
        """Return predictions for G, and the penalty."""
        refitted, alpha = self.fits.refit(columns, coef)
        mean = self.mean[: len(coef)] @ coef
        return (G[:, columns] - self.mean[columns]) @ refitted + mean, alpha


def _rank(strategy: str, coef: Array, features: Features, seed: int) -> Indices:
    """Return the features from best to worst."""
    data = TrainingData.unweighted(features.fit[:, : len(coef)], features.y)
    fit = LinearFit(None, coef.T, np.zeros(features.y.shape[1]), centred=False)
    return Recipe.of(strategy, False, random_state=seed).order(fit, data).columns


def timed(function: Any, *args: Any) -> tuple[Any, float]:
    """Call a function, and return the result and the seconds of processor time it took."""
    start = process_time()
    return function(*args), process_time() - start
