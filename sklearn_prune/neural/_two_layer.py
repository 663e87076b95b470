"""The net with one hidden layer, of any width."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ._checks import check_sizes
from ._initial import initialize


class TwoLayerNet(nn.Module):
    """Net of two fully connected layers with ReLU between them.

    It has ``width * (n_inputs + 1) + n_classes * (width + 1)`` trainable parameters.
    With 784 inputs and ten classes it is the net that [1]_ trains on MNIST (Figure 6).

    Parameters
    ----------
    width : int, default=16
        Number of hidden nodes k.

    n_inputs : int, default=784
        Number of values of a sample.

    n_classes : int, default=10
        Number of outputs: logits, or targets of a regression.

    Raises
    ------
    ValueError
        If a size is no int of at least 1.

    See Also
    --------
    ResNet20 : A deep net for images.

    References
    ----------
    .. [1] X. Chang, Y. Li, S. Oymak, C. Thrampoulidis, "Provable Benefits of
       Overparameterization in Model Compression: From Double Descent to Pruning
       Neural Networks", AAAI 2021. arXiv:2012.08749

    Examples
    --------
    >>> import torch
    >>> from sklearn_prune.neural import TwoLayerNet
    >>> net = TwoLayerNet(width=4)
    >>> sum(p.numel() for p in net.parameters())
    3190
    >>> net(torch.zeros(2, 28, 28)).shape
    torch.Size([2, 10])
    """

    def __init__(self, width: int = 16, n_inputs: int = 784, n_classes: int = 10) -> None:
        super().__init__()
        check_sizes(width=width, n_inputs=n_inputs, n_classes=n_classes)
        self.hidden = nn.Linear(n_inputs, width)
        self.last = nn.Linear(width, n_classes)
        initialize(self)

    def forward(self, X: Tensor) -> Tensor:
        """Return the outputs for samples of any shape with so many values.

        Parameters
        ----------
        X : Tensor of shape (n_samples, ...)
            Samples.

        Returns
        -------
        outputs : Tensor of shape (n_samples, n_classes)
            Logits, or predicted targets.
        """
        return self.last(functional.relu(self.hidden(torch.flatten(X, 1))))
