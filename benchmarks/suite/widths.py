"""Nested widths with several budgets, cross-validated: shared work against refitting."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold

from sklearn_prune import PrunedRegressor, RandomFeatures, width_path

from .data import smooth
from .harness import Method, Task, measure

N_FOLDS = 5


def run(effort):
    """Yield the rows of the task."""
    n, largest = effort(400), effort(4000)
    data = smooth(n, 20)
    X = RandomFeatures(largest, random_state=0).fit_transform(data.X)
    widths = list(range(80, largest + 1, 80))
    budgets = sorted({effort(s) for s in (20, 40, 80)})
    yield measure(width_task(X, data.y, widths, budgets), effort)


def width_task(X, y, widths, budgets):
    """Return the ways to the errors of all widths and budgets."""
    errors = width_errors(path_of_widths(X, y, widths, budgets))

    def difference(other, _data):
        return {"error": float(np.abs(other / errors - 1).max())}

    methods = [
        Method("width_path", lambda _: path_of_widths(X, y, widths, budgets)),
        Method(
            "LinearRegression, budgets share the dense fit",
            lambda _: refit_widths(X, y, widths, budgets),
            difference,
            note="error: largest relative difference of a validation error",
        ),
        Method(
            "PrunedRegressor(estimator=LinearRegression) at each",
            lambda _: refit_models(X, y, widths, budgets),
            share=1 / N_FOLDS,
            note="a loop over all models; for the first fold, scaled up",
        ),
    ]
    sizes = f"n={len(y)}, {len(widths)} widths up to {widths[-1]}, s={budgets}"
    return Task("Nested widths", sizes, methods)


def path_of_widths(X, y, widths, budgets):
    """Return the path, pruned at random as well."""
    options = {"strategy": "magnitude", "cv": N_FOLDS, "random_state": 0}
    return width_path(X, y, widths=widths, sparsities=budgets, **options)


def width_errors(path):
    """Return the errors of dense, retrained and randomly pruned models, one beside the other."""
    dense = path.dense_errors[np.newaxis]
    return np.concatenate([dense, path.retrained_errors, path.random_errors])


def refit_models(X, y, widths, budgets):
    """Fit every model by itself to the first fold."""
    train, test = next(KFold(N_FOLDS).split(X))
    for width in widths:
        models = [
            PrunedRegressor(strategy, s, estimator=LinearRegression(), random_state=0)
            for strategy in ("magnitude", "random")
            for s in budgets
        ]
        for model in [LinearRegression(), *models]:
            model.fit(X[train, :width], y[train]).predict(X[test, :width])


def refit_widths(X, y, widths, budgets):
    """Return the same errors by refitting with scikit-learn what budgets do not share."""
    errors = np.empty((1 + 2 * len(budgets), len(widths), N_FOLDS))
    for fold, (train, test) in enumerate(KFold(N_FOLDS).split(X)):
        data = X[train], y[train], X[test], y[test]
        for i, width in enumerate(widths):
            dense, errors[0, i, fold] = validate(*data, slice(width))
            order = np.argsort(-np.abs(dense.coef_), kind="stable")
            random_order = np.argsort(-np.random.RandomState(0).permutation(width))
            kept = [order[:s] for s in budgets] + [random_order[:s] for s in budgets]
            for j, columns in enumerate(kept, start=1):
                _, errors[j, i, fold] = validate(*data, np.sort(columns))
    return errors


def validate(X, y, X_test, y_test, columns):
    """Return the model of some columns, and its validation error."""
    model = LinearRegression().fit(X[:, columns], y)
    return model, np.mean((y_test - model.predict(X_test[:, columns])) ** 2)
