"""Fitted nets in ONNX: without the inputs and units that pruning has cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import nn

from sklearn_prune._onnx.graph import Node, Output
from sklearn_prune._onnx.linear_scores import nonzero_columns
from sklearn_prune._onnx.onnx_file import require_onnx
from sklearn_prune._onnx.predictions import labels_of, predicted

from ._architectures import TwoLayerNet
from ._compact.compact_net import compact
from ._exported_module import exported
from ._given_samples import Samples
from ._pruned_net import PrunedNet
from ._pruned_net_classifier import PrunedNetClassifier

if TYPE_CHECKING:
    from sklearn_prune._onnx.graph import Graph
    from sklearn_prune._onnx.wanted_columns import Columns
    from sklearn_prune._typing import AnyArray, Indices

# What ONNX calls integers.
INT64 = 7


class Layers(NamedTuple):
    """What is left of a net of two layers.

    Attributes
    ----------
    used : ndarray of shape (n_used,)
        Positions of the inputs that reach an output.
    hidden, last : tuple of ndarray
        Weights, of shape (n_inputs, n_outputs), and biases.
    """

    used: Indices
    hidden: tuple[AnyArray, AnyArray]
    last: tuple[AnyArray, AnyArray]


@predicted.register(PrunedNet)
def predicted_by_net(net: Any, columns: Columns) -> dict[str, Output]:
    """Return the outputs of a net, by the name of the method that returns the same.

    Raises
    ------
    TypeError
        If torch cannot export the module.
    ValueError
        If the graph is in double precision, or the outputs are no logits.
    """
    _check_net(net, columns)
    module = compact(net)
    of_rows = type(module) is TwoLayerNet and len(net.sample_shape_) == 1
    outputs = _two_layers(module, columns) if of_rows else _any_module(module, net, columns)
    if isinstance(net, PrunedNetClassifier):
        probabilities = columns.graph.add("Softmax", outputs.tensor, axis=1)
        return {
            "predict": labels_of(columns.graph, outputs, net),
            "predict_proba": outputs._replace(tensor=probabilities),
        }
    if net.target_ndim_ == 1 and outputs.shape:
        outputs = Output(columns.graph.add("Squeeze", outputs.tensor, np.array([1])))
    return {"predict": outputs}


def _two_layers(module: TwoLayerNet, columns: Columns) -> Output:
    """Return the outputs of a net of two layers, which takes the columns that it needs."""
    graph, layers = columns.graph, _layers(module)
    nodes = graph.add("Gemm", columns.numbers(layers.used), *layers.hidden)
    outputs = graph.add("Gemm", graph.add("Relu", nodes), *layers.last)
    return Output(outputs, layers.last[1].shape)


def _layers(module: TwoLayerNet) -> Layers:
    """Return the layers of a compact net without the inputs that nothing needs."""
    hidden, bias = _weights(module.hidden)
    last, last_bias = _weights(module.last)
    used = nonzero_columns(hidden)
    return Layers(used, (hidden[:, used].T, bias), (last.T, last_bias))


def _weights(layer: nn.Linear) -> tuple[AnyArray, AnyArray]:
    return layer.weight.numpy(force=True), layer.bias.numpy(force=True)


def _any_module(module: nn.Module, net: Any, columns: Columns) -> Output:
    """Return the outputs of a module that torch exports."""
    graph, module = columns.graph, module.eval().cpu()
    tensor = columns.all()
    if net.takes_integers_:
        tensor = graph.add("Cast", tensor, to=INT64)
    kind = torch.int64 if net.takes_integers_ else torch.float32
    samples = Samples((torch.zeros(2, *net.sample_shape_, dtype=kind),), {})
    with torch.no_grad():
        shape = samples.outputs(module).shape[1:]
    return Output(_inserted(graph, exported(module, samples), tensor), tuple(shape))


def _inserted(graph: Graph, model: Any, tensor: str) -> str:
    """Put the nodes of a model into a graph, and return the name of their output.

    Raises
    ------
    TypeError
        If there are others than plain operators of ONNX.
    """
    helper = require_onnx().helper
    to_array = require_onnx().numpy_helper.to_array
    inside = model.graph

    def named(name: str) -> str:
        return tensor if name == inside.input[0].name else name and f"/net/{name}"

    nodes = []
    for node in inside.node:
        if node.domain or any(x.type in (x.GRAPH, x.GRAPHS) for x in node.attribute):
            raise TypeError(f"The net needs {node.op_type}: give its module to torch.onnx.export.")
        attributes = {x.name: helper.get_attribute_value(x) for x in node.attribute}
        given, made = tuple(map(named, node.input)), tuple(map(named, node.output))
        nodes.append(Node(node.op_type, given, made, attributes))
    graph.insert(nodes, {named(x.name): to_array(x) for x in inside.initializer})
    return named(inside.output[0].name)


def _check_net(net: Any, columns: Columns) -> None:
    """Raise an error if a net cannot be exported."""
    if columns.graph.dtype != np.float32:
        raise ValueError("Nets compute in single precision: give dtype='float32'.")
    if isinstance(net, PrunedNetClassifier) and not _has_softmax(net):
        msg = "Classes are exported with a softmax: give criterion=torch.nn.CrossEntropyLoss."
        raise ValueError(msg)


def _has_softmax(net: Any) -> bool:
    """Return whether probabilities are the softmax of outputs, which skorch reads off the loss."""
    return isinstance(net.criterion_, nn.CrossEntropyLoss) and net.predict_nonlinearity == "auto"
