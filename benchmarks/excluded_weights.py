"""Does it pay to leave biases, normalisation, or the first or last layer dense?

Nets are trained on scikit-learn's digits, pruned by magnitude and trained further. Whatever is
excluded, the same number of weights is not zero: what is excluded takes its place from the rest.

    python benchmarks/excluded_weights.py [--seeds 5]
"""

import argparse
import statistics
import warnings
from itertools import pairwise

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn import functional

from sklearn_prune.neural import TwoLayerNet, apply_masks, prune_net
from sklearn_prune.neural._excluded_weights import prunable_weights
from sklearn_prune.neural._masks import n_weights

EPOCHS, RETRAIN_EPOCHS, BATCH = 30, 10, 64


def mlp():
    sizes = (64, 64, 64)
    hidden = [
        layer
        for n_in, n_out in pairwise(sizes)
        for layer in (nn.Linear(n_in, n_out), nn.BatchNorm1d(n_out), nn.ReLU())
    ]
    return nn.Sequential(*hidden, nn.Linear(sizes[-1], 10))


def convolutional():
    return nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)),
        *(nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(128, 10)),
    )


NETS = {
    "two layers": lambda: TwoLayerNet(64, 64, 10),
    "MLP": mlp,
    "convolutional": convolutional,
}
EXCLUDED = (
    (),
    ("biases",),
    ("norms",),
    ("biases", "norms"),
    ("first",),
    ("last",),
)


def train(net, X, y, epochs, masked=False):
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01 if not masked else 0.005)
    net.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(X)).split(BATCH):
            if len(rows) < 2:
                continue
            optimizer.zero_grad()
            functional.cross_entropy(net(X[rows]), y[rows]).backward()
            optimizer.step()
            if masked:
                apply_masks(net)
    return net.eval()


def accuracy(net, X, y):
    with torch.no_grad():
        return (net(X).argmax(1) == y).float().mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=5)
    seeds = range(parser.parse_args().seeds)
    warnings.filterwarnings("ignore", message="Nothing is left")
    X, y = load_digits(return_X_y=True)
    X, y = torch.as_tensor(X, dtype=torch.float32) / 16, torch.as_tensor(y)
    print(f"{'net':14} {'kept':>5} {'excluded':18} {'pruned':>7} {'retrained':>9} {'sd':>6}")
    for name, make in NETS.items():
        dense = {}
        for seed in seeds:
            torch.manual_seed(seed)
            split = train_test_split(X, y, train_size=1000, random_state=seed)
            dense[seed] = train(make(), split[0], split[2], EPOCHS), split
        scores = [accuracy(net, split[1], split[3]) for net, split in dense.values()]
        print(f"{name:14} {'all':>5} {'':18} {statistics.mean(scores):7.3f}")
        for fraction in (0.05, 0.1):
            for exclude in EXCLUDED:
                report(name, dense, fraction, exclude)


def report(name, dense, fraction, exclude):
    """Print the accuracy of nets pruned to a fraction of all weights."""
    rows = []
    for seed, (net, (X, X_test, y, y_test)) in dense.items():
        total = n_weights(net)
        prunable = sum(weight.numel() for weight in prunable_weights(net, exclude).values())
        n_keep = round(fraction * total) - (total - prunable)
        if n_keep < 1:
            break
        pruned = prune_net(net, sparsity=n_keep, exclude=exclude)
        torch.manual_seed(seed)
        before = accuracy(pruned, X_test, y_test)
        train(pruned, X, y, RETRAIN_EPOCHS, masked=True)
        rows.append((before, accuracy(pruned, X_test, y_test)))
    what = ", ".join(exclude) or "nothing"
    if not rows:
        print(f"{name:14} {fraction:5.0%} {what:18} more than are kept")
        return
    before, after = zip(*rows, strict=True)
    spread = statistics.stdev(after) if len(after) > 1 else 0.0
    print(
        f"{name:14} {fraction:5.0%} {what:18} {statistics.mean(before):7.3f} "
        f"{statistics.mean(after):9.3f} {spread:6.3f}"
    )


if __name__ == "__main__":
    main()
