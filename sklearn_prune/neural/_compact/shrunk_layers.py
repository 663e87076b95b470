"""Layers without units: what was constant goes into biases and running means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from sklearn_prune.neural._architectures import ZeroChannels
from sklearn_prune.neural._masks import SUFFIX

from .layer_sizes import set_sizes
from .weighted_layers import sum_of

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices, Mask

    from .net_survey import Survey, Use


@torch.no_grad()
def shrink(found: Survey, kept: Mask) -> None:
    """Take the units that are not kept out of all layers."""
    for use in found.uses:
        _fold(use, _shift(use, kept))
    for use in found.uses:
        _cut(use, np.flatnonzero(kept[use.inputs]), np.flatnonzero(kept[use.outputs]))
    for layer, units in found.channels.items():
        _cut_channels(layer, np.flatnonzero(kept[units]))


def _shift(use: Use, kept: Mask) -> Array:
    """Return what the constants that leave add to each output."""
    return sum_of(use.layer, np.where(kept[use.inputs], np.nan, use.constants))


def _fold(use: Use, shift: Array) -> None:
    """Add constants to the bias of a layer, or take them from the mean of its normalisation."""
    if not shift.any():
        return
    layer = use.layer
    added = torch.from_numpy(shift)
    if layer.bias is None and use.norm is not None:
        mean: Any = use.norm.running_mean
        mean.copy_(mean.double() - added.to(mean.device))
        return
    weight, added = layer.weight, added.to(layer.weight.device)
    if layer.bias is None:
        layer.bias = nn.Parameter(weight.new_zeros(len(weight)), weight.requires_grad)
    layer.bias.copy_(layer.bias.double() + added)
    mask = getattr(layer, "bias" + SUFFIX, None)
    if mask is not None:
        mask |= added != 0


def _cut(use: Use, inputs: Indices, outputs: Indices) -> None:
    """Leave a layer so many inputs and outputs."""
    layer, n_units = use.layer, len(use.inputs)

    def cut(weight: Tensor) -> Tensor:
        whole = weight.reshape(len(weight), n_units, -1)
        rest = _rows(_rows(whole, outputs), inputs, dim=1)
        return rest.reshape(len(outputs), -1, *weight.shape[2:])

    if len(inputs) == n_units and len(outputs) == len(use.outputs):
        return
    _replace(layer, "weight", cut)
    _replace(layer, "bias", lambda bias: _rows(bias, outputs))
    set_sizes(layer)


def _cut_channels(layer: Any, units: Indices) -> None:
    """Leave a normalisation, or what adds zeros, so many channels."""
    if type(layer) is ZeroChannels:
        layer.n_channels = len(units)
    elif len(units) < layer.num_features:
        for name in ("weight", "bias", "running_mean", "running_var"):
            _replace(layer, name, lambda values: _rows(values, units))
        set_sizes(layer)


def _rows(values: Tensor, which: Indices, dim: int = 0) -> Tensor:
    return values.index_select(dim, torch.from_numpy(which).to(values.device))


def _replace(layer: Any, name: str, change: Any) -> None:
    """Change a parameter or buffer, and its mask, if there are any."""
    old = getattr(layer, name)
    if old is None:
        return
    images = old.ndim == 4 and old.is_contiguous(memory_format=torch.channels_last)
    new = change(old.detach())
    if images and not old.is_contiguous():
        new = new.contiguous(memory_format=torch.channels_last)
    is_parameter = isinstance(old, nn.Parameter)
    setattr(layer, name, nn.Parameter(new, old.requires_grad) if is_parameter else new)
    if hasattr(layer, name + SUFFIX):
        setattr(layer, name + SUFFIX, change(getattr(layer, name + SUFFIX)))
