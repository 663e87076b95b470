import pytest
import torch
from torch import nn
from torch.nn import functional

from sklearn_prune.neural import ResNet20, TwoLayerNet
from sklearn_prune.neural._masks import weights_of
from sklearn_prune.neural._saliency import hessian, magnitude, mean_square_gradients, random


def loop_of_single_gradients(net, loss, X, y):
    net.eval()
    sums = {name: torch.zeros_like(weight) for name, weight in weights_of(net).items()}
    for i in range(len(X)):
        net.zero_grad()
        loss(net(X[i : i + 1]), y[i : i + 1]).backward()
        for name, weight in weights_of(net).items():
            sums[name] += weight.grad.square()
    net.zero_grad()
    return {n: (sums[n] / len(X)).sqrt() * w.detach().abs() for n, w in weights_of(net).items()}


def problem(kind):
    torch.manual_seed(0)
    net = ResNet20(1, n_classes=5) if kind == "resnet20" else TwoLayerNet(3, 4, 5)
    for weight in net.parameters():  # biases are zero at the start
        weight.data += 0.1 * torch.randn_like(weight)
    X = torch.randn(11, 3, 32, 32) if kind == "resnet20" else torch.randn(11, 4)
    net.train()(X)  # batch normalisation has seen something
    if kind == "regression":
        return net, functional.mse_loss, X, torch.randn(11, 5)
    return net, functional.cross_entropy, X, torch.arange(11) % 5


def batches(X, y, size):
    return zip(X.split(size), y.split(size), strict=True)


@pytest.mark.parametrize("kind", ["two-layer", "regression", "resnet20"])
@pytest.mark.parametrize("size", [4, 11])
def test_fisher_information_is_that_of_single_gradients(kind, size):
    net, loss, X, y = problem(kind)
    expected = loop_of_single_gradients(net, loss, X, y)
    scores = hessian(net, mean_square_gradients(net, loss, batches(X, y, size)))
    for name, score in expected.items():
        torch.testing.assert_close(scores[name], score, rtol=1e-4, atol=1e-6)
        assert score.any()


class Shared(nn.Module):
    """Two layers of one weight, one layer that occurs twice, and both in turn."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = (nn.Linear(4, 4) for _ in range(3))
        self.second.weight = self.first.weight
        self.again = nn.Sequential(self.first, nn.Tanh(), self.last)

    def forward(self, X):
        return self.again(torch.tanh(self.second(torch.tanh(self.first(X)))))


def test_fisher_information_of_shared_weights():
    torch.manual_seed(0)
    net, X, y = Shared(), torch.randn(11, 4), torch.arange(11) % 4
    before = dict(net.named_parameters(remove_duplicate=False))
    expected = loop_of_single_gradients(net, functional.cross_entropy, X, y)
    fisher = mean_square_gradients(net, functional.cross_entropy, batches(X, y, 4))
    scores = hessian(net, fisher)
    assert scores.keys() == expected.keys()
    for name, score in expected.items():
        torch.testing.assert_close(scores[name], score, rtol=1e-4, atol=1e-6)
    for name, weight in net.named_parameters(remove_duplicate=False):
        assert weight is before[name]


def test_fisher_information_leaves_the_net_alone():
    net, loss, X, y = problem("resnet20")
    net.train()
    state = {name: value.clone() for name, value in net.state_dict().items()}
    mean_square_gradients(net, loss, batches(X, y, 4))
    assert net.training
    assert all(weight.grad is None for weight in net.parameters())
    for name, value in net.state_dict().items():
        assert torch.equal(value, state[name])


def test_hessian_scores_rank_the_loss_of_a_linear_least_squares_fit():
    # With residuals +1 and -1 at random, F_jj is the mean square of input j.
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(4000, 3, generator=generator) * torch.tensor([0.5, 1.0, 2.0])
    net = torch.nn.Linear(3, 1, bias=False)
    signs = torch.randint(2, (4000, 1), generator=generator) * 2.0 - 1
    y = net(X).detach() + signs
    loss = lambda outputs, targets: (outputs - targets).square().sum() / 2  # noqa: E731
    fisher = mean_square_gradients(net, loss, batches(X, y, 1000))
    scores = hessian(net, fisher)["weight"]
    expected = X.square().mean(0).sqrt() * net.weight.detach().abs()
    torch.testing.assert_close(scores, expected, rtol=1e-4, atol=1e-6)


def test_magnitude():
    net = TwoLayerNet(3, 4, 5)
    for name, score in magnitude(net).items():
        assert not score.requires_grad
        assert torch.equal(score, weights_of(net)[name].abs())


def test_random_depends_on_the_generator_alone():
    first, again = (random(TwoLayerNet(3, 4, 5), torch.Generator().manual_seed(1)) for _ in "ab")
    other = random(TwoLayerNet(3, 4, 5), torch.Generator().manual_seed(2))
    for name, score in first.items():
        assert torch.equal(score, again[name])
        assert not torch.equal(score, other[name])
