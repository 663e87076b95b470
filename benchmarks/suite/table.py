"""The one table of all results, as CSV and as Markdown."""

from __future__ import annotations

import csv

COLUMNS = [
    "task",
    "sizes",
    "method",
    "seconds",
    "runs",
    "ratio",
    "reference",
    "error",
    "test R2",
    "test error",
    "log-loss",
    "chosen s",
    "columns",
    "true features",
    "rate",
    "peak MiB",
    "note",
]

# The Markdown has these above each task.
HEADINGS = ("task", "sizes", "reference")


def write(groups, machine, out):
    """Write benchmarks.csv, benchmarks.md and machine.csv.

    Parameters
    ----------
    groups : mapping of str to list of lists of rows
        The tasks of each group.
    machine : mapping of str to str
    out : Path
    """
    rows = [row for tasks in groups.values() for task in tasks for row in task]
    cells = ([exact(row.get(column)) for column in COLUMNS] for row in rows)
    write_csv(out / "benchmarks.csv", COLUMNS, cells)
    write_csv(out / "machine.csv", ("", "measured on"), machine.items())
    (out / "benchmarks.md").write_text("\n".join(markdown(groups, machine)) + "\n")


def write_csv(path, header, rows):
    """Write a CSV file."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def markdown(groups, machine):
    """Yield the lines: the machine, then the tasks, each with the columns that it has.

    Comments mark the groups, so that a page of the documentation can show one of them.
    """
    yield "# Benchmarks"
    yield ""
    for name, value in machine.items():
        yield f"- {name}: {value}"
    for group, tasks in groups.items():
        yield f"\n<!-- {group} -->"
        for rows in tasks:
            first = rows[0]
            yield f"\n**{first['task']}**: {first['sizes']}. Ratios to {first['reference']}.\n"
            columns = [
                column
                for column in COLUMNS
                if column not in HEADINGS and any(row.get(column) not in {None, ""} for row in rows)
            ]
            yield from markdown_table(columns, rows)
        yield f"\n<!-- end of {group} -->"


def markdown_table(columns, rows):
    """Yield the lines of a table, numbers to the right."""
    texts = {"method", "note"}
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "|".join(" --- " if column in texts else " ---: " for column in columns) + "|"
    for row in rows:
        yield "| " + " | ".join(readable(column, row.get(column)) for column in columns) + " |"


def exact(value):
    """Return a value as the CSV has it: floats with four digits."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


def readable(column, value):
    """Return a value as the Markdown has it."""
    if value is None:
        return ""
    if column in {"test R2", "test error"}:
        return f"{value:.3f}"
    if column == "error":
        return f"{value:.0e}"
    if column in {"chosen s", "true features", "peak MiB"}:
        return f"{value:.0f}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
    return str(value)
