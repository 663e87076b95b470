"""One part of the comparison: rows to fit, rows to judge, and the errors of all methods."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING, Any

from threadpoolctl import threadpool_limits

from sklearn_prune._report.table.preparation import preparation, random_features

from .centring import centre
from .methods import Features, train
from .records import Record

if TYPE_CHECKING:
    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import Array, Indices

    from .methods import Model
    from .plan import Plan
    from .records import Part


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
        training, judge = plan.outer_split(part, target.codes)
        fit = training
        if part.inner is not None:
            fit, judge = (training[rows] for rows in plan.inner_split(part, len(training)))
        features, y_mean = _draw(part, plan, X, target, (training, fit, judge), X_unlabeled)
        models = train(features, plan, seed=plan.feature_seed(part), everything=part.inner is None)
        return [_judge(model, target, judge, y_mean) for model in models]


def _draw(
    part: Part,
    plan: Plan,
    X: Any,
    target: Target,
    rows: tuple[Indices, Indices, Indices],
    X_unlabeled: Any,
) -> tuple[Features, Array]:
    """Return the random features, and the means of the targets.

    The columns are prepared as all training rows of the outer fold say.
    """
    start = process_time()
    training, fit, judge = rows
    columns = preparation(impute=plan.impute).fit(X.iloc[training])
    A = columns.transform(X.iloc[fit])
    layer = random_features(plan.widths[-1], plan.feature_seed(part)).fit(A)
    F = layer.transform(A)
    seconds = process_time() - start
    mean = centre(F)
    G = layer.transform(columns.transform(X.iloc[judge])) - mean
    U = None
    if X_unlabeled is not None:
        U = layer.transform(columns.transform(X_unlabeled)) - mean
    y = target.values[fit]
    y_mean = centre(y)
    return Features(F, G, U, y, seconds), y_mean


def _judge(model: Model, target: Target, rows: Indices, y_mean: Array) -> Record:
    """Return the errors of a model for some rows."""
    predicted = model.predicted + y_mean
    shared = {name: value for name, value in model._asdict().items() if name in Record._fields}
    return Record(
        **shared,
        error=target.error(rows, predicted),
        error_rate=target.error_rate(rows, predicted),
    )
