"""Measure this package beside its peers, and write one table of everything.

    python benchmarks/run.py [--quick] [--only NAME ...] [--out DIR]

writes benchmarks.csv, benchmarks.md, machine.csv, growth.csv and growth.png. Everything has
one thread. Times are processor times, medians of several runs in which the methods of a task
take turns, and ratios are to the first method of the same task. Peers that are not installed
are left out: the dependency group "benchmarks" has them all.
"""

import os

# Before numpy is imported, which reads them once.
os.environ.update(
    dict.fromkeys(
        [
            "BLIS_NUM_THREADS",
            "MKL_NUM_THREADS",
            "NUMBA_NUM_THREADS",
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "VECLIB_MAXIMUM_THREADS",
        ],
        "1",
    )
)

from suite.command import main

if __name__ == "__main__":
    main()
