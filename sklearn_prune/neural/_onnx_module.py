"""Modules of torch to ONNX: compact, and whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from skorch import NeuralNet
from torch import nn

from sklearn_prune._onnx.export import whole_model

from ._compact.compact_net import compact
from ._exported_module import bound_arguments, exported
from ._given_net import check_not_scripted, module_of
from ._given_samples import first_outputs, samples_for
from ._pruned_net import PrunedNet

if TYPE_CHECKING:
    from ._exported_module import Arguments


@whole_model.register(nn.Module)
def model_of_module(module: nn.Module, X: Any, dtype: Any) -> Any:
    """Return the ONNX model of a module.

    Raises
    ------
    TypeError
        If torch cannot export it.
    ValueError
        If there are no samples, or the module does not take them.
    """
    if X is None:
        msg = "X is None: give to_onnx some samples, as the module takes them."
        raise ValueError(msg)
    module = module_of(module)
    check_not_scripted(module)
    small = compact(module).eval().to(getattr(torch, dtype.name))
    samples = samples_for(small, X)
    return exported(
        small,
        samples,
        input_names=_input_names(bound_arguments(small, samples)),
        output_names=_output_names(first_outputs(small, samples)),
    )


@whole_model.register(NeuralNet)
def model_of_net(net: Any, X: Any, dtype: Any) -> Any:
    """Return the ONNX model of the module of a net of skorch.

    Those of this package are estimators, whose predictions are exported: None.
    """
    return None if isinstance(net, PrunedNet) else model_of_module(module_of(net), X, dtype)


def _input_names(arguments: Arguments) -> list[str]:
    """Return the names of the arguments, as they stand in the forward of the module."""
    names = []
    for name, values in arguments.items():
        several = isinstance(values, tuple)
        names += [f"{name}_{k}" for k in range(len(values))] if several else [name]
    return names


def _output_names(outputs: Any) -> list[str] | None:
    """Return names of the outputs; None, for torch to choose, if they are no tensors."""
    if isinstance(outputs, torch.Tensor):
        return ["outputs"]
    if isinstance(outputs, tuple | list):
        return [f"outputs_{k}" for k in range(len(outputs))]
    return None
