"""How fast ResNet-20 trains on a CUDA device: one net, and many side by side.

    python benchmarks/neural_speed.py [--widths K ...] [--out FILE]

times training steps of 128 random images, data and optimiser included, and prints, for
each width and arrangement, epochs of 50,000 images per second, all nets together, and the
fraction of the rate at which the same card multiplies large bfloat16 matrices.
"""

import argparse
import csv
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch.func import functional_call, grad, replace_all_batch_norm_modules_, stack_module_state
from torch.func import vmap as batched
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from sklearn_prune.neural import ResNet20
from sklearn_prune.neural._study.alignment import aligned, widen
from sklearn_prune.neural._study.images import standardize
from sklearn_prune.neural._study.settings import PRECISIONS
from sklearn_prune.neural._study.side_by_side import GraphTrainer, train_side_by_side
from sklearn_prune.neural._study.trainer import Trainer

BATCH_SIZE, N_STEPS, N_IMAGES = 128, 100, 50_000
STEPS_OF_AN_EPOCH = N_IMAGES // BATCH_SIZE


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--widths", type=int, nargs="+", default=[5, 10, 20, 50], metavar="K")
    parser.add_argument("--nets", type=int, nargs="+", default=[1, 4, 8, 16], metavar="N")
    parser.add_argument("--precisions", nargs="+", default=list(PRECISIONS), choices=PRECISIONS)
    parser.add_argument("--others", action="store_true", help="processes and batched nets, too")
    parser.add_argument("--out", type=Path, default=Path("neural_speed.csv"), metavar="FILE")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    torch.backends.cudnn.benchmark = True  # as the study does
    if args.alone:  # one of several processes: says when it is ready, and trains when told
        trainer = start(args.widths[0], args.precisions[0], n_epochs=4)
        print("ready", flush=True)
        sys.stdin.readline()
        all(train_side_by_side(iter([(0, trainer)]), 1))
        return
    ceiling = matrix_rate()
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}")
    print(f"matrix products in bfloat16: {ceiling / 1e12:.0f} TFLOP/s")
    rows = []
    for width in args.widths:
        flops = flops_of_a_step(width)
        for name, precision, n_nets, seconds in arrangements(width, args):
            steps = n_nets / seconds
            row = {
                "width": width,
                "arrangement": name,
                "precision": precision,
                "nets": n_nets,
                "ms a step": round(1e3 * seconds, 3),
                "epochs per second": round(steps / STEPS_OF_AN_EPOCH, 2),
                "fraction of matrix rate": round(steps * flops / ceiling, 4),
            }
            rows.append(row)
            print("  ".join(f"{value}" for value in row.values()), flush=True)
            with args.out.open("w", newline="") as file:
                table = csv.DictWriter(file, row)
                table.writeheader()
                table.writerows(rows)


def arrangements(width, args):
    """Yield the name, the precision, the number of nets and the seconds of a step of all."""
    for precision in args.precisions:
        yield "plain loop", precision, 1, plain(width, precision)
        for n_nets in args.nets:
            name = "graph" if n_nets == 1 else "graphs on streams"
            yield name, precision, n_nets, graphs(width, precision, n_nets)
    if args.others:
        precision, n_nets = args.precisions[-1], args.nets[-1]
        for name, measure in (
            ("graphs in processes", processes),
            ("batched, no optimiser", ensemble),
        ):
            try:
                yield name, precision, n_nets, measure(width, precision, n_nets)
            except RuntimeError as error:
                print(f"{name}: {error}")


def start(width, precision, kind=GraphTrainer, n_epochs=1, seed=0):
    """Return a trainer of random images."""
    options = {"n_epochs": n_epochs, "seed": seed, "batch_size": BATCH_SIZE, "learning_rate": 1e-3}
    net = ResNet20(width)
    if kind is GraphTrainer:  # as the study does
        net = widen(net, ResNet20(aligned(width)))
    return kind(net, images(precision), precision=PRECISIONS[precision], **options)


@cache
def images(precision):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (BATCH_SIZE * N_STEPS, 32, 32, 3), dtype=np.uint8)
    y = rng.integers(0, 10, len(x))
    data = standardize(x, y, x[:10], y[:10], by_pixel=True, margin=4)
    return data.to(torch.device("cuda"), PRECISIONS[precision])


def plain(width, precision):
    trainer = start(width, precision, Trainer)
    trainer.shuffle()
    for _ in range(10):
        trainer.step()
    return seconds(trainer.train_epoch) / N_STEPS


def graphs(width, precision, n_nets):
    begin = time.perf_counter()
    nets = [(k, start(width, precision, n_epochs=2, seed=k)) for k in range(n_nets)]
    torch.cuda.synchronize()
    print(f"(started {n_nets} in {time.perf_counter() - begin:.1f} s)", end=" ")
    return seconds(lambda: list(train_side_by_side(iter(nets), n_nets))) / (2 * N_STEPS)


def processes(width, precision, n_nets):
    command = [
        sys.executable,
        __file__,
        "--alone",
        "--widths",
        str(width),
        "--precisions",
        precision,
    ]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    children = [subprocess.Popen(command, **pipes) for _ in range(n_nets)]
    for child in children:
        child.stdout.readline()
    begin = time.perf_counter()
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        child.wait()
    return (time.perf_counter() - begin) / (4 * N_STEPS)


def ensemble(width, precision, n_nets):
    """Return the seconds of the gradients of nets that are batched into one."""
    nets = [replace_all_batch_norm_modules_(ResNet20(width)).cuda() for _ in range(n_nets)]
    params, buffers = stack_module_state(nets)

    def loss(params, buffers, X, y):
        with torch.autocast("cuda", PRECISIONS[precision], enabled=precision != "float32"):
            outputs = functional_call(nets[0], (params, buffers), (X,))
        return functional.cross_entropy(outputs.float(), y)

    X = torch.randn(n_nets, BATCH_SIZE, 3, 32, 32, device="cuda")
    y = torch.zeros(n_nets, BATCH_SIZE, dtype=torch.long, device="cuda")
    step = batched(grad(loss))
    for _ in range(3):
        step(params, buffers, X, y)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step(params, buffers, X, y)
    return seconds(lambda: [graph.replay() for _ in range(20)]) / 20


def seconds(function):
    torch.cuda.synchronize()
    begin = time.perf_counter()
    function()
    torch.cuda.synchronize()
    return time.perf_counter() - begin


def matrix_rate(size=8192):
    """Return the operations per second of a large matrix product of random numbers."""
    a, b = (torch.randn(size, size, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    times = [seconds(lambda: a @ b) for _ in range(13)]
    return 2 * size**3 / float(np.median(times[3:]))


def flops_of_a_step(width):
    """Return the floating-point operations of the forward and backward pass of a batch."""
    net = ResNet20(width)
    with FlopCounterMode(display=False) as counter:
        net(torch.zeros(2, 3, 32, 32)).sum().backward()
    return counter.get_total_flops() * BATCH_SIZE / 2


if __name__ == "__main__":
    main()
