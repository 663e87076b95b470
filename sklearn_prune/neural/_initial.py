"""How the architectures begin."""

from __future__ import annotations

from torch import nn


def initialize(module: nn.Module) -> None:
    """Draw the weights of a net of ReLU layers, and set its biases to zero.

    The weights of a layer are normal with variance 2 / (number of inputs), after
    K. He et al., "Delving Deep into Rectifiers", ICCV 2015 (arXiv:1502.01852).
    """
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
