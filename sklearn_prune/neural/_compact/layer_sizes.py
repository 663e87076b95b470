"""How large layers are: as large as their weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import nn

from sklearn_prune.neural._architectures import ZeroChannels

from .weighted_layers import NORMS, is_mixing

if TYPE_CHECKING:
    from torch import Tensor


def set_sizes(layer: Any) -> None:
    """Let a layer say the sizes that its weights have."""
    if type(layer) is nn.Linear:
        layer.out_features, layer.in_features = layer.weight.shape
    elif is_mixing(layer):
        layer.out_channels, layer.in_channels = layer.weight.shape[:2]
        layer.in_channels *= layer.groups
    else:
        layer.num_features = len(layer.running_mean)


def zero_channels(module: nn.Module) -> dict[str, int]:
    """Return how many channels of zeros parts of a module add, which no weight says."""
    parts = module.named_modules()
    return {name: part.n_channels for name, part in parts if type(part) is ZeroChannels}


def resize(module: nn.Module, weights: dict[str, Tensor], n_zeros: dict[str, int]) -> None:
    """Give layers the sizes of weights, as far as they are of kinds that can be compact."""
    layers = dict(module.named_modules())
    changed = set()
    for name, weight in weights.items():
        path, _, kind = name.rpartition(".")
        layer: Any = layers.get(path)
        old = getattr(layer, kind, None)
        can_change = is_mixing(layer) or type(layer) in NORMS
        if not can_change or not _is_another_size(layer, kind, old, weight):
            continue
        new = (layer.running_mean if type(layer) in NORMS else layer.weight).new_empty(weight.shape)
        if isinstance(old, nn.Parameter) or old is None:
            new = nn.Parameter(
                new, layer.weight.requires_grad if old is None else old.requires_grad
            )
        setattr(layer, kind, new)
        changed.add(layer)
    for layer in changed:
        set_sizes(layer)
    for name, n_channels in n_zeros.items():
        if type(layers.get(name)) is ZeroChannels:
            layers[name].n_channels = n_channels


def _is_another_size(layer: Any, kind: str, old: Any, weight: Tensor) -> bool:
    """Return whether a weight differs in units alone, or is a bias that a layer gets."""
    if old is None:
        return kind == "bias" and is_mixing(layer)
    return (
        old.shape != weight.shape and old.shape[2:] == weight.shape[2:] and old.ndim == weight.ndim
    )
