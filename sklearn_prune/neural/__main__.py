"""The study on the command line: nets of many widths, pruned to smaller sizes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock, Timeout
from joblib import cpu_count
from tqdm import tqdm

from sklearn_prune._checks.interrupted_start import raise_on_interrupt

from ._study.execution import Workshop, carry_out, remaining
from ._study.results_table import ResultsTable
from ._study.runs import plan
from ._study.settings import (
    AUGMENTATIONS,
    DATA,
    DEFAULTS,
    METHODS,
    NAMES,
    PRECISIONS,
    RETRAIN,
    make_settings,
    read_settings,
)
from ._study.study_figure import plot_study

TABLE, WEIGHTS, LOCK, FIGURE = "results.csv", "weights", ".lock", "figure.png"
# Nets of these studies are small: one alone leaves most of a data-centre GPU idle.
NETS_SIDE_BY_SIDE = 8


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m sklearn_prune.neural",
        description="Train nets of many widths, prune each to as many weights as a smaller one "
        "has, or to shares of its own, retrain it, and tell the errors. Finished runs are in a "
        "table at once; the same command again goes on where the last one was stopped.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for architecture, nets in (
        ("resnet20", "ResNet-20 (CIFAR-10; Figures 1 and 5 of the paper)"),
        ("two-layer", "nets with one hidden layer (MNIST; Figure 6)"),
    ):
        study = commands.add_parser(architecture, help=f"study {nets}", description=f"Study {nets}")
        _add_parameters(study, DEFAULTS[architecture])
        _add_workplace(study, architecture)
    plot = commands.add_parser("plot", help="draw a table of results")
    plot.add_argument("table", type=Path, metavar="TABLE", help=f"a {TABLE} of a study")
    plot.add_argument("--out", type=Path, metavar="FILE", help=f"picture (beside TABLE, {FIGURE})")
    plot.add_argument(
        "--reference", action="store_true", help="dot the curves of the paper's ResNet-20 beside"
    )
    return parser.parse_args(arguments)


def _add_parameters(parser: argparse.ArgumentParser, defaults: dict[str, Any]) -> None:
    """Add the options that decide the results."""

    def add(name: str, text: str, default: object = None, **options: Any) -> None:
        if default is not None:
            text += f" ({' '.join(map(str, default)) if isinstance(default, tuple) else default})"
        parser.add_argument(f"--{name}", help=text, default=argparse.SUPPRESS, **options)

    several: dict[str, Any] = {"nargs": "+", "type": int}
    add(
        "config",
        "TOML file of these parameters; options given here win over it",
        type=Path,
        metavar="FILE",
    )
    add("data", "images", defaults["data"], choices=DATA)
    add("widths", "widths of the nets", defaults["widths"], metavar="K", **several)
    add(
        "base-widths", "prune to the size of these", defaults["base_widths"], metavar="S", **several
    )
    add("seeds", "seeds, each of which repeats everything", (0,), metavar="SEED", **several)
    shares = several | {"type": float, "metavar": "SHARE"}
    add("sparsities", "keep these shares of the weights (in place of base widths)", **shares)
    add("label-noise", "shares of training images to give a wrong class", (0.0,), **shares)
    add("methods", "ways to prune", METHODS, nargs="+", choices=METHODS)
    add("epochs", "passes before pruning", defaults["epochs"], type=int, metavar="N")
    add("retrain-epochs", "passes after it", defaults["retrain_epochs"], type=int, metavar="N")
    add("retrain", "retrain from the first, the trained or new weights", "rewind", choices=RETRAIN)
    add("batch-size", "images a step", 128, type=int, metavar="N")
    add("learning-rate", "step size of Adam", 1e-3, type=float, metavar="RATE")
    add("augmentation", "of training images", defaults["augmentation"], choices=AUGMENTATIONS)
    add("n-train", "number of training images (all)", type=int, metavar="N")
    add("precision", "of the forward pass", "float32", choices=PRECISIONS)


def _add_workplace(parser: argparse.ArgumentParser, architecture: str) -> None:
    """Add the options that do not decide the results."""
    parser.add_argument(
        "--device", default="auto", help="cpu, cuda, cuda:1, ... (auto: cuda if there is one)"
    )
    parser.add_argument(
        "--n-jobs",
        type=int,
        metavar="N",
        help="nets at a time: processes on a CPU (all cores), side by side on one GPU "
        f"({NETS_SIDE_BY_SIDE})",
    )
    parser.add_argument(
        "--data-home", metavar="FOLDER", help="folder of the data sets (that of scikit-learn)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(f"{architecture}_study"),
        metavar="FOLDER",
        help=f"folder of the results, and of the weights to go on with ({architecture}_study)",
    )


def run_study(args: argparse.Namespace) -> None:
    """Carry out a study."""
    given = {name: value for name, value in vars(args).items() if name in NAMES}
    file = read_settings(args.config) if "config" in args else {}
    settings = make_settings(args.command, file, given)
    device = _device(args.device)
    default = NETS_SIDE_BY_SIDE if device.type == "cuda" else cpu_count()
    n_jobs = default if args.n_jobs is None else args.n_jobs
    if n_jobs < 1:
        raise ValueError(f"n-jobs is {n_jobs}: give the number of nets at a time, at least 1.")
    weights = args.out / WEIGHTS
    weights.mkdir(parents=True, exist_ok=True)
    workshop = Workshop(settings, weights, device, args.data_home)
    try:
        with FileLock(args.out / LOCK, timeout=0):
            _carry_out(workshop, ResultsTable(args.out / TABLE), n_jobs)
    except Timeout:
        msg = f"Another study is at work in {args.out}: wait for it, or name another with --out."
        raise ValueError(msg) from None


def _carry_out(workshop: Workshop, table: ResultsTable, n_jobs: int) -> None:
    """Make the runs that a table lacks, with a progress bar."""
    runs = [run for part in plan(workshop.settings) for run in part]
    unfinished = [run for part in remaining(workshop, table) for run in part]
    total = sum(run.cost for run in runs)
    print(
        f"{len(runs)} runs, {len(runs) - len(unfinished)} of them finished before; "
        f"{workshop.device}, {n_jobs} at a time."
    )
    widest = max(workshop.settings.widths)
    for base_width in workshop.settings.base_widths:
        if base_width >= widest:
            print(f"No net is wider than {widest}: none is pruned to the size of {base_width}.")
    with tqdm(
        total=total,
        initial=total - sum(run.cost for run in unfinished),
        smoothing=0,
        bar_format="{percentage:3.0f}% |{bar}| {elapsed} so far, {remaining} to go",
    ) as bar:
        carry_out(workshop, table, n_jobs=n_jobs, advance=bar.update)
    print(f"The results are in {table.path}.")


def _device(name: str) -> torch.device:
    n_devices = torch.cuda.device_count()
    if name == "auto":
        name = "cuda" if n_devices else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError:
        device = torch.device("meta")
    if device.type not in ("cpu", "cuda"):
        raise ValueError(f"device is {name!r}: give cpu, cuda or auto.")
    if device.type == "cuda" and (device.index or 0) >= n_devices:
        raise ValueError(f"device is {name!r}, but torch sees {n_devices} CUDA devices.")
    return device


def run_plot(args: argparse.Namespace) -> None:
    """Draw a table that a study left."""
    out = args.out or args.table.with_name(FIGURE)
    out = out if out.suffix else out.with_suffix(".png")
    plot_study(args.table, reference=args.reference).savefig(out, dpi=150)
    print(f"The figure is in {out}.")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    args = parse(arguments)
    try:
        raise_on_interrupt()
        (run_plot if args.command == "plot" else run_study)(args)
    except (ValueError, OSError, ImportError) as error:
        print(f"sklearn_prune.neural: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "sklearn_prune.neural: stopped; what is finished is kept, and the same command goes on",
            file=sys.stderr,
        )
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
