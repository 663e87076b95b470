import pytest
import torch
from torch import nn

from sklearn_prune.neural import ResNet20, TwoLayerNet
from sklearn_prune.neural._masks import n_weights


@pytest.mark.parametrize(("width", "n_inputs", "n_classes"), [(1, 1, 1), (4, 784, 10), (64, 8, 3)])
def test_number_of_weights_of_two_layers(width, n_inputs, n_classes):
    net = TwoLayerNet(width, n_inputs, n_classes)
    assert n_weights(net) == width * (n_inputs + 1) + n_classes * (width + 1)


def test_outputs_of_two_layers_by_hand():
    net = TwoLayerNet(width=3, n_inputs=6, n_classes=2)
    X = torch.randn(5, 2, 3)
    hidden = (X.reshape(5, 6) @ net.hidden.weight.T + net.hidden.bias).clamp(min=0)
    torch.testing.assert_close(net(X), hidden @ net.last.weight.T + net.last.bias)


def test_weights_at_the_start():
    torch.manual_seed(0)
    net = TwoLayerNet(width=500, n_inputs=200, n_classes=100)
    assert not net.hidden.bias.any()
    assert not net.last.bias.any()
    # The variance of a sample of N normal values has a relative standard error of sqrt(2 / N).
    for layer, n_in in ((net.hidden, 200), (net.last, 500)):
        error = layer.weight.var().item() * n_in / 2 - 1
        assert abs(error) < 4 * (2 / layer.weight.numel()) ** 0.5


@pytest.mark.parametrize("name", ["width", "n_inputs", "n_classes"])
def test_sizes_of_two_layers_below_one(name):
    with pytest.raises(ValueError, match=f"{name} is 0: give an int of at least 1"):
        TwoLayerNet(**{name: 0})


@pytest.mark.parametrize("width", [1, 2, 5, 8, 10, 50])
def test_number_of_weights(width):
    assert n_weights(ResNet20(width)) == 1054 * width**2 + 322 * width + 10


def test_numbers_of_the_paper():
    assert [n_weights(ResNet20(width)) for width in (5, 8, 10)] == [27_970, 70_042, 108_630]


def test_shortcuts_without_weights():
    width = 6
    projections = (2 * width * width + 2 * width) + (4 * width * 2 * width + 4 * width)
    padding = ResNet20(width, shortcut="padding")
    assert n_weights(padding) == n_weights(ResNet20(width)) - projections
    X = torch.randn(2, width, 8, 8)
    Z = padding.blocks[3].shortcut(X)
    torch.testing.assert_close(Z[:, :width], X[:, :, ::2, ::2])
    assert not Z[:, width:].any()
    assert Z.shape == (2, 2 * width, 4, 4)


def test_twenty_layers():
    net = ResNet20(2)
    convolutions = [
        m for m in net.modules() if isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3)
    ]
    assert len(convolutions) + 1 == 20
    assert all(m.bias is not None for m in convolutions)


def test_maps_and_outputs():
    net = ResNet20(2, n_classes=7, in_channels=1).eval()
    maps = net.blocks(torch.zeros(3, 2, 32, 32))
    assert maps.shape == (3, 8, 8, 8)
    assert net.last.in_features == 8 * 2 * 2
    assert net(torch.zeros(3, 1, 32, 32)).shape == (3, 7)


def test_a_block_by_hand():
    net = ResNet20(3).eval()
    block = net.blocks[3]
    X = torch.randn(2, 3, 8, 8)
    Z = block.norm2(block.conv2(torch.relu(block.norm1(block.conv1(X)))))
    torch.testing.assert_close(block(X), torch.relu(Z + block.shortcut(X)))


@pytest.mark.parametrize("name", ["width", "n_classes", "in_channels"])
def test_sizes_below_one(name):
    with pytest.raises(ValueError, match=f"{name} is 0: give an int of at least 1"):
        ResNet20(**{name: 0})


def test_unknown_shortcut():
    with pytest.raises(ValueError, match="shortcut is 'none': give one of 'projection', 'padding'"):
        ResNet20(shortcut="none")
