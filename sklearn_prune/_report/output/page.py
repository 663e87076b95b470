"""The report as one page of HTML that needs no other file."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

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
from .panels import what_is_pruned

if TYPE_CHECKING:
    from sklearn_prune._report.answer.findings import Findings

    from .error_kinds import ErrorKind
    from .page_pictures import PagePicture

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


def render(
    findings: Findings,
    command: str,
    pictures: dict[str, PagePicture],
    *,
    embedded: bool = False,
) -> str:
    """Return the page of a report, or a part that leaves alone the page it stands in.

    Parameters
    ----------
    findings : Findings
    command : str
        How the report was made.
    pictures : dict of str to PagePicture
        What `draw_panels` returns.
    embedded : bool, default=False
        Whether another page is around it: it then has one `div` with all its styles inside,
        and its headings are one level lower.

    Raises
    ------
    ImportError
        If jinja2 is missing.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    templates = PackageLoader("sklearn_prune._report.output", ".")
    environment = Environment(
        autoescape=True,
        loader=templates,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("report.html" if embedded else "page.html").render(
        top=2 if embedded else 1,
        findings=findings,
        tables=_tables(findings),
        descriptions=_descriptions(findings),
        pictures=pictures,
        what_is_pruned=what_is_pruned(findings),
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
