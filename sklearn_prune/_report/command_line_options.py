"""The arguments of the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from sklearn_prune._report.comparison.plan import POSSIBLE_STRATEGIES

DESCRIPTION = """\
Train a small model, or train a large one and prune it? Answers for your table.

For three numbers s of features to keep (or those of --budget) it compares s random
ReLU features trained directly with a larger number p of them that is pruned to s.
How large, what to keep and how much ridge is chosen by cross-validation inside the
training rows; rows that were put aside judge. Without FILE it asks about the
handwritten digits of scikit-learn: odd or even?"""

EPILOG = """\
examples:
  python -m sklearn_prune                              the digits
  python -m sklearn_prune houses.csv --target price    a number to predict
  python -m sklearn_prune mail.csv --target spam --classification
  python -m sklearn_prune houses.csv --target price --budget 20 --save model.skops
  python -m sklearn_prune visits.csv --target pulse --groups person
  python -m sklearn_prune houses.csv --target price --resume     after Ctrl-C

In FOLDER it writes report.html (all in one page), report.csv (the errors of every
model on every fold), report.png and kept.png (the pictures), and model.py (the
recommended pipeline)."""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are errors of one line, as all others are."""

    def error(self, message: str) -> NoReturn:
        """Raise ValueError instead of leaving Python."""
        raise ValueError(message)


def a_path(text: str) -> Path:
    """Return a path that has a name: the empty one would be this folder."""
    if not text:
        raise argparse.ArgumentTypeError("is empty: give a name")
    return Path(text)


def make_parser() -> Parser:
    """Return the parser of the command line."""
    parser = Parser(
        prog="python -m sklearn_prune",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_table(parser.add_argument_group("the table"))
    _add_reading(parser.add_argument_group("how a CSV file is read, where a guess is wrong"))
    _add_comparison(parser.add_argument_group("the comparison"))
    _add_running(parser.add_argument_group("running and output"))
    return parser


def _add_table(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "file",
        nargs="?",
        type=a_path,
        metavar="FILE",
        help="a CSV file (gzipped or not; delimiter and encoding are guessed), a parquet file, or "
        "a folder of parquet files of the same columns; parquet of more than a quarter of the "
        "memory is streamed",
    )
    group.add_argument("--target", metavar="COLUMN", help="the column to predict")
    group.add_argument(
        "--classification",
        action="store_true",
        help="the target is a class: count errors, too",
    )
    group.add_argument(
        "--unlabelled",
        type=a_path,
        metavar="FILE",
        help="rows without a target, to which the large model is distilled",
    )
    group.add_argument(
        "--drop", nargs="+", default=[], metavar="COLUMN", help="columns to leave out"
    )
    group.add_argument(
        "--groups",
        metavar="COLUMN",
        help="rows of the same value belong together, such as those of one person: they are never "
        "on both sides of a split",
    )
    group.add_argument(
        "--time",
        metavar="COLUMN",
        help="when a row was, a number or a date: every fold trains on the past and judges what "
        "comes next",
    )
    group.add_argument(
        "--impute",
        action="store_true",
        help="fill in missing values: the median of numbers, else the most frequent value",
    )


def _add_reading(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--encoding", metavar="NAME", help="its encoding, such as cp1251 or gbk")
    group.add_argument("--decimal", choices=".,", help="what stands before the decimals of numbers")
    group.add_argument("--thousands", choices=".,", help="what stands between their thousands")
    group.add_argument("--header", choices=["yes", "no"], help="whether the first row has names")
    group.add_argument(
        "--missing",
        nargs="+",
        default=[],
        metavar="WORD",
        help="words that stand for missing values, such as None, among other words, too",
    )


def _add_comparison(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--budget",
        type=int,
        nargs="+",
        metavar="S",
        help="numbers of features to keep (5, 20 and 50 %% of the training rows of a fold)",
    )
    group.add_argument(
        "--width",
        type=int,
        nargs="+",
        metavar="P",
        help="numbers of random features of the large model, to choose among (8 numbers from "
        "5 %% to 400 %% of the training rows)",
    )
    group.add_argument(
        "--strategy",
        nargs="+",
        choices=POSSIBLE_STRATEGIES,
        help="what to keep, to choose among: largest coefficients, largest contributions, or "
        "the survivors of backward elimination, which takes long (magnitude hessian)",
    )
    group.add_argument(
        "--cv", type=int, metavar="K", help="number of folds (5, or 10 below 1,000 rows)"
    )
    group.add_argument(
        "--repeats", type=int, default=1, metavar="R", help="how often to cut into folds (1)"
    )
    group.add_argument("--seed", type=int, default=0, help="seed of all that is random (0)")


def _add_running(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--n-jobs",
        type=int,
        default=-1,
        metavar="N",
        help="processes (-1: all cores); the numbers do not depend on it",
    )
    group.add_argument(
        "--out",
        type=a_path,
        default=Path("prune_report"),
        metavar="FOLDER",
        help="folder to write to (prune_report)",
    )
    group.add_argument(
        "--save",
        type=a_path,
        metavar="FILE",
        help="fit the recommended pipeline to all rows and save it, as model.skops or model.onnx",
    )
    group.add_argument(
        "--resume",
        action="store_true",
        help="go on where a run on the same table, with the same options, was stopped",
    )
    group.add_argument(
        "--quiet",
        action="store_true",
        help="no progress bar, and no output but warnings and the answer",
    )
