"""A net that shows from which random numbers its weights are."""

import torch
from torch import nn


class Drawn(nn.Module):
    """Its weights are the first numbers of their stream, as the scores of a random mask are."""

    def __init__(self, n_inputs=64, n_classes=10):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(n_inputs, n_classes))

    def forward(self, X):
        return X @ self.weight


def correlation(weight, mask):
    """Return that of weights and their mask, of standard error one by the root of their number."""
    return torch.corrcoef(torch.stack([weight.detach().flatten(), mask.flatten()]))[0, 1]
