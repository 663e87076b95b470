"""A trained net as the parameter `module` of an estimator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from skorch import NeuralNet

from ._given_net import check_plain_weights, module_of

if TYPE_CHECKING:
    from collections.abc import Collection


def check_trained_module(net: Any, arguments: Collection[str]) -> None:
    """Raise an error unless training can go on from a net.

    Parameters
    ----------
    net : object
        What was given as `module`.
    arguments : collection of str
        Names of arguments of a class, which it must not have.

    Raises
    ------
    NotFittedError, TypeError, ValueError
        If it is no net, its weights are not plain ones of single precision, or there are
        arguments.
    """
    if isinstance(net, type) or not isinstance(net, torch.nn.Module | NeuralNet):
        shown = net.__name__ if isinstance(net, type) else repr(net)
        msg = (
            f"pretrained is True, but module is {shown}: give a module that is trained, or a "
            "fitted net of skorch."
        )
        raise TypeError(msg)
    module = module_of(net)
    check_plain_weights(module)
    if arguments:
        msg = (
            f"pretrained is True, and module__{min(arguments)} is given, which a module that is "
            "made already does not take: leave it out."
        )
        raise ValueError(msg)
    other = {weight.dtype for weight in module.parameters()} - {torch.float32}
    if other:
        msg = (
            f"module has weights of {', '.join(map(str, other))}, but nets are trained in single "
            "precision: give copy.deepcopy(module).float()."
        )
        raise ValueError(msg)


def labels_of(net: Any) -> Any:
    """Return the class labels of a fitted net, None if it has none."""
    return getattr(net, "classes_", None) if isinstance(net, NeuralNet) else None
