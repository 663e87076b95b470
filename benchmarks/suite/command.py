"""The command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from time import perf_counter

from . import (
    classification,
    criteria,
    cross_validation,
    dense,
    groups,
    growth,
    ill_conditioned,
    paths,
    quality,
    random_features,
    table,
    tall,
    widths,
)
from .harness import Effort, say
from .machine import describe

GROUPS = {
    "dense": dense,
    "tall": tall,
    "ill_conditioned": ill_conditioned,
    "paths": paths,
    "cross_validation": cross_validation,
    "criteria": criteria,
    "classification": classification,
    "groups": groups,
    "widths": widths,
    "random_features": random_features,
    "quality": quality,
}
RESULTS = Path(__file__).parents[1] / "results"


def main():
    """Run what is asked for."""
    args = parse()
    effort = Effort()
    if args.shrink > 1:
        effort = Effort(args.shrink, repeats=3, patience=3.0, draws=3)
    complete = args.shrink == 1 and set(args.only) == {*GROUPS, "growth"}
    run(args.only, effort, args.out or (RESULTS if complete else RESULTS / "partial"))


def run(names, effort, out):
    """Run groups of tasks. The table is written anew after each."""
    out.mkdir(parents=True, exist_ok=True)
    start, measured = perf_counter(), {}
    for name, group in GROUPS.items():
        if name in names:
            measured[name] = list(group.run(effort))
            table.write(measured, describe(), out)
            say(f"--- {name}: done {perf_counter() - start:.0f} s after the start")
    if "growth" in names:
        growth.write(growth.run(effort), out)
    say(f"Written to {out} after {perf_counter() - start:.0f} s")


def parse():
    """Read the arguments."""
    parser = argparse.ArgumentParser(description="Measure this package beside its peers.")
    names = [*GROUPS, "growth"]
    parser.add_argument("--shrink", type=int, default=1, metavar="K", help="divide the sizes by K")
    parser.add_argument("--quick", dest="shrink", action="store_const", const=4, help="K = 4")
    parser.add_argument(
        "--only", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names)
    )
    parser.add_argument(
        "--out",
        type=Path,
        help=f"folder (default: {RESULTS}, and there a folder partial if not all is measured)",
    )
    return parser.parse_args()
