"""What the user says of rows that depend on each other, and how they are then cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sklearn_prune._report.comparison.forward_rows import Forward
from sklearn_prune._report.comparison.grouped_rows import Grouped

if TYPE_CHECKING:
    from sklearn_prune._report.comparison.row_cuts import RowCut
    from sklearn_prune._report.table.row_labels import RowLabels
    from sklearn_prune._report.table.targets import Target

TOGETHER = "Rows of one {} are never on both sides of a split; there are {} of them."
IN_TIME = (
    "Rows are in the order of {} ({} different values): every fold trains on the past, and judges "
    "what comes next."
)


class DependentRows(NamedTuple):
    """Groups, or times, or neither.

    Attributes
    ----------
    groups, time : RowLabels or None
    """

    groups: RowLabels | None = None
    time: RowLabels | None = None

    @property
    def labels(self) -> RowLabels | None:
        """Return what is given."""
        return self.groups or self.time

    def cut(self, target: Target) -> RowCut | None:
        """Return how rows are cut, None if nothing is said of them."""
        if self.labels is None:
            return None
        codes = tuple(self.labels.codes.tolist())
        classes = tuple(target.codes.tolist()) if target.classes else ()
        return Grouped(codes, classes) if self.groups else Forward(codes, classes)

    def notes(self) -> list[str]:
        """Tell what is done with rows, and with the column that says so."""
        labels = self.labels
        if labels is None:
            return []
        told, plain = (TOGETHER, "group") if self.groups else (IN_TIME, "time")
        note = told.format(repr(labels.name) if labels.name else plain, labels.n_different)
        return [f"{note} That column is no feature." if labels.name else note]

    def comment(self, *, classification: bool) -> str:
        """Return what code says of the rows and the columns that it takes."""
        labels, comment = self.labels, ""
        if labels is not None and labels.name:
            comment += f"\n# Without the column {labels.name!r}, which is no feature."
        if labels is not None and classification:
            group = "groups: the group of each row."
            comment += f"\n# {group if self.groups else 'Rows are in the order of time.'}"
        return comment


def check_one(groups: Any, time: Any, repeats: Any) -> None:
    """Raise ValueError if both are given, or rows in time are to be cut several times."""
    if groups is not None and time is not None:
        raise ValueError("groups and time are both given: give one of them")
    if time is not None and repeats != 1:
        msg = f"repeats is {repeats!r}: rows in time are cut in one way only, so leave it out"
        raise ValueError(msg)
