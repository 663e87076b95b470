"""Graphs as ONNX keeps them: nothing else here knows the package onnx."""

from __future__ import annotations

from importlib.metadata import version
from itertools import starmap
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .graph import Graph, Node, Output

# The newest that onnxruntime 1.20 reads, which is the oldest that is declared.
OPSET, FORMAT = 21, 10
TEXT = np.dtype(object)


def require_onnx() -> Any:
    """Import onnx, which nothing but an export needs.

    Raises
    ------
    ImportError
        If it is not installed; the message says what to install.
    """
    try:
        import onnx  # noqa: PLC0415
    except ImportError as error:
        msg = "to_onnx needs onnx: pip install onnx"
        raise ImportError(msg) from error
    return onnx


def as_model(graph: Graph, outputs: dict[str, Output], name: str) -> Any:
    """Return a graph as an ONNX model.

    Raises
    ------
    ValueError
        If an input has the name of an output.
    """
    _check_names(graph, outputs)
    onnx = require_onnx()
    helper, from_array = onnx.helper, onnx.numpy_helper.from_array
    nodes, constants = graph.needed(outputs.values())
    made = helper.make_graph(
        [*map(_node, nodes), *starmap(_naming, outputs.items())],
        name,
        [_info(key, x.shape, TEXT if x.text else graph.dtype) for key, x in graph.inputs.items()],
        [_info(key, x.shape, _output_type(graph, x)) for key, x in outputs.items()],
        [from_array(array, key) for key, array in constants.items()],
    )
    return helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=FORMAT,
        producer_name="sklearn_prune",
        producer_version=version("sklearn-prune"),
    )


def _check_names(graph: Graph, outputs: dict[str, Output]) -> None:
    taken = sorted(graph.inputs.keys() & outputs.keys())
    if taken:
        msg = f"The column {taken[0]!r} has the name of an output: give it another one before fit."
        raise ValueError(msg)


def _node(node: Node) -> Any:
    make_node = require_onnx().helper.make_node
    return make_node(node.operator, node.operands, node.results, **node.attributes)


def _naming(name: str, output: Output) -> Any:
    """Return the node that gives an output its name."""
    return require_onnx().helper.make_node("Identity", [output.tensor], [name])


def _output_type(graph: Graph, output: Output) -> np.dtype[Any]:
    return graph.dtype if output.labels is None else output.labels.dtype


def _info(name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """Return what is said of an input or output, of any number of samples."""
    helper = require_onnx().helper
    kind = helper.np_dtype_to_tensor_dtype(dtype)
    return helper.make_tensor_value_info(name, kind, ["n_samples", *shape])
