"""Nets inside wider ones, whose channels a GPU multiplies faster.

Tensor cores take channels in groups of eight; others are copied into such groups at every
layer, there and back. So a net of width k is trained as the leading channels of the net of
the next multiple of eight. The other channels have no weights at all, neither in nor out
nor in their normalisation: they are zero, and so are their gradients, exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from sklearn_prune.neural._masks import masks_of, set_masks, weights_of

if TYPE_CHECKING:
    from torch import Tensor, nn

GROUP = 8


def aligned(width: int) -> int:
    """Return the next multiple of eight."""
    return -(-width // GROUP) * GROUP


@torch.no_grad()
def widen(net: nn.Module, wider: nn.Module) -> nn.Module:
    """Return the wider net with all of another in it, masks included, and nothing else."""
    for weight in weights_of(wider).values():
        weight.zero_()
    _copy(net.state_dict(), wider.state_dict())
    masks = {name: torch.zeros_like(weights_of(wider)[name]) for name in masks_of(net)}
    _copy(masks_of(net), masks)
    set_masks(wider, masks)
    return wider


@torch.no_grad()
def narrow(wider: nn.Module, net: nn.Module) -> nn.Module:
    """Return a net with the values that it has in the wider one."""
    _copy(wider.state_dict(), net.state_dict())
    return net


def _copy(source: dict[str, Tensor], target: dict[str, Tensor]) -> None:
    """Copy the leading entries that two sets of tensors have in common."""
    for name, tensor in source.items():
        shape = zip(tensor.shape, target[name].shape, strict=True)
        common = tuple(slice(min(sizes)) for sizes in shape)
        target[name][common] = tensor[common].to(target[name].device)
