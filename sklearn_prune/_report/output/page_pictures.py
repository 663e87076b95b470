"""The pictures of a page: each panel on its own, for light and for dark screens."""

from __future__ import annotations

import io
from base64 import b64encode
from typing import TYPE_CHECKING, Any, NamedTuple

from sklearn_prune._displays.drawing import require_matplotlib

from .alt_texts import describe
from .panels import PICTURES, labelled, share_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._report.answer.findings import Findings

    from .panels import Panel, Picture

# Ink and paper, as the style sheet of the page has them.
SCHEMES = {"light": ("#1f2328", "#ffffff"), "dark": ("#e6e8eb", "#15191f")}
INKED = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
PAPERED = ("figure.facecolor", "axes.facecolor", "savefig.facecolor")
SIZE, DPI = (3.6, 3.1), 160


class PagePanel(NamedTuple):
    """A panel as a page shows it.

    Attributes
    ----------
    title, alt : str
    images : dict of str to str
        PNG in base64, by colour scheme.
    legend : dict of str to str
        The look of each curve, as the same, on any background.
    """

    title: str
    alt: str
    images: dict[str, str]
    legend: dict[str, str]


def draw_panels(findings: Findings) -> dict[str, list[list[PagePanel]]]:
    """Return the panels of all pictures, in their rows, by kind."""
    return {kind: _draw_rows(picture(findings)) for kind, picture in PICTURES.items()}


def _draw_rows(picture: Picture) -> list[list[PagePanel]]:
    drawn = [list(_draw_scheme(picture, *colors)) for colors in SCHEMES.values()]
    return [
        [
            PagePanel(panel.title, alt, dict(zip(SCHEMES, (light, dark), strict=True)), legend)
            for panel, (alt, light, legend), (_, dark, _) in zip(*row, strict=True)
        ]
        for row in zip(picture.rows, *drawn, strict=True)
    ]


def _draw_scheme(
    picture: Picture, ink: str, paper: str
) -> Iterator[list[tuple[str, str, dict[str, str]]]]:
    """Yield the alt texts, images and legends of each row, in two colours."""
    colors = dict.fromkeys(INKED, ink) | dict.fromkeys(PAPERED, paper)
    with require_matplotlib("Report.to_html").rc_context(colors):
        for row in picture.rows:
            axes = [_draw_alone(panel, picture.xlabel) for panel in row]
            share_errors(axes)
            yield [(describe(ax), as_png(ax.figure, DPI), _legend(ax)) for ax in axes]


def _draw_alone(panel: Panel, xlabel: str) -> Any:
    """Return the axes of a figure of one panel."""
    pyplot = require_matplotlib("Report.to_html").pyplot
    ax = pyplot.subplots(figsize=SIZE, layout="constrained")[1]
    panel.draw(ax)
    ax.set_xlabel(xlabel)
    return ax


def _legend(ax: Any) -> dict[str, str]:
    """Return a small picture of each line."""
    return {line.get_label(): _swatch(line) for line in labelled(ax)}


def _swatch(line: Any) -> str:
    """Return the look of a line, with its marker in the middle."""
    mpl = require_matplotlib("Report.to_html")
    figure = mpl.pyplot.figure(figsize=(0.5, 0.16))
    sample = mpl.lines.Line2D([0, 0.5, 1], [0.5] * 3)
    sample.update_from(line)
    sample.set(transform=figure.transFigure, markevery=[1])
    figure.add_artist(sample)
    return as_png(figure, DPI, transparent=True)


def as_png(figure: Any, dpi: int, **options: Any) -> str:
    """Return a figure as a PNG in base64, and close it."""
    return b64encode(png(figure, dpi, **options)).decode()


def png(figure: Any, dpi: int, **options: Any) -> bytes:
    """Return a figure as a PNG, and close it."""
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=dpi, format="png", **options)
    require_matplotlib("Report.to_html").pyplot.close(figure)
    return buffer.getvalue()
