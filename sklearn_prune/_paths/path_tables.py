"""Paths as a line of text, and as tables of HTML that take the style of the page around."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sklearn_prune._typing import Indices

# Rows of a table, columns of one, and names in a cell, at most.
MOST_ROWS, MOST_COLUMNS, MOST_NAMES = 12, 4, 6


def span(values: Any, one: str, several: str) -> str:
    """Return how many values there are, and from where to where they reach."""
    if len(values) == 1:
        return f"1 {one}, {values[0]:g}"
    return f"{len(values)} {several} from {values[0]:g} to {values[-1]:g}"


def shown(n: int, most: int = MOST_ROWS) -> Indices:
    """Return the numbers of at most so many of n rows, evenly spread from first to last."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(np.intp))


def rest(n: int, what: str, most: int = MOST_ROWS) -> str:
    """Return what a caption says of rows that are not shown."""
    return f"; {most} of {n} {what}" if n > most else ""


def feature_names(features: Iterable[int], names: Any) -> str:
    """Return the first names of features, "x0" where there are none."""
    found = [f"x{j}" if names is None else str(names[j]) for j in features]
    return ", ".join(found[:MOST_NAMES]) + (", …" if len(found) > MOST_NAMES else "")


def number(value: float) -> str:
    """Return a number, empty where there is none."""
    return "" if np.isnan(value) else f"{value:.4g}"


def html_table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose rows begin with a header of their own.

    Parameters
    ----------
    caption : str
    header : sequence of str
    rows : iterable of sequence of str
        As many texts each as there are in the header.
    """
    heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in header)
    body = "\n".join(_row(*row) for row in rows)
    return (
        f'<table class="dataframe"><caption style="caption-side: top">{escape(caption)}</caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )


def _row(first: str, *others: str) -> str:
    cells = "".join(f"<td>{escape(text)}</td>" for text in others)
    return f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>'
