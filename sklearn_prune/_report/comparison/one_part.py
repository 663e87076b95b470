"""One part of the comparison: rows to fit, rows to judge, and the errors of all methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from sklearn_prune._report.table.preparation import preparation, random_features

from .centring import centre
from .fitted_rows import FittedRows, Union
from .judging import Judge
from .methods import Features, timed, train, train_columns
from .outside_references import Split, outside_records
from .trained_model import predict_one_by_one

if TYPE_CHECKING:
    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import Array, Indices

    from .plan import Plan
    from .records import Part, Record
    from .trained_model import Model


def evaluate_part(part: Part, plan: Plan, X: Any, target: Target, X_unlabeled: Any) -> list[Record]:
    """Return the errors of all methods on the rows that a part puts aside.

    Parameters
    ----------
    part : Part
    plan : Plan
    X : DataFrame of shape (n_samples, n_columns)
    target : Target
    X_unlabeled : DataFrame of shape (n_unlabeled, n_columns) or None

    Returns
    -------
    list of Record
    """
    with threadpool_limits(1):  # the parts are what runs in parallel
        training, judged = plan.outer_split(part, target.codes)
        fit = training
        if part.inner is not None:
            fit, judged = (training[rows] for rows in plan.inner_split(part, training))
        columns, seconds = timed(preparation(impute=plan.impute).fit, X.iloc[training])
        A, preparing = timed(columns.transform, X.iloc[fit])
        split = Split(A, columns.transform(X.iloc[judged]), fit, judged)
        unlabeled = None if X_unlabeled is None else columns.transform(X_unlabeled)
        seconds += preparing
        records = _of_random_features(part, plan, split, target, unlabeled, seconds)
        return records + _of_columns(part, plan, split.without_ones(), target, seconds)


def _of_random_features(
    part: Part, plan: Plan, split: Split, target: Target, unlabeled: Array | None, seconds: float
) -> list[Record]:
    """Return the errors of models of random features."""
    layer = random_features(plan.widths[-1], plan.feature_seed(part))
    F, drawing = timed(layer.fit_transform, split.A)
    mean = centre(F)
    G = layer.transform(split.B) - mean
    union = None if unlabeled is None else _union(F, layer.transform(unlabeled) - mean)
    y = target.values[split.fit]
    y_mean = centre(y)
    features = Features(FittedRows(F, y, len(F)), union, seconds + drawing)
    is_outer = part.inner is None
    models = train(features, plan, seed=plan.feature_seed(part), everything=is_outer)
    return _judge(list(models), plan, target, y_mean, split.judged, G)


def _of_columns(
    part: Part, plan: Plan, split: Split, target: Target, seconds: float
) -> list[Record]:
    """Return the errors of models of the columns themselves, and of the references."""
    if not plan.n_columns:
        return []
    A, y = split.A.copy(), target.values[split.fit]
    mean, y_mean = centre(A), centre(y)
    features = Features(FittedRows(A, y, len(A)), None, seconds)
    models = list(train_columns(features, plan, everything=part.inner is None))
    records = _judge(models, plan, target, y_mean, split.judged, split.B - mean)
    if part.inner is None:
        records += outside_records(split, plan, target, seed=plan.feature_seed(part))
    return records


def _judge(
    models: list[Model], plan: Plan, target: Target, y_mean: Array, judged: Indices, G: Array
) -> list[Record]:
    n_rows, together = len(judged), plan.cut.together()
    judge = Judge(models, target, y_mean, n_rows, predict=predict_one_by_one, together=together)
    judge.add(judged, G)
    return judge.records()


def _union(labeled: Array, unlabeled: Array) -> Union:
    """Put rows with and without labels together, about their common means."""
    F = np.vstack([labeled, unlabeled])
    mean = centre(F)
    return Union(FittedRows(F, np.empty((len(F), 0)), len(F)), mean)
