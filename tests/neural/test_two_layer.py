import pytest
import torch

from sklearn_prune.neural import TwoLayerNet
from sklearn_prune.neural._masks import n_weights


@pytest.mark.parametrize(("width", "n_inputs", "n_classes"), [(1, 1, 1), (4, 784, 10), (64, 8, 3)])
def test_number_of_weights(width, n_inputs, n_classes):
    net = TwoLayerNet(width, n_inputs, n_classes)
    assert n_weights(net) == width * (n_inputs + 1) + n_classes * (width + 1)


def test_outputs_by_hand():
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
def test_sizes_below_one(name):
    with pytest.raises(ValueError, match=f"{name} is 0: give an int of at least 1"):
        TwoLayerNet(**{name: 0})
