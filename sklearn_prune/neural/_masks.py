"""Masks beside the weights of a net.

A mask is a boolean buffer next to its weight, in the same layer. It is not persistent:
the state dict of a pruned net has the keys of a dense one, and copies and pickles of
the net take the mask along. The weights stay plain parameters; whoever trains them
applies the masks again after every step, so that nothing revives what was pruned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

SUFFIX = "_pruning_mask"


def weights_of(module: nn.Module) -> dict[str, nn.Parameter]:
    """Return what can be pruned, by name: every parameter that is trained."""
    return {name: p for name, p in module.named_parameters() if p.requires_grad}


def n_weights(module: nn.Module) -> int:
    """Return the number of trainable parameters."""
    return sum(weight.numel() for weight in weights_of(module).values())


def set_masks(module: nn.Module, masks: Mapping[str, Tensor]) -> None:
    """Put masks, by the name of their weight, in place of those that there are; apply them."""
    clear_masks(module)
    for name, mask in masks.items():
        path, _, weight = name.rpartition(".")
        layer = module.get_submodule(path)
        device = getattr(layer, weight).device
        layer.register_buffer(weight + SUFFIX, mask.to(device, torch.bool), persistent=False)
    apply_masks(module)


def clear_masks(module: nn.Module) -> None:
    """Remove the masks, and leave the weights as they are."""
    for name in masks_of(module):
        path, _, weight = name.rpartition(".")
        delattr(module.get_submodule(path), weight + SUFFIX)


def masks_of(module: nn.Module) -> dict[str, Tensor]:
    """Return the masks by the name of their weight, none for a dense net."""
    buffers = dict(module.named_buffers())
    names = [name for name, _ in module.named_parameters() if name + SUFFIX in buffers]
    return {name: buffers[name + SUFFIX] for name in names}


@torch.no_grad()
def apply_masks(module: nn.Module) -> None:
    """Set the weights under the masks to zero."""
    weights = dict(module.named_parameters())
    for name, mask in masks_of(module).items():
        weights[name].masked_fill_(~mask, 0)


def masks_from_zeros(module: nn.Module) -> dict[str, Tensor]:
    """Return the masks that bare parameters imply: what is zero was pruned."""
    return {name: weight.detach() != 0 for name, weight in weights_of(module).items()}
