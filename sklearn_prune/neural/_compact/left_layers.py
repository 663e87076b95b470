"""Layers that cannot be changed, wherever their units go."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .weighted_layers import has_hooks, why_left

if TYPE_CHECKING:
    from torch import fx, nn


def layers_to_leave(
    module: nn.Module, graphs: list[fx.Graph], failed: dict[str, str]
) -> dict[nn.Module, str]:
    """Return the layers of a net that are to be left, and why."""
    left = _by_themselves(module)
    for graph in graphs:
        left |= _by_their_calls(module, graph)
    for name, why in failed.items():
        for layer in module.get_submodule(name).modules():
            left[layer] = f"{name} cannot be followed: {why}"
    return left


def _by_themselves(module: nn.Module) -> dict[nn.Module, str]:
    """Return layers of other kinds, with hooks, or with weights that others have, too."""
    weights = {
        part: [w for w in part._parameters.values() if w is not None] for part in module.modules()
    }
    owners = Counter(id(weight) for own in weights.values() for weight in own)
    left = {}
    for layer, own in weights.items():
        if own and (why := why_left(layer)):
            left[layer] = why
        elif any(owners[id(weight)] > 1 for weight in own):
            left[layer] = "it shares weights with another layer"
        elif not own and has_hooks(layer):
            left[layer] = "it has hooks"
    return left


def _by_their_calls(module: nn.Module, graph: fx.Graph) -> dict[nn.Module, str]:
    """Return layers that are called more than once, or whose weights are used elsewhere."""
    calls = Counter(
        module.get_submodule(str(node.target)) for node in graph.nodes if node.op == "call_module"
    )
    left = {
        layer: "it is used more than once"
        for layer, n_calls in calls.items()
        if n_calls > 1 and next(layer.parameters(), None) is not None
    }
    for node in graph.nodes:
        if node.op == "get_attr":
            owner, _, _ = str(node.target).rpartition(".")
            left[module.get_submodule(owner)] = "its weights are used elsewhere"
    return left
