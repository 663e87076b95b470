"""Checks of what a net is made of: classes, and what they are made with."""

from __future__ import annotations

import inspect
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn.parameter import UninitializedParameter

if TYPE_CHECKING:
    from collections.abc import Callable


def check_module(module: Any) -> None:
    """Raise a TypeError unless the module is a class, or another maker of nets."""
    if isinstance(module, nn.Module):
        name = type(module).__name__
        msg = (
            f"module is an instance of {name}, which fit cannot draw anew: give the class, "
            f"module={name}, and its arguments as module__width=... and the like. Or, to begin "
            "with its weights, pretrained=True."
        )
        raise TypeError(msg)
    check_class("module", module, nn.Module, "a class of torch.nn.Module, such as TwoLayerNet")


def check_shapes(module: nn.Module) -> None:
    """Raise a ValueError if a new module has lazy layers, whose weights cannot be drawn yet."""
    parameters = module.named_parameters()
    if lazy := [name for name, p in parameters if isinstance(p, UninitializedParameter)]:
        msg = (
            f"module made a {type(module).__name__} whose {', '.join(lazy)} have no shape yet: "
            "give layers their sizes; arguments n_inputs and in_channels come from the data."
        )
        raise ValueError(msg)


def check_optimizer(optimizer: Any) -> None:
    """Raise a TypeError unless it is a class of optimisers."""
    example = "a class of torch.optim.Optimizer, such as torch.optim.Adam"
    check_class("optimizer", optimizer, torch.optim.Optimizer, example)


def check_criterion(criterion: Any) -> None:
    """Raise a TypeError unless it is a class of losses, or a loss."""
    example = "a class of torch.nn.Module, such as torch.nn.MSELoss"
    check_class("criterion", criterion, nn.Module, example)


def check_iterator(name: str, iterator: Any) -> None:
    """Raise a TypeError unless it is a class of batches."""
    example = "a class that makes batches, such as torch.utils.data.DataLoader"
    check_class(name, iterator, object, example)


def check_class(name: str, value: Any, kind: type, wanted: str) -> None:
    """Raise a TypeError unless it is a class of a kind, or another callable."""
    is_other_class = isinstance(value, type) and not issubclass(value, kind)
    if is_other_class or not callable(value):
        raise TypeError(f"{name} is {shorten(repr(value), 80)}: give {wanted}.")


def check_arguments(name: str, maker: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Raise a TypeError unless something can be made with arguments of these names."""
    try:
        inspect.signature(maker).bind(*args, **kwargs)
    except TypeError as error:
        made = getattr(maker, "__name__", repr(maker))
        msg = f"{name} is {made}, which {name}__... does not fit: {error}."
        raise TypeError(msg) from error


def check_learning_rate(name: str, value: Any) -> None:
    """Raise an error unless it is a number of at least 0."""
    if isinstance(value, torch.Tensor):  # torch allows one for compiled steps
        return
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise TypeError(f"{name} is {value!r}: give a number of at least 0.")
    if not (np.isfinite(value) and value >= 0):
        raise ValueError(f"{name} is {value!r}: give a number of at least 0.")


def check_train_split(train_split: Any) -> None:
    """Raise a TypeError unless it is None, or splits data."""
    if not (train_split is None or callable(train_split)):
        msg = (
            f"train_split is {train_split!r}: give None, or a callable such as "
            "skorch.dataset.ValidSplit(5)."
        )
        raise TypeError(msg)


def check_callbacks(callbacks: Any) -> None:
    """Raise a TypeError unless it is None, "disable", or a list of callbacks of skorch."""
    if callbacks is None or (isinstance(callbacks, str) and callbacks == "disable"):
        return
    if not isinstance(callbacks, list) or not all(map(_is_callback, callbacks)):
        msg = (
            f"callbacks is {callbacks!r}: give a list of callbacks of skorch, or of pairs of a "
            "name and a callback, or 'disable'."
        )
        raise TypeError(msg)


def arguments_of(module: Any) -> set[str]:
    """Return the names of the arguments that the constructor of a module takes."""
    return set(inspect.signature(module).parameters)


def check_one_argument(module: nn.Module) -> None:
    """Raise a TypeError unless a module can be called with X alone."""
    try:
        inspect.signature(getattr(module, "_orig_mod", module).forward).bind(None)
    except TypeError as error:
        msg = (
            f"{type(module).__name__} cannot be called with X alone ({error}): prune a module of "
            "several inputs with prune_net(module, X, y)."
        )
        raise TypeError(msg) from error


def _is_callback(item: Any) -> bool:
    is_pair = isinstance(item, tuple | list) and len(item) == 2
    return hasattr(item[1] if is_pair else item, "on_train_begin")
