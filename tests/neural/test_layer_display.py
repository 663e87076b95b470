import warnings
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from sklearn_prune._displays.styles import MEANINGS
from sklearn_prune.neural import LayerDisplay, PrunedNetClassifier, layer_table, prune_net


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def deep(n_layers):
    torch.manual_seed(0)
    return nn.Sequential(*(nn.Linear(6, 6) for _ in range(n_layers)))


def test_bars_are_the_shares_of_layers():
    pruned = prune_net(deep(3), sparsity=40, exclude="biases")
    display = LayerDisplay.from_estimator(pruned)
    table = layer_table(pruned)
    kept = np.reshape(table["n_kept"], (3, 2)).sum(1)  # weight and bias
    assert display.layers_ == ["0", "1", "2"]
    np.testing.assert_allclose([bar.get_width() for bar in display.bars_], kept / 42)
    for label, n_kept, dead in zip(display.labels_, kept, table["dead_outputs"][::2], strict=True):
        expected = f"{n_kept} of 42" + (f", dead outputs: {dead}" if dead else "")
        assert label.get_text() == expected
    bottom, top = display.ax_.get_ylim()
    assert bottom > top  # the first layer is above
    assert display.figure_ is display.ax_.figure


def test_sixty_layers_are_readable():
    """Letters are of 9 points, and do not touch each other, nor leave the picture."""
    display = LayerDisplay.from_estimator(prune_net(deep(60), scope="layer"))
    display.figure_.draw_without_rendering()
    boxes = [label.get_window_extent() for label in display.labels_]
    assert all(label.get_fontsize() >= 8 for label in display.labels_)
    assert all(above.y0 > below.y1 for above, below in pairwise(boxes))
    assert max(box.x1 for box in boxes) <= display.figure_.bbox.x1


def test_axes_that_are_given_have_smaller_letters():
    _, ax = plt.subplots(figsize=(5, 4))
    display = LayerDisplay.from_estimator(prune_net(deep(60), scope="layer"), ax=ax)
    assert display.ax_ is ax
    boxes = [label.get_window_extent() for label in display.labels_]
    assert all(above.y0 > below.y1 for above, below in pairwise(boxes))


def test_an_emptied_layer_is_marked():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = deep(2)
        net[1].weight.data.mul_(1e-3)
        net[1].bias.data.mul_(1e-3)
        display = LayerDisplay.from_estimator(prune_net(net, sparsity=20), xscale="log")
    assert display.labels_[1].get_text() == "0 of 42, dead outputs: 6"
    assert display.labels_[1].get_color() == MEANINGS["pruned"].color
    assert display.labels_[0].get_color() != MEANINGS["pruned"].color
    assert display.ax_.get_xscale() == "log"


def test_data_frames_and_estimators(digits):
    net = PrunedNetClassifier(module__width=4, max_epochs=9, sparsity=0.5, random_state=0)
    net.fit(*digits)
    display = LayerDisplay.from_estimator(net, bar_kw={"color": "k"})
    again = LayerDisplay(table=pd.DataFrame(layer_table(net))).plot()
    assert display.layers_ == again.layers_ == ["hidden", "last"]
    assert display.bars_[0].get_facecolor() == (0, 0, 0, 1)
