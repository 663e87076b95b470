"""Modules that can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn_prune.neural._given_net import module_of

if TYPE_CHECKING:
    from torch import nn


def module_with_numbers(net: Any) -> nn.Module:
    """Return the module of a net.

    Raises
    ------
    NotFittedError
        If it is a skorch net that has not been fitted.
    TypeError
        If it is no net.
    ValueError
        If it is on the device meta, or has parameters without a shape.
    """
    module = module_of(net)
    if on_meta := [name for name, weight in module.state_dict().items() if weight.is_meta]:
        msg = (
            f"{', '.join(on_meta)} of {type(module).__name__} hold no numbers, being on the device "
            "'meta': give a module on 'cpu' or 'cuda'."
        )
        raise ValueError(msg)
    return module
