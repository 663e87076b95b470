"""How the units of a net go through its graphs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import fx, nn

from sklearn_prune.neural._architectures import ZeroChannels

from .channelwise import is_channelwise
from .flow_rules import JOINS, flow_after, reads_no_units
from .left_layers import layers_to_leave
from .net_survey import ANOTHER, INPUT, OUTPUT, Survey, Use
from .shared_memory import SharedMemory
from .unit_flow import Flow
from .weighted_layers import (
    CONVOLUTIONS,
    NORMS,
    is_mixing,
    n_inputs,
    n_outputs,
    normalised,
    passing_constants,
    sums,
    unit_columns,
)

if TYPE_CHECKING:
    from sklearn_prune._typing import Indices


def survey(module: nn.Module, graphs: list[fx.Graph], failed: dict[str, str]) -> Survey:
    """Follow the units of a net through its graphs."""
    if not graphs:
        return Survey(left=dict.fromkeys(module.modules(), "the net is one layer of torch"))
    found = Survey(left=layers_to_leave(module, graphs, failed))
    for graph in graphs:
        walk = _Walk(module, found)
        for node in graph.nodes:
            walk.step(node)
    _find_norms(module, graphs, found)
    return found


def _find_norms(module: nn.Module, graphs: list[fx.Graph], found: Survey) -> None:
    """Find the batch normalisations that take what one layer makes, and all that it makes."""
    takers: dict[Any, set[Any]] = {}
    sources: dict[Any, set[Any]] = {}
    for graph in graphs:
        layers = {
            node: module.get_submodule(str(node.target)) if node.op == "call_module" else None
            for node in graph.nodes
        }
        for node, layer in layers.items():
            for given in node.all_input_nodes:
                takers.setdefault(layers[given], set()).add(layer)
                sources.setdefault(layer, set()).add(layers[given])
    for use in found.uses:
        (norm, *others) = takers.get(use.layer, {None})
        is_known = type(norm) in NORMS and norm in found.channels
        if not others and is_known and sources[norm] == {use.layer}:
            use.norm = norm


class _Walk:
    """One way through a graph."""

    def __init__(self, module: nn.Module, found: Survey) -> None:
        self.module, self.found = module, found
        self.flows: dict[fx.Node, Flow | None] = {}
        self.memory = SharedMemory()

    def step(self, node: fx.Node) -> None:
        """Follow the units through one operation."""
        self.flows[node] = None
        if node.op == "placeholder":
            self.flows[node] = self._given(node)
        elif node.op == "output":
            self._pin_all(node, OUTPUT)
        elif node.op != "get_attr" and not reads_no_units(node):
            self.flows[node] = self._after(node)
        layer = self._module_of(node)
        self.memory.add(node, layer)
        for changed in self.memory.changed_by(node, layer):
            self._forget_constants(changed)

    def _forget_constants(self, node: fx.Node) -> None:
        """Know of the units of a tensor that was overwritten no more than which they are."""
        flow = self.flows[node]
        if flow is not None:
            self.flows[node] = flow.with_constants(np.full(len(flow), np.nan))

    def _after(self, node: fx.Node) -> Flow | None:
        layer = self._module_of(node)
        if layer in self.found.left:
            return self._stopped(node, self.found.left[layer])
        if layer is not None and is_mixing(layer):
            return self._mixed(node, layer)
        if type(layer) in NORMS or type(layer) is ZeroChannels:
            return self._per_channel(node, layer) or self._unknown_channels(node, layer)
        if node.target in JOINS:
            self._complete(node)
        flow = flow_after(node, layer, self.flows)
        if flow is None:
            return self._stopped(node, _name_of(node, layer))
        if is_channelwise(node, layer):
            first, *others = [self.flows[given] for given in node.all_input_nodes]
            for other in others:
                self.found.same.append((first.units, other.units))  # type: ignore[union-attr]
        return flow

    def _complete(self, join: fx.Node) -> None:
        """Learn how many units the one tensor has of which that is not known, from the next layer.

        It is a tensor of which nothing is known, or maps beside each other.
        """
        tensors: Any = join.args[0] if join.args else ()
        open_ends = [x for x in tensors if (flow := self.flows[x]) is None or flow.flat]
        known = [flow for x in tensors if x not in open_ends and (flow := self.flows[x])]
        layers = [self._module_of(user) for user in join.users]
        layers = [layer for layer in layers if layer is not None and is_mixing(layer)]
        if len(open_ends) != 1 or not known or not layers:
            return
        n = n_inputs(layers[0]) - sum(map(len, known))
        flow = self.flows[open_ends[0]]
        if flow is not None:
            self.flows[open_ends[0]] = flow.side_by_side(n) or flow
        elif n > 0:
            flow = Flow(self.found.new_units(n), np.full(n, np.nan), known[0].ndim, None)
            self.found.pin(flow, INPUT)
            self.flows[open_ends[0]] = flow

    def _given(self, node: fx.Node) -> Flow | None:
        """Return the units of an input, as many as the layer after it takes."""
        layers = [layer for user in node.users if (layer := self._module_of(user)) is not None]
        layers = [layer for layer in layers if is_mixing(layer) and layer not in self.found.left]
        return self.found.pinned_inputs(layers[0], INPUT) if layers else None

    def _mixed(self, node: fx.Node, layer: Any) -> Flow:
        """Return the units of a linear layer or convolution."""
        given = self._only_flow(node)
        flow = given and unit_columns(layer, given)
        if flow is None:
            self._pin_all(node, _name_of(node, layer))
            flow = self.found.pinned_inputs(layer, _name_of(node, layer))
        outputs = self._outputs(node, layer, flow)
        made = Flow(outputs, np.full(len(outputs), np.nan), CONVOLUTIONS.get(type(layer)), None)
        if type(layer) is nn.Linear:
            made = replace(made, ndim=2 if flow.ndim == 2 else None, pixels=1)
        return made.with_constants(sums(layer, flow))

    def _outputs(self, node: fx.Node, layer: Any, flow: Flow) -> Indices:
        """Return the units of a layer, which may be known from another graph."""
        constants = passing_constants(layer, flow)
        stopped = np.isnan(constants) & np.isfinite(flow.constants)
        self.found.at_edges.append((flow.units[stopped], str(node.target)))
        known = self.found.use_of(layer)
        if known is None:
            outputs = self.found.new_units(n_outputs(layer))
            self.found.uses.append(Use(layer, flow.units, outputs, constants))
            return outputs
        if len(known.inputs) == len(flow):
            self.found.same.append((known.inputs, flow.units))
            known.constants[known.constants != constants] = np.nan
        else:
            self.found.pinned += [(flow.units, ANOTHER), (known.inputs, ANOTHER)]
            known.constants[:] = np.nan
        return known.outputs

    def _per_channel(self, node: fx.Node, layer: Any) -> Flow | None:
        """Return units that are normalised, or those with zeros behind them."""
        flow = self._only_flow(node)
        if flow is None:
            return None
        if type(layer) is ZeroChannels:
            units = self.found.channels.get(layer)
            units = self.found.new_units(layer.n_channels) if units is None else units
            self.found.channels[layer] = units
            return replace(
                flow,
                units=np.concatenate([flow.units, units]),
                constants=np.concatenate([flow.constants, np.zeros(len(units))]),
            )
        columns = unit_columns(layer, flow)
        if columns is None:
            return None
        known = self.found.channels.setdefault(layer, columns.units)
        self.found.same.append((known, columns.units))
        columns = replace(columns, ndim=columns.ndim or 2)
        return columns.with_constants(normalised(layer, columns.constants))

    def _unknown_channels(self, node: fx.Node, layer: nn.Module) -> Flow | None:
        """Leave a layer that takes units of which nothing is known, here or in another graph."""
        if layer in self.found.channels:
            self.found.pinned.append((self.found.channels[layer], ANOTHER))
        self.found.left[layer] = "the units that it takes are not known"
        return self._stopped(node, _name_of(node, layer))

    def _module_of(self, node: fx.Node) -> Any:
        return self.module.get_submodule(str(node.target)) if node.op == "call_module" else None

    def _only_flow(self, node: fx.Node) -> Flow | None:
        given = node.all_input_nodes
        return self.flows[given[0]] if len(given) == 1 else None

    def _stopped(self, node: fx.Node, why: str) -> Flow | None:
        """Let the units of an operation stay, and know none of what it makes."""
        self._pin_all(node, why)
        return None

    def _pin_all(self, node: fx.Node, why: str) -> None:
        for given in node.all_input_nodes:
            self.found.pin(self.flows[given], why)


def _name_of(node: fx.Node, layer: nn.Module | None) -> str:
    """Return how an operation is called in a report."""
    if layer is not None:
        return f"{node.target} ({type(layer).__name__})"
    return str(getattr(node.target, "__name__", node.target))
