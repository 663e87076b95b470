"""Operations that treat each unit, and each pixel, for itself."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import fx, nn
from torch.nn import functional

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

_ACTIVATIONS = {
    *("celu", "elu", "gelu", "hardsigmoid", "hardshrink", "hardswish", "hardtanh", "leaky_relu"),
    *("logsigmoid", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "softplus", "softshrink"),
    *("softsign", "tanh", "tanhshrink", "threshold"),
}
_ARITHMETIC = {"add", "mul", "neg", "pow", "sub"}
_NUMBERS = _ARITHMETIC | {"abs", "clamp", "clip", "div", "exp", "sqrt", "square"}
_OPERATORS = _ARITHMETIC | {"iadd", "imul", "ipow", "isub", "itruediv", "truediv"}

# What ``+=`` and the like call.
IN_PLACE = (
    *(operator.iadd, operator.iand, operator.ifloordiv, operator.ilshift, operator.imatmul),
    *(operator.imod, operator.imul, operator.ior, operator.ipow, operator.irshift),
    *(operator.isub, operator.itruediv, operator.ixor),
)

MODULES = (
    nn.CELU,
    nn.ELU,
    nn.GELU,
    nn.Hardshrink,
    nn.Hardsigmoid,
    nn.Hardswish,
    nn.Hardtanh,
    nn.LeakyReLU,
    nn.LogSigmoid,
    nn.Mish,
    nn.ReLU,
    nn.ReLU6,
    nn.SELU,
    nn.SiLU,
    nn.Sigmoid,
    nn.Softplus,
    nn.Softshrink,
    nn.Softsign,
    nn.Tanh,
    nn.Tanhshrink,
    nn.Threshold,
)
METHODS = {name + end for name in _ACTIVATIONS | _NUMBERS for end in ("", "_")}
FUNCTIONS = {
    getattr(place, name)
    for place in (torch, functional)
    for name in METHODS
    if hasattr(place, name)
} | {getattr(operator, name) for name in _OPERATORS}


def is_channelwise(node: fx.Node, module: nn.Module | None) -> bool:
    """Return whether an operation is one of those."""
    if node.op == "call_module":
        return type(module) in MODULES
    return node.target in (METHODS if node.op == "call_method" else FUNCTIONS)


def overwrites(node: fx.Node, module: nn.Module | None) -> bool:
    """Return whether an operation changes the tensor that it is given."""
    name = getattr(node.target, "__name__", str(node.target))
    return bool(
        getattr(module, "inplace", False)
        or node.kwargs.get("inplace")
        or (node.op != "call_module" and name.endswith("_"))
        or node.target in IN_PLACE
        or "out" in node.kwargs
        or any(argument is True for argument in node.args)
    )


def constants_after(
    node: fx.Node, module: nn.Module | None, constants: dict[fx.Node, Array]
) -> Array:
    """Return what an operation makes of constants, nan where one of them is not known."""

    def value(argument: fx.Node) -> Any:
        return torch.tensor(constants[argument])

    args = fx.map_arg(node.args, value)
    kwargs = fx.map_arg(node.kwargs, value)
    if module is not None:
        result = module(*args, **kwargs)
    elif node.op == "call_method":
        result = getattr(args[0], str(node.target))(*args[1:], **kwargs)
    else:
        result = node.target(*args, **kwargs)  # type: ignore[operator]
    unknown = np.any([np.isnan(constants[given]) for given in node.all_input_nodes], axis=0)
    return np.where(unknown, np.nan, result.numpy())
