"""What a report prints on a terminal."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from sklearn_prune._report.comparison.records import METHODS, OWN, RIDGE

from .error_kinds import class_cells, of_classes, squared_error

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sklearn_prune._report.answer.findings import Findings

    from .error_kinds import ErrorKind

CAPTION = """\
with a ridge: mean squared error / variance of the target
(1: predicting the mean{of_all}) ± one standard error"""
WITH_RIDGE = ",\nwith a ridge ± one standard error"
CLASS_CAPTION = "of the model recommended for {} features, on rows it has not seen"


def print_answer(console: Console, findings: Findings) -> None:
    """Print the sentences alone, what warns of them, and whether nothing is recommended."""
    warnings = [note for note in findings.notes if note.startswith("Warning")]
    for sentence in [*warnings, *findings.said, findings.no_recommendation]:
        if sentence:
            console.print(sentence)


def print_report(console: Console, findings: Findings) -> None:
    """Print the answer, with the table of errors and the recommended code around it."""
    console.print(
        f"Small, or large and pruned? {findings.name}: {findings.n_samples} rows, "
        f"{findings.n_columns} columns, {findings.training_rows} training rows in a fold."
    )
    for note in findings.notes:
        console.print(note)
    if findings.baselines:
        console.print(findings.baselines)
    # Folds of dependent rows train on means of their own, which may leave much more.
    of_all = "" if findings.plan.cut.independent else " of all rows"
    console.print(_table(findings, squared_error(CAPTION.format(of_all=of_all))))
    for kind in of_classes(findings):
        console.print(_table(findings, kind._replace(title=kind.title + WITH_RIDGE)))
    for sentence in findings.said:
        console.print(sentence)
    console.print("")
    for remark in findings.remarks:
        console.print(remark)
    if findings.no_recommendation:
        console.print(f"\n{findings.no_recommendation}\n")
        console.print(findings.code())
        return
    if findings.target.classes:
        console.print(_class_table(findings))
    console.print(f"\nRecommended, for {findings.recommended().budget} features:\n")
    console.print(findings.code())


def _table(findings: Findings, kind: ErrorKind) -> Table:
    """Return the errors with ridge as a table."""
    budgets, summary = findings.plan.budgets, findings.summary(kind.field)
    table = _empty_table(kind.title, "features kept", *map(str, budgets))
    for which in product(METHODS, (RIDGE, OWN)):
        if which in summary.index:
            values = summary.loc[which]
            table.add_row(which[0], *(kind.written(*values[s]) for s in budgets))
    return table


def _class_table(findings: Findings) -> Table:
    """Return what the recommended model makes of each class."""
    caption = CLASS_CAPTION.format(findings.recommended().budget)
    found = findings.by_class()
    table = _empty_table(caption, "class", *found.columns)
    for label, *cells in class_cells(found):
        table.add_row(label, *cells)
    return table


def _empty_table(caption: str, first: str, *others: str) -> Table:
    """Return a table without rows, whose first column is text."""
    from rich.box import SIMPLE  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(caption=caption, box=SIMPLE, pad_edge=False)
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right")
    return table
