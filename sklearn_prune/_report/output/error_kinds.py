"""The kinds of errors that a report tells of, and how they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._report.answer.findings import Findings


class ErrorKind(NamedTuple):
    """One kind of error.

    Attributes
    ----------
    field : str
        That of a record.
    title : str
    style, error_style : str
        Formats of a mean, and of its standard error.
    """

    field: str
    title: str
    style: str
    error_style: str

    def written(self, mean: float, std_error: float) -> str:
        """Return a mean and its standard error as text, empty where there is none."""
        if np.isnan(mean):
            return ""
        return f"{mean:{self.style}} ± {std_error:{self.error_style}}"


def squared_error(title: str) -> ErrorKind:
    """Return the kind that every report has."""
    return ErrorKind("error", title, ".3g", ".1g")


def of_classes(findings: Findings) -> list[ErrorKind]:
    """Return what is told of classes, besides; nothing for a regression."""
    target = findings.target
    if not target.classes:
        return []
    rate = f"always guessing the most frequent class: {target.majority_error_rate:.1%}"
    loss = f"always predicting the shares of the classes: {target.entropy:.3g}"
    return [
        ErrorKind("error_rate", f"Share of rows in the wrong class ({rate})", ".1%", ".1%"),
        ErrorKind("log_loss", f"Log-loss of calibrated scores ({loss})", ".3g", ".1g"),
    ]


def class_cells(table: Any) -> list[list[str]]:
    """Return what `Findings.by_class` says as texts: labels, numbers of rows, and shares."""
    return [
        [str(label), str(n_rows), *("never" if np.isnan(x) else f"{x:.1%}" for x in shares)]
        for label, n_rows, *shares in table.itertuples(name=None)
    ]
