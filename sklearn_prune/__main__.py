"""The command line: small, or large and pruned? Answered on a table."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from sklearn_prune._displays.drawing import require_matplotlib
from sklearn_prune._report.command_line_options import make_parser
from sklearn_prune._report.from_command_line import read_problem
from sklearn_prune._report.from_python import EXTRA, run_report

try:
    import jinja2  # noqa: F401
    import pandas as pd  # noqa: F401
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from sklearn_prune._report.output.printed_report import print_answer, print_report
    from sklearn_prune._report.output.written_files import (
        check_writable,
        save_model,
        write_report,
    )

    matplotlib = require_matplotlib("the report")
except ImportError as error:
    sys.exit(f"sklearn_prune: {EXTRA} ({error.__cause__ or error})")

if TYPE_CHECKING:
    import argparse

    from sklearn_prune._report import Report
    from sklearn_prune._report.checked_table import CheckedTable


def run(args: argparse.Namespace, command: str) -> None:
    """Read, compare, tell, and write."""
    problem = read_problem(args)
    if args.save is not None and args.save.is_dir():
        raise ValueError(f"--save {args.save} is a folder: name a file, such as model.skops")
    check_writable(args.out)
    if args.save is not None:
        check_writable(args.save.parent)
    table = problem.table
    report = replace(
        _compare(args, table),
        name=problem.name,
        notes=table.notes,
        loading=problem.loading,
        any_columns=True,
    )
    matplotlib.use("agg")
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
            console.print(f"The recommended model, fitted to all rows: {loader}.")


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


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        args = make_parser().parse_args(arguments)
    except ValueError as error:
        print(f"sklearn_prune: {error}", file=sys.stderr)
        return 2
    try:
        run(args, shlex.join(["python", "-m", "sklearn_prune", *arguments]))
    except ValueError as error:
        print(f"sklearn_prune: {error}", file=sys.stderr)
        return 2
    except ImportError as error:  # what reads parquet
        print(f"sklearn_prune: {EXTRA} ({error})".replace("\n", " "), file=sys.stderr)
        return 2
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        print(f"sklearn_prune: cannot write to {args.out}: {reason}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        again = shlex.join([*arguments, *([] if args.resume else ["--resume"])])
        print(
            f"sklearn_prune: stopped; what is finished is in {args.out}, and "
            f"python -m sklearn_prune {again} goes on from there",
            file=sys.stderr,
        )
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
