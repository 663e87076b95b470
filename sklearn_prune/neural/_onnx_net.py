"""Nets of two layers in ONNX: without the inputs and nodes that pruning has cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from torch import nn

from sklearn_prune._onnx.graph import Output
from sklearn_prune._onnx.linear_scores import nonzero_columns
from sklearn_prune._onnx.predictions import labels_of, predicted

from ._architectures import TwoLayerNet
from ._pruned_net import PrunedNet
from ._pruned_net_classifier import PrunedNetClassifier

if TYPE_CHECKING:
    from sklearn_prune._onnx.wanted_columns import Columns
    from sklearn_prune._typing import AnyArray, Indices


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
        If it is no `TwoLayerNet`.
    ValueError
        If the graph is in double precision, the samples are no rows of a table, or the
        outputs no logits.
    """
    _check_net(net, columns)
    outputs = _net_outputs(net, columns)
    if isinstance(net, PrunedNetClassifier):
        probabilities = columns.graph.add("Softmax", outputs.tensor, axis=1)
        return {
            "predict": labels_of(columns.graph, outputs, net),
            "predict_proba": outputs._replace(tensor=probabilities),
        }
    if net.target_ndim_ == 1:
        outputs = Output(columns.graph.add("Squeeze", outputs.tensor, np.array([1])))
    return {"predict": outputs}


def _net_outputs(net: Any, columns: Columns) -> Output:
    """Return the outputs of the module."""
    graph, layers = columns.graph, _layers(_module(net))
    nodes = graph.add("Gemm", columns.numbers(layers.used), *layers.hidden)
    outputs = graph.add("Gemm", graph.add("Relu", nodes), *layers.last)
    return Output(outputs, layers.last[1].shape)


def _layers(module: TwoLayerNet) -> Layers:
    """Return the layers of a net without what reaches no output.

    A node that no input reaches is the same for all samples, and goes into the biases.
    """
    hidden, bias = _weights(module.hidden)
    last, last_bias = _weights(module.last)
    alive = nonzero_columns(last * hidden.any(axis=1))
    used = nonzero_columns(hidden[alive])
    constant = np.maximum(bias, 0)
    constant[alive] = 0
    return Layers(
        used,
        (hidden[np.ix_(alive, used)].T, bias[alive]),
        (last[:, alive].T, last_bias + last @ constant),
    )


def _weights(layer: nn.Linear) -> tuple[AnyArray, AnyArray]:
    return layer.weight.numpy(force=True), layer.bias.numpy(force=True)


def _module(net: Any) -> Any:
    """Return the module of a net, which a compiled one has inside."""
    return getattr(net.module_, "_orig_mod", net.module_)


def _check_net(net: Any, columns: Columns) -> None:
    """Raise an error if a net cannot be exported."""
    if type(_module(net)) is not TwoLayerNet:
        msg = (
            f"{type(_module(net)).__name__} is no TwoLayerNet, the one net that to_onnx knows: "
            "give net.module_ to torch.onnx.export."
        )
        raise TypeError(msg)
    if columns.graph.dtype != np.float32:
        raise ValueError("Nets compute in single precision: give dtype='float32'.")
    if len(net.sample_shape_) > 1:
        msg = f"The net takes samples of shape {net.sample_shape_}: fit it to rows of a table."
        raise ValueError(msg)
    if isinstance(net, PrunedNetClassifier) and not _has_softmax(net):
        msg = "Classes are exported with a softmax: give criterion=torch.nn.CrossEntropyLoss."
        raise ValueError(msg)


def _has_softmax(net: Any) -> bool:
    """Return whether probabilities are the softmax of outputs, which skorch reads off the loss."""
    return isinstance(net.criterion_, nn.CrossEntropyLoss) and net.predict_nonlinearity == "auto"
