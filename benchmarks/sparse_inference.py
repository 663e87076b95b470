"""From which sparsity on CSR matrices multiply faster than dense ones, on a CPU.

    python benchmarks/sparse_inference.py [--sizes N ...] [--batches B ...] [--out FILE]

times a linear layer of N inputs and N outputs in single precision, at each density and batch:
dense, as a CSR tensor of torch, and as a CSR array of SciPy, in one thread, in turn, medians of
at least 7 calls and a tenth of a second. The first rows where CSR is faster say where it pays.
"""

import argparse
import csv
import os
from pathlib import Path
from statistics import median
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import numpy as np
import torch
from scipy.sparse import csr_array

DENSITIES = (0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01)
N_CALLS, SECONDS = 7, 0.1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[256, 1024, 4096], metavar="N")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 32, 256], metavar="B")
    parser.add_argument("--densities", type=float, nargs="+", default=DENSITIES, metavar="D")
    parser.add_argument("--out", type=Path, default=Path("sparse_inference.csv"), metavar="FILE")
    args = parser.parse_args()
    torch.set_num_threads(1)
    rows = []
    for size in args.sizes:
        for batch in args.batches:
            for density in args.densities:
                rows.append(row_of(size, batch, density))
                print(rows[-1], flush=True)
    with args.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def row_of(size, batch, density):
    """Return microseconds a batch, and how many times faster CSR is."""
    rng = np.random.default_rng(0)
    dense = rng.standard_normal((size, size), dtype=np.float32)
    dense *= rng.random((size, size)) < density
    X = rng.standard_normal((batch, size), dtype=np.float32)
    weight, samples = torch.from_numpy(dense), torch.from_numpy(X)
    csr = weight.to_sparse_csr()
    array = csr_array(dense)
    calls = {
        "dense": lambda: torch.nn.functional.linear(samples, weight),
        "torch_csr": lambda: (csr @ samples.T).T,
        "scipy_csr": lambda: (array @ X.T).T,
    }
    expected = calls["dense"]().numpy()
    for call in calls.values():
        np.testing.assert_allclose(np.asarray(call()), expected, rtol=1e-3, atol=1e-3)
    times = timed(calls)
    ratios = {f"{name}_speedup": times["dense"] / times[name] for name in calls if name != "dense"}
    row = {f"{name}_us": 1e6 * seconds for name, seconds in times.items()} | ratios
    sizes = {"size": size, "batch": batch, "density": density}
    return sizes | {name: float(f"{value:.4g}") for name, value in row.items()}


@torch.inference_mode()
def timed(calls):
    """Return the median seconds of each call."""
    seen = {name: [] for name in calls}
    start = perf_counter()
    while len(seen["dense"]) < N_CALLS or perf_counter() - start < SECONDS:
        for name, call in calls.items():
            before = perf_counter()
            call()
            seen[name].append(perf_counter() - before)
    return {name: median(times) for name, times in seen.items()}


if __name__ == "__main__":
    main()
