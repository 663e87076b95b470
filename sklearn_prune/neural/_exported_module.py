"""Modules of torch as ONNX, by torch's own exporter."""

from __future__ import annotations

import inspect
import logging
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from sklearn_prune._onnx.onnx_file import OPSET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import fx, nn

    from ._given_samples import Samples

    Arguments = dict[str, Any]

# What the exporter has to say of packages that are not needed.
CHATTY = "torch.onnx._internal.exporter._registration"


def exported(module: nn.Module, samples: Samples, **names: Any) -> Any:
    """Return an ONNX model of a module in evaluation, for any number of samples.

    Parameters
    ----------
    module : Module
        What to export.
    samples : Samples
        Examples of its arguments.
    **names : dict
        Names of inputs and outputs, as of ``torch.onnx.export``.

    Raises
    ------
    ImportError
        If onnxscript is not installed.
    TypeError
        If torch cannot export the module.
    """
    _require_onnxscript()
    # torch takes a batch of one sample for one of a size that is fixed.
    some = samples.rows(torch.arange(2) % len(samples))
    rows = {0: torch.export.Dim("n_samples")}
    sizes = {
        name: (rows,) * len(values) if isinstance(values, tuple) else rows
        for name, values in bound_arguments(module, some).items()
    }
    with _quiet():
        try:
            followed = torch.export.export(module, some.args, some.kwargs, dynamic_shapes=sizes)
            _pass_dropout(followed.graph)
            program: Any = torch.onnx.export(
                followed,
                some.args,
                kwargs=some.kwargs,
                dynamo=True,
                verbose=False,
                opset_version=OPSET,
                dynamic_shapes=sizes,
                **names,
            )
        except Exception as error:
            msg = f"torch.onnx.export cannot export {type(module).__name__}: {_cause(error)}"
            raise TypeError(msg) from error
    return _without_traces(program.model_proto)


def bound_arguments(module: nn.Module, samples: Samples) -> Arguments:
    """Return samples by the names of arguments, for those of ``*args`` a tuple."""
    return inspect.signature(module.forward).bind(*samples.args, **samples.kwargs).arguments


def _pass_dropout(graph: fx.Graph) -> None:
    """Let what follows dropout take what it is given, which in evaluation is what it returns.

    torch takes that for another tensor, which keeps its values when the first is overwritten.
    """
    for node in graph.find_nodes(op="call_function", target=torch.ops.aten.dropout.default):
        node.replace_all_uses_with(node.args[0])
        graph.erase_node(node)


def _cause(error: BaseException) -> str:
    """Return the first line of what went wrong first, of which torch makes pages."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _require_onnxscript() -> None:
    try:
        import onnxscript  # noqa: F401, PLC0415
    except ImportError as error:
        msg = "to_onnx of such a net needs onnxscript: pip install onnxscript"
        raise ImportError(msg) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what torch deprecates in itself from the user."""
    logger = logging.getLogger(CHATTY)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _without_traces(model: Any) -> Any:
    """Return a model without the lines and paths of the code that it comes from."""
    graph = model.graph
    for part in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info):
        part.ClearField("metadata_props")
    for node in graph.node:
        node.ClearField("doc_string")
    return model
