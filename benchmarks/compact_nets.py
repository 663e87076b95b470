"""What pruned nets cost as they are, compact, and compact in a sparse file.

    python benchmarks/compact_nets.py [--nets NAME ...] [--sparsities S ...] [--out FILE]

trains nets on scikit-learn's digits, prunes them to a share of their weights, retrains them, and
writes the table of `compression_report` for each, with the accuracy on held-out digits: sizes,
milliseconds for 1 and 256 samples in one thread, and floating point operations.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

from sklearn_prune.neural import PrunedNetClassifier, ResNet20, TwoLayerNet, compression_report

SPARSITIES = (0.5, 0.2, 0.1, 0.05, 0.02)


class Layers(nn.Module):
    """Three linear layers with batch normalisation and dropout."""

    def __init__(self, n_inputs, n_classes, width=256):
        super().__init__()
        self.net = nn.Sequential(
            *(nn.Linear(n_inputs, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(0.2)),
            *(nn.Linear(width, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(0.2)),
            nn.Linear(width, n_classes),
        )

    def forward(self, X):
        return self.net(X)


class Convolutions(nn.Module):
    """Three convolutions without padding, and a linear layer."""

    def __init__(self, in_channels, n_classes, width=32):
        super().__init__()
        self.net = nn.Sequential(
            *(nn.Conv2d(in_channels, width, 3), nn.BatchNorm2d(width), nn.ReLU()),
            *(nn.Conv2d(width, 2 * width, 3), nn.BatchNorm2d(2 * width), nn.ReLU()),
            *(nn.Conv2d(2 * width, 2 * width, 3), nn.ReLU(), nn.Flatten()),
            nn.Linear(8 * width, n_classes),
        )

    def forward(self, X):
        return self.net(X)


# Module, arguments, pixels a side (None for a table), and parameters of the estimator.
NETS = {
    "two-layer": (TwoLayerNet, {"module__width": 1024}, None, {"max_epochs": 20, "lr": 0.003}),
    "mlp": (Layers, {}, None, {"max_epochs": 20, "lr": 0.003}),
    "conv": (Convolutions, {}, 8, {"max_epochs": 20, "lr": 0.003}),
    "resnet20": (ResNet20, {"module__width": 16}, 32, {"max_epochs": 6, "lr": 0.003}),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nets", nargs="+", default=list(NETS), choices=NETS, metavar="NAME")
    parser.add_argument("--sparsities", type=float, nargs="+", default=SPARSITIES, metavar="S")
    parser.add_argument("--strategy", default="hessian", help="how weights are scored")
    parser.add_argument("--out", type=Path, default=Path("compact_nets.csv"), metavar="FILE")
    args = parser.parse_args()
    rows = []
    for name in args.nets:
        for sparsity in args.sparsities:
            rows += rows_of(name, sparsity, args.strategy)
            print(*rows[-3:], sep="\n", flush=True)
    with args.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def rows_of(name, sparsity, strategy):
    """Return a row for each form of a net."""
    module, arguments, side, params = NETS[name]
    X, X_test, y, y_test = digits(side)
    net = PrunedNetClassifier(
        module, sparsity=sparsity, strategy=strategy, random_state=0, **arguments, **params
    )
    net.fit(X, y)
    report = compression_report(net, X_test)
    about = {"net": name, "kept": sparsity, "accuracy": round(net.score(X_test, y_test), 4)}
    columns = {
        column: [round(value, 4) if isinstance(value, float) else value for value in values]
        for column, values in report.items()
    }
    return [
        about | dict(zip(columns, values, strict=True))
        for values in zip(*columns.values(), strict=True)
    ]


def digits(side):
    """Return digits as rows of 64 pixels, or images of some size."""
    X, y = load_digits(return_X_y=True)
    X = (X / 16).astype(np.float32)
    if side:
        X = X.reshape(-1, 1, 8, 8).repeat(side // 8, axis=2).repeat(side // 8, axis=3)
    return train_test_split(X, y, train_size=1000, random_state=0)


if __name__ == "__main__":
    main()
