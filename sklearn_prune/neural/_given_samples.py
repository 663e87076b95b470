"""Samples as any module takes them: one array, or several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from ._evaluation_mode import evaluation_mode

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Samples:
    """The arguments of a module for some samples, each with as many rows.

    Attributes
    ----------
    args : tuple of Tensor
        Arguments in the order of the module's `forward`.
    kwargs : dict of str to Tensor
        Arguments by their names.
    """

    args: tuple[Tensor, ...]
    kwargs: dict[str, Tensor]

    def __len__(self) -> int:
        return len(self.all()[0])

    def rows(self, which: Any) -> Samples:
        """Return some of the samples."""
        kwargs = {name: values[which] for name, values in self.kwargs.items()}
        return Samples(tuple(values[which] for values in self.args), kwargs)

    def outputs(self, module: nn.Module) -> Any:
        """Return what a module makes of them."""
        return module(*self.args, **self.kwargs)

    def all(self) -> list[Tensor]:
        """Return the arguments, in their order and by their names, as one list."""
        return [*self.args, *self.kwargs.values()]


def samples_for(module: nn.Module, X: Any) -> Samples:
    """Return samples on the device of a module, real numbers in its precision.

    Parameters
    ----------
    module : Module
        Net.
    X : array-like, tuple of array-like, or dict of str to array-like
        Samples in rows: one argument, arguments in their order, or by their names.

    Raises
    ------
    ValueError
        If they are no numbers, there are none, or not as many of each argument.
    """
    example = next((w for w in module.parameters() if w.is_floating_point()), torch.empty(0))

    def placed(values: Any) -> Tensor:
        tensor = values if isinstance(values, Tensor) else _tensor(values)
        return tensor.to(example) if tensor.is_floating_point() else tensor.to(example.device)

    if isinstance(X, Mapping):
        samples = Samples((), {name: placed(values) for name, values in X.items()})
    else:
        args = X if isinstance(X, tuple) else (X,)
        samples = Samples(tuple(placed(values) for values in args), {})
    counts = {len(values) if values.ndim else 0 for values in samples.all()}
    if len(counts) != 1 or 0 in counts:
        msg = f"X has arguments of {sorted(counts)} samples: give as many of each, at least one."
        raise ValueError(msg)
    return samples


@torch.no_grad()
def first_outputs(module: nn.Module, samples: Samples) -> Any:
    """Return what a module, in evaluation, makes of the first sample.

    Raises
    ------
    ValueError
        If it does not take it.
    """
    try:
        with evaluation_mode(module):
            return samples.rows(slice(0, 1)).outputs(module)
    except (IndexError, RuntimeError, TypeError, ValueError) as error:
        msg = f"X does not fit the net: {type(module).__name__} failed on a sample of it: {error}"
        raise ValueError(msg) from error


def _tensor(values: Any) -> Tensor:
    """Return numbers as a tensor."""
    try:
        return torch.as_tensor(np.array(values))
    except (TypeError, ValueError) as error:
        msg = (
            f"X has an argument of type {type(values).__name__} that is no array of numbers "
            f"({error}): give an array, a tuple of arrays, or a dict of them by the names of the "
            "arguments."
        )
        raise ValueError(msg) from error
