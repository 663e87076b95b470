"""A table of the layers of a net, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .dead_units import pinned_for
from .net_survey import OUTPUT

if TYPE_CHECKING:
    from torch import nn

    from sklearn_prune._typing import Indices, Mask

    from .net_survey import Survey


def layer_table(before: nn.Module, after: nn.Module, found: Survey, kept: Mask) -> dict[str, Any]:
    """Return one row for each layer with weights, by columns."""
    reasons = pinned_for(found)
    rows = []
    for name, layer in before.named_modules():
        if any(True for _ in layer.parameters(recurse=False)):
            small = after.get_submodule(name)
            why = found.left.get(small) or _why(small, found, kept, reasons)
            rows.append(_row(name, layer, small) | {"left_because": why})
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


def _why(layer: nn.Module, found: Survey, kept: Mask, reasons: dict[int, str]) -> str:
    """Return why the units of a layer stay, '' if nothing but their weights decides."""
    use = found.use_of(layer)
    units = use.outputs if use else found.channels.get(layer)
    if units is None:
        return "it takes no part"
    whys = {reasons[unit]: None for unit in units.tolist() if unit in reasons}
    if whys:
        return ", ".join(why if why == OUTPUT else f"its units go into {why}" for why in whys)
    edges = [
        f"{n} constant units meet the zero padding of {name}"
        for name, n in _at_edges(units, found, kept).items()
    ]
    return ", ".join(edges)


def _at_edges(units: Indices, found: Survey, kept: Mask) -> dict[str, int]:
    """Return how many units of a layer stay for the edges of images, by the next layer."""
    counts = {
        name: int((np.isin(units, stopped) & kept[units]).sum()) for stopped, name in found.at_edges
    }
    return {name: n for name, n in counts.items() if n}


def _row(name: str, before: nn.Module, after: nn.Module) -> dict[str, Any]:
    return {
        "layer": name,
        "kind": type(before).__name__,
        "units": _n_units(before),
        "units_kept": _n_units(after),
        "parameters": _n_parameters(before),
        "parameters_kept": _n_parameters(after),
    }


def _n_units(layer: nn.Module) -> int:
    first = next(layer.parameters(recurse=False), None)
    return 0 if first is None else len(np.atleast_1d(first.detach().numpy(force=True)))


def _n_parameters(layer: nn.Module) -> int:
    return sum(weight.numel() for weight in layer.parameters(recurse=False))
