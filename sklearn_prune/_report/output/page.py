"""The report as one page of HTML that needs no other file."""

from __future__ import annotations

import io
import platform
from base64 import b64encode
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._displays.drawing import require_matplotlib
from sklearn_prune._report.answer.statistics import LEVEL
from sklearn_prune._report.comparison.records import (
    DENSE,
    DISTILLED,
    PLAIN,
    PRUNED,
    PURSUED,
    RANDOM,
    RETRAINED,
    RIDGE,
    SMALL,
)
from sklearn_prune._report.comparison.versions import versions

from .figures import FIGURES, draw

if TYPE_CHECKING:
    from sklearn_prune._report.answer.findings import Findings

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


def render(findings: Findings, command: str, pictures: dict[str, bytes]) -> str:
    """Return the page of a report.

    Parameters
    ----------
    findings : Findings
    command : str
        How the report was made.
    pictures : dict of str to bytes
        What `draw_pictures` returns.

    Raises
    ------
    ImportError
        If jinja2 is missing.
    """
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415

    source = (files(__package__) / "page.html").read_text(encoding="utf-8")
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(source)
    return template.render(
        findings=findings,
        tables=_tables(findings),
        descriptions=_descriptions(findings),
        pictures={kind: b64encode(picture).decode() for kind, picture in pictures.items()},
        choices=_choices(findings),
        level=LEVEL,
        command=command,
        versions=_versions(),
    )


def draw_pictures(findings: Findings) -> dict[str, bytes]:
    """Return the pictures as PNG, by kind."""
    return {kind: _png(draw(findings, kind)) for kind in FIGURES}


def _png(figure: Any) -> bytes:
    """Return a figure as a PNG, and close it."""
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=120, format="png")
    require_matplotlib("Report.to_html").pyplot.close(figure)
    return buffer.getvalue()


def _descriptions(findings: Findings) -> dict[str, str]:
    """Return what the methods of the tables are."""
    methods = {method for method, _ in findings.summary().index}
    return {name: text for name, text in DESCRIPTIONS.items() if name in methods}


def _tables(findings: Findings) -> list[tuple[str, dict[str, list[list[str]]]]]:
    """Return a title, and rows of cells by setting, for each kind of error."""
    kinds = [("error", "Squared error, in units of the variance of the target", "{:.3g}")]
    if findings.target.classes:
        title = (
            "Share of rows in the wrong class (always guessing the most frequent class: "
            f"{findings.target.majority_error_rate:.1%})"
        )
        kinds.append(("error_rate", title, "{:.1%}"))
    return [(title, _cells(findings, field, style)) for field, title, style in kinds]


def _cells(findings: Findings, field: str, style: str) -> dict[str, list[list[str]]]:
    table = findings.summary(field)
    cells: dict[str, list[list[str]]] = {RIDGE: [], PLAIN: []}
    for (method, setting), values in table.iterrows():
        row = [method]
        for budget in findings.plan.budgets:
            mean, std_error = values[budget, "mean"], values[budget, "std_error"]
            if np.isnan(mean):
                row.append("")
            else:
                digits = style.format(mean), style.replace(".3g", ".1g").format(std_error)
                row.append(f"{digits[0]} ± {digits[1]}")
        cells[setting].append(row)
    return cells


def _choices(findings: Findings) -> list[list[str]]:
    """Return what the folds chose for the large model with ridge, by budget."""
    chosen = []
    for budget in findings.plan.budgets:
        picked = [
            row.record
            for row in findings.rows
            if row.answer and (row.record.setting, row.record.budget) == (RIDGE, budget)
        ]
        texts = [
            f"{r.width} features, {r.strategy}, {r.method.removeprefix('large, ')}" for r in picked
        ]
        counts = {text: texts.count(text) for text in dict.fromkeys(texts)}
        chosen.append([str(budget), "; ".join(f"{text} ({n})" for text, n in counts.items())])
    return chosen


def _versions() -> str:
    """Return the versions of Python and of the packages."""
    numbers = {"Python": platform.python_version()} | versions(PACKAGES)
    return ", ".join(f"{name} {number}" for name, number in numbers.items())
