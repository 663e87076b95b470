"""Checks of parameters, before any training."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy.sparse import issparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._typing import AnyArray


def check_choice(name: str, value: Any, choices: Sequence[Any]) -> None:
    """Raise a ValueError unless the value is one of the choices."""
    if np.ndim(value) or not any(value is choice or value == choice for choice in choices):
        msg = f"{name} is {value!r}: give one of {', '.join(map(repr, choices))}."
        raise ValueError(msg)


def check_epochs(name: str, value: Any) -> int:
    """Return a number of epochs.

    Raises
    ------
    ValueError
        If it is no int of at least 0.
    """
    if not is_int(value) or value < 0:
        msg = f"{name} is {value!r}: give a number of epochs, an int of at least 0."
        raise ValueError(msg)
    return int(value)


def check_batch_size(value: Any) -> None:
    """Raise a ValueError unless it is a number of samples, or -1 for all."""
    if not (is_int(value) and (value > 0 or value == -1)):
        msg = f"batch_size is {value!r}: give an int of at least 1, or -1 for all samples."
        raise ValueError(msg)


def check_sizes(**sizes: Any) -> None:
    """Raise a ValueError unless all are ints of at least 1."""
    for name, value in sizes.items():
        if not is_int(value) or value < 1:
            raise ValueError(f"{name} is {value!r}: give an int of at least 1.")


def check_device(device: Any) -> None:
    """Raise a ValueError if torch has no such device, or needs a GPU that is not there."""
    try:
        kind = torch.device(device).type
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"device is {device!r}: give one of torch, 'cpu' or 'cuda'.") from error
    if kind == "meta":
        raise ValueError("device is 'meta', which holds no numbers: give 'cpu' or 'cuda'.")
    if kind == "cuda" and not torch.cuda.is_available():
        msg = f"device is {device!r}, but torch finds no CUDA device: give device='cpu'."
        raise ValueError(msg)


def check_folder(name: str, value: Any) -> None:
    """Raise an error unless it can be a folder, which need not be there."""
    if _check_path(name, value, "folder").is_file() or not str(value):
        raise ValueError(f"{name} is {str(value)!r}: give the path of a folder.")


def check_file(name: str, value: Any) -> Path:
    """Return the path of a file, which need not be there.

    Raises
    ------
    TypeError, ValueError
        If it is no path, or that of a folder.
    """
    path = _check_path(name, value, "file")
    if path.is_dir():
        raise ValueError(f"{name} is {str(value)!r}: give the path of a file.")
    return path


def _check_path(name: str, value: Any, what: str) -> Path:
    if not isinstance(value, str | PathLike):
        raise TypeError(f"{name} is {value!r}: give the path of a {what}.")
    return Path(value)


def check_one_array(X: Any) -> None:
    """Raise a TypeError if samples are several arrays, for a module of several arguments."""
    several = isinstance(X, tuple) and any(np.ndim(values) > 1 for values in X)
    if several or (isinstance(X, Mapping) and not issparse(X)):  # some of SciPy's are dicts
        msg = (
            f"X is a {type(X).__name__} of several arrays, but estimators take one: prune a "
            "module of several inputs with prune_net(module, X, y)."
        )
        raise TypeError(msg)


def check_one_tensor(outputs: Any) -> None:
    """Raise a ValueError if a net returns anything else, of which no loss is known."""
    if not isinstance(outputs, torch.Tensor):
        msg = (
            f"The net returns a {type(outputs).__name__}, but estimators train nets of one tensor "
            "of outputs: prune it with prune_net(module, X, y, loss=...)."
        )
        raise ValueError(msg)


def whole_numbers(X: AnyArray) -> AnyArray:
    """Return an array as integers.

    Raises
    ------
    ValueError
        If a number has a fraction.
    """
    whole = X.astype(np.int64)
    if (whole != X).any():
        raise ValueError("X has fractions, but the module takes whole numbers: give integers.")
    return whole


def is_int(value: Any) -> bool:
    """Return whether a value is an integer, and no truth value."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
