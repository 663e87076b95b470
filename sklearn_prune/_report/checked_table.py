"""A table, checked, and what to compare on it: all that can be told before anything starts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sklearn_prune._report.comparison.alike_neighbours import neighbour_warning
from sklearn_prune._report.comparison.plan import Plan, make_plan
from sklearn_prune._report.comparison.required_memory import check_memory
from sklearn_prune._report.comparison.single_settings import check_jobs, check_switch
from sklearn_prune._report.table.codes import unknown_categories
from sklearn_prune._report.table.columns import check_features, match_columns
from sklearn_prune._report.table.preparation import count_prepared
from sklearn_prune._report.table.target_column import check_target
from sklearn_prune._report.table.targets import Target, encode_target

from .dependent_rows import DependentRows

Frame = Any
Column = Any
INDEPENDENT = DependentRows()


class CheckedTable(NamedTuple):
    """What to learn from, and what to do with it.

    Attributes
    ----------
    X, X_unlabeled : DataFrame
        What to learn from, which may be a StreamedTable, and rows without a target, or None.
    target : Target
    plan : Plan
    notes : list of str
        What was found, and done.
    """

    X: Frame
    X_unlabeled: Frame
    target: Target
    plan: Plan
    notes: list[str]


def check_settings(*, classification: Any, impute: Any, n_jobs: Any) -> None:
    """Check what says how to read the table, and how to run.

    Raises
    ------
    ValueError
        If a setting is of another kind.
    """
    check_switch(classification, "classification")
    check_switch(impute, "impute")
    check_jobs(n_jobs)


def check_table(
    X: Frame,
    y: Column,
    X_unlabeled: Frame,
    *,
    classification: bool,
    impute: bool,
    dependent: DependentRows = INDEPENDENT,
    **settings: Any,
) -> CheckedTable:
    """Check a table of plain columns.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_columns)
    y : Series of shape (n_samples,)
    X_unlabeled : DataFrame of shape (n_unlabeled, n_columns) or None
    classification, impute : bool
    dependent : DependentRows
        What is known of rows that depend on each other.
    **settings : object
        What `make_plan` takes.

    Raises
    ------
    ValueError
        If something cannot be used, or does not fit into the memory; the message is one line.
    """
    notes = check_target(y, classification=classification)
    X, found = check_features(X, impute=impute, y=y)
    notes += found + dependent.notes()
    target = encode_target(y, classification=classification)
    settings |= {"classification": classification, "impute": impute, "cut": dependent.cut(target)}
    plan = plan_for(target, **settings, n_columns=count_prepared(X), outside=True)
    n_unlabeled = 0
    if X_unlabeled is not None:
        X_unlabeled, n_unlabeled = match_columns(X, X_unlabeled, impute=impute), len(X_unlabeled)
        notes += unknown_categories(X, X_unlabeled)
    check_memory(plan, len(X), n_unlabeled, X.shape[1], target.values.shape[1])
    if plan.cut.independent:
        notes += neighbour_warning(X, target, impute=impute)
    return CheckedTable(X, X_unlabeled, target, plan, notes)


def plan_for(target: Target, *, classification: bool, impute: bool, **settings: Any) -> Plan:
    """Return what to do with a table of this target (see `make_plan`)."""
    cut = settings.get("cut")
    stratified = classification and (cut is None or cut.shares_classes)
    return make_plan(
        len(target.values),
        largest_class=int(np.bincount(target.codes).max()) if stratified else None,
        classification=bool(classification),
        impute=bool(impute),
        **settings,
    )
