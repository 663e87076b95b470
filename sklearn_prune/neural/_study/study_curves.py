"""The curves of a study: errors by width, or by the share of the weights that is kept."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    Row = dict[str, Any]


class Nets(NamedTuple):
    """What the nets of one curve have in common.

    Attributes
    ----------
    label_noise : float
        Share of the training images that have a wrong class.
    base_width : int or None
        Width of the net that has as many weights as these keep.
    width : int or None
        Width before pruning, where curves go by the share that is kept.
    """

    label_noise: float
    base_width: int | None = None
    width: int | None = None

    def label(self, others: Sequence[Nets]) -> str:
        """Return what tells this curve from others."""
        parts = []
        if len({nets.width for nets in others}) > 1:
            parts.append(f"width {self.width}")
        if self.width is None:
            size = f"pruned to the size of width {self.base_width}"
            parts.append("dense" if self.base_width is None else size)
        if not parts or any(nets.label_noise for nets in others):
            noise = f"{100 * self.label_noise:g} %" if self.label_noise else "no"
            parts.append(f"{noise} label noise")
        return ", ".join(parts)


# Errors by position, one a seed.
Curves = dict[Nets, dict[float, list[float]]]


def curves_by_width(rows: Sequence[Row], method: str, error: str) -> Curves:
    """Return the errors of dense nets and of those of one method, by their width."""
    curves: Curves = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row["method"] in ("dense", method):
            nets = Nets(row["label_noise"], base_width=row["base_width"])
            curves[nets][row["width"]].append(row[error])
    # A net of the base width has nothing to prune: there its curve begins.
    for nets, curve in list(curves.items()):
        dense = curves.get(nets._replace(base_width=None), {})
        if nets.base_width in dense:
            curve[nets.base_width] = dense[nets.base_width]
    return _sorted(curves)


def curves_by_share(rows: Sequence[Row], method: str, error: str) -> Curves:
    """Return the errors of the nets of one method, by the share of weights that they keep.

    The curve of a net begins with the dense one, which keeps all.
    """
    widths = {row["width"] for row in rows if row["method"] == method}
    curves: Curves = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row["method"] in ("dense", method) and row["width"] in widths:
            nets = Nets(row["label_noise"], width=row["width"])
            curves[nets][row["n_kept"] / row["n_weights"]].append(row[error])
    return _sorted(curves)


def _sorted(curves: Curves) -> Curves:
    """Return the curves in the order of the legend, and each by its positions."""
    order = sorted(curves, key=lambda nets: [x or 0 for x in (nets[1], nets[2], nets[0])])
    return {nets: dict(sorted(curves[nets].items())) for nets in order}
