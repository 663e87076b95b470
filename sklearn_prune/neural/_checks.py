"""Checks of parameters, before any training."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Sequence


def check_choice(name: str, value: Any, choices: Sequence[Any]) -> None:
    """Raise a ValueError unless the value is one of the choices."""
    if not any(value is choice or value == choice for choice in choices):
        msg = f"{name} is {value!r}: give one of {', '.join(map(repr, choices))}."
        raise ValueError(msg)


def check_epochs(name: str, value: Any) -> int:
    """Return a number of epochs.

    Raises
    ------
    ValueError
        If it is no int of at least 0.
    """
    if not _is_int(value) or value < 0:
        msg = f"{name} is {value!r}: give a number of epochs, an int of at least 0."
        raise ValueError(msg)
    return int(value)


def check_batch_size(value: Any) -> None:
    """Raise a ValueError unless it is a number of samples, or -1 for all."""
    if not (_is_int(value) and (value > 0 or value == -1)):
        msg = f"batch_size is {value!r}: give an int of at least 1, or -1 for all samples."
        raise ValueError(msg)


def check_sizes(**sizes: Any) -> None:
    """Raise a ValueError unless all are ints of at least 1."""
    for name, value in sizes.items():
        if not _is_int(value) or value < 1:
            raise ValueError(f"{name} is {value!r}: give an int of at least 1.")


def check_module(module: Any) -> None:
    """Raise a TypeError unless the module is a class, or another maker of nets."""
    if isinstance(module, nn.Module):
        name = type(module).__name__
        msg = (
            f"module is an instance of {name}, which fit cannot draw anew: give the class, "
            f"module={name}, and its arguments as module__width=... and the like."
        )
        raise TypeError(msg)
    if not callable(module):
        msg = f"module is {module!r}: give a class of torch.nn.Module, such as TwoLayerNet."
        raise TypeError(msg)


def check_device(device: Any) -> None:
    """Raise a ValueError if torch has no such device, or needs a GPU that is not there."""
    try:
        kind = torch.device(device).type
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"device is {device!r}: give one of torch, 'cpu' or 'cuda'.") from error
    if kind == "cuda" and not torch.cuda.is_available():
        msg = f"device is {device!r}, but torch finds no CUDA device: give device='cpu'."
        raise ValueError(msg)


def arguments_of(module: Any) -> set[str]:
    """Return the names of the arguments that the constructor of a module takes."""
    return set(inspect.signature(module).parameters)


def _is_int(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
