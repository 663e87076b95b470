"""Fitted models: from columns to what their methods return."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import Pipeline

from sklearn_prune._least_squares.min_norm import MinNormRegressor
from sklearn_prune._least_squares.targeted_ridge import TargetedRidge
from sklearn_prune._pruning.sparse_model import SparseClassifier, SparseRegressor
from sklearn_prune._random_features.pruned_random_features import PrunedRandomFeatures
from sklearn_prune._random_features.pruned_random_features_classifier import (
    PrunedRandomFeaturesClassifier,
)

from .class_probabilities import probabilities_of, softmax_of
from .graph import Output
from .linear_scores import Linear, check_linear, linear_part, linear_regression, scores_of
from .random_layers import random_layer
from .transformers import transformed

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import AnyArray, Array

    from .graph import Graph
    from .wanted_columns import Columns


@singledispatch
def predicted(model: Any, columns: Columns) -> dict[str, Output]:
    """Return the outputs of a fitted model, by the name of the method that returns the same.

    Raises
    ------
    TypeError
        If nothing is known of such a model.
    """
    if not hasattr(model, "predict"):
        made = transformed(model, columns)
        return {"transform": Output(made.all(), (made.n_columns,))}
    check_linear(model)
    kind = linear_classification if is_classifier(model) else linear_regression
    return kind(model, columns)


for kind in MinNormRegressor, TargetedRidge, SparseRegressor:
    predicted.register(kind, linear_regression)


@predicted.register(SparseClassifier)
def linear_classification(model: Any, columns: Columns) -> dict[str, Output]:
    """Return the outputs of a linear classifier."""
    return _classification(model, columns, getattr(model, "predict_proba", None))


def _classification(
    model: Any, columns: Columns, predict_proba: Callable[[Array], AnyArray] | None
) -> dict[str, Output]:
    """Return the outputs of a classifier that is linear in some columns."""
    graph, linear = columns.graph, linear_part(model)
    scores = scores_of(columns, linear)
    outputs = {"predict": labels_of(graph, scores, model), "decision_function": scores}
    if predict_proba is None:
        return outputs
    probabilities = probabilities_of(graph, scores, linear, predict_proba)
    return outputs | ({} if probabilities is None else {"predict_proba": probabilities})


def labels_of(graph: Graph, scores: Output, model: Any) -> Output:
    """Return the labels for which scores speak."""
    if scores.shape:
        codes = graph.add("ArgMax", scores.tensor, axis=1, keepdims=0)
    else:
        is_second = graph.add("Greater", scores.tensor, np.float64(0))
        codes = graph.add("Where", is_second, np.array(1), np.array(0))
    labels = graph.constant(model.classes_)
    return Output(graph.add("Gather", labels, codes, axis=0), labels=graph.constants[labels])


@predicted.register(PrunedRandomFeatures)
def _(model: PrunedRandomFeatures, columns: Columns) -> dict[str, Output]:
    return linear_regression(model, random_layer(model, columns))


@predicted.register(PrunedRandomFeaturesClassifier)
def _(model: PrunedRandomFeaturesClassifier, columns: Columns) -> dict[str, Output]:
    predict_proba = getattr(model.retrained_estimator_, "predict_proba", None)
    return _classification(model, random_layer(model, columns), predict_proba)


@predicted.register(DummyRegressor)
def _(model: DummyRegressor, columns: Columns) -> dict[str, Output]:
    constant = model.constant_[0] if model.n_outputs_ > 1 else model.constant_[0, 0]
    return {"predict": _same_for_all(columns, constant)}


@predicted.register(DummyClassifier)
def _(model: DummyClassifier, columns: Columns) -> dict[str, Output]:
    if model.strategy in ("stratified", "uniform") or model.n_outputs_ > 1:
        msg = "DummyClassifier is exported for one target, and strategies that are not random."
        raise ValueError(msg)
    (shares,) = model.predict_proba(np.zeros((1, columns.n_columns)))
    probabilities = _same_for_all(columns, shares)
    predict = labels_of(columns.graph, probabilities, model)
    return {"predict": predict, "predict_proba": probabilities}


def _same_for_all(columns: Columns, constant: AnyArray) -> Output:
    """Return a constant for each sample."""
    coef = np.zeros((*np.shape(constant), columns.n_columns))
    return scores_of(columns, Linear(coef, np.asarray(constant)))


@predicted.register(Pipeline)
def _(model: Pipeline, columns: Columns) -> dict[str, Output]:
    return predicted(model.steps[-1][1], transformed(model[:-1], columns))


@predicted.register(CalibratedClassifierCV)
def _(model: CalibratedClassifierCV, columns: Columns) -> dict[str, Output]:
    fitted, *others = model.calibrated_classifiers_
    if model.method != "temperature" or others:
        msg = (
            f"CalibratedClassifierCV(method={model.method!r}, ensemble={model.ensemble!r}) cannot "
            "be exported: give method='temperature' and ensemble=False."
        )
        raise ValueError(msg)
    scores = predicted(fitted.estimator, columns)["decision_function"]
    probabilities = softmax_of(columns.graph, scores, float(fitted.calibrators[0].beta_))
    return {"predict": labels_of(columns.graph, scores, model), "predict_proba": probabilities}


@predicted.register(FrozenEstimator)
def _(model: FrozenEstimator, columns: Columns) -> dict[str, Output]:
    return predicted(model.estimator, columns)


@predicted.register(GridSearchCV)
@predicted.register(RandomizedSearchCV)
def _(model: Any, columns: Columns) -> dict[str, Output]:
    return predicted(model.best_estimator_, columns)
