"""The pictures of a page: each panel on its own, for light and for dark screens."""

from __future__ import annotations

import io
from base64 import b64encode
from typing import TYPE_CHECKING, Any, NamedTuple

from sklearn_prune._displays.drawing import require_matplotlib

from .alt_texts import describe
from .panels import PICTURES, labelled, scale_errors

if TYPE_CHECKING:
    from sklearn_prune._report.answer.findings import Findings

    from .panels import Panel, Picture

# Ink and paper, as the style sheet of the page has them.
SCHEMES = {"light": ("#1f2328", "#ffffff"), "dark": ("#e6e8eb", "#15191f")}
INKED = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
PAPERED = ("figure.facecolor", "axes.facecolor", "savefig.facecolor")
# Panels are so large in inches, and leave such shares of that around the axes.
SIZE, DPI, LETTERS = (3.6, 3.1), 160, 9
MARGINS = {"left": 0.16, "right": 0.97, "bottom": 0.15, "top": 0.9}


class PagePanel(NamedTuple):
    """A panel as a page shows it.

    Attributes
    ----------
    title, alt : str
    images : dict of str to str
        PNG in base64, by colour scheme.
    """

    title: str
    alt: str
    images: dict[str, str]


class PagePicture(NamedTuple):
    """A picture as a page shows it.

    Attributes
    ----------
    legend : dict of str to str
        The look of every curve: a PNG in base64 for any background.
    rows : list of list of PagePanel
    """

    legend: dict[str, str]
    rows: list[list[PagePanel]]


def draw_panels(findings: Findings) -> dict[str, PagePicture]:
    """Return all pictures, panel by panel, by kind."""
    return {kind: _draw(picture(findings)) for kind, picture in PICTURES.items()}


def _draw(picture: Picture) -> PagePicture:
    """Draw every panel in both schemes."""
    light, dark = (_draw_scheme(picture, *colors) for colors in SCHEMES.values())
    lines = {line.get_label(): line for row in light for ax in row for line in labelled(ax)}
    legend = {name: _swatch(line) for name, line in lines.items()}
    rows = [
        [_finish(*drawn) for drawn in zip(*row, strict=True)]
        for row in zip(picture.rows, light, dark, strict=True)
    ]
    return PagePicture(legend, rows)


def _draw_scheme(picture: Picture, ink: str, paper: str) -> list[list[Any]]:
    """Return axes of all panels, each of a figure of its own, in two colours."""
    colors = dict.fromkeys(INKED, ink) | dict.fromkeys(PAPERED, paper)
    with require_matplotlib("Report.to_html").rc_context(colors | {"font.size": LETTERS}):
        rows = [[_draw_alone(panel, picture.xlabel) for panel in row] for row in picture.rows]
    for row in rows:
        scale_errors(picture, row)
    return rows


def _draw_alone(panel: Panel, xlabel: str) -> Any:
    """Return the axes of a figure of one panel."""
    pyplot = require_matplotlib("Report.to_html").pyplot
    ax = pyplot.subplots(figsize=SIZE, gridspec_kw=MARGINS)[1]
    panel.draw(ax)
    ax.set_xlabel(xlabel)
    return ax


def _finish(panel: Panel, light: Any, dark: Any) -> PagePanel:
    images = {name: as_png(ax.figure) for name, ax in zip(SCHEMES, (light, dark), strict=True)}
    return PagePanel(panel.title, describe(light), images)


def _swatch(line: Any) -> str:
    """Return the look of a line, with its marker in the middle."""
    mpl = require_matplotlib("Report.to_html")
    figure = mpl.pyplot.figure(figsize=(0.5, 0.16), facecolor="none")
    sample = mpl.lines.Line2D([0, 0.5, 1], [0.5] * 3)
    sample.update_from(line)
    sample.set(transform=figure.transFigure, markevery=[1], markersize=6, clip_on=False)
    figure.add_artist(sample)
    return as_png(figure)


def as_png(figure: Any) -> str:
    """Return a figure as a PNG in base64, and close it."""
    return b64encode(png(figure, DPI)).decode()


def png(figure: Any, dpi: int) -> bytes:
    """Return a figure as a PNG, and close it."""
    mpl = require_matplotlib("Report.to_html")
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415

    buffer = io.BytesIO()
    figure.set_dpi(dpi)
    FigureCanvasAgg(figure).print_png(buffer)  # savefig goes through all artists twice
    mpl.pyplot.close(figure)
    return buffer.getvalue()
