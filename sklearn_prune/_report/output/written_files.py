"""What a report prints, and the files that it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import skops.io
from sklearn import config_context

from sklearn_prune._report.comparison.methods import DENSE, RIDGE
from sklearn_prune._report.comparison.store import write_files
from sklearn_prune._report.result import METHODS

from .page import draw, render

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from rich.table import Table

    from sklearn_prune._report.result import Report


def print_answer(console: Console, report: Report) -> None:
    """Print the sentences alone."""
    for sentence in report.sentences:
        console.print(sentence)


def print_report(console: Console, report: Report) -> None:
    """Print the answer, with the table of errors and the recommended code around it."""
    console.print(
        f"Small, or large and pruned? {report.name}: {report.n_samples} rows, {report.n_columns} "
        f"columns, {report.n_train} training rows in a fold."
    )
    for note in report.notes:
        console.print(note)
    console.print(_table(report))
    print_answer(console, report)
    console.print("")
    for remark in report.remarks:
        console.print(remark)
    console.print(f"\nRecommended, for {report.recommended().budget} features:\n")
    console.print(report.code())


def _table(report: Report) -> Table:
    """Return the errors with ridge as a table."""
    from rich.box import SIMPLE  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(
        caption="with a ridge: mean squared error / variance of the target\n"
        "(1: predicting the mean) ± one standard error",
        box=SIMPLE,
    )
    table.add_column("features kept", no_wrap=True)
    summary = report.summary()
    for budget in report.plan.budgets:
        table.add_column(str(budget), justify="right")
    for method in (*METHODS, DENSE):
        if (method, RIDGE) in summary.index:
            values = summary.loc[(method, RIDGE)]
            table.add_row(
                method,
                *(
                    f"{values[s, 'mean']:.3g} ± {values[s, 'std_error']:.1g}"
                    for s in report.plan.budgets
                ),
            )
    return table


def write_report(folder: Path, report: Report, command: str) -> list[str]:
    """Write the page, the numbers, the pictures and the code, and return their names."""
    numbers = report.to_frame().drop(columns="seconds")
    pictures = draw(report)
    contents = {
        "report.html": render(report, command, pictures).encode(),
        "report.csv": numbers.to_csv(index=False, lineterminator="\n").encode(),
        "report.png": pictures["width"],
        "kept.png": pictures["kept"],
        "model.py": report.code().encode(),
    }
    write_files(folder, contents)
    return list(contents)


def check_writable(folder: Path) -> None:
    """Raise ValueError if nothing can be written to a folder, which is made if it is missing."""
    try:
        write_files(folder, {".probe": b"\0" * 2**16})
        (folder / ".probe").unlink()
    except OSError as error:
        msg = f"cannot write to {folder}: {(error.strerror or str(error)).lower()}"
        raise ValueError(msg) from error


def save_model(file: Path, report: Report, X: Any, X_unlabeled: Any) -> str:
    """Fit the recommended pipeline to all rows, save it, and return how to load it."""
    y = np.squeeze(report.target.values)
    with config_context(enable_metadata_routing=True):
        pipeline = report.pipeline()
        more = {} if pipeline.transform_input is None else {"X_unlabeled": X_unlabeled}
        content = skops.io.dumps(pipeline.fit(X, y, **more))
    write_files(file.parent, {file.name: content})
    return f'skops.io.load("{file}", trusted=skops.io.get_untrusted_types(file="{file}"))'
