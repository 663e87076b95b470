"""The norms that the tensors of a net had before their first pruning.

They stay beside the weights as the masks do, as plain numbers: copies and pickles have
them, and no state dict contains them.
"""

from __future__ import annotations

from math import isnan, nan
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

SUFFIX = "_norm_before_pruning"


def norms_of(module: nn.Module) -> dict[str, float]:
    """Return the Euclidean norm of each tensor as it is."""
    return {
        name: torch.linalg.vector_norm(weight.detach().to(_precision(weight))).item()
        for name, weight in module.named_parameters()
    }


def dense_norms_of(module: nn.Module) -> dict[str, float]:
    """Return the norm of each tensor before the first pruning, nan where it is not known."""
    norms = {}
    for name, _ in module.named_parameters():
        path, _, weight = name.rpartition(".")
        norms[name] = getattr(module.get_submodule(path), weight + SUFFIX, nan)
    return norms


def note_norms(module: nn.Module) -> None:
    """Note the norms of all tensors, unless there are some of an earlier pruning."""
    if all(map(isnan, dense_norms_of(module).values())):
        set_dense_norms(module, norms_of(module))


def set_dense_norms(module: nn.Module, norms: Mapping[str, float]) -> None:
    """Put norms, by the name of their tensor, beside the weights."""
    for name, norm in norms.items():
        path, _, weight = name.rpartition(".")
        setattr(module.get_submodule(path), weight + SUFFIX, norm)


def _precision(weight: torch.Tensor) -> torch.dtype:
    return torch.promote_types(weight.dtype, torch.float32)
