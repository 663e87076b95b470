"""The report as one page of HTML that needs no other file."""

from __future__ import annotations

import io
import platform
from base64 import b64encode
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sklearn_prune._displays.drawing import require_matplotlib
from sklearn_prune._report.answer.choices import is_large
from sklearn_prune._report.answer.statistics import LEVEL
from sklearn_prune._report.comparison.records import (
    BOOSTED,
    COLUMNS_PRUNED,
    COLUMNS_RETRAINED,
    DENSE,
    DISTILLED,
    LINEAR,
    LOGISTIC,
    OWN,
    PLAIN,
    PRUNED,
    PURSUED,
    RANDOM,
    RETRAINED,
    RIDGE,
    SMALL,
)
from sklearn_prune._report.comparison.versions import versions

from .error_kinds import class_cells, of_classes, squared_error
from .figures import FIGURES, draw

if TYPE_CHECKING:
    from sklearn_prune._report.answer.findings import Findings

    from .error_kinds import ErrorKind

SQUARED_ERROR = "Squared error, in units of the variance of the target"
PACKAGES = ("sklearn-prune", "scikit-learn", "numpy", "scipy", "pandas", "matplotlib")
DESCRIPTIONS = {
    SMALL: "s random features, trained directly",
    PRUNED: "p features, of which the s best keep their coefficients",
    RETRAINED: "those s features, fitted again",
    DISTILLED: "those s, fitted to what the large model predicts for unlabelled rows, too",
    RANDOM: "s of the p features picked at random, and fitted again: a check",
    PURSUED: "s of the p features added greedily one by one: an outside reference",
    DENSE: "all p features of the widest model: what pruning starts from",
    COLUMNS_PRUNED: "the prepared columns themselves, of which the s best keep their coefficients",
    COLUMNS_RETRAINED: "those s columns, fitted again",
    LINEAR: "the prepared columns themselves, none of them pruned: a plain linear model",
    LOGISTIC: "logistic regression on all prepared columns, by its own probabilities",
    BOOSTED: "scikit-learn's HistGradientBoosting on all prepared columns, which has no ridge and "
    "keeps to no budget: a strong reference from outside",
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
        classes=_class_cells(findings),
        level=LEVEL,
        command=command,
        versions=_versions(),
    )


def _class_cells(findings: Findings) -> list[list[str]]:
    """Return how the recommended model does in each class, nothing if there is none."""
    if not findings.target.classes or findings.no_recommendation:
        return []
    return class_cells(findings.by_class())


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
    kinds = [squared_error(SQUARED_ERROR), *of_classes(findings)]
    return [(kind.title, _cells(findings, kind)) for kind in kinds]


def _cells(findings: Findings, kind: ErrorKind) -> dict[str, list[list[str]]]:
    table = findings.summary(kind.field)
    cells: dict[str, list[list[str]]] = {RIDGE: [], PLAIN: []}
    for (method, setting), values in table.iterrows():
        written = (kind.written(*values[budget]) for budget in findings.plan.budgets)
        cells[RIDGE if setting == OWN else setting].append([method, *written])
    return cells


def _choices(findings: Findings) -> list[list[str]]:
    """Return what the folds chose for the large model with ridge, by budget."""
    chosen = []
    for budget in findings.plan.budgets:
        picked = [
            row.record for row in findings.rows if is_large(row) and row.record.budget == budget
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
