"""Layers of which units can be taken out: what they do to constants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Mask

    from .unit_flow import Flow

# With the number of axes of an image and of a batch of them.
CONVOLUTIONS = {nn.Conv1d: 3, nn.Conv2d: 4, nn.Conv3d: 5}
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


def is_mixing(layer: Any) -> bool:
    """Return whether each unit of a layer is a weighted sum of those before it."""
    return type(layer) is nn.Linear or type(layer) in CONVOLUTIONS


def why_left(layer: Any) -> str:
    """Return why a layer keeps its units whatever its weights are, '' if it need not."""
    kind: Any = type(layer)
    if not is_mixing(layer) and kind not in NORMS:
        return f"units of {kind.__name__} are not known to stand alone"
    if kind in CONVOLUTIONS and layer.groups != 1:
        return "its convolution is grouped"
    if kind in NORMS and layer.running_mean is None:
        return "it has no running statistics"
    if layer._parameters.keys() - {"weight", "bias"}:
        return "its weights are computed from others"
    if any(weight.is_complex() for weight in layer.parameters()):
        return "its weights are complex"
    if has_hooks(layer):
        return "it has hooks"
    return ""


def has_hooks(module: nn.Module) -> bool:
    """Return whether a module does more than its forward, to what it is given or makes."""
    return bool(module._forward_hooks or module._forward_pre_hooks)


def unit_columns(layer: Any, flow: Flow) -> Flow | None:
    """Return the units that a layer takes, one for each of its inputs; None if they are others.

    Of the units of a table the layer may take several columns each, and then they stay one.
    """
    if type(layer) is nn.Linear:
        n_columns, rest = divmod(layer.in_features, max(len(flow), 1))
        fits = not rest and flow.ndim in (None, 2) and (n_columns == 1 or flow.flat)
        return flow if fits else None
    if type(layer) in NORMS:
        columns = flow.side_by_side(layer.num_features)
        wrong = columns is None or len(columns) != layer.num_features
        if wrong or (flow.ndim is None and type(layer) is not nn.BatchNorm1d):
            return None
        return columns
    fits = flow.ndim == CONVOLUTIONS[type(layer)] and len(flow) == layer.in_channels
    return flow if fits else None


def n_inputs(layer: Any) -> int:
    """Return how many units a layer takes, each of one column or channel."""
    return layer.in_features if type(layer) is nn.Linear else layer.in_channels


def n_outputs(layer: Any) -> int:
    """Return how many units a layer makes."""
    return layer.out_features if type(layer) is nn.Linear else layer.out_channels


def by_unit(layer: Any, n_units: int) -> Tensor:
    """Return the weights of a mixing layer, of shape (n_outputs, n_units, columns of a unit)."""
    return layer.weight.detach().reshape(len(layer.weight), n_units, -1)


def reach(layer: Any, n_units: int) -> Mask:
    """Return which outputs depend on which units."""
    return (by_unit(layer, n_units) != 0).any(dim=2).numpy(force=True)


def sum_of(layer: Any, constants: Array) -> Array:
    """Return what constant units, those that are not nan, add to each output."""
    known = np.flatnonzero(~np.isnan(constants))
    weight = by_unit(layer, len(constants))
    some = weight.index_select(1, torch.from_numpy(known).to(weight.device))
    return some.double().sum(dim=2).numpy(force=True) @ constants[known]


def passing_constants(layer: Any, flow: Flow) -> Array:
    """Return the constants of units that stay constant in the sums of a layer, else nan.

    At its edges a convolution that pads with zeros sees zeros.
    """
    if type(layer) is nn.Linear or layer.padding_mode != "zeros" or _pads_nothing(layer):
        return flow.constants.copy()
    return np.where(flow.constants == 0, 0.0, np.nan)


def sums(layer: Any, flow: Flow) -> Array:
    """Return the outputs of a mixing layer that are constant, nan for the others."""
    constants = passing_constants(layer, flow)
    varies = reach(layer, len(flow))[:, np.isnan(constants)].any(axis=1)
    bias = np.zeros(n_outputs(layer)) if layer.bias is None else _double(layer.bias)
    return np.where(varies, np.nan, bias + sum_of(layer, constants))


def normalised(layer: Any, constants: Array) -> Array:
    """Return what batch normalisation makes of constants in evaluation."""
    spread = np.sqrt(_double(layer.running_var) + layer.eps)
    values = (constants - _double(layer.running_mean)) / spread
    if layer.weight is None:
        return values
    scale = _double(layer.weight)
    return np.where(scale == 0, 0, values * scale) + _double(layer.bias)


def _pads_nothing(layer: Any) -> bool:
    if layer.padding == "valid":
        return True
    if layer.padding == "same":
        return all(size == 1 for size in layer.kernel_size)
    return not any(layer.padding)


def _double(values: Tensor) -> Array:
    return values.detach().to("cpu", torch.float64).numpy()
