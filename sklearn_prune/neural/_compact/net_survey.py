"""Which units a net has, where they come from, and where they go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .unit_flow import Flow
from .weighted_layers import CONVOLUTIONS, n_inputs

if TYPE_CHECKING:
    from torch import nn

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
