"""What a report prints on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn_prune._report.comparison.records import METHODS, RIDGE

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sklearn_prune._report.answer.findings import Findings

CAPTION = """\
with a ridge: mean squared error / variance of the target
(1: predicting the mean) ± one standard error"""


def print_answer(console: Console, findings: Findings) -> None:
    """Print the sentences alone."""
    for sentence in findings.sentences:
        console.print(sentence)


def print_report(console: Console, findings: Findings) -> None:
    """Print the answer, with the table of errors and the recommended code around it."""
    console.print(
        f"Small, or large and pruned? {findings.name}: {findings.n_samples} rows, "
        f"{findings.n_columns} columns, {findings.n_train} training rows in a fold."
    )
    for note in findings.notes:
        console.print(note)
    console.print(_table(findings))
    print_answer(console, findings)
    console.print("")
    for remark in findings.remarks:
        console.print(remark)
    console.print(f"\nRecommended, for {findings.recommended().budget} features:\n")
    console.print(findings.code())


def _table(findings: Findings) -> Table:
    """Return the errors with ridge as a table."""
    from rich.box import SIMPLE  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(caption=CAPTION, box=SIMPLE)
    table.add_column("features kept", no_wrap=True)
    budgets = findings.plan.budgets
    for budget in budgets:
        table.add_column(str(budget), justify="right")
    summary = findings.summary()
    for method in (name for name in METHODS if (name, RIDGE) in summary.index):
        values = summary.loc[(method, RIDGE)]
        cells = (f"{values[s, 'mean']:.3g} ± {values[s, 'std_error']:.1g}" for s in budgets)
        table.add_row(method, *cells)
    return table
