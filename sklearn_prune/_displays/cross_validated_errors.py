"""Test errors of an estimator over a grid of parameters, for the displays."""

from __future__ import annotations

from itertools import product
from numbers import Integral

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv, cross_val_score
from sklearn.utils.parallel import Parallel, delayed

from sklearn_prune._checks.arguments import as_list

# What some scores are missing to 1, by name.
NAMES = {"r2": "1 - R²", "accuracy": "Error rate"}


def find_parameter(estimator, path, name, owner):
    """Return the path of a parameter, if there are several that of an `owner`."""
    if not hasattr(estimator, "get_params") or isinstance(estimator, type):
        msg = f"estimator is {estimator!r}: give an estimator, such as a Pipeline."
        raise ValueError(msg)
    params = estimator.get_params()
    if path != "auto":
        found = [path] if path in params else []
    else:
        found = [key for key in params if key.rpartition("__")[2] == name]
        owners = [params.get(key.rpartition("__")[0], estimator) for key in found]
        owned = [key for key, obj in zip(found, owners, strict=True) if isinstance(obj, owner)]
        found = owned or found
    if len(found) != 1:
        msg = (
            f"{path!r} stands for {found or 'no parameter'} of {type(estimator).__name__}: "
            f"give the name of the one to vary, such as 'step__{name}'."
        )
        raise ValueError(msg)
    return found[0]


def check_counts(values, name, largest=np.inf):
    """Return increasing numbers of features as a list of int."""
    values = as_list(values, name)
    counts = all(isinstance(v, Integral) and 1 <= int(v) <= largest for v in values)
    if not values or not counts or values != sorted(set(values)):
        upto = "" if largest == np.inf else f" and at most {largest}, the largest width"
        msg = f"{name} is {values}: give increasing ints, at least 1{upto}."
        raise ValueError(msg)
    return [int(v) for v in values]


def resolve_auto(scoring, estimator):
    """Return the name that the score "auto" has for an estimator, or another score as it is."""
    if not isinstance(scoring, str) or scoring != "auto":
        return scoring
    return "accuracy" if is_classifier(estimator) else "neg_mean_squared_error"


def training_folds(estimator, X, y, cv):
    """Return the folds, and the median number of distinct samples to train on."""
    splits = list(check_cv(cv, y, classifier=is_classifier(estimator)).split(X, y))
    return splits, float(np.median([len(np.unique(train)) for train, _ in splits]))


def cross_validate(estimator, X, y, settings, shape, splits, scoring, n_jobs):
    """Return test errors, NaN but at the indices that have `settings`, parameters each.

    Returns
    -------
    errors : ndarray of shape (*shape, n_splits)
    """
    scorer = check_scoring(estimator, scoring)
    tasks = list(product(settings, range(len(splits))))
    scores = Parallel(n_jobs=n_jobs)(
        delayed(_score_split)(estimator, settings[index], X, y, splits[fold], scorer)
        for index, fold in tasks
    )
    errors = np.full((*shape, len(splits)), np.nan)
    for (index, fold), error in zip(
        tasks, scores_to_errors(np.array(scores), scoring), strict=True
    ):
        errors[(*index, fold)] = error
    return errors


def scores_to_errors(scores, scoring):
    """Return what is missing to the best score: 0 for a negative error, and else 1."""
    best = 0 if callable(scoring) or str(scoring).startswith("neg_") else 1
    return best - scores


def _score_split(estimator, params, X, y, split, scorer):
    model = clone(estimator).set_params(**params)
    return cross_val_score(model, X, y, cv=[split], scoring=scorer, error_score="raise")[0]


def error_name(scoring):
    """Return what `scores_to_errors` makes of a score, as a label."""
    if callable(scoring):
        return "Error"
    if scoring is None:
        return "1 - score"
    if scoring.startswith("neg_"):
        return scoring.removeprefix("neg_").replace("_", " ").capitalize()
    return NAMES.get(scoring, f"1 - {scoring}")


def prediction_errors(y_true, y_pred, *, classification):
    """Return mean errors over rows and targets, of shape (n_curves, n_sizes, n_repeats).

    They are squared errors; or shares of wrong labels, NaN where one is NaN.
    """
    dtype = None if classification else float
    y_true, y_pred = np.asarray(y_true, dtype=dtype), np.asarray(y_pred, dtype=dtype)
    leading = y_pred.ndim - y_true.ndim
    if not 1 <= leading <= 3 or y_pred.shape[leading:] != y_true.shape:
        msg = (
            f"y_pred has shape {y_pred.shape}: give (n_curves, n_sizes, n_repeats), or the "
            f"first two or the second alone, and then the shape of y_true, {y_true.shape}."
        )
        raise ValueError(msg)
    errors = _wrong(y_pred, y_true) if classification else (y_pred - y_true) ** 2
    errors = errors.mean(axis=tuple(range(leading, y_pred.ndim)))
    return errors if leading == 3 else np.atleast_2d(errors)[..., np.newaxis]


def _wrong(y_pred, y_true):
    wrong = (y_pred != y_true).astype(float)
    if y_pred.dtype.kind == "f":
        wrong[np.isnan(y_pred)] = np.nan
    return wrong
