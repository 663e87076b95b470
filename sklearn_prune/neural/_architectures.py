"""The nets of the paper, of any width."""

from __future__ import annotations

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from ._checks import check_choice, check_sizes

SHORTCUTS = ("projection", "padding")


class TwoLayerNet(nn.Module):
    """Net of two fully connected layers with ReLU between them.

    It has ``width * (n_inputs + 1) + n_classes * (width + 1)`` trainable parameters.
    With 784 inputs and ten classes it is the net that [1]_ trains on MNIST (Figure 6).

    Parameters
    ----------
    width : int, default=128
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

    def __init__(self, width: int = 128, n_inputs: int = 784, n_classes: int = 10) -> None:
        super().__init__()
        check_sizes(width=width, n_inputs=n_inputs, n_classes=n_classes)
        self.hidden = nn.Linear(n_inputs, width)
        self.last = nn.Linear(width, n_classes)
        _draw_weights(self)

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


class ResNet20(nn.Module):
    r"""Residual net of 20 layers for images of 32 x 32 pixels.

    Three stages of three blocks with `width`, twice and four times as many filters;
    3 x 3 convolutions with bias, batch normalisation and ReLU; average pooling of the
    last 8 x 8 map to 2 x 2, and a linear layer. This is the net of [1]_ as [2]_ trains
    it on CIFAR-10. With the shortcut "projection", ten classes and three channels it
    has :math:`1054 k^2 + 322 k + 10` trainable parameters at width k.

    Parameters
    ----------
    width : int, default=16
        Number of filters k of the first stage.

    n_classes : int, default=10
        Number of outputs, which are logits.

    in_channels : int, default=3
        Number of channels of the images.

    shortcut : {"projection", "padding"}, default="projection"
        How a block that halves the image is bypassed by every other pixel: through a
        1 x 1 convolution with bias, or with channels of zeros, which have no parameters.

    Raises
    ------
    ValueError
        If a size is no int of at least 1, or `shortcut` is unknown.

    See Also
    --------
    TwoLayerNet : A smaller net for smaller images.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun, "Deep Residual Learning for Image
       Recognition", CVPR 2016. arXiv:1512.03385
    .. [2] X. Chang, Y. Li, S. Oymak, C. Thrampoulidis, "Provable Benefits of
       Overparameterization in Model Compression: From Double Descent to Pruning
       Neural Networks", AAAI 2021. arXiv:2012.08749

    Examples
    --------
    >>> import torch
    >>> from sklearn_prune.neural import ResNet20
    >>> net = ResNet20(width=5)
    >>> sum(p.numel() for p in net.parameters())
    27970
    >>> net(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 10])
    """

    # On CPUs its convolutions take up to a third less time in this format.
    image_format = torch.channels_last

    def __init__(
        self,
        width: int = 16,
        n_classes: int = 10,
        in_channels: int = 3,
        shortcut: str = "projection",
    ) -> None:
        super().__init__()
        check_sizes(width=width, n_classes=n_classes, in_channels=in_channels)
        check_choice("shortcut", shortcut, SHORTCUTS)
        self.first = nn.Conv2d(in_channels, width, 3, padding=1)
        self.first_norm = nn.BatchNorm2d(width)
        self.blocks = nn.Sequential(
            *(_Block(width, width, 1, shortcut) for _ in range(3)),
            _Block(width, 2 * width, 2, shortcut),
            *(_Block(2 * width, 2 * width, 1, shortcut) for _ in range(2)),
            _Block(2 * width, 4 * width, 2, shortcut),
            *(_Block(4 * width, 4 * width, 1, shortcut) for _ in range(2)),
        )
        self.last = nn.Linear(4 * 4 * width, n_classes)
        _draw_weights(self)

    def forward(self, X: Tensor) -> Tensor:
        """Return the logits of images.

        Parameters
        ----------
        X : Tensor of shape (n_samples, in_channels, 32, 32)
            Images.

        Returns
        -------
        logits : Tensor of shape (n_samples, n_classes)
            Unnormalised log-probabilities.

        Raises
        ------
        ValueError
            If they are no images, or their last map cannot be pooled to 2 x 2 pixels.
        """
        _check_images(X)
        X = functional.relu(self.first_norm(self.first(X)))
        X = functional.avg_pool2d(self.blocks(X), 3)
        return self.last(torch.flatten(X, 1))


@fx.wrap  # one operation to whoever follows the net
def _check_images(X: Tensor) -> None:
    """Raise a ValueError if they are no images of a size that can be pooled to 2 x 2 pixels."""
    if X.ndim != 4 or not all(20 < size <= 32 for size in X.shape[2:]):
        msg = f"X has shape {tuple(X.shape)}: give images of shape (n_samples, channels, 32, 32)."
        raise ValueError(msg)


class _Block(nn.Module):
    """Two convolutions, and a shortcut past them."""

    def __init__(self, n_in: int, n_out: int, stride: int, shortcut: str) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride=stride, padding=1)
        self.norm1 = nn.BatchNorm2d(n_out)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(n_out)
        self.stride = stride
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1:
            projects = shortcut == "projection"
            self.shortcut = nn.Conv2d(n_in, n_out, 1) if projects else ZeroChannels(n_in)

    def forward(self, X: Tensor) -> Tensor:
        Z = functional.relu(self.norm1(self.conv1(X)))
        # A 1 x 1 convolution of stride 2 would do the same, but on CPUs without AVX-512 its
        # gradients of fewer than 8 channels are wrong in the format channels_last:
        # https://github.com/uxlfoundation/oneDNN/issues/6035
        pixels = X[:, :, :: self.stride, :: self.stride]
        return functional.relu(self.norm2(self.conv2(Z)) + self.shortcut(pixels))


class ZeroChannels(nn.Module):
    """Further channels, of zeros.

    Parameters
    ----------
    n_channels : int
        How many.
    """

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        self.n_channels = n_channels

    def forward(self, X: Tensor) -> Tensor:
        """Return images with the channels behind their own.

        Parameters
        ----------
        X : Tensor of shape (n_samples, channels, height, width)
            Images.

        Returns
        -------
        images : Tensor of shape (n_samples, channels + n_channels, height, width)
            The same, and zeros.
        """
        return functional.pad(X, (0, 0, 0, 0, 0, self.n_channels))


def _draw_weights(module: nn.Module) -> None:
    """Draw the weights of a net of ReLU layers, and set its biases to zero.

    The weights of a layer are normal with variance 2 / (number of inputs), after
    K. He et al., "Delving Deep into Rectifiers", ICCV 2015 (arXiv:1502.01852).
    """
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
