"""What a picture shows, in words, for those who do not see it."""

from __future__ import annotations

from typing import Any

from .panels import labelled


def describe(ax: Any) -> str:
    """Return what axes of error curves show: where each begins, is lowest, and ends."""
    curves = "; ".join(f"{line.get_label()}: {_course(line)}" for line in labelled(ax))
    xlabel = ax.get_xlabel()
    return f"{ax.get_ylabel()} against {xlabel[0].lower()}{xlabel[1:]}. Medians: {curves}."


def _course(line: Any) -> str:
    """Return the course of one line: its first, lowest and last points."""
    sizes, errors = line.get_data()
    if line.get_transform() != line.axes.transData:  # a level reaches from edge to edge
        return f"{errors[0]:.3g} throughout"
    lowest = min(range(len(errors)), key=lambda k: errors[k])
    return ", ".join(
        f"{'lowest ' if k == lowest and len(errors) > 1 else ''}{errors[k]:.3g} at {sizes[k]:g}"
        for k in dict.fromkeys((0, lowest, len(errors) - 1))
    )
