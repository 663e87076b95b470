"""A net that somebody has trained: a module, or what skorch has fitted around one."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

import torch
from sklearn.exceptions import NotFittedError
from skorch import NeuralNet
from torch import nn
from torch.nn.parameter import is_lazy
from torch.nn.utils import parametrize
from torch.nn.utils import prune as torch_prune
from torch.nn.utils.spectral_norm import SpectralNorm
from torch.nn.utils.weight_norm import WeightNorm

NORMED_BY_HOOKS = (SpectralNorm, WeightNorm)


def module_of(net: Any) -> nn.Module:
    """Return the module of a net; of a compiled one, the plain module inside.

    Raises
    ------
    NotFittedError
        If it is a skorch net that has not been fitted.
    TypeError
        If it is no net.
    ValueError
        If it has parameters without a shape, or numbers on the device meta.
    """
    if isinstance(net, NeuralNet):
        if not net.initialized_:
            msg = f"This {type(net).__name__} is not fitted yet: call fit, or initialize, first."
            raise NotFittedError(msg)
        net = net.module_
    if not isinstance(net, nn.Module):
        what = f"the class {net.__name__}" if isinstance(net, type) else repr(net)
        msg = f"net is {what}: give a torch.nn.Module that is trained, or a fitted net of skorch."
        raise TypeError(msg)
    module: nn.Module = getattr(net, "_orig_mod", net)
    _check_numbers(module)
    return module


def _check_numbers(module: nn.Module) -> None:
    """Raise a ValueError if there are parameters or buffers that hold no numbers."""
    tensors = [*module.named_parameters(), *module.named_buffers()]
    kind = type(module).__name__
    if unshaped := [name for name, tensor in tensors if is_lazy(tensor)]:
        msg = (
            f"{_listed(unshaped)} of {kind} have no shape yet: call the module with a batch of "
            "samples first."
        )
        raise ValueError(msg)
    if on_meta := [name for name, tensor in tensors if tensor.is_meta]:
        msg = (
            f"{_listed(on_meta)} of {kind} hold no numbers, being on the device 'meta': give a "
            "module on 'cpu' or 'cuda'."
        )
        raise ValueError(msg)


def _listed(names: list[str]) -> str:
    return shorten(", ".join(names), 120, placeholder=" ...")


def check_not_scripted(module: nn.Module) -> None:
    """Raise a TypeError if a module has been compiled by TorchScript, which cannot be changed."""
    if isinstance(module, torch.jit.ScriptModule):
        msg = (
            f"net is a {type(module).__name__} of torch.jit: give the module from which "
            "torch.jit.script or torch.jit.trace made it."
        )
        raise TypeError(msg)


def check_plain_weights(module: nn.Module) -> None:
    """Raise an error if weights cannot be pruned, or others compute them, which would undo it.

    Raises
    ------
    TypeError
        If it is a module of TorchScript.
    ValueError
        If a weight is computed from others.
    """
    check_not_scripted(module)
    if torch_prune.is_pruned(module):
        msg = (
            f"{type(module).__name__} has masks of torch.nn.utils.prune: call "
            "torch.nn.utils.prune.remove(layer, name) for each of its pruned layers first."
        )
        raise ValueError(msg)
    if any(map(parametrize.is_parametrized, module.modules())):
        msg = (
            f"{type(module).__name__} computes weights by torch.nn.utils.parametrize: call "
            "torch.nn.utils.parametrize.remove_parametrizations(layer, name) first."
        )
        raise ValueError(msg)
    hooks = (hook for layer in module.modules() for hook in layer._forward_pre_hooks.values())
    if named := [type(hook).__name__ for hook in hooks if isinstance(hook, NORMED_BY_HOOKS)]:
        msg = (
            f"{type(module).__name__} computes weights by {named[0]}: call "
            "torch.nn.utils.remove_weight_norm(layer), or remove_spectral_norm, first."
        )
        raise ValueError(msg)
