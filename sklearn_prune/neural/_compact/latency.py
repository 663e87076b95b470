"""How long nets take for a batch."""

from __future__ import annotations

from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import nn

    from sklearn_prune.neural._given_samples import Samples

# At least so many calls, and as many as fit into so many seconds.
N_CALLS, SECONDS = 5, 0.3


def latencies(modules: Sequence[nn.Module], samples: Samples) -> list[float]:
    """Return the median times of modules, in milliseconds, in one thread and in turn."""
    times: list[list[float]] = [[] for _ in modules]
    with one_thread(), torch.inference_mode():
        for module in modules:
            samples.outputs(module)
        start = perf_counter()
        while len(times[0]) < N_CALLS or perf_counter() - start < SECONDS:
            for module, seen in zip(modules, times, strict=True):
                before = perf_counter()
                samples.outputs(module)
                _wait(module)
                seen.append(perf_counter() - before)
    return [1e3 * median(seen) for seen in times]


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute in one thread."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)


def _wait(module: nn.Module) -> None:
    """Wait for a GPU, which answers before it has computed."""
    if any(weight.is_cuda for weight in module.parameters()):
        torch.cuda.synchronize()
