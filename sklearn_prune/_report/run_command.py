"""What the command line does once its arguments are known: all that its extra is for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import jinja2  # noqa: F401
import matplotlib.pyplot as plt
import pandas as pd  # noqa: F401
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from sklearn_prune._report.output.printed_report import print_answer, print_report
from sklearn_prune._report.output.written_files import (
    check_savable,
    check_writable,
    save_model,
    write_report,
)

from .from_command_line import read_problem
from .from_python import run_report

if TYPE_CHECKING:
    import argparse

    from .checked_table import CheckedTable
    from .result import Report


def run(args: argparse.Namespace, command: str) -> None:
    """Read, compare, tell, and write."""
    problem = read_problem(args)
    if args.save is not None:
        check_savable(args.save)
    check_writable(args.out)
    table = problem.table
    report = replace(
        _compare(args, table),
        name=problem.name,
        notes=table.notes,
        loading=problem.loading,
        any_columns=True,
    )
    plt.switch_backend("agg")
    names = write_report(args.out, report, command)
    console = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
    if args.quiet:
        print_answer(console, report)
    else:
        print_report(console, report)
        console.print(f"Written to {args.out}: {', '.join(names)}.")
    if args.save is not None:
        loader = save_model(args.save, report, table.X, table.X_unlabeled)
        if not args.quiet:
            kind = "dummy" if report.no_recommendation else "recommended"
            console.print(f"The {kind} model, fitted to all rows: {loader}.")


def _compare(args: argparse.Namespace, table: CheckedTable) -> Report:
    """Run the comparison behind a progress bar."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f} of {task.total} parts"),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
        console=Console(stderr=True),
        disable=args.quiet,
    )
    with bar:
        task = bar.add_task("Training")
        return run_report(
            table,
            folder=args.out,
            resume=args.resume,
            n_jobs=args.n_jobs,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
