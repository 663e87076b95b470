"""The report from Python."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn_prune._report.answer.findings import CLASS_LOADING, LOADING, LOADING_UNLABELED
from sklearn_prune._report.comparison.all_parts import run_parts
from sklearn_prune._report.comparison.fingerprint import fingerprint
from sklearn_prune._report.comparison.predicted_errors import predict
from sklearn_prune._report.comparison.store import Store
from sklearn_prune._report.table.columns import as_frame
from sklearn_prune._report.table.loading_code import conversion
from sklearn_prune._report.table.raw_table import raw_column
from sklearn_prune._report.table.row_labels import group_labels, time_labels

from .checked_table import check_settings, check_table
from .dependent_rows import DependentRows, check_one
from .python_words import in_python, told_in_python
from .result import Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from .checked_table import CheckedTable

EXTRA = (
    "the report needs more packages: "
    "pip install chardet jinja2 matplotlib pandas pyarrow rich skops"
)


def report(
    X,
    y,
    *,
    budgets=None,
    widths=None,
    strategies=("magnitude", "hessian"),
    cv=None,
    repeats=1,
    groups=None,
    time=None,
    classification=False,
    X_unlabeled=None,
    impute=False,
    random_state=0,
    n_jobs=None,
    store=None,
    progress=None,
    name="the table",
):
    r"""Answer for a table: train a small model, or train a large one and prune it?

    On the same outer folds it compares s random features trained directly with p > s random
    features that are pruned to s, retrained or not. Width, strategy and penalties are chosen
    inside each training fold. The columns themselves, pruned to s, and references that
    are not for pruning (a linear model of all columns, boosted trees) are judged beside them.

    Parameters
    ----------
    X : DataFrame or array-like of shape (n_samples, n_columns)
        The columns to learn from. Those that are not numbers are one-hot encoded.
    y : array-like of shape (n_samples,)
        The target.
    budgets : sequence of int, default=None
        Numbers of features to keep, s. None stands for 5, 20 and 50 % of the training rows
        of a fold (of 2,000, if there are more).
    widths : sequence of int, default=None
        Numbers of random features, p, among which the large model is chosen. None stands for
        5 % to 400 % of the training rows (of 2,000, if there are more; and then not above it).
    strategies : sequence of {"magnitude", "hessian", "obs"}, default=("magnitude", "hessian")
        How features are scored, as in :class:`PrunedRegressor`.
    cv : int, default=None
        Number of outer folds. None stands for 5, or for 10 if there are fewer than 1,000 rows,
        or for the rows of the largest class if these are fewer.
    repeats : int, default=1
        How often to cut the rows into folds.
    groups : array-like of shape (n_samples,) or str, default=None
        Which rows belong together, such as those of one person: they are never on both sides of
        a split. The name of a column of X stands for that column, which is then no feature.
    time : array-like of shape (n_samples,) or str, default=None
        When each row was, as a number or a date, or the name of that column of X: every fold
        trains on the past, and judges the next block of rows.
    classification : bool, default=False
        Whether y is a class. Two become -1 and +1, several one column of 0 and 1 each; error
        rates and log-losses are told, too, and a calibrated classifier is recommended.
    X_unlabeled : DataFrame or array-like of shape (n_unlabeled, n_columns), default=None
        Rows without a target: the large model is then distilled, too.
    impute : bool, default=False
        Whether to fill in missing values: medians and most frequent values of the training
        rows.
    random_state : int, default=0
        Seed of the folds, the features and the random pruning.
    n_jobs : int, default=None
        Number of processes, over folds. The result does not depend on it.
    store : path-like, default=None
        A folder that keeps each fold as soon as it is finished, and from which an
        interrupted report goes on.
    progress : callable, default=None
        Called with the numbers of finished and of all tasks.
    name : str, default="the table"
        Name of the data, in titles.

    Returns
    -------
    Report
        With the `reference_sentence`, the `sentences` and `column_sentences`, the `pipeline`
        that is recommended, `to_frame` and `plot`.

    Raises
    ------
    ImportError
        If pandas is missing.
    ValueError
        If the table has missing or infinite values, no rows or columns to learn from, or
        sizes do not fit to it, or into the memory; or if there are too few groups or times.
    TypeError
        If X or y is sparse, or has complex numbers.

    See Also
    --------
    width_path : The errors at every width, of any features.
    PrunedRegressorCV : Chooses the number of features.

    Notes
    -----
    How each number arises, and how to recompute it, is in the user guide.

    References
    ----------
    .. [1] X. Chang, Y. Li, S. Oymak, C. Thrampoulidis, "Provable Benefits of
       Overparameterization in Model Compression: From Double Descent to Pruning
       Neural Networks", AAAI 2021. arXiv:2012.08749
    .. [2] C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine
       Learning 52, 2003.

    Examples
    --------
    >>> from sklearn.datasets import make_friedman1
    >>> from sklearn_prune import report
    >>> X, y = make_friedman1(n_samples=120, noise=0.1, random_state=0)
    >>> result = report(X, y, budgets=[10], widths=[40, 400], cv=3)
    >>> len(result.sentences)
    1
    >>> result.to_frame()["fold"].nunique()
    3
    >>> list(result.pipeline().named_steps)
    ['columntransformer', 'prunedregressor']
    """
    try:
        import pandas as pd  # noqa: PLC0415
    except ImportError as error:
        raise ImportError(f"{EXTRA} ({error})") from error
    check_settings(classification=classification, impute=impute, n_jobs=n_jobs)
    folder = None if store is None else _folder(store)
    if progress is not None and not callable(progress):
        msg = f"progress is {progress!r}: give a function of two numbers, or None"
        raise TypeError(msg)
    labels = raw_column(y)["y"]
    y, plain = as_frame(labels.to_frame(), "y")["y"], as_frame(X)
    if len(y) != len(plain):
        msg = f"y has {len(y)} values, but X has {len(plain)} rows"
        raise ValueError(msg)
    dependent = _dependent_rows(plain, groups, time, repeats)
    left_out = [labels.name for labels in dependent if labels is not None and labels.name]
    with told_in_python():
        table = check_table(
            plain.drop(columns=left_out),
            y,
            None if X_unlabeled is None else as_frame(X_unlabeled, "X_unlabeled"),
            budgets=budgets,
            widths=widths,
            strategies=strategies,
            cv=cv,
            repeats=repeats,
            seed=random_state,
            classification=classification,
            impute=impute,
            dependent=dependent,
        )
    result = run_report(table, folder=folder, resume=True, n_jobs=n_jobs, progress=progress)
    converting = conversion("X", X, table.X) if isinstance(X, pd.DataFrame) else ""
    comment = CLASS_LOADING if classification else LOADING
    comment += dependent.comment(classification=classification)
    return replace(
        result,
        name=name,
        notes=[in_python(note) for note in table.notes],
        target=result.target.named(labels),
        loading=(f"{comment}\n{converting}".rstrip("\n"), LOADING_UNLABELED),
        any_columns=converting != "",
        left_out=tuple(left_out),
    )


def _dependent_rows(X: Any, groups: Any, time: Any, repeats: Any) -> DependentRows:
    """Return what is known of rows that depend on each other."""
    check_one(groups, time, repeats)
    return DependentRows(
        None if groups is None else group_labels(*_labels(X, groups, "groups")),
        None if time is None else time_labels(*_labels(X, time, "time")),
    )


def _labels(X: Any, labels: Any, name: str) -> tuple[Any, str]:
    """Return a column of labels, and its name if it is one of the table."""
    if isinstance(labels, str):
        if labels not in X:
            msg = f"{name} is {labels!r}: there is no such column in X"
            raise ValueError(msg)
        return X[labels], labels
    column = as_frame(raw_column(labels, name), name)[name]
    if len(column) != len(X):
        msg = f"{name} has {len(column)} values, but X has {len(X)} rows"
        raise ValueError(msg)
    return column, ""


def _folder(store: Any) -> Path:
    if not isinstance(store, str | os.PathLike) or not os.fspath(store):
        msg = f"store is {store!r}: give the name of a folder, or None"
        raise ValueError(msg)
    return Path(store)


def run_report(
    table: CheckedTable,
    *,
    folder: Path | None,
    resume: bool,
    n_jobs: int | None,
    progress: Callable[[float, int], None] | None,
) -> Report:
    """Run what is planned, on a table that is checked.

    Parameters
    ----------
    table : CheckedTable
    folder : Path or None
        Where finished parts are kept.
    resume : bool
        Whether to use those of an earlier run.
    n_jobs : int or None
    progress : callable or None
    """
    X, X_unlabeled, target, plan, _ = table
    store = Store()
    if folder is not None:
        store = Store(folder, fingerprint(plan, X, target, X_unlabeled), resume=resume)
    results = run_parts(
        plan,
        X,
        target,
        X_unlabeled,
        store=store,
        n_jobs=n_jobs,
        progress=progress or (lambda _done, _total: None),
    )
    theory = predict(plan, X, target)
    n_samples, n_columns = X.shape
    return Report("the table", plan, target, n_samples, n_columns, results, theory)
