"""Random features, of which only those are computed that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._random_features.activations import LEAKY_SLOPE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import Indices

    from .graph import Graph
    from .wanted_columns import Columns

PLAIN = {"relu": "Relu", "abs": "Abs", "sign": "Sign", "erf": "Erf", "tanh": "Tanh", "sin": "Sin"}


def _step(graph: Graph, Z: str) -> str:
    return graph.add("Where", graph.add("Greater", Z, np.float64(0)), np.float64(1), np.float64(0))


def _leaky_relu(graph: Graph, Z: str) -> str:
    """Return the function as a maximum: the operator of that name knows float32 alone."""
    return graph.add("Max", Z, graph.add("Mul", Z, LEAKY_SLOPE))


def _cosine(graph: Graph, Z: str) -> str:
    """Return the cosine, in float64 as a sine: onnxruntime 1.20 has no other there."""
    if graph.dtype == np.float32:
        return graph.add("Cos", Z)
    return graph.add("Sin", graph.add("Add", Z, np.pi / 2))


COMPOSED: dict[str, Callable[[Graph, str], str]] = {
    "identity": lambda _, Z: Z,
    "square": lambda graph, Z: graph.add("Mul", Z, Z),
    "step": _step,
    "leaky_relu": _leaky_relu,
    "cos": _cosine,
}


def random_layer(step: Any, columns: Columns) -> Columns:
    """Return the columns of `RandomFeatures`, or those that a pruned layer keeps."""
    graph, weights, offset = columns.graph, step.random_weights_, step.random_offset_

    def numbers(kept: Indices) -> str:
        Z = graph.add("MatMul", columns.all(), weights[:, kept])
        if offset is not None:
            Z = graph.add("Add", Z, offset[kept])
        return activated(graph, Z, step.activation)

    return columns.made(weights.shape[1], numbers)


def activated(graph: Graph, Z: str, activation: Any) -> str:
    """Return the name of ``activation(Z)``.

    Raises
    ------
    ValueError
        If it is a function of Python, or "erf" in double precision.
    """
    _check_activation(activation, graph)
    if activation in COMPOSED:
        return COMPOSED[activation](graph, Z)
    return graph.add(PLAIN[activation], Z)


def _check_activation(activation: Any, graph: Graph) -> None:
    if not isinstance(activation, str):
        msg = f"activation is {activation!r}: ONNX knows no functions of Python, give a name."
        raise ValueError(msg)
    if activation == "erf" and graph.dtype == np.float64:
        msg = "activation is 'erf', which onnxruntime has in float32 alone: give dtype='float32'."
        raise ValueError(msg)
