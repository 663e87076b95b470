"""Targets of a net that somebody has trained, and the loss that suits them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ._given_samples import first_outputs

if TYPE_CHECKING:
    from torch import nn

    from ._given_samples import Samples
    from ._saliency import Loss

OR_LOSS = "loss, a callable (outputs, targets) -> scalar for a batch of one sample"
GIVE_LOSS = f"give {OR_LOSS}"


def targets_for(module: nn.Module, samples: Samples, y: Any) -> Tensor:
    """Return the targets of samples, on the device of a net, real numbers in its precision.

    Raises
    ------
    ValueError
        If they are no numbers, not finite, or not as many as the samples.
    """
    try:
        targets = y.detach() if isinstance(y, Tensor) else torch.as_tensor(np.array(y))
    except (TypeError, ValueError) as error:
        msg = "y has targets that are no numbers: give classes as 0, 1, ... as the net counts them."
        raise ValueError(msg) from error
    if not targets.ndim or len(targets) != len(samples):
        msg = f"y has shape {tuple(targets.shape)}: give one for each of {len(samples)} samples."
        raise ValueError(msg)
    if not targets.isfinite().all():
        raise ValueError("y has values that are not finite: leave out their samples.")
    example = next(module.parameters())
    return targets.to(example) if targets.is_floating_point() else targets.to(example.device)


def loss_for(module: nn.Module, samples: Samples, y: Tensor, loss: Any) -> Loss:
    """Return the loss that was given, or the one that targets of their type have.

    Raises
    ------
    TypeError
        If what was given is no callable.
    ValueError
        If the net does not take the samples, or the loss is no number.
    """
    outputs = first_outputs(module, samples)
    if loss is None:
        return _default_loss(outputs, y)
    if not callable(loss) or isinstance(loss, type):
        raise TypeError(f"loss is {loss!r}: {GIVE_LOSS}.")
    value = loss(outputs, y[:1])
    if not isinstance(value, Tensor) or value.ndim:
        shown = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else repr(value)
        raise ValueError(f"loss returned {shown} for one sample: {GIVE_LOSS}.")
    return loss


def _default_loss(outputs: Any, y: Tensor) -> Loss:
    """Return the loss of targets of a type, given the outputs for the first sample."""
    if not isinstance(outputs, Tensor):
        raise ValueError(f"The net returns a {type(outputs).__name__}: {GIVE_LOSS}.")
    if y.is_floating_point():
        if outputs[0].numel() != y[0].numel():
            msg = (
                f"The net returns outputs of shape {tuple(outputs.shape[1:])} for targets of "
                f"shape {tuple(y.shape[1:])}: give others, or {OR_LOSS}."
            )
            raise ValueError(msg)
        return _squared_error
    n_classes = outputs.shape[1] if outputs.ndim > 1 else 1
    numbered = n_classes > 1 and y.dtype != torch.bool and bool(((y >= 0) & (y < n_classes)).all())
    if not numbered or y.shape[1:] != outputs.shape[2:]:
        msg = (
            f"y has the classes {y.unique()[:5].tolist()} in shape {tuple(y.shape)}, and the net "
            f"{n_classes} outputs: give 0, 1, ... as the net counts them, or {OR_LOSS}."
        )
        raise ValueError(msg)
    return _cross_entropy


def _squared_error(outputs: Tensor, y: Tensor) -> Tensor:
    return functional.mse_loss(outputs.view_as(y), y)


def _cross_entropy(outputs: Tensor, y: Tensor) -> Tensor:
    return functional.cross_entropy(outputs, y.long())
