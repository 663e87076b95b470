"""Small, or large and pruned? The comparison on one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder
from sklearn.utils.parallel import Parallel, delayed

from ._min_norm import MinNormRegressor
from ._random_features import RandomFeatures
from ._training_data import TrainingData
from ._width_predictions import Pruning, predict_widths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Array = NDArray[Any]

PLAIN = MinNormRegressor()
# For tall data scikit-learn prefers the eigenvectors of the covariance, three times slower here.
RIDGE = RidgeCV(alphas=np.logspace(-3, 4, 15), gcv_mode="svd")

# What is fitted to s random features, and how a dense model of many comes down to s.
DENSE, SMALL = "large, not pruned", ("small", "small, ridge")
PRUNED = {
    "large, pruned": Pruning("magnitude", None),
    "large, pruned, retrained": Pruning("magnitude", PLAIN),
    "large, pruned, ridge refit": Pruning("magnitude", RIDGE),
    "large, randomly pruned, retrained": Pruning("random", PLAIN),
}

BUDGET_SHARES = (0.05, 0.2, 0.5)
# So many widths share their work: with more, cores and the progress bar would wait for tasks.
TASK_WIDTHS = 5
WIDTH_SHARES = (0.02, 0.1, 0.35, 0.7, 0.85, 1, 1.2, 1.5, 2, 3, 4)


def default_budgets(n_train: int) -> list[int]:
    """Return three numbers of features to keep, for so many training samples."""
    return sorted({max(1, round(share * n_train)) for share in BUDGET_SHARES})


def default_widths(n_train: int, budgets: Sequence[int]) -> list[int]:
    """Return widths from far below to far above `n_train`, with the budgets among them."""
    grid = {max(1, round(share * n_train)) for share in WIDTH_SHARES}
    beyond = set() if max(grid) > max(budgets) else {4 * max(budgets)}
    return sorted(grid | beyond | set(budgets))


def compare(
    X: pd.DataFrame,
    y: Array,
    *,
    budgets: Sequence[int],
    widths: Sequence[int],
    n_folds: int,
    seed: int,
    n_jobs: int | None,
) -> Iterator[pd.DataFrame]:
    """Cross-validate every method at every width, and yield the errors of each task.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_columns)
        Columns that are not numeric are one-hot encoded.
    y : ndarray of shape (n_samples,)
        Target.
    budgets : sequence of int
        Numbers of random features to keep, s, all of them among the widths.
    widths : sequence of int
        Numbers of random features, p.
    n_folds : int
        Number of cross-validation folds, the same for all methods.
    seed : int
        Seed of the folds, the random features and the random pruning.
    n_jobs : int or None
        Number of parallel jobs.

    Yields
    ------
    DataFrame with the columns width, fold, method, budget, error
        The error is the mean squared error on the fold in units of the variance of
        y. There is one frame for each width and fold, in no particular order.
    """
    folds = list(KFold(n_folds, shuffle=True, random_state=seed).split(X))
    widths = sorted(widths, reverse=True)
    tasks = (
        delayed(_evaluate)(X, y, folds[fold], group, budgets, fold=fold, seed=seed + fold)
        for group in (widths[k : k + TASK_WIDTHS][::-1] for k in range(0, len(widths), TASK_WIDTHS))
        for fold in range(n_folds)
    )
    for frames in Parallel(n_jobs=n_jobs, return_as="generator_unordered")(tasks):
        yield from frames


def _evaluate(
    X: pd.DataFrame,
    y: Array,
    split: tuple[Array, Array],
    widths: Sequence[int],
    budgets: Sequence[int],
    *,
    fold: int,
    seed: int,
) -> list[pd.DataFrame]:
    """Return the errors of all methods on one fold, a frame for each of the increasing widths."""
    train, test = split
    F_train, F_test = _random_features(X.iloc[train], X.iloc[test], max(widths), seed)
    data = TrainingData(F_train, y[train], np.ones(len(train)), None, None)
    prunings = [pruning._replace(random_state=seed) for pruning in PRUNED.values()]

    def error(predicted: Array) -> float:
        return float(np.mean((y[test] - predicted) ** 2) / np.var(y))

    frames = []
    predictions = predict_widths(PLAIN, data, F_test, np.array(widths), budgets, prunings)
    for width, (dense, pruned) in zip(widths, predictions, strict=True):
        rows = [(DENSE, width, error(dense))]
        if width in budgets:
            ridge = clone(RIDGE).fit(F_train[:, :width], y[train]).predict(F_test[:, :width])
            rows += zip(SMALL, (width, width), (error(dense), error(ridge)), strict=True)
        rows += [
            (method, budget, error(pruned[i, k]))
            for i, method in enumerate(PRUNED)
            for k, budget in enumerate(budgets)
            if budget <= width
        ]
        frame = pd.DataFrame(rows, columns=["method", "budget", "error"])
        frames.append(frame.assign(width=width, fold=fold))
    return frames


def _random_features(
    X_train: pd.DataFrame, X_test: pd.DataFrame, width: int, seed: int
) -> tuple[Array, Array]:
    """Return ReLU features of the columns, scaled to [-1, 1] or one-hot encoded.

    A test row beyond the range of the training rows is clipped: without that, single
    rows decide the mean squared error of an interpolating model.
    """
    numeric = make_column_selector(dtype_include=np.number)
    other = make_column_selector(dtype_exclude=np.number)
    encoder = OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=20, sparse_output=False
    )
    scaler = MinMaxScaler((-1, 1), clip=True)
    columns = make_column_transformer((scaler, numeric), (encoder, other))
    A_train, A_test = columns.fit_transform(X_train), columns.transform(X_test)
    features = RandomFeatures(width, scale=A_train.shape[1] ** -0.5, random_state=seed)
    return features.fit_transform(A_train), features.transform(A_test)


def mean_and_error(values: pd.Series) -> tuple[float, float]:
    """Return the mean over folds and its standard error.

    Training sets of k folds overlap, so the variance between folds is multiplied by
    1/k + 1/(k - 1) instead of 1/k (Nadeau and Bengio, Machine Learning 52, 239-281,
    2003).
    """
    k = len(values)
    return values.mean(), values.std() * np.sqrt(1 / k + 1 / (k - 1))


def fold_errors(results: pd.DataFrame, method: str, budget: int, width: int) -> pd.Series:
    """Return the errors of one model, by fold."""
    chosen = (
        (results["method"] == method) & (results["budget"] == budget) & (results["width"] == width)
    )
    return results[chosen].set_index("fold")["error"]


def verdict(results: pd.DataFrame, budget: int) -> str:
    """Say in one sentence whether to train small, or large and prune, at one budget.

    Both sides have a ridge, the small model in its only fit, the large one of the
    largest width in its refit. They are compared fold by fold, and a difference
    counts from two standard errors on.
    """
    width = results["width"].max()
    small = fold_errors(results, "small, ridge", budget, budget)
    large = fold_errors(results, "large, pruned, ridge refit", budget, width)
    gain, std_error = mean_and_error(small - large)
    if abs(gain) <= 2 * std_error:
        answer = "no clear difference, so train small"
    elif gain > 0:
        answer = f"train large and prune, for {gain / small.mean():.0%} less error"
    else:
        answer = f"train small, for {-gain / large.mean():.0%} less error"
    return (
        f"{budget} features: {answer}. (Error {large.mean():.3g} for {width} features pruned to "
        f"{budget}, {small.mean():.3g} for {budget} trained directly, both with a ridge; "
        f"difference {gain:.2g} ± {std_error:.2g}.)"
    )
