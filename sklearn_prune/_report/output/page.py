"""The report as one page of HTML that needs no other file."""

from __future__ import annotations

import io
import platform
from base64 import b64encode
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._report.answer.statistics import LEVEL
from sklearn_prune._report.comparison.methods import (
    DENSE,
    DISTILLED,
    PRUNED,
    PURSUED,
    RANDOM,
    RETRAINED,
    SMALL,
)

if TYPE_CHECKING:
    from sklearn_prune._report.result import Report

PACKAGES = ("sklearn-prune", "scikit-learn", "numpy", "scipy", "pandas", "matplotlib")
DESCRIPTIONS = {
    SMALL: "s random features, trained directly",
    PRUNED: "p features, of which the s best keep their coefficients",
    RETRAINED: "those s features, fitted again",
    DISTILLED: "those s, fitted to what the large model predicts for unlabelled rows, too",
    RANDOM: "s of the p features picked at random, and fitted again: a check",
    PURSUED: "s of the p features added greedily one by one: an outside reference",
    DENSE: "all p features of the widest model: what pruning starts from",
}


def render(report: Report, command: str, pictures: dict[str, bytes]) -> str:
    """Return the page.

    Parameters
    ----------
    report : Report
    command : str
        How the report was made.
    pictures : dict of str to bytes
        What `draw` returns.

    Raises
    ------
    ImportError
        If jinja2 is missing.
    """
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415

    source = (files(__package__) / "page.html").read_text(encoding="utf-8")
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(source)
    return template.render(
        report=report,
        tables=_tables(report),
        descriptions={
            name: text for name, text in DESCRIPTIONS.items() if name in _methods(report)
        },
        pictures={kind: b64encode(picture).decode() for kind, picture in pictures.items()},
        choices=_choices(report),
        level=LEVEL,
        command=command,
        versions=_versions(),
    )


def draw(report: Report) -> dict[str, bytes]:
    """Return the pictures as PNG, by kind."""
    return {kind: _png(report.plot(kind)) for kind in ("width", "kept")}


def _png(figure: Any) -> bytes:
    """Return a figure as a PNG, and close it."""
    from matplotlib import pyplot as plt  # noqa: PLC0415

    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=120, format="png")
    plt.close(figure)
    return buffer.getvalue()


def _methods(report: Report) -> list[str]:
    return list(dict.fromkeys(name for name, _ in report.summary().index))


def _tables(report: Report) -> list[tuple[str, dict[str, list[list[str]]]]]:
    """Return a title, and rows of cells by setting, for each kind of error."""
    kinds = [("error", "Squared error, in units of the variance of the target", "{:.3g}")]
    if report.target.classes:
        title = (
            "Share of rows in the wrong class (always guessing the most frequent class: "
            f"{report.target.majority_error_rate:.1%})"
        )
        kinds.append(("error_rate", title, "{:.1%}"))
    return [(title, _cells(report, field, style)) for field, title, style in kinds]


def _cells(report: Report, field: str, style: str) -> dict[str, list[list[str]]]:
    table = report.summary(field)
    cells: dict[str, list[list[str]]] = {"ridge": [], "plain": []}
    for (method, setting), values in table.iterrows():
        row = [method]
        for budget in report.plan.budgets:
            mean, std_error = values[budget, "mean"], values[budget, "std_error"]
            if np.isnan(mean):
                row.append("")
            else:
                digits = style.format(mean), style.replace(".3g", ".1g").format(std_error)
                row.append(f"{digits[0]} ± {digits[1]}")
        cells[setting].append(row)
    return cells


def _choices(report: Report) -> list[list[str]]:
    """Return what the folds chose for the large model with ridge, by budget."""
    chosen = []
    for budget in report.plan.budgets:
        picked = [
            row.record
            for row in report.rows
            if row.answer and (row.record.setting, row.record.budget) == ("ridge", budget)
        ]
        texts = [
            f"{r.width} features, {r.strategy}, {r.method.removeprefix('large, ')}" for r in picked
        ]
        counts = {text: texts.count(text) for text in dict.fromkeys(texts)}
        chosen.append([str(budget), "; ".join(f"{text} ({n})" for text, n in counts.items())])
    return chosen


def _versions() -> str:
    """Return the versions of Python and of the packages."""
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)
