"""Which units a net has, where they come from, and where they go."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import fx, nn

from sklearn_prune.neural._architectures import ZeroChannels

from .channelwise import is_channelwise
from .flow_rules import JOINS, flow_after, reads_no_units
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
    why_left,
)

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

INPUT, OUTPUT = "an input of the net", "an output of the net"
ANOTHER = "another layer when the net is trained, or given more"


@dataclass
class Use:
    """A layer with units of its own, and those that it takes.

    Attributes
    ----------
    layer : Module
    inputs, outputs : ndarray
        Numbers of units.
    constants : ndarray
        Of the inputs, what can be taken over by the bias.
    norm : Module or None
        The batch normalisation that alone takes the outputs.
    """

    layer: Any
    inputs: Indices
    outputs: Indices
    constants: Array
    norm: nn.Module | None = None


@dataclass
class Survey:
    """What is known of the units of a net.

    Attributes
    ----------
    n_units : int
    uses : list of Use
        Layers that mix units, in the order of the computation.
    channels : dict of Module to ndarray
        Units of batch normalisations, and of what adds channels of zeros.
    same : list of tuple of ndarray
        Units that leave the net together.
    pinned : list of tuple of (ndarray, str)
        Units that stay, and why.
    left : dict of Module to str
        Layers that stay as they are, and why.
    at_edges : list of tuple of (ndarray, str)
        Constant units that a convolution sees beside zeros, and its name.
    """

    n_units: int = 0
    uses: list[Use] = field(default_factory=list)
    channels: dict[nn.Module, Indices] = field(default_factory=dict)
    same: list[tuple[Indices, Indices]] = field(default_factory=list)
    pinned: list[tuple[Indices, str]] = field(default_factory=list)
    left: dict[nn.Module, str] = field(default_factory=dict)
    at_edges: list[tuple[Indices, str]] = field(default_factory=list)

    def new_units(self, n: int) -> Indices:
        """Return the numbers of further units."""
        self.n_units += n
        return np.arange(self.n_units - n, self.n_units)

    def pin(self, flow: Flow | None, why: str) -> None:
        """Let units stay."""
        if flow is not None:
            self.pinned.append((flow.units, why))

    def pinned_inputs(self, layer: Any, why: str) -> Flow:
        """Return units of which nothing is known, as many as a layer takes."""
        n = n_inputs(layer)
        flow = Flow(self.new_units(n), np.full(n, np.nan), CONVOLUTIONS.get(type(layer)), None)
        self.pin(flow, why)
        return flow

    def use_of(self, layer: nn.Module) -> Use | None:
        """Return what is known of a layer from another graph."""
        return next((use for use in self.uses if use.layer is layer), None)


def survey(module: nn.Module, graphs: list[fx.Graph], failed: dict[str, str]) -> Survey:
    """Follow the units of a net through its graphs."""
    if not graphs:
        return Survey(left=dict.fromkeys(module.modules(), "the net is one layer of torch"))
    found = Survey(left=_layers_to_leave(module, graphs, failed))
    for graph in graphs:
        walk = _Walk(module, found)
        for node in graph.nodes:
            walk.step(node)
    return found


class _Walk:
    """One way through a graph."""

    def __init__(self, module: nn.Module, found: Survey) -> None:
        self.module, self.found = module, found
        self.flows: dict[fx.Node, Flow | None] = {}

    def step(self, node: fx.Node) -> None:
        """Follow the units through one operation."""
        self.flows[node] = None
        if node.op == "placeholder":
            self.flows[node] = self._given(node)
        elif node.op == "output":
            self._pin_all(node, OUTPUT)
        elif node.op != "get_attr" and not reads_no_units(node):
            self.flows[node] = self._after(node)

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
        norm = self._norm_after(node)
        known = self.found.use_of(layer)
        if known is None:
            outputs = self.found.new_units(n_outputs(layer))
            self.found.uses.append(Use(layer, flow.units, outputs, constants, norm))
            return outputs
        if len(known.inputs) == len(flow):
            self.found.same.append((known.inputs, flow.units))
            known.constants[known.constants != constants] = np.nan
        else:
            self.found.pinned += [(flow.units, ANOTHER), (known.inputs, ANOTHER)]
            known.constants[:] = np.nan
        known.norm = norm if norm is known.norm else None
        return known.outputs

    def _norm_after(self, node: fx.Node) -> Any:
        """Return the batch normalisation that alone takes what an operation makes."""
        layers = [self._module_of(user) for user in node.users]
        alone = len(layers) == 1 and type(layers[0]) in NORMS and layers[0] not in self.found.left
        return layers[0] if alone else None

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


def _layers_to_leave(
    module: nn.Module, graphs: list[fx.Graph], failed: dict[str, str]
) -> dict[nn.Module, str]:
    """Return the layers that cannot be changed wherever their units go, and why."""
    left: dict[nn.Module, str] = {}
    owners = Counter(
        id(weight)
        for part in module.modules()
        for weight in part._parameters.values()
        if weight is not None
    )
    for layer in module.modules():
        own = [weight for weight in layer._parameters.values() if weight is not None]
        if own and (why := why_left(layer)):
            left[layer] = why
        elif any(owners[id(weight)] > 1 for weight in own):
            left[layer] = "it shares weights with another layer"
        elif not own and (layer._forward_hooks or layer._forward_pre_hooks):
            left[layer] = "it has hooks"
    for graph in graphs:
        called = Counter(
            module.get_submodule(str(node.target))
            for node in graph.nodes
            if node.op == "call_module"
        )
        for layer, n in called.items():
            if n > 1 and next(layer.parameters(), None) is not None:
                left[layer] = "it is used more than once"
        for node in graph.nodes:
            if node.op == "get_attr":
                owner = module.get_submodule(str(node.target).rpartition(".")[0])
                left[owner] = "its weights are used elsewhere"
    for name, why in failed.items():
        for layer in module.get_submodule(name).modules():
            left[layer] = f"{name} cannot be followed: {why}"
    return left
