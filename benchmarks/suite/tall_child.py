"""Fit a model to many rows in this process; print its time, and its peak memory beside X.

Run by `tall`, which starts one process a model: peaks do not fall again.
"""

from __future__ import annotations

import json
import sys

import numpy as np

from .harness import stopwatch
from .machine import peak_memory
from .tall import FITS


def measure(name, n, p):
    """Return the time of a fit, and by how much the peak memory rises."""
    FITS[name].fit(np.eye(3), np.arange(3.0))  # loads what is loaded at the first fit
    X, y = np.empty((n, p)), np.zeros(n)
    rng = np.random.default_rng(0)
    for rows in np.array_split(np.arange(n), max(1, n // 1000)):
        X[rows] = rng.standard_normal((len(rows), p))
        y[rows] = X[rows, 0] + rng.standard_normal(len(rows))
    before = peak_memory()
    seconds = stopwatch(lambda: FITS[name].fit(X, y))
    return {"seconds": seconds, "peak MiB": peak_memory() - before}


if __name__ == "__main__":
    print(json.dumps(measure(*json.loads(sys.argv[1]))))
