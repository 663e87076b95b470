"""Random numbers of torch that leave those of the caller alone."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from sklearn.utils import check_random_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor


def draw_seed(random_state: Any) -> int:
    """Return a seed that `random_state` gives, the same one for the same int."""
    return int(check_random_state(random_state).randint(2**31 - 1))


@contextmanager
def untouched_random_state(device: Any) -> Iterator[None]:
    """Put the generators of the CPU and of the device back afterwards."""
    with torch.random.fork_rng([torch.device(device)] if _is_cuda(device) else []):
        yield


@contextmanager
def random_stream(device: Any, *path: int) -> Iterator[None]:
    """Draw from a stream of its own, that of a path such as (seed, phase), on both devices."""
    state = int(np.random.SeedSequence(path).generate_state(1, np.uint64)[0])
    with untouched_random_state(device):
        # torch.manual_seed would seed all CUDA devices, those of others included.
        torch.default_generator.manual_seed(state)
        if _is_cuda(device):
            with torch.cuda.device(device):
                torch.cuda.manual_seed(state)
        yield


def get_random_state(device: Any) -> list[Tensor]:
    """Return where the generators of the CPU and of the device stand."""
    states = [torch.get_rng_state()]
    return [*states, torch.cuda.get_rng_state(device)] if _is_cuda(device) else states


def set_random_state(states: list[Tensor], device: Any) -> None:
    """Go on from where `get_random_state` was."""
    torch.set_rng_state(states[0])
    if _is_cuda(device):
        torch.cuda.set_rng_state(states[1], device)


def _is_cuda(device: Any) -> bool:
    return torch.device(device).type == "cuda"
