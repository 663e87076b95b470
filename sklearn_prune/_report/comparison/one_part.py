"""One part of the comparison: rows to fit, rows to judge, and the errors of all methods."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from sklearn_prune._report.table.preparation import preparation, random_features

from .centring import centre
from .fitted_rows import FittedRows, Union
from .judging import Judge
from .methods import Features, train
from .trained_model import predict_one_by_one

if TYPE_CHECKING:
    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import Array, Indices

    from .plan import Plan
    from .records import Part, Record


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
            fit, judged = (training[rows] for rows in plan.inner_split(part, len(training)))
        rows = training, fit, judged
        features, G, y_mean = _draw(part, plan, X, target, rows, X_unlabeled)
        models = train(features, plan, seed=plan.feature_seed(part), everything=part.inner is None)
        judge = Judge(list(models), target, y_mean, len(judged), predict=predict_one_by_one)
        judge.add(judged, G)
        return judge.records()


def _draw(
    part: Part,
    plan: Plan,
    X: Any,
    target: Target,
    rows: tuple[Indices, Indices, Indices],
    X_unlabeled: Any,
) -> tuple[Features, Array, Array]:
    """Return the random features to fit and to judge, and the means of the targets.

    The columns are prepared as all training rows of the outer fold say.
    """
    start = process_time()
    training, fit, judged = rows
    columns = preparation(impute=plan.impute).fit(X.iloc[training])
    A = columns.transform(X.iloc[fit])
    layer = random_features(plan.widths[-1], plan.feature_seed(part)).fit(A)
    F = layer.transform(A)
    seconds = process_time() - start
    mean = centre(F)
    G = layer.transform(columns.transform(X.iloc[judged])) - mean
    union = None
    if X_unlabeled is not None:
        union = _union(F, layer.transform(columns.transform(X_unlabeled)) - mean)
    y = target.values[fit]
    y_mean = centre(y)
    return Features(FittedRows(F, y, len(F)), union, seconds), G, y_mean


def _union(labeled: Array, unlabeled: Array) -> Union:
    """Put rows with and without labels together, about their common means."""
    F = np.vstack([labeled, unlabeled])
    mean = centre(F)
    return Union(FittedRows(F, np.empty((len(F), 0)), len(F)), mean)
