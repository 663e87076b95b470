"""The pictures of a report, each as one figure."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from sklearn_prune._displays.drawing import require_matplotlib

from .panels import PICTURES, labelled, scale_errors

if TYPE_CHECKING:
    from sklearn_prune._report.answer.findings import Findings

    from .panels import Picture

# In inches: a title and a legend need so much; and so many letters of a title fit in one.
NARROWEST, LETTERS = 7.4, 11


def draw(findings: Findings, kind: str) -> Any:
    """Draw the errors against width, or against the number of features kept.

    Raises
    ------
    ValueError
        If `kind` is neither "width" nor "kept".
    """
    if kind not in PICTURES:
        msg = f"kind is {kind!r}: give one of {', '.join(map(repr, PICTURES))}"
        raise ValueError(msg)
    return _draw(PICTURES[kind](findings))


def _draw(picture: Picture) -> Any:
    """Draw all panels side by side, with one legend below."""
    figure, axes = _empty(picture)
    for panels, row in zip(picture.rows, axes, strict=True):
        for panel, ax in zip(panels, row, strict=True):
            panel.draw(ax)
            ax.set_title(panel.title, fontsize=10.5, pad=8)
            if picture.alike:
                ax.label_outer()
        scale_errors(picture, row)
    for ax in axes[-1]:
        ax.set_xlabel(picture.xlabel)
    title = fill(picture.title, int(LETTERS * figure.get_figwidth()))
    figure.suptitle(title, parse_math=False)
    _put_legend(figure, axes)
    return figure


def _empty(picture: Picture) -> tuple[Any, Any]:
    """Return a figure and its axes."""
    n_rows, n_columns = len(picture.rows), len(picture.rows[0])
    width, height = picture.size
    return require_matplotlib("Report.plot").pyplot.subplots(
        n_rows,
        n_columns,
        sharex=True,
        sharey="row" if picture.alike else False,
        squeeze=False,
        figsize=(max(NARROWEST, width * n_columns + 0.6), height * n_rows + 0.8),
        layout="constrained",
    )


def _put_legend(figure: Any, axes: Any) -> None:
    """Put one legend below all axes, in as few rows as the figure is wide enough for."""
    found = {line.get_label(): line for ax in axes.flat for line in labelled(ax)}
    for n_rows in range(1, len(found) + 1):
        legend = figure.legend(
            found.values(),
            found.keys(),
            loc="outside lower center",
            ncols=-(-len(found) // n_rows),
            frameon=False,
            handlelength=3.2,
        )
        if legend.get_window_extent().width <= figure.bbox.width:
            break
        legend.remove()
