"""Nets drawn at random return the same when what is dead has left them."""

from itertools import pairwise

import numpy as np
import torch
from hand_made import pruned
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from sklearn_prune.neural import compact

ACTIVATIONS = [
    *(nn.ReLU, nn.LeakyReLU, nn.GELU, nn.Tanh, nn.SiLU, nn.Sigmoid, nn.ELU, nn.Softplus),
    *(nn.Hardswish, nn.Mish, nn.ReLU6, nn.Identity),
]


@st.composite
def tables(draw):
    """A chain of linear layers, and the shape of a sample."""
    widths = draw(st.lists(st.integers(1, 12), min_size=2, max_size=5))
    layers = []
    for n_in, n_out in pairwise(widths):
        layers += [nn.Linear(n_in, n_out, bias=draw(st.booleans()))]
        layers += [nn.BatchNorm1d(n_out)] * draw(st.booleans())
        layers += [draw(st.sampled_from(ACTIVATIONS))()]
        layers += [nn.Dropout(0.3)] * draw(st.booleans())
    return nn.Sequential(*layers, nn.Linear(widths[-1], 2)), (widths[0],)


@st.composite
def images(draw):
    """A chain of convolutions and pooling, with a linear layer behind it."""
    channels = draw(st.lists(st.integers(1, 8), min_size=2, max_size=4))
    layers = []
    for n_in, n_out in pairwise(channels):
        padding = draw(st.sampled_from([0, 1, "same", (1, 0)]))
        mode = draw(st.sampled_from(["zeros", "replicate"]))
        layers += [nn.Conv2d(n_in, n_out, 3, padding=padding, padding_mode=mode, bias=False)]
        layers += [nn.BatchNorm2d(n_out)] * draw(st.booleans())
        layers += [draw(st.sampled_from(ACTIVATIONS))()]
        layers += [nn.MaxPool2d(2, 1, padding=1)] * draw(st.booleans())
        layers += [nn.AvgPool2d(2, 1, padding=1)] * draw(st.booleans())
    pool = draw(st.sampled_from([nn.AdaptiveAvgPool2d(1), nn.AdaptiveMaxPool2d(2), nn.Identity()]))
    return nn.Sequential(*layers, pool, nn.Flatten(), nn.LazyLinear(3)), (channels[0], 9, 9)


@settings(max_examples=80, deadline=None)
@given(st.one_of(tables(), images()), st.integers(0, 1000), st.floats(0, 0.8), st.floats(0.2, 1))
def test_outputs_of_drawn_nets_stay(drawn, seed, dead, share):
    net, shape = drawn
    torch.manual_seed(seed)
    net(torch.zeros(2, *shape))
    net = net.double()
    with torch.no_grad():
        for weight in net.parameters():
            weight.normal_()
        for _ in range(2):
            net(torch.randn(6, *shape).double())
    net = pruned(net.eval(), seed, share, dead)
    X = torch.randn(5, *shape).double()
    with torch.no_grad():
        expected, found = net(X), compact(net)(X)
    scale = 1 + expected.abs().max()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10 * scale)
