"""The command line: small, or large and pruned? Answered on a table."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

EXTRA = 'the report needs more packages: pip install "sklearn-prune[report]"'

try:
    import pandas as pd
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.progress import track
    from rich.table import Table

    from ._report import (
        DENSE,
        PRUNED,
        SMALL,
        compare,
        default_budgets,
        default_widths,
        fold_errors,
        mean_and_error,
        verdict,
    )
    from ._report_figure import draw_report
except ImportError as error:
    sys.exit(f"sklearn_prune: {EXTRA} ({error})")


class InputError(Exception):
    """What the user gave cannot be used; the message says what to do."""


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m sklearn_prune",
        description="Train a small model, or train a large one and prune it? Compares both on "
        "random ReLU features of a table, for three numbers of features to keep. Without FILE, "
        "on the handwritten digits of scikit-learn: odd against even.",
    )
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a CSV table")
    parser.add_argument("--target", metavar="COLUMN", help="the numeric column to predict")
    parser.add_argument(
        "--budget",
        type=int,
        nargs="+",
        metavar="S",
        help="numbers of features to keep (default: 5, 20 and 50 %% of the training rows)",
    )
    parser.add_argument(
        "--width",
        type=int,
        nargs="+",
        metavar="P",
        help="numbers of random features to begin with (default: 2 %% to 400 %% of the training "
        "rows); the largest is the large model of the answer",
    )
    parser.add_argument("--cv", type=int, default=5, metavar="K", help="number of folds (5)")
    parser.add_argument(
        "--rows",
        type=int,
        default=2000,
        metavar="N",
        help="rows to use, drawn at random where the table has more (2000)",
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of all that is random (0)")
    parser.add_argument(
        "--n-jobs", type=int, default=-1, metavar="N", help="parallel jobs (-1: all cores)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("prune_report"),
        metavar="FOLDER",
        help="folder of the figure and the numbers (prune_report)",
    )
    return parser.parse_args(arguments)


def read(file: Path | None, target: str | None) -> tuple[str, pd.DataFrame, pd.Series]:
    """Return the name of the data, its features and its target."""
    if file is None:
        digits = load_digits(as_frame=True)
        return "digits, odd against even", digits.data, digits.target % 2 * 2 - 1
    try:
        with file.open(encoding="utf-8-sig") as lines:
            header = next(lines, "")
        separator = max(",;\t|", key=header.count)
        table = pd.read_csv(file, sep=separator, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {file}: {error}") from error
    if target not in table:
        columns = ", ".join(map(str, table.columns))
        raise InputError(f"--target is {target!r}, but {file} has the columns {columns}")
    return f"{file.name}, {target}", table.drop(columns=target), table[target]


def check(X: pd.DataFrame, y: pd.Series, n_folds: int, n_rows: int) -> None:
    """Raise InputError unless `n_rows` of the table can be used, in so many folds."""
    if not (pd.api.types.is_numeric_dtype(y) or pd.api.types.is_bool_dtype(y)):
        raise InputError(f"the target {y.name!r} is not numeric: choose or make a numeric column")
    table = X.assign(**{str(y.name): y})
    numbers = table.select_dtypes("number")
    bad = [*table.columns[table.isna().any()], *numbers.columns[np.isinf(numbers).any()]]
    if bad:
        names = ", ".join(map(str, bad))
        raise InputError(f"missing or infinite values in {names}: fill them in or drop the rows")
    if y.nunique() < 2:
        raise InputError(f"the target {y.name!r} is constant: there is nothing to predict")
    if X.shape[1] == 0:
        raise InputError("the table has no column but the target: there is nothing to learn from")
    if n_rows < 4:
        raise InputError(f"--rows is {n_rows}: give at least 4")
    if not 2 <= n_folds <= min(n_rows, len(y)) // 2:
        raise InputError(f"--cv is {n_folds}: give from 2 to half of the {len(y)} rows")


def sizes(args: argparse.Namespace, n_train: int) -> tuple[list[int], list[int]]:
    """Return the budgets, and the widths with the budgets among them."""
    budgets = sorted(set(args.budget or default_budgets(n_train)))
    widths = sorted({*(args.width or default_widths(n_train, budgets)), *budgets})
    if budgets[0] < 1 or widths[0] < 1:
        raise InputError("--budget and --width must be at least 1")
    if args.width and max(args.width) <= budgets[-1]:
        raise InputError(f"--width must go beyond the largest budget, {budgets[-1]}")
    return budgets, widths


def table_of(results: pd.DataFrame, budgets: list[int]) -> Table:
    """Return the errors at the largest width, and of the small models, as a table."""
    width = results["width"].max()

    def cell(method: str, budget: int, width: int) -> str:
        mean, std_error = mean_and_error(fold_errors(results, method, budget, width))
        return f"{mean:.3g} ± {std_error:.1g}"

    table = Table(caption=f"large: {width} features; ± one standard error", box=SIMPLE)
    table.add_column("features kept")
    for budget in budgets:
        table.add_column(str(budget), justify="right")
    for method in SMALL:
        table.add_row(method, *(cell(method, budget, budget) for budget in budgets))
    for method in PRUNED:
        table.add_row(method, *(cell(method, budget, width) for budget in budgets))
    table.add_row(DENSE, *[cell(DENSE, width, width)] * len(budgets))
    return table


def run(args: argparse.Namespace) -> None:
    """Read, compare, and tell."""
    name, X, y = read(args.file, args.target)
    check(X, y, args.cv, args.rows)
    rows = np.arange(len(y))
    if len(y) > args.rows:
        rows = np.random.default_rng(args.seed).choice(rows, args.rows, replace=False)
    n_train = len(rows) - -(-len(rows) // args.cv)
    budgets, widths = sizes(args, n_train)
    args.out.mkdir(parents=True, exist_ok=True)

    progress = track(
        compare(
            X.iloc[rows],
            y.to_numpy(dtype=float)[rows],
            budgets=budgets,
            widths=widths,
            n_folds=args.cv,
            seed=args.seed,
            n_jobs=args.n_jobs,
        ),
        description="Training",
        total=len(widths) * args.cv,
        console=Console(stderr=True),
    )
    results = pd.concat(progress).sort_values(["budget", "method", "width", "fold"])

    console = Console(soft_wrap=True, highlight=False)
    console.print(f"Small, or large and pruned? {name}: {n_train} training rows of {len(y)}.")
    console.print("Errors are mean squares in units of the variance of the target.")
    console.print(table_of(results, budgets))
    for budget in budgets:
        console.print(verdict(results, budget))
    numbers, figure = args.out / "report.csv", args.out / "report.png"
    results.to_csv(numbers, index=False)
    draw_report(results, budgets, n_train=n_train, title=name).savefig(figure, dpi=150)
    console.print(f"The numbers are in {numbers}, drawn in {figure}.")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    args = parse(arguments)
    try:
        run(args)
    except InputError as error:
        print(f"sklearn_prune: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"sklearn_prune: cannot write to {args.out}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("sklearn_prune: stopped, nothing was written", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
