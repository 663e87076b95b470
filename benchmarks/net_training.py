"""How long nets train on a CPU beside a plain loop of torch, on one thread.

    python benchmarks/net_training.py [--nets two-layer digits resnet formats] [--out FILE]

times training steps of 128 random images, data and optimiser included. "two-layer", "digits" and
"resnet" compare the study and the classifier, dense and pruned to a tenth, with a plain loop
of the same net, batches, optimiser and precision; "formats" compares plain loops in other
formats with the loop as it comes. Times are processor times of the process, medians of
repetitions in which all ways take turns, and a ratio is the median of the ratios in one turn.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported, which reads it once

import argparse
import csv
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import torch
from skorch.callbacks import Callback
from torch.nn import functional

from sklearn_prune.neural import PrunedNetClassifier, ResNet20, TwoLayerNet
from sklearn_prune.neural._flushed_denormals import flushed_denormals
from sklearn_prune.neural._masks import n_weights, set_masks
from sklearn_prune.neural._net_pruning import keep_global
from sklearn_prune.neural._saliency import magnitude
from sklearn_prune.neural._study.images import standardize
from sklearn_prune.neural._study.trainer import Trainer

BATCH_SIZE, RATE, KEPT = 128, 1e-3, 0.1
MNIST, DIGITS, CIFAR10 = (28, 28, 1), (8, 8, 1), (32, 32, 3)
PLAIN, COMPILED = "plain loop", "torch.compile"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nets", nargs="+", default=list(GROUPS), choices=GROUPS)
    parser.add_argument("--widths", type=int, nargs="+", default=[32, 128, 256], metavar="K")
    parser.add_argument("--resnet-width", type=int, default=16, metavar="K")
    parser.add_argument("--steps", type=int, default=100, metavar="N", help="a tenth for ResNet")
    parser.add_argument("--repeats", type=int, default=15, metavar="N")
    parser.add_argument("--out", type=Path, default=Path("net_training.csv"), metavar="FILE")
    args = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # nets learn nothing from random images
    rows = []
    for group in args.nets:
        for net, shape, n_steps, arms in GROUPS[group](args):
            rows += measure(group, net, arms, images(shape, n_steps), args.repeats)
            with args.out.open("w", newline="") as file:
                table = csv.DictWriter(file, rows[0], lineterminator="\n")
                table.writeheader()
                table.writerows(rows)


def two_layer(args):
    """Yield the names of nets, the shape and number of their batches, and the ways to train."""
    for width in args.widths:
        yield f"TwoLayerNet({width})", MNIST, args.steps, beside_plain(TwoLayerNet, width)


def digits(args):
    """Yield the same for images so small that a step is short."""
    width, net = args.widths[0], partial(TwoLayerNet, n_inputs=64)
    yield f"TwoLayerNet({width}, 64)", DIGITS, 2 * args.steps, beside_plain(net, width)


def resnet(args):
    width = args.resnet_width
    yield f"ResNet20({width})", CIFAR10, few(args.steps), beside_plain(ResNet20, width)


def formats(args):
    """Yield the same for formats, in the plain loop alone; the first is the format as it comes."""
    net = partial(plain, TwoLayerNet, args.widths[0])
    half = {"precision": torch.bfloat16}
    arms = {PLAIN: net, "bfloat16": partial(net, **half), COMPILED: partial(net, compiled=True)}
    yield f"TwoLayerNet({args.widths[0]})", MNIST, args.steps, arms
    net = partial(plain, ResNet20, args.resnet_width)
    last = partial(net, image_format=torch.channels_last)
    arms = {
        PLAIN: net,
        "channels_last": last,
        "channels_last, bfloat16": partial(last, **half),
        f"channels_last, {COMPILED}": partial(last, compiled=True),
    }
    yield f"ResNet20({args.resnet_width})", CIFAR10, few(args.steps), arms


GROUPS = {"two-layer": two_layer, "digits": digits, "resnet": resnet, "formats": formats}


def few(steps):
    return max(1, steps // 10)


def beside_plain(net, width):
    """Return the ways to train a net, by name, of which each takes images, and times a step."""
    image_format = getattr(net, "image_format", torch.contiguous_format)
    return {
        PLAIN: partial(plain, net, width, image_format=image_format),
        "study, dense": partial(study, net, width, 1),
        "study, pruned": partial(study, net, width, KEPT),
        "classifier, dense": partial(classifier, net, width, "train"),
        "classifier, pruned": partial(classifier, net, width, "retrain"),
    }


def plain(net, width, data, image_format=torch.contiguous_format, precision=None, compiled=False):
    """Return the seconds of a step of a loop as one writes it."""
    X, y = data.x_train.permute(0, 3, 1, 2).contiguous(memory_format=image_format), data.y_train
    module = net(width).to(memory_format=image_format)
    optimizer = torch.optim.Adam(module.parameters(), lr=RATE, fused=True)
    run = torch.compile(module) if compiled else module

    def steps(order):
        for rows in order.split(BATCH_SIZE):
            with torch.autocast("cpu", precision, enabled=precision is not None):
                outputs = run(X[rows])
            loss = functional.cross_entropy(outputs.float(), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    if compiled:
        steps(torch.arange(BATCH_SIZE))
    begin = time.process_time()
    steps(torch.randperm(len(y)))
    return (time.process_time() - begin) / (len(y) // BATCH_SIZE)


def study(net, width, kept, data):
    module = net(width)
    if kept < 1:
        n_kept = round(kept * n_weights(module))
        set_masks(module, keep_global(magnitude(module), n_kept))
    options = {"batch_size": BATCH_SIZE, "learning_rate": RATE, "precision": torch.float32}
    trainer = Trainer(module, data, n_epochs=1, seed=0, **options)
    begin = time.process_time()
    with flushed_denormals():  # as the study does
        trainer.train_epoch()
    return (time.process_time() - begin) / trainer.n_steps


class Stopwatch(Callback):
    """The processor time of every phase, by its name."""

    def on_train_begin(self, net, **kwargs):
        self.begin_ = time.process_time()

    def on_train_end(self, net, **kwargs):
        self.seconds_ = getattr(self, "seconds_", {})
        self.seconds_[net.phase_.name] = time.process_time() - self.begin_


def classifier(net, width, phase, data):
    model = PrunedNetClassifier(
        net,
        module__width=width,
        strategy="magnitude",
        sparsity=KEPT,
        retrain="finetune",
        max_epochs=int(phase == "train"),
        retrain_epochs=int(phase == "retrain"),
        batch_size=BATCH_SIZE,
        optimizer=torch.optim.Adam,
        optimizer__fused=True,
        lr=RATE,
        callbacks=[("stopwatch", Stopwatch())],
    )
    X = data.x_train.permute(0, 3, 1, 2)
    model.fit(X, data.y_train)
    return dict(model.callbacks_)["stopwatch"].seconds_[phase] / (len(X) // BATCH_SIZE)


def images(shape, n_steps):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (BATCH_SIZE * n_steps, *shape), dtype=np.uint8)
    y = np.arange(len(x)) % 10
    return standardize(x, y, x[:10], y[:10], by_pixel=False, margin=0)


def measure(group, net, arms, data, repeats):
    """Return the rows of a net, after one turn that warms up and does not count."""
    for name in list(arms):
        try:
            arms[name](data)
        except Exception as error:  # torch.compile fails in many ways where there is no compiler
            if COMPILED not in name:
                raise
            print(f"{net}, {name}: left out, {type(error).__name__}")
            del arms[name]
    times = {name: [] for name in arms}
    for _ in range(repeats):
        for name, arm in arms.items():
            times[name].append(arm(data))
    rows = []
    for name, seconds in times.items():
        ratio = np.median(np.divide(seconds, times[PLAIN]))
        row = {
            "comparison": group,
            "net": net,
            "way": name,
            "us a step": round(1e6 * float(np.median(seconds)), 1),
            "ratio": round(float(ratio), 3),
            "runs": repeats,
        }
        rows.append(row)
        print("  ".join(map(str, row.values())), flush=True)
    return rows


if __name__ == "__main__":
    main()
