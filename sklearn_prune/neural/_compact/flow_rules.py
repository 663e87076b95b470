"""How units go through operations without weights; what has no rule is not known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from .channelwise import constants_after, is_channelwise
from .pixel_rules import counts_samples, is_shape, rule_of
from .unit_flow import Flow

if TYPE_CHECKING:
    from torch import fx, nn

    Flows = dict[fx.Node, Flow | None]

# Of a tensor, these say nothing of its units.
HARMLESS = {"dtype", "device", "ndim", "is_cuda"}
JOINS = (torch.cat, torch.concat, torch.concatenate)


def reads_no_units(node: fx.Node) -> bool:
    """Return whether an operation only asks how many samples there are, or of what type."""
    if is_shape(node):
        return all(counts_samples(user) or not user.users for user in node.users)
    harmless = node.target is getattr and node.args[1] in HARMLESS
    return counts_samples(node) or harmless or node.target == "dim"


def flow_after(node: fx.Node, module: nn.Module | None, flows: Flows) -> Flow | None:
    """Return what an operation makes of units, None if no rule is known."""
    given = [flows[x] for x in node.all_input_nodes]
    known = [flow for flow in given if flow is not None]
    if is_channelwise(node, module):
        return _merged(node, module, flows, known) if known and len(known) == len(given) else None
    if node.target in JOINS:
        return _joined(node, flows)
    rule = rule_of(node, module)
    return rule(node, module, known[0]) if rule and known else None


def _merged(
    node: fx.Node, module: nn.Module | None, flows: Flows, given: list[Flow]
) -> Flow | None:
    """Return the units of one tensor, or of several of the same units."""
    first = given[0]
    layouts = {(len(flow), flow.ndim or 2, flow.flat) for flow in given}
    if len(layouts) > 1:
        return None
    pixels = first.pixels if len({flow.pixels for flow in given}) == 1 else None
    first = first if first.ndim is None else given[-1]
    constants = {x: flow.constants for x, flow in flows.items() if flow is not None}
    return replace(first, pixels=pixels).with_constants(constants_after(node, module, constants))


def _joined(node: fx.Node, flows: Flows) -> Flow | None:
    """Return the units of several tensors beside each other."""
    tensors: Any = node.args[0] if node.args else node.kwargs.get("tensors")
    axis = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", 0)
    if not isinstance(tensors, list | tuple):
        return None
    given = [flow for tensor in tensors if (flow := flows[tensor]) is not None]
    ndims = {flow.ndim or 2 for flow in given}
    if len(given) < len(tensors) or len(ndims) > 1 or any(flow.flat for flow in given):
        return None
    ndim = None if any(flow.ndim is None for flow in given) else given[0].ndim
    if axis != 1 and not (axis == -1 and ndim in (None, 2)):
        return None
    return Flow(
        np.concatenate([flow.units for flow in given]),
        np.concatenate([flow.constants for flow in given]),
        ndim,
        given[0].pixels if len({flow.pixels for flow in given}) == 1 else None,
    )
