"""Size and latency of models before and after pruning, in scikit-learn and in onnxruntime.

    python benchmarks/deployment.py [--out FILE]

fits a linear model, one of random features and, if torch is installed, a net, dense and pruned;
saves each with pickle and as ONNX in float32; and times predictions for 1 and for 1,000 samples,
with one thread, in seconds of the processor, medians over at least 20 calls and half a second.
Needs the extra "onnx" and
onnxruntime.
"""

import argparse
import csv
import os
import pickle
import statistics
import time
import warnings
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import onnxruntime
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from sklearn_prune import (
    MinNormRegressor,
    PrunedRandomFeatures,
    PrunedRegressor,
    RandomFeatures,
    to_onnx,
)

try:
    import torch

    from sklearn_prune.neural import PrunedNetRegressor
except ImportError:
    torch = None

N_SAMPLES = 1000
# Numbers of samples, and units of time.
BATCHES = {1: "µs", 1000: "ms"}
UNITS = {"µs": 1e6, "ms": 1e3}
FORMATS = {"µs": ",.0f", "ms": ",.1f"}
N_CALLS, SECONDS = 20, 0.5


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("deployment.csv"), metavar="FILE")
    args = parser.parse_args()
    if torch is not None:
        torch.set_num_threads(1)
    with threadpool_limits(1):
        rows = [row_of(*problem) for problem in problems()]
    with args.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def problems():
    """Yield the name of each model, what it keeps, and it with its data."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((N_SAMPLES, 5000))
    y = X[:, :20].sum(axis=1) + rng.standard_normal(N_SAMPLES)
    yield "linear", "5,000 columns", with_scaler(MinNormRegressor()), X, y
    yield "linear", "50 columns", with_scaler(PrunedRegressor(sparsity=50)), X, y
    X = rng.standard_normal((N_SAMPLES, 50))
    y = np.abs(X[:, 0]) + X[:, 1] * X[:, 2]
    layer = RandomFeatures(10_000, random_state=0)
    yield "random features", "10,000", with_scaler(layer, MinNormRegressor()), X, y
    pruned = PrunedRandomFeatures(10_000, sparsity=200, random_state=0)
    yield "random features", "200", with_scaler(pruned), X, y
    if torch is not None:
        yield "net", "width 1,000", with_scaler(net(sparsity=1.0, retrain=None)), X, y
        yield "net", "1 % of the weights", with_scaler(net(sparsity=0.01)), X, y


def with_scaler(*steps):
    return make_pipeline(StandardScaler(), *steps)


def net(**options):
    return PrunedNetRegressor(
        module__width=1000, strategy="hessian", max_epochs=20, random_state=0, **options
    )


def row_of(name, kept, model, X, y):
    """Return a row of the table."""
    X, y = X.astype(np.float32), y.astype(np.float32)
    model.fit(X, y)
    exported = to_onnx(model).SerializeToString()
    session = onnxruntime.InferenceSession(exported, one_thread())
    row = {"Model": name, "Keeps": kept}
    row |= {"Pickle (kB)": kilobytes(pickle.dumps(model)), "ONNX (kB)": kilobytes(exported)}
    for n, unit in BATCHES.items():
        few = X[:n]
        row[f"Python, {n:,} ({unit})"] = median_time(unit, lambda few=few: model.predict(few))
        row[f"ONNX, {n:,} ({unit})"] = median_time(
            unit, lambda few=few: session.run(None, {"X": few})
        )
    expected = model.predict(X)
    difference = np.abs(session.run(None, {"X": X})[0] - expected).max() / np.abs(expected).max()
    print(row, f"relative difference: {difference:.0e}", flush=True)
    return row


def one_thread():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return options


def kilobytes(content):
    return f"{len(content) / 1000:,.1f}"


def median_time(unit, call):
    """Return the median time of a call, of the processor: others may be using the machine."""
    call()
    times, begin = [], time.thread_time()
    while len(times) < N_CALLS or time.thread_time() < begin + SECONDS:
        start = time.thread_time()
        call()
        times.append(time.thread_time() - start)
    return format(statistics.median(times) * UNITS[unit], FORMATS[unit])


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        main()
